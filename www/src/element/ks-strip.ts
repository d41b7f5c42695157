// The smallest view: back and step, the last step in one sentence, and who met whom in it, with the pods there are.
import { css, html, nothing, svg, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { actorClass, shape, type ActorClass } from "../app/actors";
import { t, duration } from "../app/words";
import { podLook, podShape } from "../ui/look";
import { Panel, icon, shared } from "../ui/panel";
import { actionSentence, outcome } from "../ui/sentence";
import type { StepView, View } from "../wasm/kubestep.js";

/** Around the API server, from left to right. */
const PLACES = ["kubectl", "controller", "scheduler", "kubelet"] as const;
type Place = (typeof PLACES)[number];
const MOST_PODS = 14;

@customElement("ks-strip")
export class KsStrip extends Panel {
  protected override readonly shows = ["world", "ui"] as const;

  static override styles = [shared, css`
    :host { block-size: 100%; background: var(--surface); container-type: inline-size; }
    .strip { display: grid; grid-template: minmax(0, 1fr) / auto minmax(0, 1fr) 236px; block-size: 100%; gap: 0 18px; align-items: center; padding: 8px 16px; }
    .buttons { display: grid; grid-template-columns: auto auto; gap: 6px; justify-items: start; }
    .where { grid-column: 1 / -1; color: var(--muted); font-size: 12px; font-variant-numeric: tabular-nums; white-space: nowrap; min-width: 17ch; }
    .words { max-block-size: 100%; overflow: auto; align-self: center; }
    .words p { margin: 0; font-size: 14.5px; line-height: 1.5; text-wrap: pretty; } .words .came { color: var(--muted); font-size: 13px; }
    .picture { display: block; inline-size: 236px; block-size: 104px; }
    .picture text { font-size: 10px; fill: var(--muted); font-family: var(--sans); text-anchor: middle; } .picture .on text, .picture text.on { fill: var(--ink); font-weight: 600; }
    .way { fill: none; stroke: var(--line); stroke-width: 1.5; } .on > .way { stroke: var(--actor); stroke-width: 2.5; }
    .part { color: var(--actor); } .part:not(.on) > svg { opacity: 0.5; }
    .pod { color: var(--muted); } .pod[data-look="running"] { color: var(--c-kubelet); } .pod[data-look="succeeded"] { color: var(--good); } .pod[data-look="failed"] { color: var(--bad); }
    @container (max-width: 620px) {
      .strip { grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) auto; gap: 4px 10px; align-items: start; }
      .words { grid-row: 2; grid-column: 1 / -1; align-self: start; } .picture { inline-size: 190px; block-size: 84px; }
    }
  `];

  protected override render(): TemplateResult {
    const { session } = this;
    const { view, record } = session;
    const { step, length } = view;
    const atEnd = step === length && (view.enabled.total === 0 || (view.idle && step > 0));
    return html`<section class="strip" aria-label=${t("step-panel")}>
      <div class="buttons" role="toolbar" aria-label=${t("transport")}>
        <button class="button" ?disabled=${step === 0} @click=${() => session.back()} aria-label=${t("back")} title=${t("back-title")}>${icon("back")}</button>
        <button class="button primary step" ?disabled=${atEnd} @click=${() => session.step()} title=${t("step-title")}>${t("step")} ${icon("step")}</button>
        <span class="where">${t("where", { step, length, time: duration(view.nowMs) })}</span></div>
      <div class="words" tabindex="0" aria-live=${session.playing ? "off" : "polite"}>${record ? this.happened(record) : html`<p>${t("step-beginning")}</p>`}</div>
      ${this.picture(view, record)}</section>`;
  }

  protected override updated(): void {
    this.keepFocus();
  }

  private happened(record: StepView): TemplateResult {
    const { line } = record;
    const sentence = actionSentence<unknown>(line.actor, line.action, { actor: (actor) => html`<strong>${actor.name}</strong>`, object: (ref) => this.object(ref) });
    const came = outcome<unknown>(record.calls, (ref) => this.object(ref));
    return html`<p>${sentence}</p>${came.length ? html`<p class="came">${came.map((part, i) => html`${i ? " " : nothing}${part}`)}</p>` : nothing}`;
  }

  /** Decoration: the words beside it say the same. */
  private picture(view: View, record: StepView | undefined): TemplateResult {
    const role = record?.line.actor.role;
    const on = PLACES.find((place) => place === role);
    const of = record ? actorClass(record.line.actor) : undefined;
    const at = (i: number) => 29 + i * 60;
    const part = (place: Place, i: number) => {
      const actor: ActorClass = place === on ? of! : place;
      return svg`<g class="part ${place === on ? "on" : ""}" data-actor=${actor}><path class="way" d="M118 28V34Q118 38 ${at(i)} 40V46"/>
        <svg x=${at(i) - 7} y="46" width="14" height="14" viewBox="0 0 16 16">${shape(actor)}</svg><text x=${at(i)} y="74">${place === "kubelet" ? "kubelets" : place === "controller" ? "controllers" : place}</text></g>`;
    };
    const order = [...PLACES.keys()].sort((a, b) => Number(PLACES[a] === on) - Number(PLACES[b] === on));
    const pods = [...view.unscheduled.items, ...view.nodes.items.flatMap((node) => node.pods.items)].slice(0, MOST_PODS);
    const wrote = (record?.line.writes ?? 0) > 0;
    return html`<svg class="picture" viewBox="0 0 236 104" aria-hidden="true">
      ${order.map((i) => part(PLACES[i]!, i))}
      <g data-actor="api" class="part ${wrote || on ? "on" : ""}"><svg x="111" y="14" width="14" height="14" viewBox="0 0 16 16">${shape("api")}</svg><text class=${wrote ? "on" : ""} x="118" y="9">API server · rv ${view.revision}</text></g>
      ${pods.map((pod, i) => svg`<g class="pod" data-look=${podLook(pod)}><svg x=${118 - pods.length * 8 + i * 16 + 1} y="86" width="14" height="14" viewBox="0 0 16 16">${podShape(podLook(pod))}</svg></g>`)}
    </svg>`;
  }
}
