// What may happen next: the default first, and every other order that a real cluster could have taken.
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { actorClass } from "../app/actors";
import { t } from "../app/words";
import { Panel, actorIcon, shared } from "../ui/panel";
import { actionText } from "../ui/sentence";

@customElement("ks-next")
export class KsNext extends Panel {
  protected override readonly shows = ["world"] as const;

  static override styles = [shared, css`
    :host { padding: 12px 16px 14px; }
    header { display: flex; align-items: baseline; gap: 8px; margin-bottom: 6px; }
    ol { list-style: none; margin: 0 -6px; padding: 0; display: grid; gap: 1px; }
    button.choice { width: 100%; text-align: left; border: 0; background: none; padding: 5px 6px; border-radius: 6px; line-height: 1.4; font-size: 13.5px; display: grid; grid-template-columns: 1fr auto; gap: 8px; align-items: baseline; }
    button.choice:hover:not(:disabled) { background: var(--hover); } button.choice:disabled { color: var(--faint); cursor: default; }
    .default { font-size: 11.5px; line-height: 16px; color: var(--accent); border: 1px solid currentColor; border-radius: 8px; padding: 0 7px; white-space: nowrap; }
    @media (min-width: 761px) { header { display: none; } }
    .empty { font-size: 13.5px; margin-bottom: 6px; line-height: 1.5; }
  `];

  /** What to say where only time can go on. */
  private rest(): TemplateResult | typeof nothing {
    const { enabled, idle, step, waitsFor } = this.session.view;
    if (enabled.total === 0) return html`<p class="empty">${t("next-empty")}</p>`;
    if (waitsFor.total === 0) return idle ? html`<p class="empty">${t(step === 0 ? "next-rest-first" : "next-rest")}</p>` : nothing;
    const more = waitsFor.total - waitsFor.items.length;
    const pods = html`${waitsFor.items.slice(0, 3).map((pod, i) => html`${i ? ", " : ""}${this.object(pod)}`)}${more > 0 ? html` ${t("more", { count: more })}` : nothing}`;
    return html`<p class="empty">${this.say(idle ? "next-tries" : "next-waits", {}, { pods })}</p>`;
  }

  protected override render(): TemplateResult {
    const { enabled, step, length } = this.session.view;
    const second = enabled.items[1];
    const why = second ? this.session.forbids("choice", String(second.index)) : "";
    return html`<section aria-label=${t("next-panel")}>
      <header><h2>${t("next-panel")}</h2><span class="muted">${enabled.total || ""}</span></header>
      ${this.rest()}
      <ol>${enabled.items.map((choice, i) => html`<li><button class="choice" data-actor=${actorClass(choice.actor)} ?disabled=${i > 0 && why !== ""}
          @click=${() => this.session.step(choice.index)}>
          <span><span class="actor">${actorIcon(actorClass(choice.actor))}</span> ${actionText(choice.actor, choice.action, "may")}</span>
          ${i === 0 ? html`<span class="default">${t("next-default")}</span>` : nothing}</button></li>`)}</ol>
      ${why ? html`<p class="muted" style="margin:4px 0 0">${t("notice-not-allowed", { why })}</p>` : nothing}
      ${enabled.total > enabled.items.length ? html`<p class="muted" style="margin:4px 0 0">${t("more", { count: enabled.total - enabled.items.length })}</p>` : nothing}
      ${step < length && enabled.total > 1 ? html`<p class="muted" style="font-size:13px;margin:8px 0 0">${t("next-branches")}</p>` : nothing}
    </section>`;
  }
}
