// The page: header, panels, and the keys. Wide, everything is in sight; narrow, the same panels are tabs above the transport bar.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Session } from "../app/session";
import { t } from "../app/words";
import { EXAMPLES } from "../examples";
import type { KsShare } from "../share/ks-share";
import { download } from "../app/download";
import { transportKey, typing } from "../ui/keys";
import { settingsButtons } from "../ui/page";
import { shared } from "../ui/panel";
import type { KsEditor } from "./ks-editor";
import "./ks-calendar";
import "./ks-editor";
import "./ks-inspector";
import "./ks-lessons-menu";
import "./ks-loop";
import "./ks-mechanisms";
import "./ks-next";
import "./ks-step";
import "./ks-terminal";
import "./ks-transport";

const PANES = ["files", "loop", "step", "mechanisms", "terminal", "objects"] as const;
type Pane = (typeof PANES)[number];
/** Wide: what stands below the step panel. */
const BELOW = ["next", "mechanisms"] as const;
type Below = (typeof BELOW)[number];

@customElement("ks-app")
export class KsApp extends LitElement {
  @property({ attribute: false }) session!: Session;
  @state() private pane: Pane = "files";
  @state() private below: Below = "next";
  /** What was last shared or saved, for a moment. */
  @state() private shared = "";
  @state() private sharing = false;
  /** Narrow: whether the header's second row is shown. */
  @state() private more = false;
  @query("ks-editor") private editor!: KsEditor;
  @query("#help") private help!: HTMLDialogElement;
  @query("ks-share") private menu!: KsShare;
  @query("#share") private shareButton!: HTMLButtonElement;

  static override styles = [shared, css`
    :host { display: grid; height: 100dvh; grid-template: auto minmax(0, 1fr) auto minmax(150px, 23dvh) / minmax(0, 1fr); background: var(--page); position: relative; }
    header { display: flex; align-items: center; gap: 6px; padding: 6px 16px; border-bottom: 1px solid var(--line); background: var(--surface); min-height: 46px; }
    h1 { font-size: 16px; font-weight: 650; margin: 0 12px 0 0; letter-spacing: -0.01em; }
    .grow { flex: 1; min-width: 0; color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    select { border: 1px solid transparent; background: none; border-radius: 6px; padding: 4px 6px; min-height: 30px; max-width: 24ch; field-sizing: content; }
    select:hover { background: var(--hover); } option { background: var(--surface); color: var(--ink); }
    /* Over the panels, so that nothing moves when it comes and goes. */
    .notice {
      position: absolute; z-index: 6; top: 54px; left: 50%; translate: -50%; width: max-content; max-width: min(680px, calc(100% - 24px)); display: flex; gap: 12px; align-items: center;
      padding: 8px 8px 8px 16px; background: var(--note); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 4px 18px rgb(0 0 0 / 0.14); font-size: 14px; flex-wrap: wrap;
    }
    .notice.error { border-left: 4px solid var(--bad); } .notice p { margin: 0; flex: 1; min-width: 20ch; overflow-wrap: anywhere; }
    .main { display: grid; grid-template-columns: minmax(270px, 22%) minmax(0, 1fr) minmax(300px, 25%); min-height: 0; }
    .main > * { min-height: 0; overflow: auto; } .main > ks-editor { overflow: hidden; border-right: 1px solid var(--line); }
    .middle { display: grid; grid-template: minmax(0, 1fr) auto / minmax(0, 1fr); min-width: 0; } .middle > ks-loop { min-height: 0; overflow: auto; } .middle > ks-calendar { max-height: 40dvh; overflow: auto; }
    .side { border-left: 1px solid var(--line); background: var(--surface); display: grid; grid-template: minmax(0, 1fr) auto minmax(110px, 30%) / minmax(0, 1fr); }
    .side.mechanisms { grid-template-rows: minmax(0, 1fr) auto minmax(110px, 50%); }
    .side ks-step, .side ks-next { overflow: auto; min-height: 0; }
    .below { display: flex; border-top: 1px solid var(--line); padding: 0 8px; overflow-x: auto; }
    .below button { border: 0; background: none; padding: 0 8px; outline-offset: -3px; min-height: 34px; color: var(--muted); font-size: 13px; white-space: nowrap; }
    .below [aria-selected="true"] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px 0 var(--accent); }
    .bottom { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); min-height: 0; }
    .bottom > * { min-height: 0; } ks-inspector { border-left: 1px solid var(--line); background: var(--surface); }
    .share { position: relative; flex: none; } .shared { color: var(--muted); max-width: 24ch; display: inline-block; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom; } .shared:empty { display: none; }
    .panes, .more { display: none; }
    dialog { border: 1px solid var(--line); border-radius: 12px; padding: 20px 24px; background: var(--surface); color: var(--ink); max-width: min(560px, 92vw); line-height: 1.55; }
    dialog::backdrop { background: rgb(0 0 0 / 0.35); } dialog h2 { font-size: 16px; color: var(--ink); margin-bottom: 8px; }
    dialog dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 18px; margin: 12px 0; } dialog dt { font-family: var(--mono); font-size: 12.5px; } dialog dd { margin: 0; }
    @media (max-width: 1100px) and (min-width: 761px) { .main { grid-template-columns: 250px minmax(0, 1fr) 280px; } }
    @media (max-width: 760px) {
      :host { grid-template-rows: auto auto minmax(0, 1fr) auto; }
      header { flex-wrap: wrap; padding: 2px 8px 4px; gap: 0 2px; } h1 { margin-right: auto; }
      .grow { order: 2; flex-basis: 100%; height: 0; } .run, .scheme { order: 3; }
      .more { display: inline-block; } header:not(.open) :is(.run, .scheme) { display: none; } .notice { top: 98px; }
      header select { max-width: 15ch; min-height: 38px; } header select.run { flex: 1 1 80px; width: 80px; max-width: none; } header .button { min-height: 38px; padding-inline: 9px; }
      .panes { display: flex; border-bottom: 1px solid var(--line); background: var(--surface); overflow-x: auto; }
      .panes button { flex: 1 0 auto; border: 0; background: none; padding: 11px 10px; color: var(--muted); }
      .panes [aria-selected="true"] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px 0 var(--accent); }
      .main, .bottom, .side { display: contents; }
      .side > *, .main > * { border: 0 !important; overflow: auto; } ks-transport { order: 9; grid-row: 4; } .pane { grid-row: 3; min-height: 0; }
      .pane:not(.shown) { display: none !important; } .steps { overflow: auto; background: var(--surface); }
    }
    @media (max-width: 760px) { .below { display: none; } .panes button { padding-inline: 7px; } }
    @media (min-width: 761px) { .steps { display: contents; } .side.next ks-mechanisms, .side.mechanisms ks-next { display: none; } }
    @media print { :host { height: auto; display: block; } }
  `];

  readonly #update = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    for (const kind of ["world", "ui", "files"]) this.session.addEventListener(kind, this.#update);
    this.session.addEventListener("selection", this.onSelect);
    window.addEventListener("keydown", this.key);
    window.addEventListener("hashchange", this.onHash);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const kind of ["world", "ui", "files"]) this.session.removeEventListener(kind, this.#update);
    this.session.removeEventListener("selection", this.onSelect);
    window.removeEventListener("keydown", this.key);
    window.removeEventListener("hashchange", this.onHash);
  }

  protected override render(): TemplateResult {
    const { session } = this;
    const shown = (pane: Pane) => `pane ${this.pane === pane ? "shown" : ""}`;
    return html`
      <header class=${this.more ? "open" : ""}>
        <h1>Kubestep</h1>
        <select aria-label=${t("examples")} @change=${this.openExample}>
          <option value="" selected>${t("examples")}</option>
          ${this.options(false)}<optgroup label=${t("examples-wrong")}>${this.options(true)}</optgroup></select>
        <ks-lessons-menu></ks-lessons-menu>
        <span class="grow">${session.example ? t(`example-${session.example}-about`) : nothing}</span>
        ${this.branches()}
        <span class="share run"><button id="share" class="button quiet" aria-haspopup="menu" aria-expanded=${this.sharing} @click=${this.share} @keydown=${this.shareKeys} @pointerenter=${loadShare} @focus=${loadShare}
          >${t("share")} <span class="shared" role="status">${this.shared}</span></button>
          <ks-share .session=${session} @shown=${(e: CustomEvent<boolean>) => (this.sharing = e.detail)} @done=${this.onShared}></ks-share></span>
        ${settingsButtons(this.speak)}
        <button class="button quiet run" @click=${() => this.help.showModal()} aria-label=${t("help")} title=${t("help")}>?</button>
        <button class="button quiet more" aria-expanded=${this.more} @click=${() => (this.more = !this.more)} aria-label=${t("menu")} title=${t("menu")}>⋯</button>
      </header>
      ${this.notice()}
      <div class="panes" role="tablist" aria-label=${t("panes")} @keydown=${this.paneKeys}>${PANES.map((pane) => html`<button role="tab" aria-selected=${this.pane === pane} tabindex=${this.pane === pane ? 0 : -1}
        @click=${() => (this.pane = pane)}>${t(`pane-${pane}`)}</button>`)}</div>
      <main class="main">
        <ks-editor class=${shown("files")} .session=${session} @apply=${this.onApply}></ks-editor>
        <div class=${`${shown("loop")} middle`}><ks-loop .session=${session} tabindex="0" role="region" aria-label=${t("loop")}></ks-loop>
          <ks-calendar .session=${session} role="region" aria-label=${t("calendar-panel")}></ks-calendar></div>
        <div class=${`side ${this.below}`}><div class=${`${shown("step")} steps`}>
          <ks-step .session=${session} tabindex="0" role="region" aria-label=${t("step-panel")}></ks-step>
          <div class="below" role="tablist" aria-label=${t("panes")} @keydown=${this.belowKeys}>${BELOW.map((below) => html`<button role="tab" aria-selected=${this.below === below} tabindex=${this.below === below ? 0 : -1}
            @click=${() => (this.below = below)}>${t(below === "next" ? "next-panel" : "pane-mechanisms")}${below === "next" ? nothing : this.off()}</button>`)}</div>
          <ks-next .session=${session} tabindex="0" role="region" aria-label=${t("next-panel")}></ks-next></div>
          <ks-mechanisms class=${shown("mechanisms")} .session=${session} tabindex="0" role="region" aria-label=${t("mechanisms")}></ks-mechanisms></div>
      </main>
      <ks-transport .session=${session}></ks-transport>
      <div class="bottom">
        <ks-terminal class=${shown("terminal")} .session=${session}></ks-terminal>
        <ks-inspector class=${shown("objects")} .session=${session}></ks-inspector>
      </div>
      ${this.helpDialog()}`;
  }

  /** How many mechanisms are off and nodes down, beside the tab's name. */
  private off(): string {
    const { switches, deliveries, queues, nodes } = this.session.mechanisms;
    const off = [...switches, ...deliveries, ...nodes].filter(({ on }) => !on).length + queues.filter(({ count }) => count === 0).length;
    return off ? ` · ${t("mechanisms-off-count", { count: off })}` : "";
  }

  private notice(): TemplateResult | typeof nothing {
    const { notice } = this.session;
    if (!notice) return nothing;
    return html`<div class="notice ${notice.severity}" role=${notice.severity === "error" ? "alert" : "status"}><p>${t(notice.id, notice.values)}</p>
      ${notice.offerRun ? html`<button class="button" @click=${() => download("kubestep-run.json", notice.run ?? this.session.lastGood)}>${t("save-run")}</button>` : nothing}
      ${notice.act ? html`<button class="button primary" @click=${notice.act.run}>${t(notice.act.id)}</button>` : nothing}
      <button class="button quiet" @click=${() => this.session.say(undefined)}>${t("dismiss")}</button></div>`;
  }

  private branches(): TemplateResult {
    const { branches } = this.session.timeline;
    const current = branches.find((b) => b.current);
    return html`<select class="run" aria-label=${t("branches")} .value=${String(current?.id ?? "")} @change=${(e: Event) => {
      const select = e.target as HTMLSelectElement;
      if (select.value === "rename") {
        select.value = String(current?.id);
        const name = window.prompt(t("branch-rename"), current?.name);
        if (name && current) this.session.renameBranch(current.id, name);
      } else this.session.switchBranch(Number(select.value));
    }}>${branches.map((b) => html`<option value=${b.id} ?selected=${b.current}>${t("branch", { name: b.name, length: b.length })}</option>`)}
      <option value="rename">${t("branch-rename")}</option></select>`;
  }

  private helpDialog(): TemplateResult {
    const rows: [string, string][] = [
      ["→", "key-step"], ["←", "key-back"], ["Shift →", "key-change"], ["Home  End", "key-ends"], ["Space", "key-play"],
      ["Ctrl/⌘ Enter", "key-apply"], ["Esc, Tab", "key-leave"], ["?", "key-help"],
    ];
    return html`<dialog id="help" aria-labelledby="help-title"><h2 id="help-title">${t("help-title")}</h2><p>${t("help-about")}</p>
      <dl>${rows.map(([keys, id]) => html`<dt>${keys}</dt><dd>${t(id)}</dd>`)}</dl><p class="muted">${t("help-honest")}</p>
      <p class="muted">${t("version", { version: __VERSION__ })}${this.session.update ? html` · ${t("notice-update")} <button class="button" @click=${this.session.update}>${t("update")}</button>` : nothing}</p>
      <form method="dialog"><button class="button">${t("close")}</button></form></dialog>`;
  }

  /** The examples in which all goes well, or those in which something goes wrong. */
  private options(wrong: boolean): TemplateResult[] {
    const those = EXAMPLES.filter((example) => (example.mechanisms ?? false) === wrong);
    return those.map((example) => html`<option value=${example.id} title=${t(`example-${example.id}-about`)}>${t(`example-${example.id}`)}</option>`);
  }

  private openExample = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    const example = EXAMPLES.find(({ id }) => id === select.value);
    select.value = "";
    if (!example) return;
    this.session.open(example.files(), example.id, example.faults);
    if (example.mechanisms) this.below = "mechanisms";
    this.pane = "files";
  };

  private share = (event: Event): void => void this.openShare(event.currentTarget as HTMLElement);

  private shareKeys = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    void this.openShare(this.shareButton, event.key === "ArrowUp" ? "last" : "first");
  };

  private async openShare(button: HTMLElement, at: "first" | "last" = "first"): Promise<void> {
    if (this.sharing) return this.menu.close();
    try {
      await loadShare();
    } catch {
      return this.session.say({ id: "notice-not-loaded", severity: "error" });
    }
    await this.menu.show(button, at);
  }

  private onShared = (event: CustomEvent<{ words: string; goesOn: boolean }>): void => {
    const { words, goesOn } = event.detail;
    this.shared = words;
    if (!goesOn) setTimeout(() => this.shared === words && (this.shared = ""), 2500);
  };

  private onHash = (): void => {
    if (location.hash.startsWith("#v")) this.session.start(location.hash, this.session.files);
  };

  /** Narrow: what was applied is to be seen at work. */
  private onApply = (): void => {
    this.pane = "loop";
  };

  private onSelect = (): void => {
    if (this.session.selected) this.pane = "objects";
  };

  private speak = (): void => {
    this.session.dispatchEvent(new Event("language"));
    this.renderRoot.querySelector<LitElement>("ks-lessons-menu")?.requestUpdate();
    this.requestUpdate();
  };

  private belowKeys = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    event.preventDefault();
    event.stopPropagation();
    this.below = this.below === "next" ? "mechanisms" : "next";
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.below [aria-selected="true"]')?.focus());
  };

  private paneKeys = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.stopPropagation();
    this.pane = PANES[(PANES.indexOf(this.pane) + by + PANES.length) % PANES.length]!;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.panes [aria-selected="true"]')?.focus());
  };

  private key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      // The editor handles its own; this is for everywhere else.
      if (!event.defaultPrevented) this.editor.apply();
      event.preventDefault();
      return;
    }
    if (this.help.open || transportKey(event, this.session) || event.key !== "?") return;
    if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    this.help.showModal();
    event.preventDefault();
  };
}

/** The menu and what it does come when somebody is about to open it. */
function loadShare(): Promise<unknown> {
  return import("../share/ks-share");
}
