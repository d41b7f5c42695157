// A task: its checks with how each stands, the hints that apply now, and what to press next.
import { css, html, nothing, svg, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { t } from "../app/words";
import { icon, shared } from "../ui/panel";
import type { CheckStanding, QuestionStanding } from "../wasm/kubestep.js";
import { LessonPart, card } from "./part";

@customElement("ks-task")
export class KsTask extends LessonPart {
  @property() task = "";
  /** A command to run with one click. */
  @property() command = "";

  static override styles = [shared, card, css`
    ul { list-style: none; margin: 0 0 12px; padding: 0; display: grid; gap: 7px; }
    li { display: grid; grid-template-columns: 20px minmax(0, 1fr); gap: 0 6px; line-height: 1.5; }
    li svg { margin-top: 3px; color: var(--faint); } li[data-holds] svg { color: var(--good); }
    .why { grid-column: 2; color: var(--muted); font-size: 13.5px; overflow-wrap: anywhere; }
    .asks { overflow-wrap: anywhere; }
    code { font-family: var(--mono); font-size: 12.5px; }
    .button code { font-size: 12.5px; }
    .command { max-width: 100%; white-space: normal; text-align: left; overflow-wrap: anywhere; }
  `];

  protected override render(): TemplateResult | typeof nothing {
    const { session } = this;
    const task = session.task(this.task);
    if (!task) return nothing;
    const passed = session.isPassed(task.id);
    const number = session.standing.tasks.indexOf(task) + 1;
    const points = session.lesson.tasks.find((view) => view.id === task.id)?.points ?? 0;
    return html`<section class="card ${passed ? "passed" : ""}" aria-label=${t("task-label", { number })}>
      <header><h3>${t("task", { number, count: session.standing.tasks.length })}</h3>
        <span class="state">${passed ? html`${tick(true)} ${t("task-passed")}` : t("task-points", { points })}</span></header>
      <div class="body">
        <ul aria-label=${t("task-checks")}>${task.checks.map((check) => this.check(check))}${task.questions.map((question) => this.question(question))}</ul>
        <div aria-live="polite">${passed ? nothing : task.hints.map((hint) => html`<p class="hint"><strong>${t("hint")}</strong> ${hint.text}</p>`)}</div>
        ${this.actions(passed)}
      </div></section>`;
  }

  private check({ holds, asks, why }: CheckStanding): TemplateResult {
    // `not yet: …` says nothing that the check does not say.
    const more = why && !why.includes(asks) ? html`<span class="why"><span class="sr">; </span>${t("check-why", { why })}</span>` : nothing;
    return html`<li ?data-holds=${holds}>${tick(holds)}<span class="asks"><span class="sr">${t(holds ? "check-met" : "check-not-yet")} </span>${asks}</span>${more}</li>`;
  }

  private question({ id, right }: QuestionStanding): TemplateResult {
    const text = this.session.lesson.tasks.flatMap((task) => task.questions).find((question) => question.id === id)?.text ?? "";
    return html`<li ?data-holds=${right}>${tick(right)}<span class="asks"><span class="sr">${t(right ? "check-met" : "check-not-yet")} </span>${t("check-question", { text })}</span></li>`;
  }

  private actions(passed: boolean): TemplateResult {
    const { session } = this;
    const command = session.readonly ? "" : this.command;
    const now = session.next === this.task;
    const typed = !command || session.typed(command);
    const why = command ? session.forbids("command", command) : "";
    const ended = session.view.enabled.total === 0 && session.view.step === session.view.length;
    return html`<div class="actions">
      ${command ? html`<button class="button command ${now && !typed ? "primary" : ""}" ?disabled=${why !== ""} title=${why || t("run-command-title")} @click=${() => session.command(command)}>${t("run-command")} <code>${command}</code></button>` : nothing}
      ${passed ? nothing : html`<button class="button ${now && typed ? "primary" : ""}" ?disabled=${ended} @click=${() => session.step()}>${t("step-now")} ${icon("step")}</button>`}
      ${why ? html`<span class="why">${why}</span>` : nothing}</div>`;
  }
}

function tick(holds: boolean): TemplateResult {
  return html`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width=${holds ? 2.2 : 1.6} stroke-linecap="round" stroke-linejoin="round">${
    holds ? svg`<path d="M3 8.6 6.6 12.2 13 4.6" />` : svg`<circle cx="8" cy="8" r="5.5" />`}</svg>`;
}
