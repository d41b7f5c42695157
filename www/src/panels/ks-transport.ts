// The bar that moves through time: to the start, back, step, play, speed, to idle, until something happens.
import { css, html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { SPEEDS } from "../app/session";
import { duration, t } from "../app/words";
import { Panel, icon, shared } from "../ui/panel";
import { actionText } from "../ui/sentence";
import type { RunUntil } from "../wasm/kubestep.js";
import "./ks-timeline";

@customElement("ks-transport")
export class KsTransport extends Panel {
  protected override readonly shows = ["world", "ui"] as const;
  @state() private asking: "event" | "condition" | "time" | "step" | undefined;

  static override styles = [shared, css`
    :host { container-type: inline-size; border-block: 1px solid var(--line); background: var(--surface); position: relative; }
    .bar { display: flex; align-items: center; gap: 6px; padding: 8px 12px; min-height: 52px; }
    .buttons { display: flex; align-items: center; gap: 4px; flex: none; position: relative; }
    ks-timeline { flex: 1; min-width: 60px; margin: 0 10px; }
    .step { min-width: 84px; }
    .play { width: 84px; padding-inline: 4px; }
    select { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); min-height: 30px; padding: 2px 4px; }
    .until { width: 13ch; }
    .where { color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; font-size: 13px; min-width: 15ch; text-align: right; }
    .ask { display: flex; gap: 6px; align-items: center; padding: 0 12px 10px; flex-wrap: wrap; }
    .ask input { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); padding: 3px 8px; min-height: 30px; min-width: 0; width: 22ch; }
    .said { display: none; }
    .next { position: relative; display: flex; }
    .hint { position: absolute; bottom: calc(100% + 16px); left: calc(50% - 12px); background: var(--accent); color: var(--on-accent); border-radius: 8px; padding: 6px 12px; font-size: 13.5px; white-space: nowrap; z-index: 3; }
    .hint::after { content: ""; position: absolute; left: 10px; top: 100%; border: 7px solid transparent; border-top-color: var(--accent); }
    @container (max-width: 860px) {
      .bar { flex-wrap: wrap; padding: 6px 8px 10px; row-gap: 8px; }
      .buttons { width: 100%; justify-content: space-between; }
      ks-timeline { order: 2; flex: 1; margin: 0 8px 0 4px; }
      .where { order: 3; min-width: 0; }
      .button { min-height: 40px; padding-inline: 8px; }
      /* The words are in sight in every panel; two lines, so that nothing moves. */
      .said { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; width: 100%; height: 40px; margin: 0; line-height: 20px; font-size: 14px; }
      .next { flex: 1; max-width: 300px; } .hint { left: -20px; bottom: calc(100% + 62px); } .hint::after { left: calc(20px + 24px); }
      .step { min-width: 62px; flex: 1; } .play { width: auto; } .play span, .idle span { position: absolute; clip-path: inset(50%); }
      select { min-height: 40px; width: 62px; } select.until { width: 92px; }
    }
    /* Narrower than any phone's window: in a column of a page on a phone. */
    @container (max-width: 370px) { .speed { display: none; } .buttons { gap: 2px; } }
  `];

  protected override render(): TemplateResult {
    const { session } = this;
    const { step, length, nowMs } = session.view;
    const { record } = session;
    const nothingNext = session.view.enabled.total === 0 && step === length;
    const moving = session.playing || session.running !== undefined;
    return html`
      <div class="bar" role="toolbar" aria-label=${t("transport")}>
        <p class="said" aria-hidden="true">${record ? actionText(record.line.actor, record.line.action) : t("step-beginning")}</p>
        <div class="buttons">
          <button class="button quiet" ?disabled=${step === 0} @click=${() => session.seek(0)} aria-label=${t("to-start")} title=${t("to-start")}>${icon("start")}</button>
          <button class="button" ?disabled=${step === 0} @click=${() => session.back()} aria-label=${t("back")} title=${t("back-title")}>${icon("back")}</button>
          <span class="next">${session.stepsNext && !session.stepped ? html`<span class="hint" role="status">${t("hint-step")}</span>` : ""}
            <button class="button step ${session.stepsNext ? "primary" : ""}" ?disabled=${nothingNext} @click=${() => session.step()} title=${t("step-title")}>${t("step")} ${icon("step")}</button></span>
          <button class="button play" ?disabled=${nothingNext && !moving} @click=${() => (moving ? session.pause() : session.play())} title=${t("play-title")}>${moving ? html`${icon("pause")} <span>${t("pause")}</span>` : html`${icon("play")} <span>${t("play")}</span>`}</button>
          <select class="speed" aria-label=${t("speed")} @change=${(e: Event) => session.setSpeed(Number((e.target as HTMLSelectElement).value))}>
            ${SPEEDS.map((speed) => html`<option value=${speed} ?selected=${speed === session.speed}>${speed}×</option>`)}</select>
          <button class="button idle" @click=${() => void session.runUntil({ type: "idle" })} title=${t("to-idle-title")}><span>${t("to-idle")}</span> ${icon("end")}</button>
          <select class="until" aria-label=${t("run-until")} .value=${""} @change=${this.choose}>
            <option value="" selected>${t("run-until")}</option>
            <option value="change">${t("until-change")}</option>
            <option value="event">${t("until-event")}</option>
            <option value="condition">${t("until-condition")}</option>
            <option value="time">${t("until-time")}</option>
            <option value="step">${t("until-step")}</option>
            ${step < length ? html`<option value="end">${t("until-end")}</option>` : ""}
          </select>
        </div>
        <ks-timeline .session=${session}></ks-timeline>
        <span class="where">${t("where", { step, length, time: duration(nowMs) })}</span>
      </div>
      ${this.asking ? this.question(this.asking) : ""}`;
  }

  protected override updated(): void {
    this.keepFocus();
  }

  private choose = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    const chosen = select.value;
    select.value = "";
    this.asking = undefined;
    if (chosen === "change") void this.session.runUntil({ type: "objectChange", object: undefined });
    else if (chosen === "end") this.session.seek(this.session.timeline.length);
    else if (chosen) this.asking = chosen as "event" | "condition" | "time" | "step";
    if (this.asking) void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLInputElement>(".ask input")?.focus());
  };

  private question(what: "event" | "condition" | "time" | "step"): TemplateResult {
    const placeholder = { event: "SuccessfulCreate", condition: "Complete", time: "60", step: "100" }[what];
    return html`<form class="ask" @submit=${(e: SubmitEvent) => this.answer(e, what)}>
      <label for="answer">${t(`ask-${what}`)}</label>
      <input id="answer" name="answer" placeholder=${placeholder} autocomplete="off" inputmode=${what === "time" || what === "step" ? "numeric" : "text"} />
      <button class="button primary">${t("run")}</button>
      <button class="button quiet" type="button" @click=${() => (this.asking = undefined)}>${t("cancel")}</button>
      ${what === "condition" && !this.conditionObject() ? html`<span class="muted">${t("ask-condition-select")}</span>` : ""}
    </form>`;
  }

  private conditionObject() {
    return this.session.selected ?? this.session.view.apiServer.workloads.items[0]?.object;
  }

  private answer(event: SubmitEvent, what: "event" | "condition" | "time" | "step"): void {
    event.preventDefault();
    const input = (event.target as HTMLFormElement).elements.namedItem("answer") as HTMLInputElement;
    const text = input.value.trim() || input.placeholder;
    let until: RunUntil;
    if (what === "event") until = { type: "event", reason: text };
    else if (what === "condition") {
      const object = this.conditionObject();
      if (!object) return;
      until = { type: "condition", object, condition: text, status: "True" };
    } else {
      const number = Number(text);
      if (!Number.isFinite(number) || number < 0) {
        input.setCustomValidity(t("ask-number"));
        input.reportValidity();
        return;
      }
      until = what === "time" ? { type: "time", ms: this.session.view.nowMs + Math.round(number * 1000) } : { type: "step", step: Math.round(number) };
    }
    this.asking = undefined;
    void this.session.runUntil(until);
  }
}
