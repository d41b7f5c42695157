// "Lessons" in the header: the course, and each of its lessons. The list is fetched when somebody opens it.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { language, t } from "../app/words";
import type { LessonEntry } from "../lessons/list";
import { shared } from "../ui/panel";

@customElement("ks-lessons-menu")
export class KsLessonsMenu extends LitElement {
  @state() private open = false;
  @state() private lessons: readonly LessonEntry[] = [];

  static override styles = [shared, css`
    :host { position: relative; }
    .list { position: absolute; z-index: 8; top: calc(100% + 6px); left: 0; width: max-content; max-width: min(340px, 88vw); max-height: 76dvh; overflow: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 6px 24px rgb(0 0 0 / 0.16); padding: 6px; }
    ol { list-style: none; margin: 4px 0 0; padding: 4px 0 0; border-top: 1px solid var(--line-soft); } a { display: block; padding: 5px 10px; border-radius: 6px; color: inherit; text-decoration: none; line-height: 1.45; min-height: 24px; } a:hover { background: var(--hover); } .all { font-weight: 600; }
    @media (max-width: 760px) { .list { position: fixed; top: 50px; left: 8px; } .button { min-height: 38px; padding-inline: 9px; } a { padding-block: 8px; } }
  `];

  protected override render(): TemplateResult {
    return html`<div @focusout=${this.left} @keydown=${this.key}><button class="button quiet" aria-expanded=${this.open} @click=${this.toggle}>${t("lessons")} <span aria-hidden="true">▾</span></button>
      ${this.open ? html`<nav class="list" aria-label=${t("lessons")}><a class="all" href="./lessons.html">${t("lessons-course")}</a>
        ${this.lessons.length ? html`<ol>${this.lessons.map(({ id, title }) => html`<li><a href="./lesson.html?id=${id}">${title[language()]}</a></li>`)}</ol>` : nothing}</nav>` : nothing}</div>`;
  }

  private toggle = async (): Promise<void> => {
    this.open = !this.open;
    if (!this.open || this.lessons.length) return;
    try {
      this.lessons = (await import("../lessons/list")).LESSONS;
    } catch {
      // Offline: the link to the course is there all the same.
    }
  };

  private left = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof Node && this.renderRoot.contains(event.relatedTarget)) return;
    // A click on something that takes no focus, within the list, is none that leaves.
    setTimeout(() => {
      const { activeElement } = this.renderRoot as ShadowRoot;
      if (!activeElement) this.open = false;
    });
  };

  private key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.open) return;
    this.open = false;
    this.renderRoot.querySelector("button")?.focus();
    event.preventDefault();
  };
}
