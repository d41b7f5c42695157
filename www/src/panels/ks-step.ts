// The step panel: what happened, in words; below it the phases with their values, the API calls, the diffs, and why.
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { actorClass } from "../app/actors";
import { duration, has, rich, t } from "../app/words";
import { placeOf, same } from "../app/breakpoints";
import { diffLines } from "../ui/diff";
import { Panel, actorIcon, icon, shared } from "../ui/panel";
import { absent, actionSentence, actionText, outcome, plain } from "../ui/sentence";
import type { CallView, Change, NoteView, StepLine, StepView } from "../wasm/kubestep.js";

@customElement("ks-step")
export class KsStep extends Panel {
  protected override readonly shows = ["world", "ui"] as const;

  static override styles = [shared, css`
    :host { padding: 14px 16px 18px; }
    header { display: flex; justify-content: space-between; gap: 8px; align-items: baseline; flex-wrap: wrap; }
    .when { color: var(--muted); font-size: 13px; font-variant-numeric: tabular-nums; }
    .sentence { font-size: 16px; line-height: 26px; margin: 8px 0 0; text-wrap: pretty; }
    .outcome { margin: 4px 0 0; padding: 0; list-style: none; line-height: 25px; }
    h3 { font-size: 12px; font-weight: 600; color: var(--muted); margin: 18px 0 6px; }
    ol.phases { list-style: none; margin: 0; padding: 0; border-left: 2px solid var(--actor, var(--line)); }
    ol.phases li { padding: 2px 0 2px 12px; position: relative; line-height: 25px; font-size: 14px; }
    ol.phases li::before { content: ""; position: absolute; left: -5px; top: 11px; width: 8px; height: 8px; border-radius: 50%; background: var(--actor, var(--muted)); }
    .mark { position: absolute; left: -13px; top: 2px; width: 24px; height: 25px; border: 0; padding: 0; background: none; z-index: 1; }
    .mark::before { content: ""; position: absolute; left: 8px; top: 8px; width: 8px; height: 8px; border: 1.5px solid var(--surface); rotate: 45deg; opacity: 0; background: var(--bad); box-shadow: 0 0 0 1.5px var(--bad); }
    .mark:hover::before { opacity: 0.55; } .mark[aria-pressed="true"]::before { opacity: 1; }
    .unheeded { color: var(--bad); }
    .values { color: var(--muted); font-size: 13px; }
    .calls { margin: 0; padding: 0; list-style: none; display: grid; gap: 6px; }
    .calls > li { border: 1px solid var(--line); border-radius: 8px; padding: 6px 10px; }
    .calls > li.ahead { opacity: 0.55; border-style: dashed; }
    .call { display: flex; gap: 8px; align-items: baseline; flex-wrap: wrap; font-size: 13.5px; }
    .verb { font-family: var(--mono); font-size: 12px; font-weight: 600; }
    .code { margin-left: auto; font-size: 12px; color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
    .refused { color: var(--bad); }
    .message { color: var(--bad); font-size: 13px; margin: 4px 0 0; overflow-wrap: anywhere; }
    details > summary { cursor: pointer; font-size: 12.5px; color: var(--muted); line-height: 24px; width: fit-content; border-radius: 3px; }
    .into { display: flex; gap: 6px; align-items: center; flex-wrap: wrap; margin: 0 0 8px; font-size: 13px; min-height: 30px; }
    .causes { list-style: none; margin: 0; padding: 0; display: grid; gap: 2px; }
    .cause { display: grid; grid-template-columns: auto 1fr; gap: 8px; width: 100%; text-align: left; border: 0; background: none; padding: 5px 6px; border-radius: 6px; line-height: 1.45; font-size: 13.5px; }
    .cause:hover { background: var(--hover); }
    .cause .n { color: var(--muted); font-variant-numeric: tabular-nums; min-width: 3ch; text-align: right; }
  `];

  protected override render(): TemplateResult {
    const { record, view } = this.session;
    if (!record) return this.beginning();
    const { line } = record;
    return html`
      <section aria-label=${t("step-panel")} data-actor=${actorClass(line.actor)}>
        <header>${this.actor(line.actor)}<span class="when">${t("step-when", { step: line.step, time: duration(line.atMs) })}</span></header>
        <div aria-live=${this.session.playing ? "off" : "polite"}>
          <p class="sentence">${this.sentence(line)}</p>
          <ul class="outcome">${this.outcomes(record)}${record.notes.filter(unheeded).map(() => html`<li class="unheeded">${t("did-not-heed")}</li>`)}</ul>
        </div>
        ${record.notes.length ? html`<h3>${t("step-phases")}</h3><ol class="phases">${record.notes.map((note) => html`<li>${this.mark(record, note)}${this.note(note)}</li>`)}</ol>` : nothing}
        ${record.calls.length ? html`<h3>${t("step-calls", { count: record.calls.length })}</h3>
          ${this.into(record)}<ol class="calls">${record.calls.map((call, i) => this.call(call, i))}</ol>` : nothing}
        <h3>${t("step-why")}</h3>
        ${record.causes.length ? html`<ul class="causes">${record.causes.map((cause) => this.cause(cause))}</ul>` : html`<p class="empty">${t(line.actor.role === "kubectl" ? "step-no-cause" : "step-no-cause-routine")}</p>`}
        ${record.effects.total ? html`<details><summary>${t("step-effects", { count: record.effects.total })}</summary>
          <ul class="causes">${record.effects.items.map((effect) => this.cause(effect))}</ul></details>` : nothing}
        ${view.step < view.length ? html`<p class="muted" style="font-size:13px;margin:14px 0 0">${t("step-in-past", { length: view.length })}</p>` : nothing}
      </section>`;
  }

  private beginning(): TemplateResult {
    return html`<section aria-label=${t("step-panel")}>
      <header><h2>${t("step-panel")}</h2><span class="when">${t("step-when", { step: 0, time: "0 s" })}</span></header>
      <p class="sentence" aria-live="polite">${t("step-beginning")}</p>
      <p class="empty" style="margin-top:10px">${t("step-beginning-more")}</p>
    </section>`;
  }

  private sentence(line: StepLine): unknown {
    return actionSentence(line.actor, line.action, {
      actor: (actor) => html`<strong>${actor.name}</strong>`,
      object: (ref) => this.object(ref),
    });
  }

  private outcomes(record: StepView): unknown {
    const parts = outcome(record.calls, (ref) => this.object(ref));
    if (parts.length === 0) return record.line.action.kind === "reconcile" || (record.calls.length > 0 && record.line.actor.role !== "kubectl") ? html`<li>${t("did-nothing")}</li>` : nothing;
    return parts.map((part) => html`<li>${part}</li>`);
  }

  private note(note: NoteView): TemplateResult {
    const id = `note-${note.phase}`;
    if (!has(id)) {
      const values = note.values.map(({ name, value }, i) => html`${i ? ", " : ""}${name} ${this.value(value)}`);
      return html`${note.phase.replaceAll("-", " ")}${values.length ? html`: <span class="values">${values}</span>` : nothing}`;
    }
    // Phases say only what decided; what they leave out reads as nothing.
    const args: Record<string, string | number> = { ip: "", error: "", serviceAccount: "", configMap: "", reasons: "" };
    const live: Record<string, TemplateResult | string> = {};
    for (const { name, value } of note.values) {
      if (value.type === "object" || value.type === "objects") live[name] = this.value(value);
      // A stretch of time may have a fraction, and is a number all the same.
      else args[name] = name === "seconds" ? Number(plain(value)) : plain(value);
    }
    if (unheeded(note)) args["satisfied"] = "unheeded";
    return html`<span class=${unheeded(note) ? "unheeded" : ""}>${rich(id, args, live)}</span>`;
  }

  /** The toggle that marks this place as one where runs stop. */
  private mark(record: StepView, note: NoteView): TemplateResult | typeof nothing {
    const place = placeOf(record, note);
    if (!place) return nothing;
    const on = this.session.mechanisms.breakpoints.some((b) => same(b, place));
    const label = t("breakpoint-at", { place: `${place.controller} · ${place.place}` });
    return html`<button class="mark" aria-pressed=${on} aria-label=${label} title=${label} @click=${() => this.session.toggleBreakpoint(place.controller, place.place)}></button>`;
  }

  private call(call: CallView, index: number): TemplateResult {
    const { into } = this.session;
    const failed = call.code >= 400 && !absent(call);
    const target = `${call.object.resource}${call.subresource ? `/${call.subresource}` : ""}`;
    const wrote = call.revisionAfter > call.revisionBefore;
    return html`<li class=${into !== undefined && index >= into ? "ahead" : ""}>
      <div class="call"><span class="verb">${call.verb.toUpperCase()}</span><span class="mono">${target}</span>
        ${call.object.name ? this.object(call.object) : nothing}
        <span class="code ${failed ? "refused" : ""}">${call.code} ${call.reason}${wrote ? html` · rv ${call.revisionAfter}` : nothing}</span></div>
      ${failed ? html`<p class="message">${call.message}</p>` : nothing}
      ${call.diff.length ? this.diff(call.diff) : nothing}
      ${call.filledIn.length ? html`<details><summary>${t("diff-filled-in", { count: call.filledIn.length })}</summary>${diffLines(call.filledIn)}</details>` : nothing}
    </li>`;
  }

  private diff(changes: Change[]): TemplateResult {
    // One change without a path: the object came or went as a whole.
    const [first] = changes;
    const whole = first?.path === "" ? (first.after === undefined ? "diff-deleted" : "diff-created") : undefined;
    return html`<details ?open=${!whole && changes.length <= 6}><summary>${whole ? t(whole) : t("diff-count", { count: changes.length })}</summary>${diffLines(changes)}</details>`;
  }

  private into(record: StepView): TemplateResult | typeof nothing {
    const { session } = this;
    const writes = record.calls.length;
    if (writes < 1) return nothing;
    if (session.into === undefined) {
      return html`<div class="into"><button class="button" @click=${() => session.stepInto(0)}>${t("into-start")}</button></div>`;
    }
    return html`<div class="into" role="group" aria-label=${t("into-start")}>
      <button class="button" ?disabled=${session.into === 0} @click=${() => session.stepInto(session.into! - 1)}>${icon("back")}<span class="sr">${t("into-previous")}</span></button>
      <span aria-live="polite">${t("into-at", { done: session.into, all: writes })}</span>
      <button class="button" ?disabled=${session.into >= writes} @click=${() => session.stepInto(session.into! + 1)}>${icon("step")}<span class="sr">${t("into-next")}</span></button>
      <button class="button quiet" @click=${() => session.stepInto(undefined)}>${t("into-leave")}</button></div>`;
  }

  private cause(line: StepLine): TemplateResult {
    return html`<li><button class="cause" data-actor=${actorClass(line.actor)} @click=${() => this.session.seek(line.step)}>
      <span class="n">${line.step}</span><span><span class="actor">${actorIcon(actorClass(line.actor))}</span> ${actionText(line.actor, line.action)}</span></button></li>`;
  }
}

/** Expectations that count as satisfied although something is still to be seen: the account is kept, and nobody heeds it. */
function unheeded(note: NoteView): boolean {
  const value = (name: string) => plain(note.values.find((v) => v.name === name)?.value ?? { type: "number", value: 0 });
  return note.phase === "expectations" && value("satisfied") === "yes" && (Number(value("adds")) > 0 || Number(value("dels")) > 0);
}
