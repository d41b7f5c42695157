// A question: one option, several, or a value that is to be read from the cluster; and what is said after the answer.
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../app/words";
import { shared } from "../ui/panel";
import type { QuestionStanding, QuestionView } from "../wasm/kubestep.js";
import { LessonPart, card } from "./part";

@customElement("ks-question")
export class KsQuestion extends LessonPart {
  @property() question = "";
  /** The task whose hints are shown here, because the text has no card of its own for it; empty: none. */
  @property({ attribute: "hints-of" }) hintsOf = "";
  @state() private chosen: string[] = [];
  /** After a wrong answer: whether the reader wants to be told. */
  @state() private told = false;
  @state() private tried = 0;

  static override styles = [shared, card, css`
    fieldset { border: 0; margin: 0; padding: 0; min-width: 0; } legend { padding: 0 0 8px; font-weight: 600; line-height: 1.5; }
    label { display: grid; grid-template-columns: 20px minmax(0, 1fr); gap: 8px; align-items: start; padding: 5px 0; line-height: 1.5; min-height: 24px; }
    input[type="radio"], input[type="checkbox"] { margin: 4px 0 0; width: 16px; height: 16px; accent-color: var(--accent); }
    input[type="text"] { border: 1px solid var(--line); border-radius: 6px; background: var(--page); padding: 4px 10px; min-height: 32px; width: min(34ch, 100%); font-family: var(--mono); font-size: 13px; }
    .actions { margin-top: 10px; } .closed { color: var(--muted); font-size: 13.5px; margin: 0; flex: 1 1 24ch; line-height: 1.5; }
    .said { margin: 12px 0 0; padding: 8px 12px; border-radius: 0 6px 6px 0; border-left: 3px solid var(--good); background: var(--sunk); line-height: 1.55; }
    .said.wrong { border-color: var(--bad); } .said p { margin: 0; } .said p + p { margin-top: 6px; } .said strong { font-weight: 600; }
    @media (max-width: 760px) { input[type="text"] { font-size: 16px; min-height: 40px; } label { min-height: 36px; padding: 7px 0; } }
  `];

  private get view(): QuestionView | undefined {
    return this.session.lesson.tasks.flatMap((task) => task.questions).find(({ id }) => id === this.question);
  }

  private get stands(): QuestionStanding | undefined {
    return this.session.standing.tasks.flatMap((task) => task.questions).find(({ id }) => id === this.question);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { view, stands } = this;
    if (!view || !stands) return nothing;
    const right = stands.right;
    const chosen = right || this.tried === 0 && this.chosen.length === 0 ? stands.given : this.chosen;
    const task = this.hintsOf ? this.session.task(this.hintsOf) : undefined;
    const hints = task && !this.session.isPassed(task.id) ? task.hints : [];
    return html`<section class="card ${right ? "passed" : ""}" aria-label=${t("question-label", { text: view.text })}>
      <header><h3>${t(view.several ? "question-several" : view.options.length ? "question-one" : "question-value")}</h3>
        <span class="state">${right ? t("question-right") : nothing}</span></header>
      <form class="body" @submit=${this.submit}>
        <div aria-live="polite">${hints.map((hint) => html`<p class="hint"><strong>${t("hint")}</strong> ${hint.text}</p>`)}</div>
        ${view.options.length ? this.options(view, chosen, right) : this.value(view, chosen, right)}
        ${right || this.session.readonly ? nothing : html`<div class="actions"><button class="button ${stands.open && chosen.length ? "primary" : ""}" ?disabled=${!stands.open || chosen.length === 0}>${t("answer")}</button>
          ${stands.open ? nothing : html`<p class="closed">${t("question-closed")}</p>`}</div>`}
        <div aria-live="polite">${this.said(view, stands)}</div>
      </form></section>`;
  }

  private options(view: QuestionView, chosen: string[], right: boolean): TemplateResult {
    const type = view.several ? "checkbox" : "radio";
    return html`<fieldset ?disabled=${right || this.session.readonly}><legend>${view.text}</legend>${view.options.map(({ id, text }) => html`<label>
      <input type=${type} name="option" value=${id} .checked=${chosen.includes(id)} @change=${(e: Event) => this.choose(id, view.several, (e.target as HTMLInputElement).checked, chosen)} /><span>${text}</span></label>`)}</fieldset>`;
  }

  private value(view: QuestionView, chosen: string[], right: boolean): TemplateResult {
    return html`<fieldset ?disabled=${right || this.session.readonly}><legend id="text">${view.text}</legend>
      <input type="text" aria-labelledby="text" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="200" .value=${chosen[0] ?? ""} @input=${(e: Event) => {
        const { value } = e.target as HTMLInputElement;
        this.chosen = value.trim() ? [value] : [];
        this.tried ||= -1;
      }} /></fieldset>`;
  }

  private said(view: QuestionView, { right, given }: QuestionStanding): TemplateResult | typeof nothing {
    if (right) return view.because ? html`<div class="said"><p>${view.because}</p></div>` : nothing;
    if (given.length === 0) return nothing;
    const answer = given.map((id) => view.options.find((option) => option.id === id)?.text ?? id).join(", ");
    return html`<div class="said wrong"><p><strong>${t("question-wrong")}</strong> ${t("question-wrong-more", { answer })}</p>
      ${view.because && this.told ? html`<p>${view.because}</p>` : nothing}
      ${view.because && !this.told ? html`<p><button type="button" class="button" @click=${() => (this.told = true)}>${t("question-tell")}</button></p>` : nothing}</div>`;
  }

  private choose(id: string, several: boolean, on: boolean, before: string[]): void {
    this.chosen = several ? (on ? [...before, id] : before.filter((other) => other !== id)) : [id];
    this.tried ||= -1;
  }

  private submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.chosen.length === 0 || !this.stands?.open) return;
    this.tried = 1;
    this.told = false;
    this.session.answer(this.question, this.chosen);
  };
}
