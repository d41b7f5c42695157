// The page for authors: the files of a lesson in an editor, what is wrong with them at their lines, the lesson as a learner
// sees it, the proof that it holds what it promises, and a zip to take away. A draft is kept in this browser.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { load, save } from "../app/settings";
import { language, t, type Language } from "../app/words";
import type { EngineModule } from "../engine";
import { MOST_BYTES, NoExercise, carry, given, isLessonFile, needed, readExercise, textsOf, zipOf } from "../lessons/exercise";
import "../lessons/ks-lesson";
import type { KsLesson } from "../lessons/ks-lesson";
import { LessonSession } from "../lessons/lesson-session";
import { LESSONS } from "../lessons/list";
import type { Section } from "../lessons/prose";
import { CodeEditor } from "../ui/code-editor";
import { download } from "../app/download";
import { settingsButtons } from "../ui/page";
import { shared } from "../ui/panel";
import type { FileText, MistakeView } from "../wasm/kubestep.js";

const DRAFT = "author.draft";
/** After the last key, so long. */
const WAIT_MS = 350;
const FIRST = ["lesson.yaml", "en.md", "zh-CN.md", "solution.txt"];

@customElement("ks-author")
export class KsAuthor extends LitElement {
  engines!: EngineModule;
  @state() private files: FileText[] = [];
  @state() private active = "lesson.yaml";
  @state() private mistakes: MistakeView[] = [];
  @state() private steps: number | undefined;
  @state() private testing = false;
  @state() private preview: LessonSession | undefined;
  @state() private texts: Partial<Record<Language, Section[]>> = {};
  @state() private said = "";
  @state() private told = "";
  @query(".code") private host!: HTMLElement;
  @query("#zip") private picker!: HTMLInputElement;
  #editor: CodeEditor | undefined;
  #checking = 0;
  /** What the preview's cluster was made from: it goes on while only texts change. */
  #begun = "";

  static override styles = [shared, css`
    :host { display: grid; height: 100dvh; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); background: var(--page); }
    .bar { display: flex; align-items: center; gap: 6px; padding: 6px 16px; border-bottom: 1px solid var(--line); background: var(--surface); min-height: 46px; flex-wrap: wrap; }
    .brand { font-size: 16px; font-weight: 650; letter-spacing: -0.01em; color: inherit; text-decoration: none; margin-right: 6px; } h1 { font-size: 14px; font-weight: 600; margin: 0; flex: 1; }
    select { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); min-height: 30px; padding: 2px 4px; max-width: 26ch; }
    .main { display: grid; grid-template: minmax(0, 1fr) / minmax(320px, 5fr) minmax(0, 9fr); min-height: 0; }
    .left { display: grid; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr); min-height: 0; border-right: 1px solid var(--line); background: var(--surface); }
    .tabs { display: flex; flex-wrap: wrap; padding: 4px 8px 0; border-bottom: 1px solid var(--line); }
    .tabs button { border: 0; background: none; padding: 6px 9px 8px; min-height: 34px; color: var(--muted); font-family: var(--mono); font-size: 12.5px; white-space: nowrap; }
    .tabs [aria-selected="true"] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px 0 var(--accent); } .tabs .wrong { color: var(--bad); }
    .code { min-height: 0; overflow: hidden; display: flex; } .code > .cm-editor { flex: 1; min-width: 0; }
    .verdict { border-top: 1px solid var(--line); padding: 8px 14px 10px; max-height: 34dvh; overflow: auto; line-height: 1.5; font-size: 13.5px; outline-offset: -3px; }
    .verdict h2 { color: var(--ink); margin-bottom: 4px; } .verdict ul { list-style: none; margin: 0; padding: 0; } .verdict li { padding: 3px 0; overflow-wrap: anywhere; }
    .verdict button { border: 0; background: none; padding: 2px 6px 2px 0; color: var(--bad); text-decoration: underline; text-underline-offset: 2px; font-family: var(--mono); font-size: 12.5px; } .good { color: var(--good); }
    .right { min-height: 0; min-width: 0; position: relative; } .empty { padding: 40px 24px; } ks-lesson { height: 100%; } .stale { opacity: 0.6; }
    .said { flex-basis: 100%; margin: 0; padding: 4px 10px; background: var(--note); border-left: 4px solid var(--bad); border-radius: 6px; } .told { border-color: var(--good); }
    @media (max-width: 760px) { :host { height: auto; } .main { grid-template: 70dvh 92dvh / minmax(0, 1fr); } .left { border: 0; } .button, select, .tabs button { min-height: 40px; } .right { border-top: 1px solid var(--line); } }
  `];

  override connectedCallback(): void {
    super.connectedCallback();
    const draft = load(DRAFT);
    try {
      const files: unknown = draft ? JSON.parse(draft) : undefined;
      if (Array.isArray(files) && files.every((file): file is FileText => typeof file?.name === "string" && typeof file?.text === "string")) return this.open(files);
    } catch {
      // No draft that can be read: as on a first visit.
    }
    void this.from(LESSONS.find(({ id }) => id === "first-job")?.id ?? LESSONS[0]?.id ?? "");
  }

  protected override render(): TemplateResult {
    const { files, active } = this;
    const wrong = new Set(this.mistakes.map(({ file }) => file));
    return html`<header class="bar"><a class="brand" href="./">Kubestep</a><a class="button quiet" href="./lessons.html">${t("lessons")}</a><a class="button quiet" href="./class.html">${t("class-link")}</a><h1>${t("author")}</h1>
        <select aria-label=${t("author-from")} @change=${this.choose}><option value="">${t("author-from-choose")}</option>${LESSONS.map(({ id, title }) => html`<option value=${id}>${title[language()]}</option>`)}</select>
        <button class="button" @click=${() => this.picker.click()}>${t("author-open")}</button><input id="zip" type="file" accept=".zip,application/zip" hidden aria-label=${t("author-open")} @change=${this.unzip} />
        <button class="button" @click=${this.zip}>${t("author-download")}</button>
        <button class="button" @click=${this.share}>${t("author-share")}</button>
        <button class="button" @click=${() => this.pack("html")} title=${t("author-page-title")}>${t("author-page")}</button>
        <button class="button" @click=${() => this.pack("scorm")} title=${t("author-scorm-title")}>${t("author-scorm")}</button>
        <button class="button primary" ?disabled=${this.testing} @click=${this.test}>${t(this.testing ? "author-testing" : "author-test")}</button>
        ${settingsButtons(this.speak)}${this.said ? html`<p class="said" role="alert">${this.said}</p>` : nothing}${this.told ? html`<p class="said told" role="status">${this.told}</p>` : nothing}</header>
      <main class="main"><div class="left">
        <div class="tabs"><div role="tablist" aria-label=${t("author-files")} style="display:contents" @keydown=${this.arrows}>${files.map(({ name }) => html`<button role="tab" aria-selected=${name === active} tabindex=${name === active ? 0 : -1} class=${wrong.has(name) ? "wrong" : ""}
            @click=${() => this.show(name)}>${name}${wrong.has(name) ? " ●" : ""}</button>`)}</div>
          <button @click=${this.add} aria-label=${t("author-add")} title=${t("author-add")}>+</button>
          ${active === "lesson.yaml" ? nothing : html`<button @click=${this.removeFile} aria-label=${t("author-remove", { name: active })} title=${t("author-remove", { name: active })}>×</button>`}</div>
        <div class="code" role="tabpanel" aria-label=${active}></div>
        ${this.verdict()}</div>
        <div class="right" role="region" aria-label=${t("author-preview")}>${this.preview ? keyed(this.preview, html`<ks-lesson preview class=${this.stale ? "stale" : ""} .session=${this.preview} .texts=${this.texts}></ks-lesson>`) : html`<p class="empty">${t("author-no-preview")}</p>`}</div></main>`;
  }

  /** What is wrong with what the preview is made of. */
  private get stale(): boolean {
    return this.mistakes.some(({ file }) => file === "lesson.yaml" || file.startsWith("start/"));
  }

  private verdict(): TemplateResult {
    const { mistakes, steps } = this;
    return html`<section class="verdict" tabindex="0" aria-live="polite" aria-label=${t("author-mistakes", { count: mistakes.length })}>
      <h2 class=${mistakes.length ? "" : "good"}>${t("author-mistakes", { count: mistakes.length })}</h2>
      ${mistakes.length === 0 && steps !== undefined ? html`<p style="margin:0">${t("author-proven", { steps })}</p>` : nothing}
      <ul lang="en">${mistakes.slice(0, 50).map((mistake) => html`<li><button @click=${() => this.goTo(mistake)}>${t("author-mistake-at", { file: mistake.file, line: mistake.line })}</button> ${mistake.message}</li>`)}</ul></section>`;
  }

  protected override firstUpdated(): void {
    this.#editor = new CodeEditor(this.host, this.renderRoot as ShadowRoot, {
      changed: (text) => this.edited(text),
      apply: () => void this.test(),
      refused: () => {},
    });
    this.show(this.active);
  }

  // ---------------------------------------------------------------------------------------------------------- files

  private open(files: FileText[]): void {
    const rank = ({ name }: FileText) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
    this.files = files.filter(({ name }) => isLessonFile(name)).sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
    if (!this.files.some(({ name }) => name === this.active)) this.active = "lesson.yaml";
    this.said = "";
    this.show(this.active);
    this.check();
  }

  private async from(id: string): Promise<void> {
    const found = LESSONS.find((lesson) => lesson.id === id);
    if (found) this.open((await found.sources()).default.map((file) => ({ ...file })));
  }

  private choose = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    const id = select.value;
    select.value = "";
    if (id && window.confirm(t("author-replace"))) void this.from(id);
  };

  private show(name: string): void {
    this.active = name;
    this.#editor?.open(name, this.files.find((file) => file.name === name)?.text ?? "");
    this.mark();
  }

  private edited(text: string): void {
    const file = this.files.find(({ name }) => name === this.active);
    if (!file || file.text === text) return;
    file.text = text;
    this.steps = undefined;
    clearTimeout(this.#checking);
    this.#checking = window.setTimeout(() => this.check(), WAIT_MS);
  }

  private add = (): void => {
    const name = window.prompt(t("author-add-name"))?.trim();
    if (!name || !isLessonFile(name) || this.files.some((file) => file.name === name)) return;
    this.open([...this.files, { name, text: "" }]);
    this.show(name);
  };

  private removeFile = (): void => this.open(this.files.filter(({ name }) => name !== this.active));

  private zip = (): void => {
    const { name, bytes } = zipOf(this.files);
    download(name, bytes, "application/zip");
  };

  private unzip = async (): Promise<void> => {
    const [file] = this.picker.files ?? [];
    this.picker.value = "";
    if (!file) return;
    try {
      if (file.size > MOST_BYTES) throw new NoExercise("exercise-large");
      this.open(readExercise(new Uint8Array(await file.arrayBuffer())));
    } catch (error) {
      this.said = `${file.name}: ${error instanceof NoExercise ? t(error.id, error.values) : String(error)}`;
    }
  };

  /** The exercise as a page by itself, or for a learning platform. */
  private async pack(form: "html" | "scorm"): Promise<void> {
    this.told = "";
    try {
      if (this.stale || !this.preview) throw new Error(t("author-no-preview"));
      const { id, title } = this.preview.lesson;
      const { pageOf, scormOf } = await import("../share/exercise-page");
      const page = await pageOf(given(this.files), title, language());
      if (form === "html") download(`${id}.html`, page, "text/html");
      else download(`${id}.zip`, await scormOf(page, id, title), "application/zip");
      this.said = "";
    } catch (error) {
      this.said = t("author-page-failed", { message: String((error as Error).message ?? error) });
    }
  }

  /** Gives the link to learners: what they need is in it, and how it is solved is not. */
  private share = async (): Promise<void> => {
    const hash = carry({ exercise: given(this.files) });
    this.told = "";
    if (!hash || this.stale) {
      this.said = t(hash ? "author-no-preview" : "author-link-long");
      return;
    }
    const link = new URL(`./lesson.html${hash}`, location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      this.told = t("author-link-copied", { count: link.length });
    } catch {
      window.prompt(t("author-link-copy"), link);
    }
  };

  // ------------------------------------------------------------------------------------------------------- checking

  private check(): void {
    save(DRAFT, JSON.stringify(this.files));
    const files = this.files;
    this.mistakes = this.engines.mistakes({ files }).mistakes;
    this.mark();
    void textsOf(files).then((texts) => (this.texts = texts));
    const lesson = needed(files);
    const begun = JSON.stringify(lesson);
    if (this.stale || begun === this.#begun) return;
    try {
      const next = new LessonSession(this.engines, lesson, "");
      const old = this.preview;
      this.preview = next;
      this.#begun = begun;
      void this.updateComplete.then(() => old?.dispose());
    } catch (error) {
      this.said = String((error as { message?: unknown }).message ?? error);
    }
  }

  private test = async (): Promise<void> => {
    this.testing = true;
    // The button says so before the module is busy.
    await this.updateComplete;
    await new Promise((resolve) => setTimeout(resolve, 30));
    const found = this.engines.prove({ files: this.files });
    this.mistakes = found.mistakes;
    this.steps = found.steps;
    this.testing = false;
    this.mark();
  };

  private mark(): void {
    this.#editor?.mark(this.mistakes.filter(({ file }) => file === this.active).map((mistake) => ({ ...mistake, severity: "error" })));
  }

  private goTo({ file, line, column }: MistakeView): void {
    if (this.files.some(({ name }) => name === file)) this.show(file);
    this.#editor?.goTo(line, column);
  }

  private arrows = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    const at = this.files.findIndex(({ name }) => name === this.active);
    this.show(this.files[(at + by + this.files.length) % this.files.length]!.name);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.tabs [aria-selected="true"]')?.focus());
  };

  private speak = (): void => {
    document.title = `${t("author")} · Kubestep`;
    this.preview?.dispatchEvent(new Event("language"));
    this.renderRoot.querySelector<KsLesson>("ks-lesson")?.requestUpdate();
    this.requestUpdate();
  };
}
