// Where a learner opens an exercise that somebody gave them: a file, dropped or chosen.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { t } from "../app/words";
import type { EngineModule } from "../engine";
import { settingsButtons } from "../ui/page";
import { shared } from "../ui/panel";
import { carry, given, MOST_BYTES, NoExercise, readExercise } from "./exercise";
import { exercisePage, show } from "./page";

@customElement("ks-open")
export class KsOpen extends LitElement {
  engines!: EngineModule;
  @state() private wrong = "";
  @state() private over = false;
  @query("input") private picker!: HTMLInputElement;

  static override styles = [shared, css`
    .bar { display: flex; align-items: center; gap: 6px; padding: 6px 16px; border-bottom: 1px solid var(--line); background: var(--surface); min-height: 46px; }
    .brand { font-size: 16px; font-weight: 650; letter-spacing: -0.01em; color: inherit; text-decoration: none; } .brand + .button { margin-right: auto; }
    main { max-width: 620px; margin: 0 auto; padding: 40px 20px; } h1 { font-size: 26px; font-weight: 650; letter-spacing: -0.015em; margin: 0 0 12px; } p { line-height: 1.65; margin: 0 0 14px; }
    .drop { border: 2px dashed var(--line); border-radius: 12px; padding: 36px 20px; text-align: center; background: var(--surface); } .drop.over { border-color: var(--accent); background: var(--note); } .drop p { color: var(--muted); margin: 10px 0 0; }
    .wrong { padding: 8px 12px; background: var(--note); border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 8px; margin-top: 16px; overflow-wrap: anywhere; }
    @media (max-width: 560px) { main { padding: 24px 14px; } .button { min-height: 40px; } }
  `];

  protected override render(): TemplateResult {
    return html`<header class="bar"><a class="brand" href="./">Kubestep</a><a class="button quiet" href="./lessons.html">${t("lessons")}</a>${settingsButtons(this.speak)}</header>
      <main><h1>${t("exercise-open")}</h1><p>${t("exercise-open-about")}</p>
        <div class="drop ${this.over ? "over" : ""}" @dragover=${this.drag} @dragleave=${() => (this.over = false)} @drop=${this.drop}>
          <button class="button primary" @click=${() => this.picker.click()}>${t("exercise-choose")}</button><p>${t("exercise-drop")}</p></div>
        <input type="file" accept=".zip,application/zip" hidden aria-label=${t("exercise-choose")} @change=${() => this.take(this.picker.files?.[0])} />
        ${this.wrong ? html`<p class="wrong" role="alert">${this.wrong}</p>` : nothing}</main>`;
  }

  private drag = (event: DragEvent): void => {
    event.preventDefault();
    this.over = true;
  };

  private drop = (event: DragEvent): void => {
    event.preventDefault();
    this.over = false;
    void this.take(event.dataTransfer?.files[0]);
  };

  private async take(file: File | undefined): Promise<void> {
    this.picker.value = "";
    if (!file) return;
    try {
      if (file.size > MOST_BYTES) throw new NoExercise("exercise-large");
      const files = given(readExercise(new Uint8Array(await file.arrayBuffer())));
      const page = await exercisePage(this.engines, files);
      // With it in the address, a reload opens it again.
      const hash = carry({ exercise: files });
      if (hash) history.replaceState(undefined, "", hash);
      show(page);
    } catch (error) {
      this.wrong = `${file.name}: ${error instanceof NoExercise ? t(error.id, error.values) : String((error as Error).message ?? error)}`;
    }
  }

  private speak = (): void => {
    document.title = `${t("exercise-open")} · Kubestep`;
    this.requestUpdate();
  };
}
