// The manifest files. A plain text area shows at once; the real editor (CodeMirror, in a chunk of its own) takes its place when it
// has arrived. Errors stand at their line and below the text, in the words of kubectl and the API server.
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { has, t } from "../app/words";
import { Panel, shared } from "../ui/panel";
import type { Diagnostic } from "../wasm/kubestep.js";
import type { CodeEditor } from "../ui/code-editor";

@customElement("ks-editor")
export class KsEditor extends Panel {
  protected override readonly shows = ["files", "ui"] as const;
  /** Whether CodeMirror is fetched at once, or only when someone is about to type. */
  @property({ attribute: false }) eager = true;
  @state() private diagnostics: Diagnostic[] = [];
  @state() private ready = false;
  @query(".code") private host!: HTMLElement;
  #editor: CodeEditor | undefined;
  #shown = "";
  #checking = 0;

  static override styles = [shared, css`
    :host { display: flex; flex-direction: column; min-height: 0; background: var(--surface); }
    .tabs { display: flex; align-items: end; gap: 2px; padding: 6px 8px 0; border-bottom: 1px solid var(--line); min-height: 43px; overflow-x: auto; }
    .tab { border: 0; background: none; padding: 7px 10px 8px; color: var(--muted); white-space: nowrap; font-family: var(--mono); font-size: 12.5px; }
    .tab[aria-selected="true"] { color: var(--ink); box-shadow: inset 0 -2px 0 var(--accent); }
    .tab.small { padding-inline: 7px; font-family: inherit; font-size: 15px; }
    .code { flex: 1; min-height: 0; overflow: hidden; display: flex; }
    .code > .cm-editor { flex: 1; min-width: 0; }
    textarea { flex: 1; min-width: 0; border: 0; resize: none; background: none; color: inherit; font-family: var(--mono); font-size: 13px; line-height: 1.6; padding: 8px 12px 8px 48px; outline-offset: -2px; white-space: pre-wrap; }
    .try { margin: 0; padding: 8px 12px; border-top: 1px solid var(--line); background: var(--note); font-size: 13px; line-height: 1.5; max-height: 45%; overflow: auto; text-wrap: pretty; flex: none; }
    footer { border-top: 1px solid var(--line); padding: 8px 12px; min-height: 61px; box-sizing: border-box; display: flex; gap: 10px; align-items: center; position: relative; }
    kbd { font-family: inherit; font-size: 12px; opacity: 0.85; }
    .faults { list-style: none; margin: 0; padding: 8px 12px; border-top: 1px solid var(--line); font-size: 13px; max-height: 130px; overflow: auto; line-height: 1.45; }
    .faults button { border: 0; background: none; padding: 0 6px 0 0; color: var(--bad); text-decoration: underline; text-underline-offset: 2px; }
    .faults li { overflow-wrap: anywhere; } .faults .warn button { color: var(--warn); }
    .command { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    /* Points at Apply from beside it, where it covers nothing. */
    .hint { position: relative; background: var(--accent); color: var(--on-accent); border-radius: 8px; padding: 4px 10px; font-size: 13px; line-height: 1.35; text-wrap: balance; }
    .hint::before { content: ""; position: absolute; right: 100%; top: calc(50% - 6px); border: 6px solid transparent; border-right-color: var(--accent); }
    @media (max-width: 760px) { .button { min-height: 40px; } kbd { display: none; } }
    footer .button { flex: none; }
  `];

  private get text(): string {
    return this.session.files.find((file) => file.name === this.session.activeFile)?.text ?? "";
  }

  /** Why the file may not be changed; empty: it may. */
  private get locked(): string {
    const { activeFile } = this.session;
    return activeFile ? this.session.forbids("file", activeFile) : "";
  }

  protected override render(): TemplateResult {
    const { files, activeFile } = this.session;
    return html`
      <div class="tabs"><div role="tablist" aria-label=${t("files")} style="display:flex" @keydown=${this.arrows}>${files.map((file) => html`<button class="tab" role="tab" aria-selected=${file.name === activeFile}
          tabindex=${file.name === activeFile ? 0 : -1} aria-controls="code" @click=${() => this.session.showFile(file.name)}>${file.name}</button>`)}</div>
        <button class="tab small" ?hidden=${this.session.readonly || this.session.forbids("file", "new.yaml") !== ""} @click=${() => this.session.addFile()} aria-label=${t("file-add")} title=${t("file-add")}>+</button>
        ${files.length > 1 && !this.session.readonly && !this.locked ? html`<button class="tab small" style="margin-left:auto" @click=${() => this.session.removeFile(activeFile)} aria-label=${t("file-remove", { name: activeFile })} title=${t("file-remove", { name: activeFile })}>×</button>` : nothing}
      </div>
      <div class="code" id="code" role="tabpanel" aria-label=${activeFile || t("files")}>${this.ready ? nothing : html`<textarea aria-label=${t("editor-of", { name: activeFile })} spellcheck="false" ?readonly=${this.session.readonly || this.locked !== ""} .value=${this.text}
        @input=${(e: Event) => this.edited((e.target as HTMLTextAreaElement).value)} @focus=${this.upgrade}></textarea>`}</div>
      ${this.diagnostics.length ? html`<ul class="faults" aria-live="polite" aria-label=${t("faults")}>${this.diagnostics.slice(0, 20).map((d) => html`<li class=${d.severity === "warning" ? "warn" : ""}>
        <button @click=${() => this.#editor?.goTo(d.line, d.column)}>${t("fault-line", { line: d.line })}</button>${d.message}</li>`)}</ul>` : nothing}
      ${this.locked ? html`<p class="try" role="note">${this.locked}</p>` : nothing}
      ${has(`example-${this.session.example}-try`) ? html`<p class="try" tabindex="0" role="note">${t(`example-${this.session.example}-try`)}</p>` : nothing}
      ${this.session.readonly ? nothing : html`<footer>
        <button class="button ${this.session.stepsNext ? "" : "primary"}" ?disabled=${!activeFile} @click=${() => this.apply()} title=${`kubectl apply -f ${activeFile}`}>${t("apply")} <kbd>${mac ? "⌘" : "Ctrl"} ↵</kbd></button>
        ${this.session.stepsNext ? html`<span class="muted mono command">kubectl apply -f ${activeFile}</span>` : html`<span class="hint" role="status">${t("hint-apply")}</span>`}</footer>`}`;
  }

  override firstUpdated(): void {
    // After the page has shown itself and can be stepped.
    if (this.eager) setTimeout(() => void this.upgrade(), 400);
  }

  protected override updated(_changed: PropertyValues): void {
    const name = this.session.activeFile;
    if (this.#shown === name && (!this.#editor || this.#editor.text === this.text)) return;
    this.#shown = name;
    this.#editor?.open(name, this.text, this.locked !== "");
    this.check(0);
  }

  apply(): void {
    const { activeFile } = this.session;
    if (!activeFile) return;
    this.session.command(`kubectl apply -f ${activeFile}`);
    this.dispatchEvent(new Event("apply"));
  }

  focusEditor(): void {
    if (this.#editor) this.#editor.focus();
    else this.renderRoot.querySelector("textarea")?.focus();
  }

  private upgrade = async (): Promise<void> => {
    if (this.#editor || this.ready || this.session.readonly) return;
    let made;
    try {
      made = await import("../ui/code-editor");
    } catch {
      return; // Offline since the page came: the plain text area goes on working.
    }
    if (this.#editor) return;
    const area = this.renderRoot.querySelector("textarea");
    const typing = this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement === area;
    const cursor = area?.selectionStart ?? 0;
    this.ready = true;
    await this.updateComplete;
    this.#editor = new made.CodeEditor(this.host, this.renderRoot as ShadowRoot, {
      changed: (text) => this.edited(text),
      apply: () => this.apply(),
      refused: (name) => this.session.say({ id: "notice-too-large", values: { name: name || this.session.activeFile }, severity: "error" }),
    });
    this.#editor.open(this.session.activeFile, this.text, this.locked !== "");
    if (typing) this.#editor.focus(cursor);
    this.check(0);
  };

  private edited(text: string): void {
    if (!this.session.setFile(this.session.activeFile, text)) {
      const area = this.renderRoot.querySelector("textarea");
      if (area) area.value = this.text;
      return;
    }
    this.check(300);
  }

  private check(wait: number): void {
    clearTimeout(this.#checking);
    this.#checking = window.setTimeout(() => {
      this.diagnostics = this.session.ask((engine) => engine.diagnostics(this.session.activeFile).diagnostics) ?? [];
      this.#editor?.mark(this.diagnostics);
    }, wait);
  }

  private arrows = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.stopPropagation();
    const { files, activeFile } = this.session;
    const at = files.findIndex((file) => file.name === activeFile);
    this.session.showFile(files[(at + by + files.length) % files.length]!.name);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };
}

export const mac = /Mac|iPhone|iPad/.test(navigator.platform);
