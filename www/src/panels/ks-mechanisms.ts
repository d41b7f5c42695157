// Switches, faults and breakpoints: what a real cluster uses each mechanism for, and what goes wrong without it. None of
// this is part of Kubernetes; each is one step of the run, so it can be undone by going back.
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { t } from "../app/words";
import { Panel, shared } from "../ui/panel";
import { faultText } from "../ui/sentence";
import type { SwitchView, WorkersView } from "../wasm/kubestep.js";

const MAIN = "job-controller";
const HOW = ["error", "conflict", "crash"] as const;

@customElement("ks-mechanisms")
export class KsMechanisms extends Panel {
  protected override readonly shows = ["world", "ui"] as const;
  /** The call that is to go wrong, as the form has it. */
  @state() private queue = MAIN;
  @state() private call = 1;
  @state() private how: (typeof HOW)[number] = "error";
  /** The container to be killed, as `pod container`; the first one unless another is chosen. */
  @state() private victim = "";

  static override styles = [shared, css`
    :host { padding: 10px 16px 18px; font-size: 13.5px; line-height: 1.45; overflow: auto; }
    h3 { font-size: 12px; font-weight: 600; color: var(--muted); margin: 16px 0 4px; }
    h4 { font-size: 13.5px; font-weight: 600; margin: 0; }
    p { margin: 2px 0 0; color: var(--muted); font-size: 12.5px; text-wrap: pretty; }
    .row { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 10px; align-items: center; padding: 7px 0; border-top: 1px solid var(--line-soft, var(--line)); }
    .row > p, .row > .wide { grid-column: 1 / -1; }
    .many { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 6px; }
    .toggle { display: inline-flex; align-items: center; gap: 5px; border: 1px solid var(--line); border-radius: 13px; background: var(--surface); min-height: 26px; padding: 0 10px 0 5px; font-size: 12px; white-space: nowrap; }
    .toggle:hover:not(:disabled) { border-color: var(--muted); } .toggle:disabled { cursor: default; color: var(--faint); } .toggle:disabled::before { filter: grayscale(1); opacity: 0.6; }
    .toggle::before { content: ""; width: 24px; height: 14px; border-radius: 7px; background: radial-gradient(circle at 17px 7px, var(--surface) 4.5px, transparent 5px), var(--good); }
    .toggle[aria-checked="false"] { border-color: var(--bad); color: var(--bad); font-weight: 600; }
    .toggle[aria-checked="false"]::before { background: radial-gradient(circle at 7px 7px, var(--surface) 4.5px, transparent 5px), var(--bad); }
    .count { display: inline-flex; align-items: center; gap: 4px; font-variant-numeric: tabular-nums; font-size: 12.5px; }
    .count .button { min-height: 26px; min-width: 28px; padding: 0 6px; }
    .count .none { color: var(--bad); font-weight: 600; }
    .form { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin-top: 6px; }
    select, input { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); padding: 2px 6px; min-height: 30px; min-width: 0; max-width: 100%; }
    option { background: var(--surface); } input { width: 5.5ch; }
    .armed { color: var(--bad); font-weight: 600; }
    ul { list-style: none; margin: 0; padding: 0; }
    .marks li { display: flex; align-items: center; gap: 8px; font-family: var(--mono); font-size: 12.5px; }
    .marks li::before { content: "◆"; color: var(--bad); }
    .marks .button { min-height: 26px; padding: 0 7px; margin-left: auto; }
    summary { cursor: pointer; font-size: 12.5px; color: var(--muted); line-height: 26px; width: fit-content; border-radius: 3px; }
    @media (max-width: 760px) { .toggle, .button, select, input, .count .button { min-height: 38px; } }
  `];

  protected override render(): TemplateResult {
    const { mechanisms: all } = this.session;
    const watched = this.session.view.controllers.find((c) => c.name === MAIN)?.informers.map((i) => i.resource) ?? [];
    const main = (name: string) => name === MAIN || watched.includes(name);
    const [held, moreHeld] = split(all.deliveries, (d) => main(d.name) || !d.on);
    const [queues, moreQueues] = split(all.queues, (q) => main(q.queue) || q.count === 0);
    return html`<section aria-label=${t("mechanisms")}>
      <h2>${t("mechanisms")}</h2><p>${t("mechanisms-about")}</p>
      ${this.limited() ? html`<p role="note"><strong>${t("mechanisms-limited")}</strong></p>` : nothing}
      ${this.marks()}
      <h3>${t("mechanisms-switches")}</h3>
      ${all.switches.map((s) => html`<div class="row"><h4>${t(`switch-${s.name}`)}</h4>${this.toggle(s, t(`switch-${s.name}`), (on) => `${s.name} ${on}`)}<p>${t(`switch-${s.name}-about`)}</p></div>`)}
      <div class="row"><h4>${t("mechanisms-delivery")}</h4><p>${t("mechanisms-delivery-about")}</p>
        <div class="wide many">${held.map((d) => this.delivery(d))}</div>
        ${moreHeld.length ? html`<details class="wide"><summary>${t("mechanisms-others", { count: moreHeld.length })}</summary><div class="many">${moreHeld.map((d) => this.delivery(d))}</div></details>` : nothing}</div>
      <div class="row"><h4>${t("mechanisms-workers")}</h4><p>${t("mechanisms-workers-about")}</p>
        <div class="wide">${queues.map((q) => this.workers(q))}</div>
        ${moreQueues.length ? html`<details class="wide"><summary>${t("mechanisms-others", { count: moreQueues.length })}</summary>${moreQueues.map((q) => this.workers(q))}</details>` : nothing}</div>
      <h3>${t("mechanisms-faults")}</h3>
      <div class="row"><h4>${t("mechanisms-nodes")}</h4><p>${t("mechanisms-nodes-about")}</p>
        <div class="wide many">${all.nodes.map((n) => this.toggle(n, n.name, (on) => `node-${on === "on" ? "up" : "down"} ${n.name}`, n.name))}</div></div>
      <div class="row"><h4>${t("mechanisms-restart")}</h4>${this.button("restart-controllers", "mechanisms-restart-do")}
        <p>${t("mechanisms-restart-about")}</p></div>
      ${this.failingCall(all.queues, all.armed)}
      ${this.kill()}
    </section>`;
  }

  /** Whether a lesson allows only some of them. */
  private limited(): boolean {
    const { switches, nodes } = this.session.mechanisms;
    const faults = [...switches.map(({ name }) => `${name} off`), ...nodes.map(({ name }) => `node-down ${name}`), "restart-controllers"];
    return faults.some((fault) => this.session.forbids("fault", fault) !== "");
  }

  private toggle({ on }: SwitchView, label: string, words: (to: "on" | "off") => string, shown = ""): TemplateResult {
    const is = html`<span aria-hidden="true">${t(on ? "mechanisms-on" : "mechanisms-off")}</span>`;
    const fault = words(on ? "off" : "on");
    const why = this.session.forbids("fault", fault);
    return html`<button class="toggle" role="switch" aria-checked=${on} aria-label=${label} ?disabled=${why !== ""} title=${why || nothing} @click=${() => this.session.fault(fault)}>${shown ? html`<span>${shown} <span aria-hidden="true">·</span></span> ` : nothing}${is}</button>`;
  }

  private delivery(d: SwitchView): TemplateResult {
    return this.toggle(d, t("mechanisms-delivery-of", { resource: d.name }), (on) => `delivery ${d.name} ${on}`, d.name);
  }

  private workers({ queue, count }: WorkersView): TemplateResult {
    const set = (to: number) => this.session.fault(`workers ${queue} ${to}`);
    const why = this.session.forbids("fault", `workers ${queue} 0`);
    return html`<div class="row"><span class="mono">${queue}</span><span class="count" role="group" aria-label=${t("mechanisms-workers-of", { queue })} title=${why || nothing}>
      <button class="button" ?disabled=${count === 0 || why !== ""} aria-label=${t("mechanisms-fewer", { queue })} @click=${() => set(count - 1)}>−</button>
      <button class="button" ?disabled=${count === 0 || why !== ""} aria-label=${t("mechanisms-zero", { queue })} @click=${() => set(0)}>0</button>
      <span class=${count ? "" : "none"}>${t("mechanisms-count", { count })}</span>
      <button class="button" ?disabled=${count >= 20 || why !== ""} aria-label=${t("mechanisms-more", { queue })} @click=${() => set(count + 1)}>+</button></span></div>`;
  }

  /** A button that causes a fault. */
  private button(fault: string, words: string): TemplateResult {
    const why = this.session.forbids("fault", fault);
    return html`<button class="button" ?disabled=${why !== ""} title=${why || nothing} @click=${() => this.session.fault(fault)}>${t(words)}</button>`;
  }

  private failingCall(queues: WorkersView[], armed: string): TemplateResult {
    const why = this.session.forbids("fault", `fail-call ${this.queue} ${this.call} ${this.how}`);
    return html`<div class="row"><h4>${t("mechanisms-fail")}</h4><p>${t("mechanisms-fail-about")}</p>
      <form class="wide form" @submit=${this.arm}>
        <select aria-label=${t("mechanisms-fail-queue")} @change=${(e: Event) => (this.queue = (e.target as HTMLSelectElement).value)}>
          ${queues.map((q) => html`<option value=${q.queue} ?selected=${q.queue === this.queue}>${q.queue}</option>`)}</select>
        <label>${t("mechanisms-fail-call")} <input type="number" min="1" max="99" required .value=${String(this.call)} @input=${(e: Event) => (this.call = Number((e.target as HTMLInputElement).value))} /></label>
        <select aria-label=${t("mechanisms-fail-how")} @change=${(e: Event) => (this.how = (e.target as HTMLSelectElement).value as "error")}>
          ${HOW.map((how) => html`<option value=${how} ?selected=${how === this.how}>${t(`mechanisms-fail-${how}`)}</option>`)}</select>
        <button class="button" ?disabled=${why !== ""} title=${why || nothing}>${t("mechanisms-fail-do")}</button></form>
      ${armed ? html`<p class="armed">${faultText(armed)}</p>` : nothing}</div>`;
  }

  private arm = (event: SubmitEvent): void => {
    event.preventDefault();
    this.session.fault(`fail-call ${this.queue} ${this.call} ${this.how}`);
  };

  private kill(): TemplateResult {
    const running = this.session.mechanisms.containers.map(({ pod, container }) => `${pod} ${container}`);
    const victim = running.includes(this.victim) ? this.victim : running[0];
    return html`<div class="row"><h4>${t("mechanisms-kill")}</h4><p>${t("mechanisms-kill-about")}</p>
      ${victim === undefined ? html`<p>${t("mechanisms-kill-none")}</p>` : html`<div class="wide form">
        <select aria-label=${t("mechanisms-kill-which")} @change=${(e: Event) => (this.victim = (e.target as HTMLSelectElement).value)}>
          ${running.map((words) => html`<option value=${words} ?selected=${words === victim}>${words.replace(/^default\//, "").replace(" ", " · ")}</option>`)}</select>
        ${this.button(`kill-container ${victim}`, "mechanisms-kill-do")}</div>`}</div>`;
  }

  private marks(): TemplateResult {
    const { breakpoints } = this.session.mechanisms;
    const name = ({ controller, place }: { controller: string; place: string }) => `${controller} · ${place}`;
    return html`<h3>${t("breakpoints")}</h3>${breakpoints.length === 0 ? html`<p>${t("breakpoints-none")}</p>` : html`<ul class="marks">${breakpoints.map((b) => html`<li>${name(b)}
        <button class="button quiet" aria-label=${t("breakpoint-clear", { place: name(b) })} @click=${() => this.session.toggleBreakpoint(b.controller, b.place)}>✕</button></li>`)}</ul>
      ${breakpoints.length > 1 ? html`<button class="button quiet" @click=${() => breakpoints.forEach((b) => this.session.toggleBreakpoint(b.controller, b.place))}>${t("breakpoints-clear")}</button>` : nothing}`}`;
  }
}

function split<T>(items: T[], first: (item: T) => boolean): [T[], T[]] {
  return [items.filter(first), items.filter((item) => !first(item))];
}
