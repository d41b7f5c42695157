// What the parts of a lesson's page share: they show how it stands, and are drawn anew when that changes.
import { LitElement, css } from "lit";
import { property } from "lit/decorators.js";
import { setLanguage } from "../app/words";
import type { LessonSession } from "./lesson-session";

const SHOWN = ["standing", "ui", "language", "terminal"];

export abstract class LessonPart extends LitElement {
  @property({ attribute: false }) session!: LessonSession;
  readonly #update = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    for (const kind of SHOWN) this.session.addEventListener(kind, this.#update);
  }

  /** As panels do: an element of a page may speak another language than the next. */
  protected override performUpdate(): void {
    if (this.session.language) setLanguage(this.session.language);
    super.performUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const kind of SHOWN) this.session.removeEventListener(kind, this.#update);
  }
}

/** The cards between a lesson's paragraphs. */
export const card = css`
  :host { display: block; margin: 18px 0; font-size: 15px; }
  .card { border: 1px solid var(--line); border-radius: 10px; background: var(--surface); overflow: hidden; }
  .card > header { display: flex; gap: 8px; align-items: baseline; padding: 9px 16px; border-bottom: 1px solid var(--line-soft); font-size: 13px; }
  .card > header h3 { margin: 0; font-size: 13px; font-weight: 600; flex: 1; }
  .card .state { color: var(--muted); white-space: nowrap; }
  .card.passed { border-color: color-mix(in srgb, var(--good) 55%, var(--line)); }
  .card.passed .state { color: var(--good); font-weight: 600; }
  .body { padding: 12px 16px 14px; }
  .actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
  .hint { margin: 0 0 12px; padding: 8px 12px; background: var(--note); border-left: 3px solid var(--accent); border-radius: 0 6px 6px 0; line-height: 1.55; }
  .hint strong { font-weight: 600; }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @media (max-width: 760px) { .button { min-height: 40px; } .card > header, .body { padding-inline: 12px; } }
`;
