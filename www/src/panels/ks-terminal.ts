// The terminal: kubectl over the editor's files. History with the arrows, completion with Tab, Ctrl-C for what keeps printing.
// A here-document, an open quote or a backslash at the end of a line lets Enter begin another line.
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { unfinished } from "../app/shell";
import { t } from "../app/words";
import { Panel, shared } from "../ui/panel";
import type { Segment, TerminalEntry } from "../wasm/kubestep.js";

@customElement("ks-terminal")
export class KsTerminal extends Panel {
  protected override readonly shows = ["terminal", "world"] as const;
  @state() private words: string[] = [];
  @query("textarea") private input!: HTMLTextAreaElement;
  @query(".screen") private screen!: HTMLElement;
  #history: string[] = [];
  #at = 0;
  #draft = "";
  #printed = "";
  #from = 0;

  static override styles = [shared, css`
    :host { display: flex; flex-direction: column; min-height: 0; background: var(--surface); }
    .screen { flex: 1; overflow: auto; padding: 10px 16px 12px; min-height: 0; }
    .entry + .entry { margin-top: 8px; }
    pre { white-space: pre-wrap; overflow-wrap: anywhere; }
    pre.out { white-space: pre; overflow-x: auto; }
    .prompt { color: var(--c-kubectl); font-weight: 600; user-select: none; }
    .typed { font-weight: 600; }
    .err { color: var(--bad); white-space: pre-wrap; overflow-wrap: anywhere; }
    .object { font-size: inherit; padding: 0; white-space: pre; }
    form { display: flex; gap: 8px; align-items: baseline; font-family: var(--mono); font-size: 12.5px; margin-top: 8px; }
    textarea { flex: 1; min-width: 0; border: 0; outline: none; background: none; font: inherit; color: inherit; padding: 3px 0; line-height: 1.5; resize: none; max-height: 18em; }
    textarea:focus-visible { outline: none; }
    form:focus-within { box-shadow: 0 1px 0 0 var(--focus); }
    .words { display: flex; flex-wrap: wrap; gap: 2px 14px; font-family: var(--mono); font-size: 12px; color: var(--muted); margin-top: 2px; max-height: 60px; overflow: auto; }
    .words button { border: 0; background: none; padding: 0; font: inherit; }
    .running { color: var(--muted); font-size: 12.5px; display: flex; gap: 8px; align-items: center; margin-top: 4px; }
    @media (max-width: 760px) { textarea { font-size: 16px; } .button { min-height: 40px; } }
  `];

  protected override render(): TemplateResult {
    const entries = this.session.ask((engine) => engine.terminal(this.#from).entries) ?? [];
    const shown = entries.slice(-200);
    const running = shown.some((entry) => entry.running);
    return html`<div class="screen" role="region" aria-label=${t("terminal")} tabindex="0" @click=${this.clicked}>
      ${shown.length === 0 ? html`<p class="empty">${t("terminal-empty")} <code class="mono" style="white-space:nowrap">kubectl apply -f ${this.session.files[0]?.name ?? "job.yaml"}</code></p>` : nothing}
      <div role="log" aria-live="polite" aria-relevant="additions">${shown.map((entry) => this.entry(entry))}</div>
      ${running ? html`<div class="running">${t("terminal-running")} <button class="button" @click=${() => this.session.interrupt()}>Ctrl-C</button></div>` : nothing}
      ${this.session.readonly ? nothing : html`<form @submit=${this.submit}><span class="prompt" aria-hidden="true">$</span>
        <textarea rows="1" aria-label=${t("terminal-input")} autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false" @keydown=${this.key} @input=${this.typed}></textarea></form>`}
      ${this.words.length ? html`<div class="words" aria-live="polite">${this.words.map((word) => html`<button type="button" @click=${() => this.take(word)}>${word}</button>`)}</div>` : nothing}
    </div>`;
  }

  protected override updated(): void {
    const last = this.screen.querySelector(".entry:last-child");
    const printed = `${last?.textContent?.length ?? 0}/${this.screen.querySelectorAll(".entry").length}/${this.words.length}`;
    if (printed === this.#printed) return;
    this.#printed = printed;
    this.screen.scrollTop = this.screen.scrollHeight;
  }

  private entry(entry: TerminalEntry): TemplateResult {
    return html`<div class="entry"><pre><span class="prompt">$ </span><span class="typed">${entry.line}</span></pre>${
      entry.output.length ? html`<pre class="out">${entry.output.map((segment) => this.segment(segment))}</pre>` : nothing}</div>`;
  }

  private segment(segment: Segment): unknown {
    if (segment.object) return this.object(segment.object, segment.text);
    return segment.error ? html`<span class="err">${segment.text}</span>` : segment.text;
  }

  private typed = (): void => {
    this.words = [];
    this.fit();
  };

  /** As many lines as there are. */
  private fit(): void {
    this.input.rows = this.input.value.split("\n").length;
  }

  private submit = (event?: SubmitEvent): void => {
    event?.preventDefault();
    const line = this.input.value;
    this.words = [];
    if (line.trim() === "") return;
    this.#history.push(line);
    this.#at = this.#history.length;
    this.input.value = "";
    this.fit();
    if (line.trim() === "clear") {
      const entries = this.session.ask((engine) => engine.terminal(0).entries) ?? [];
      this.#from = (entries.at(-1)?.id ?? -1) + 1;
      this.requestUpdate();
      return;
    }
    this.session.command(line);
  };

  private key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      const text = this.input.value;
      if (unfinished(text) || this.session.ask((engine) => engine.unfinished(text))) return;
      event.preventDefault();
      this.submit();
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && this.leaves(event.key === "ArrowUp")) {
      const to = this.#at + (event.key === "ArrowUp" ? -1 : 1);
      if (to < 0 || to > this.#history.length) return;
      if (this.#at === this.#history.length) this.#draft = this.input.value;
      this.#at = to;
      this.input.value = this.#history[to] ?? this.#draft;
      this.fit();
      event.preventDefault();
    } else if (event.key === "Tab" && !event.shiftKey && this.input.value.trim() !== "") {
      event.preventDefault();
      this.complete();
    } else if (event.key === "c" && event.ctrlKey && !event.shiftKey && !window.getSelection()?.toString() && this.input.selectionStart === this.input.selectionEnd) {
      event.preventDefault();
      this.input.value = "";
      this.typed();
      this.session.interrupt();
    } else if (event.key === "l" && event.ctrlKey) {
      event.preventDefault();
      this.screen.scrollTop = this.screen.scrollHeight;
    } else if (event.key === "Escape") {
      this.words = [];
      this.input.blur();
    }
  };

  /** Whether an arrow would leave the text, at its first or last line. */
  private leaves(up: boolean): boolean {
    const at = this.input.selectionStart;
    return !(up ? this.input.value.slice(0, at) : this.input.value.slice(at)).includes("\n");
  }

  private complete(): void {
    const cursor = this.input.selectionStart ?? this.input.value.length;
    const found = this.session.ask((engine) => engine.complete(this.input.value, cursor));
    if (!found || found.words.length === 0) return;
    const [first] = found.words;
    let common = first!;
    for (const word of found.words) while (!word.startsWith(common)) common = common.slice(0, -1);
    const only = found.words.length === 1;
    if (common.length > cursor - found.from || only) this.replace(found.from, cursor, only && !common.endsWith("/") ? `${common} ` : common);
    this.words = only ? [] : found.words;
  }

  private take(word: string): void {
    const cursor = this.input.selectionStart ?? this.input.value.length;
    const from = this.session.ask((engine) => engine.complete(this.input.value, cursor))?.from ?? cursor;
    this.replace(from, cursor, `${word} `);
    this.words = [];
    this.input.focus();
  }

  private replace(from: number, to: number, text: string): void {
    this.input.setRangeText(text, from, to, "end");
  }

  private clicked = (event: MouseEvent): void => {
    // A click on empty space goes on typing; one that selects text does not.
    const at = event.target as HTMLElement;
    if (at.closest("button") || window.getSelection()?.toString()) return;
    this.input?.focus({ preventScroll: true });
  };
}
