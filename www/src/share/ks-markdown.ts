// The dialog "Copy as Markdown": which steps, and what comes out.
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { download } from "../app/download";
import { t } from "../app/words";
import { Panel, shared } from "../ui/panel";
import { MOST_ROWS, chosen, markdown, type Range } from "./markdown";

@customElement("ks-markdown")
export class KsMarkdown extends Panel {
  protected override readonly shows = [] as const;
  @state() private range: Range = { from: 1, to: 1, all: false };
  @state() private shown = false;
  @query("dialog") private dialog!: HTMLDialogElement;
  #opener: HTMLElement | undefined;

  static override styles = [shared, css`
    dialog { border: 1px solid var(--line); border-radius: 12px; padding: 18px 22px; background: var(--surface); color: var(--ink); width: min(760px, 94vw); max-height: 90dvh; overflow: auto; }
    dialog::backdrop { background: rgb(0 0 0 / 0.35); }
    h2 { font-size: 16px; color: var(--ink); margin: 0 0 12px; }
    .range { display: flex; gap: 8px 10px; flex-wrap: wrap; align-items: center; margin-bottom: 8px; }
    input[type="number"] { width: 9ch; border: 1px solid var(--muted); border-radius: 6px; background: var(--surface); padding: 3px 8px; min-height: 30px; }
    label { display: inline-flex; gap: 7px; align-items: center; min-height: 30px; }
    .count { color: var(--muted); margin-left: auto; font-variant-numeric: tabular-nums; }
    textarea { width: 100%; height: min(46dvh, 420px); resize: vertical; border: 1px solid var(--line); border-radius: 8px; background: var(--sunk); color: var(--ink); font: 12.5px/1.55 var(--mono); padding: 8px 10px; white-space: pre; overflow: auto; }
    .buttons { display: flex; gap: 8px; justify-content: flex-end; margin-top: 12px; flex-wrap: wrap; }
    @media (max-width: 760px) { dialog { padding: 14px; } .button { min-height: 40px; } input[type="checkbox"] { width: 20px; height: 20px; } }
  `];

  show(opener: HTMLElement | undefined): void {
    this.#opener = opener;
    const { step } = this.session.view;
    this.range = { from: Math.min(1, step), to: step, all: false };
    this.shown = true;
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @close=${this.closed} @keydown=${(event: Event) => event.stopPropagation()}>${this.shown ? this.body() : nothing}</dialog>`;
  }

  private body(): TemplateResult {
    const { from, to, all } = this.range;
    const most = this.session.timeline.length;
    const { length } = chosen(this.session, this.range);
    const number = (id: "from" | "to", value: number) => html`<label>${t(`markdown-${id}`)} <input type="number" name=${id} min="0" max=${most} .value=${String(value)} @change=${this.change} /></label>`;
    return html`<h2 id="title">${t("markdown-dialog")}</h2>
      <div class="range">${number("from", from)}${number("to", to)}
        <label><input type="checkbox" name="all" .checked=${all} @change=${this.change} /> ${t("markdown-all")}</label>
        <span class="count" role="status">${length > MOST_ROWS ? t("markdown-too-many", { count: length, most: MOST_ROWS }) : t("markdown-count", { count: length })}</span></div>
      <textarea readonly aria-label=${t("markdown-preview")} spellcheck="false" .value=${markdown(this.session, this.range)}></textarea>
      <div class="buttons"><button class="button" @click=${() => this.dialog.close()}>${t("cancel")}</button>
        <button class="button" @click=${this.save}>${t("markdown-save")}</button>
        <button class="button primary" @click=${this.copy}>${t("markdown-copy")}</button></div>`;
  }

  private change = (): void => {
    const input = (name: string) => this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`)!;
    const most = this.session.timeline.length;
    const number = (name: string) => Math.max(0, Math.min(most, Math.round(Number(input(name).value)) || 0));
    const [from, to] = [number("from"), number("to")];
    this.range = { from, to: Math.max(from, to), all: input("all").checked };
  };

  private text(): string {
    return this.renderRoot.querySelector("textarea")!.value;
  }

  private copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.text());
      this.dialog.close();
      this.dispatchEvent(new CustomEvent("done", { detail: t("share-copied") }));
    } catch {
      // Without leave to use the clipboard, the text is at least marked, and the person's own copy works.
      this.renderRoot.querySelector("textarea")!.select();
    }
  };

  private save = (): void => {
    const name = `kubestep-${this.range.from}-${this.range.to}.md`;
    download(name, this.text(), "text/markdown");
    this.dialog.close();
    this.dispatchEvent(new CustomEvent("done", { detail: t("share-saved", { name }) }));
  };

  private closed = (): void => {
    this.shown = false;
    this.#opener?.focus();
  };
}
