// The menu "Share": everything by which a run leaves the page or comes into it. Loaded when it is first opened.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { download } from "../app/download";
import type { Session } from "../app/session";
import { addTexts, language, t } from "../app/words";
import english from "../l10n/share.en.ftl?raw";
import chinese from "../l10n/share.zh-CN.ftl?raw";
import { shared } from "../ui/panel";
import "./ks-markdown";
import type { KsMarkdown } from "./ks-markdown";
import { offlinePage } from "./offline";

addTexts({ en: english, "zh-CN": chinese });

/** A file that is opened may have this many bytes: an offline page has about two million. */
const MOST_BYTES = 24 << 20;

/** The items, in groups. */
const GROUPS = [["link", "run", "offline"], ["markdown", "embed", "svg", "png", "manifests"], ["open"]] as const;
type Item = (typeof GROUPS)[number][number];

@customElement("ks-share")
export class KsShare extends LitElement {
  // The element stands in the page before this class is there, so the session comes after it was connected.
  @property({ attribute: false }) session!: Session;
  @state() private shown = false;
  @query("#file") private file!: HTMLInputElement;
  @query("ks-markdown") private markdown!: KsMarkdown;
  /** What opened the menu, and gets the focus back. */
  #opener: HTMLElement | undefined;

  static override styles = [shared, css`
    :host { display: contents; }
    .menu {
      position: absolute; z-index: 8; right: 0; top: calc(100% + 6px); width: min(350px, calc(100vw - 16px)); max-height: calc(100dvh - 70px); overflow: auto; padding: 6px;
      background: var(--surface); border: 1px solid var(--line); border-radius: 12px; box-shadow: 0 8px 28px rgb(0 0 0 / 0.18);
    }
    .group + .group { border-top: 1px solid var(--line); margin-top: 5px; padding-top: 5px; }
    .item { display: block; width: 100%; text-align: left; border: 0; border-radius: 7px; background: none; padding: 6px 10px; line-height: 1.4; color: var(--ink); outline-offset: -2px; }
    .item:hover, .item:focus { background: var(--hover); }
    .label { display: block; font-weight: 550; } .about { display: block; font-size: 12.5px; color: var(--muted); }
    @media (max-width: 760px) {
      .menu { position: fixed; inset: auto 8px 8px; width: auto; max-height: calc(100dvh - 16px); }
      .item { padding-block: 7px; }
    }
  `];

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("pointerdown", this.outside);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("pointerdown", this.outside);
  }

  protected override render(): TemplateResult {
    return html`${this.shown ? this.menu() : nothing}
      <input id="file" type="file" accept=".json,.html,.txt,application/json,text/html" hidden aria-label=${t("share-open-file")} @change=${this.open} />
      <ks-markdown .session=${this.session} @done=${this.passOn}></ks-markdown>`;
  }

  private menu(): TemplateResult {
    return html`<div class="menu" role="menu" aria-label=${t("share-menu")} @keydown=${this.key} @focusout=${this.left}>${GROUPS.map((group) => html`<div class="group" role="none">${group.map(
      (item) => html`<button class="item" role="menuitem" tabindex="-1" data-item=${item} @click=${() => this.choose(item)}
        ><span class="label">${t(`share-${item}`)}</span> <span class="about">${t(`share-${item}-about`)}</span></button>`,
    )}</div>`)}</div>`;
  }

  // ------------------------------------------------------------------------------------------------------ the menu

  get isOpen(): boolean {
    return this.shown;
  }

  /** Opens the menu, with the focus on its first item or its last. */
  async show(opener: HTMLElement, at: "first" | "last" = "first"): Promise<void> {
    this.#opener = opener;
    this.shown = true;
    this.tell();
    await this.updateComplete;
    this.items().at(at === "first" ? 0 : -1)?.focus();
  }

  close(giveBack = false): void {
    if (!this.shown) return;
    this.shown = false;
    this.tell();
    if (giveBack) this.#opener?.focus();
  }

  private tell(): void {
    this.dispatchEvent(new CustomEvent("shown", { detail: this.shown }));
  }

  private items(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>(".item")];
  }

  private key = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const items = this.items();
    const at = items.indexOf(this.shadowRoot!.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) items.at(to % items.length)?.focus();
    else if (event.key === "Escape") this.close(true);
    else if (event.key === "Tab") return this.close(true);
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
      // A letter goes to the next item that begins with it.
      const round = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      round.find((item) => item.querySelector(".label")!.textContent.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    } else return;
    event.preventDefault();
  };

  private outside = (event: PointerEvent): void => {
    const path = event.composedPath();
    if (!path.includes(this) && !(this.#opener && path.includes(this.#opener))) this.close();
  };

  private left = (event: FocusEvent): void => {
    const to = event.relatedTarget as Node | null;
    if (to && !this.shadowRoot!.contains(to) && to !== this.#opener) this.close();
  };

  // ----------------------------------------------------------------------------------------------------- the actions

  private choose(item: Item): void {
    this.close(true);
    void this.do(item).catch((error: unknown) => {
      console.error(error);
      this.session.say({ id: "share-failed", values: { message: error instanceof Error ? error.message : String(error) }, severity: "error" });
    });
  }

  private async do(item: Item): Promise<void> {
    const { session } = this;
    const name = `kubestep-${session.view.step}`;
    switch (item) {
      case "link":
        return this.link();
      case "run": {
        const run = session.ask((engine) => engine.exportRun());
        if (run) this.save(run, `${name}.json`, "application/json");
        return;
      }
      case "offline": {
        const run = session.ask((engine) => engine.exportRun());
        if (!run) return;
        this.done(t("share-making"), true);
        this.save(await offlinePage(run, language()), `${name}.html`, "text/html");
        return;
      }
      case "markdown":
        return this.markdown.show(this.#opener);
      case "embed": {
        this.done(t("share-making"), true);
        return this.embed(`${name}.svg`);
      }
      case "svg":
      case "png": {
        this.done(t("share-making"), true);
        const { png, svg } = await import("./picture");
        if (item === "svg") this.save(await svg(session), `${name}.svg`, "image/svg+xml");
        else this.save(await png(session), `${name}.png`, "image/png");
        return;
      }
      case "manifests": {
        const yaml = session.ask((engine) => engine.manifests());
        if (yaml) this.save(yaml, `${name}.yaml`, "application/yaml");
        else if (yaml === "") session.say({ id: "share-no-objects", severity: "info" });
        return;
      }
      case "open":
        this.file.click();
    }
  }

  /** The element for a docs page goes to the clipboard, and the picture that stands in it until a reader runs it to a file. */
  private async embed(picture: string): Promise<void> {
    const link = this.session.ask(() => this.session.link());
    if (!link) return;
    const [{ svg }, { embedCode }] = await Promise.all([import("./picture"), import("./embed")]);
    const drawn = await svg(this.session);
    await navigator.clipboard.writeText(embedCode(new URL(link, location.href).hash, picture, drawn));
    download(picture, drawn, "image/svg+xml");
    this.done(t("share-embedded", { name: picture }));
  }

  private async link(): Promise<void> {
    const link = this.session.ask(() => this.session.link());
    if (!link) return;
    // A page out of a folder has an address that only works here.
    if (location.protocol !== "file:") history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link);
      this.done(t("share-copied"));
    } catch {
      this.session.say({ id: "notice-link-in-bar", severity: "info" });
    }
  }

  private save(content: string | Blob, name: string, type: string): void {
    download(name, content, type);
    this.done(t("share-saved", { name }));
  }

  /** Says briefly what was done, where the menu was opened. */
  private done(words: string, goesOn = false): void {
    this.dispatchEvent(new CustomEvent("done", { detail: { words, goesOn } }));
  }

  private passOn = (event: CustomEvent<string>): void => this.done(event.detail);

  private open = async (): Promise<void> => {
    const [file] = this.file.files ?? [];
    this.file.value = "";
    if (!file) return;
    if (file.size > MOST_BYTES) this.session.say({ id: "share-too-large", values: { name: file.name }, severity: "error" });
    else this.session.openRun(await file.text());
  };
}
