// A lesson's tasks without its text: what has to be so, the hints that apply, the questions.
import { css, html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import "../lessons/ks-question";
import "../lessons/ks-task";
import { LessonPart } from "../lessons/part";
import { shared } from "../ui/panel";

@customElement("ks-tasks")
export class KsTasks extends LessonPart {
  static override styles = [shared, css`
    :host { padding: 10px 14px 16px; background: var(--page); } h2 { font-size: 15px; color: var(--ink); margin: 4px 0 0; overflow-wrap: anywhere; }
    ks-task, ks-question { margin: 10px 0 0; font-size: 14px; }
  `];

  protected override render(): TemplateResult {
    const { session } = this;
    return html`<h2>${session.lesson.title}</h2>${session.lesson.tasks.map(({ id, questions }) => html`<ks-task .session=${session} task=${id}></ks-task>${
      questions.map((question) => html`<ks-question .session=${session} question=${question.id}></ks-question>`)}`)}`;
  }
}
