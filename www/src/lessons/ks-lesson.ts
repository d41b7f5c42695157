// A lesson's page: the text on the left, the learner's own cluster on the right, the way through time below. Narrow, the
// cluster's panels are tabs beside the text.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { language, t, type Language } from "../app/words";
import "../panels/ks-editor";
import type { KsEditor } from "../panels/ks-editor";
import "../panels/ks-inspector";
import "../panels/ks-loop";
import type { KsLoop } from "../panels/ks-loop";
import "../panels/ks-mechanisms";
import "../panels/ks-next";
import "../panels/ks-step";
import "../panels/ks-terminal";
import "../panels/ks-transport";
import { transportKey } from "../ui/keys";
import { download } from "../app/download";
import { settingsButtons } from "../ui/page";
import { shared } from "../ui/panel";
import "./ks-prose";
import type { KsProse } from "./ks-prose";
import type { LessonSession } from "./lesson-session";
import { MOST_BYTES } from "./progress";
import type { Section } from "./prose";
import { reveal } from "./reveal";

const PANES = ["loop", "files", "next", "objects", "mechanisms"] as const;
type Pane = (typeof PANES)[number];
/** Narrow, these are tabs as well. */
type Tab = Pane | "text" | "step" | "terminal";

/** Where a lesson stands in the course. */
export interface Neighbour {
  href: string;
  title: Record<Language, string>;
}

@customElement("ks-lesson")
export class KsLesson extends LitElement {
  @property({ attribute: false }) session!: LessonSession;
  /** The text, in the languages that have arrived. */
  @property({ attribute: false }) texts: Partial<Record<Language, Section[]>> = {};
  /** Fetches the text of a language. */
  @property({ attribute: false }) fetchText: (language: Language) => Promise<Section[]> = () => Promise.resolve([]);
  @property({ attribute: false }) previous: Neighbour | undefined;
  @property({ attribute: false }) following: Neighbour | undefined;
  /** Within an author's page: no header, no progress. */
  @property({ type: Boolean, reflect: true }) preview = false;
  /** By itself: there are no pages beside it. */
  @property({ type: Boolean }) alone = false;
  /** Where the result goes, beside the file that is handed in; a sentence. */
  @property({ attribute: false }) goes = "";
  /** Who works on it, where that is known. */
  @property({ attribute: false }) who = "";
  @state() private tab: Tab = "text";
  @state() private pane: Pane = "loop";
  @query("#anew") private anew!: HTMLDialogElement;
  @query("#hand-in") private handIn!: HTMLDialogElement;
  @query("#go-on") private picker!: HTMLInputElement;
  @query("ks-editor") private editor!: KsEditor;
  @query("ks-loop") private loop!: KsLoop;
  #said = "";

  static override styles = [shared, css`
    :host { display: grid; height: 100dvh; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr); background: var(--page); position: relative; }
    :host([preview]) { height: 100%; }
    .bar { display: flex; align-items: center; gap: 6px; padding: 6px 16px; border-bottom: 1px solid var(--line); background: var(--surface); min-height: 46px; }
    .brand { font-size: 16px; font-weight: 650; letter-spacing: -0.01em; color: inherit; text-decoration: none; margin-right: 6px; }
    .grow { flex: 1; min-width: 0; color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: center; }
    .meter { display: flex; gap: 4px; align-items: center; color: var(--muted); font-size: 13px; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .meter i { width: 18px; height: 6px; border-radius: 3px; background: var(--line); } .meter i.done { background: var(--good); }
    .notice {
      position: absolute; z-index: 6; top: 54px; left: 50%; translate: -50%; width: max-content; max-width: min(680px, calc(100% - 24px)); display: flex; gap: 12px; align-items: center;
      padding: 8px 8px 8px 16px; background: var(--note); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 4px 18px rgb(0 0 0 / 0.14); font-size: 14px; flex-wrap: wrap;
    }
    .notice.error { border-left: 4px solid var(--bad); } .notice p { margin: 0; flex: 1; min-width: 20ch; overflow-wrap: anywhere; }
    .whose { margin: 0; padding: 6px 16px; background: var(--note); border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
    .top { grid-row: 1; } .main { grid-row: 2; } ks-transport { grid-row: 3; }
    .main { display: grid; grid-template: minmax(0, 1fr) / minmax(0, 9fr) minmax(0, 11fr); min-height: 0; }
    .text { overflow: auto; min-height: 0; border-right: 1px solid var(--line); background: var(--page); outline-offset: -3px; }
    .column { max-width: 66ch; margin: 0 auto; padding: 30px 28px 60px; font-size: 16px; }
    .cluster { display: grid; grid-template: auto minmax(0, 1fr) minmax(150px, 31%) / minmax(0, 1fr) minmax(0, 1fr); min-height: 0; min-width: 0; }
    .cluster > * { grid-column: 1 / -1; } .cluster > ks-step { grid-column: 1; } .cluster > ks-terminal { grid-column: 2; border-left: 1px solid var(--line); }
    .cluster > ks-step, .cluster > ks-terminal { border-top: 1px solid var(--line); background: var(--surface); min-height: 0; overflow: auto; outline-offset: -3px; }
    .tabs { display: flex; border-bottom: 1px solid var(--line); background: var(--surface); padding: 0 10px; overflow-x: auto; }
    .tabs button { border: 0; background: none; padding: 0 11px; min-height: 42px; color: var(--muted); white-space: nowrap; outline-offset: -3px; }
    .tabs [aria-selected="true"] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px 0 var(--accent); }
    .tabs.narrow { display: none; }
    .pane { min-height: 0; overflow: auto; }
    .pane.files { overflow: hidden; display: grid; } .pane.next, .pane.mechanisms, .pane.objects { background: var(--surface); }
    .end { border-top: 1px solid var(--line); margin-top: 44px; padding-top: 20px; display: grid; gap: 14px; }
    .end p { margin: 0; line-height: 1.6; } .ways { display: flex; gap: 10px; flex-wrap: wrap; align-items: center; } .ways .push { margin-left: auto; }
    dialog { border: 1px solid var(--line); border-radius: 12px; padding: 20px 24px; background: var(--surface); color: var(--ink); max-width: min(480px, 92vw); line-height: 1.55; }
    dialog::backdrop { background: rgb(0 0 0 / 0.35); } dialog h2 { font-size: 16px; color: var(--ink); margin: 0 0 8px; } dialog p { margin: 0 0 12px; }
    dialog input { display: block; width: 100%; border: 1px solid var(--line); border-radius: 6px; background: var(--page); padding: 5px 10px; min-height: 34px; margin: 4px 0 14px; font-size: 16px; }
    dialog .ways { justify-content: flex-end; }
    @media (max-width: 1100px) and (min-width: 761px) { .main { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } .column { padding-inline: 20px; } }
    @media (max-width: 760px) {
      :host { grid-template-rows: auto auto minmax(0, 1fr) auto; } .bar { padding: 2px 8px; gap: 0 2px; } .bar .button { min-height: 40px; padding-inline: 9px; } .grow, .meter span, .bar .over { display: none; } .meter { margin: 0 auto; }
      .tabs.narrow { grid-row: 2; display: flex; padding: 0 2px; } .tabs.narrow button { padding-inline: 9px; flex: 1 0 auto; } .tabs.wide { display: none; }
      .main, .cluster { display: contents; } .text, .pane, .cluster > ks-step, .cluster > ks-terminal { grid-row: 3; grid-column: 1; border: 0; min-height: 0; overflow: auto; }
      .text:not(.shown), .pane:not(.shown), .cluster > ks-step:not(.shown), .cluster > ks-terminal:not(.shown) { display: none; }
      ks-transport { grid-row: 4; } .column { padding: 18px 14px 40px; } .notice { top: 96px; }
    }
    @media (min-width: 761px) { .pane:not(.open) { display: none; } }
    @media print { :host { height: auto; display: block; } .cluster, ks-transport, .bar, .tabs { display: none !important; } .main { display: block; } .text { overflow: visible; } }
  `];

  readonly #update = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    for (const kind of ["standing", "ui"]) this.session.addEventListener(kind, this.#update);
    this.session.addEventListener("standing", this.onStanding);
    this.session.addEventListener("selection", this.onSelect);
    this.session.addEventListener("world", this.onWorld);
    if (!this.preview) window.addEventListener("keydown", this.key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const kind of ["standing", "ui"]) this.session.removeEventListener(kind, this.#update);
    this.session.removeEventListener("standing", this.onStanding);
    this.session.removeEventListener("selection", this.onSelect);
    this.session.removeEventListener("world", this.onWorld);
    window.removeEventListener("keydown", this.key);
  }

  /** Who looks at somebody else's run comes to the task at which that stopped. */
  protected override async firstUpdated(): Promise<void> {
    const task = this.session.whose === undefined ? "" : this.session.next;
    const prose = this.renderRoot.querySelector<KsProse>("ks-prose");
    if (!task || !prose) return;
    await prose.updateComplete;
    prose.renderRoot.querySelector(`[data-task="${task}"]`)?.scrollIntoView();
  }

  /** The language of the text: the reader's, or what there is. */
  private get language(): Language {
    if (this.texts[language()]) return language();
    return this.texts.en ? "en" : "zh-CN";
  }

  protected override render(): TemplateResult {
    const { session } = this;
    const tasks = session.standing.tasks;
    const done = tasks.filter((task) => session.isPassed(task.id)).length;
    return html`${this.preview ? nothing : html`<div class="top"><header class="bar">
        ${this.alone ? html`<span class="brand">Kubestep</span>` : html`<a class="brand" href="./">Kubestep</a><a class="button quiet" href="./lessons.html">${t("lessons")}</a>`}
        <span class="grow">${session.lesson.title}</span>
        <span class="meter" role="img" aria-label=${t("meter", { done, count: tasks.length })}>${tasks.map((task) => html`<i class=${session.isPassed(task.id) ? "done" : ""}></i>`)} <span>${done} / ${tasks.length}</span></span>
        ${session.readonly ? nothing : html`<button class="button quiet over" @click=${() => this.anew.showModal()}>${t("anew")}</button>`}
        ${settingsButtons(this.speak)}</header>${session.whose === undefined ? nothing : html`<p class="whose" role="note">${t("look-whose", { name: session.whose })}</p>`}</div>`}
      ${this.notice()}
      ${this.tablist("narrow", ["text", "loop", "step", "files", "terminal", "next", "objects", ...(session.lesson.mechanisms ? ["mechanisms" as const] : [])], this.tab, (tab) => (this.tab = tab))}
      <main class="main">
        <div class="text ${this.tab === "text" ? "shown" : ""}" tabindex="0" role="region" aria-label=${t("lesson-text")}><div class="column" lang=${this.language}>
          <ks-prose .session=${session} .sections=${this.texts[this.language] ?? []}></ks-prose>${this.end(done === tasks.length)}</div></div>
        <div class="cluster">${this.tablist("wide", PANES.filter((pane) => pane !== "mechanisms" || session.lesson.mechanisms), this.pane, (pane) => (this.pane = pane as Pane))}
          ${this.panes()}
          <ks-step class=${this.tab === "step" ? "shown" : ""} .session=${session} tabindex="0" role="region" aria-label=${t("step-panel")}></ks-step>
          <ks-terminal class=${this.tab === "terminal" ? "shown" : ""} .session=${session}></ks-terminal></div>
      </main>
      <ks-transport .session=${session}></ks-transport>
      <div class="sr" role="status">${this.#said}</div>
      ${this.dialogs()}`;
  }

  private panes(): TemplateResult {
    const { session } = this;
    const of = (pane: Pane) => `pane ${pane} ${this.pane === pane ? "open" : ""} ${this.tab === pane ? "shown" : ""}`;
    return html`<div class=${of("loop")} tabindex="0" role="region" aria-label=${t("loop")}><ks-loop .session=${session}></ks-loop></div>
      <div class=${of("files")}><ks-editor .session=${session}></ks-editor></div>
      <div class=${of("next")} tabindex="0" role="region" aria-label=${t("next-panel")}><ks-next .session=${session}></ks-next></div>
      <div class=${of("objects")} tabindex="0" role="region" aria-label=${t("pane-objects")}><ks-inspector .session=${session}></ks-inspector></div>
      ${session.lesson.mechanisms ? html`<div class=${of("mechanisms")} tabindex="0" role="region" aria-label=${t("mechanisms")}><ks-mechanisms .session=${session}></ks-mechanisms></div>` : nothing}`;
  }

  private tablist(kind: "narrow" | "wide", tabs: readonly Tab[], chosen: Tab, choose: (tab: Tab) => void): TemplateResult {
    const arrows = (event: KeyboardEvent): void => {
      const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      if (!by) return;
      event.stopPropagation();
      choose(tabs[(tabs.indexOf(chosen) + by + tabs.length) % tabs.length]!);
      void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`.tabs.${kind} [aria-selected="true"]`)?.focus());
    };
    return html`<div class="tabs ${kind}" role="tablist" aria-label=${t("panes")} @keydown=${arrows}>${tabs.map((tab) => html`<button role="tab" aria-selected=${tab === chosen} tabindex=${tab === chosen ? 0 : -1}
      @click=${() => choose(tab)}>${t(`pane-${tab}`)}</button>`)}</div>`;
  }

  private end(all: boolean): TemplateResult {
    if (this.session.readonly) return html``;
    return html`<footer class="end">
      <p>${t(all ? "lesson-done" : "lesson-open")}</p>${this.goes ? html`<p>${t(this.goes)}</p>` : nothing}
      <div class="ways"><button class="button" @click=${() => this.handIn.showModal()}>${t("hand-in")}</button>
        <button class="button quiet" @click=${() => this.picker.click()} title=${t("go-on-title")}>${t("go-on")}</button>
        <button class="button quiet" @click=${() => this.anew.showModal()}>${t("anew")}</button>
        <input id="go-on" type="file" accept=".json,application/json" hidden aria-label=${t("go-on")} @change=${this.goOn} /></div>
      ${this.preview || this.alone ? nothing : html`<nav class="ways" aria-label=${t("lesson-ways")}>${this.previous ? html`<a class="button" href=${this.previous.href}>← ${this.previous.title[language()]}</a>` : nothing}
        ${this.following ? html`<a class="button push ${all ? "primary" : ""}" href=${this.following.href}>${this.following.title[language()]} →</a>` : html`<a class="button push ${all ? "primary" : ""}" href="./lessons.html">${t("lessons-all")}</a>`}</nav>`}
    </footer>`;
  }

  private notice(): TemplateResult | typeof nothing {
    const { notice } = this.session;
    if (!notice) return nothing;
    return html`<div class="notice ${notice.severity}" role=${notice.severity === "error" ? "alert" : "status"}><p>${t(notice.id, notice.values)}</p>
      ${notice.offerRun ? html`<button class="button" @click=${() => download("kubestep-run.json", this.session.lastGood)}>${t("save-run")}</button>` : nothing}
      <button class="button quiet" @click=${() => this.session.say(undefined)}>${t("dismiss")}</button></div>`;
  }

  private dialogs(): TemplateResult {
    return html`<dialog id="anew" aria-labelledby="anew-title"><form method="dialog"><h2 id="anew-title">${t("anew-title")}</h2><p>${t("anew-about")}</p>
        <div class="ways"><button class="button">${t("cancel")}</button><button class="button primary" @click=${() => this.session.anew()}>${t("anew-do")}</button></div></form></dialog>
      <dialog id="hand-in" aria-labelledby="hand-in-title"><form method="dialog" @submit=${this.submit}><h2 id="hand-in-title">${t("hand-in")}</h2><p>${t("hand-in-about")}</p>
        <label>${t("hand-in-name")}<input name="name" maxlength="200" autocomplete="name" value=${this.who} /></label>
        <div class="ways"><button class="button" type="button" @click=${() => this.handIn.close()}>${t("cancel")}</button><button class="button primary">${t("hand-in-do")}</button></div></form></dialog>`;
  }

  private submit = (event: SubmitEvent): void => {
    const name = new FormData(event.target as HTMLFormElement).get("name");
    const file = this.session.submission(String(name ?? "").trim());
    if (file) download(`${this.session.lesson.id}.json`, file);
  };

  private goOn = async (): Promise<void> => {
    const [file] = this.picker.files ?? [];
    this.picker.value = "";
    if (!file) return;
    if (file.size > MOST_BYTES) this.session.say({ id: "notice-too-large", values: { name: file.name }, severity: "error" });
    else this.session.goOn(await file.text());
  };

  private speak = async (): Promise<void> => {
    const wanted = language();
    if (!this.texts[wanted]) {
      try {
        this.texts = { ...this.texts, [wanted]: await this.fetchText(wanted) };
      } catch {
        // Offline: the text stays in the language that is here.
      }
    }
    this.session.dispatchEvent(new Event("language"));
    document.title = `${this.session.lesson.title} · Kubestep`;
    this.requestUpdate();
  };

  private onStanding = (event: Event): void => {
    const fresh = (event as CustomEvent<string[]>).detail;
    const numbers = fresh.map((id) => this.session.standing.tasks.findIndex((task) => task.id === id) + 1);
    if (numbers.length) this.#said = numbers.map((number) => t("task-said", { number })).join(" ");
  };

  private onWorld = (): void => {
    void this.loop.updateComplete.then(() => reveal(this.loop));
  };

  private onSelect = (): void => {
    if (!this.session.selected) return;
    this.pane = "objects";
    this.tab = "objects";
  };

  private key = (event: KeyboardEvent): void => {
    if (this.anew.open || this.handIn.open) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (!event.defaultPrevented) this.editor.apply();
      event.preventDefault();
      return;
    }
    transportKey(event, this.session);
  };
}
