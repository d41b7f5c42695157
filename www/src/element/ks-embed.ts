// The panels of an element, laid out by what was chosen and by the room there is: beside each other above and below the transport
// bar, or, where it is narrow, as tabs.
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../app/words";
import "../panels/ks-editor";
import "../panels/ks-inspector";
import "../panels/ks-loop";
import "../panels/ks-mechanisms";
import "../panels/ks-next";
import "../panels/ks-step";
import "../panels/ks-terminal";
import "../panels/ks-transport";
import { Panel, shared } from "../ui/panel";
import { onKey } from "./keys";
import "./ks-strip";
import type { PanelName, View } from "./views";

/** Narrower than this, panels are tabs. */
const TABS = 760;

@customElement("ks-embed")
export class KsEmbed extends Panel {
  protected override readonly shows = ["ui", "selection", "world"] as const;
  @property({ attribute: false }) view: View = { strip: true };
  /** The component that stands out: `job-controller`, `scheduler`, `node-1`, `api`. */
  @property({ attribute: false }) marked = "";
  @state() private narrow = false;
  @state() private shown: PanelName | undefined;
  /** An object that was asked for is looked at above the panels. */
  @state() private looking = false;
  #cameFrom: HTMLElement | undefined;
  readonly #resized = new ResizeObserver(([entry]) => {
    this.narrow = entry!.contentRect.width < TABS;
  });

  static override styles = [shared, css`
    :host { display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); block-size: 100%; position: relative; background: var(--page); }
    .all { display: grid; grid-template: minmax(0, 1fr) auto / minmax(0, 1fr); min-height: 0; }
    .all.low { grid-template-rows: minmax(0, 1fr) auto minmax(150px, 30%); }
    .all.only-low { grid-template-rows: auto minmax(0, 1fr); }
    .row { display: flex; min-height: 0; min-width: 0; }
    .row > * { flex: 1 1 0; min-width: 0; min-height: 0; overflow: auto; }
    .row > :focus-visible { outline-offset: -2px; }
    .row > * + * { border-inline-start: 1px solid var(--line); }
    .row > ks-editor { flex: 1.1 1 0; overflow: hidden; } .row > ks-loop { flex: 1.5 1 0; } .row > ks-terminal, .row > ks-inspector { overflow: hidden; }
    .row > ks-step, .row > .steps { background: var(--surface); }
    .steps { display: grid; grid-template: minmax(0, 1fr) auto / minmax(0, 1fr); overflow: hidden; } .steps > * { overflow: auto; min-height: 0; } .steps > ks-next { border-top: 1px solid var(--line); max-height: 180px; }
    .all.narrow { grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr); }
    .tabs { display: flex; overflow-x: auto; border-bottom: 1px solid var(--line); background: var(--surface); }
    .tabs button { flex: 1 0 auto; border: 0; background: none; padding: 10px; color: var(--muted); min-height: 40px; outline-offset: -3px; }
    .tabs [aria-selected="true"] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px 0 var(--accent); }
    .notice, .object-sheet { position: absolute; z-index: 6; background: var(--note); border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 4px 18px rgb(0 0 0 / 0.14); }
    .notice { inset: 8px 8px auto; display: flex; gap: 8px 12px; align-items: center; padding: 6px 6px 6px 14px; flex-wrap: wrap; }
    .notice.error { border-inline-start: 4px solid var(--bad); } .notice p { margin: 0; flex: 1; min-width: 16ch; overflow-wrap: anywhere; }
    .object-sheet { inset: 8px; background: var(--surface); display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); }
    .object-sheet > div { display: flex; justify-content: flex-end; padding: 4px; border-bottom: 1px solid var(--line); }
  `];

  override connectedCallback(): void {
    super.connectedCallback();
    this.session.addEventListener("selection", this.#selected);
    this.addEventListener("keydown", this.#key);
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.session.removeEventListener("selection", this.#selected);
    this.removeEventListener("keydown", this.#key);
    this.#resized.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("view")) this.shown = undefined;
  }

  protected override render(): TemplateResult {
    const content = this.view.strip ? html`<ks-strip .session=${this.session}></ks-strip>` : this.narrow && this.view.panels.length > 1 ? this.tabbed(this.view.panels) : this.beside(this.view.panels);
    return html`${content}${this.notice()}${this.sheet()}`;
  }

  focusFirst(): void {
    const within = this.renderRoot.querySelector("ks-strip, ks-transport");
    within?.shadowRoot?.querySelector<HTMLElement>("button.step, button:not(:disabled)")?.focus({ preventScroll: true });
  }

  private beside(panels: readonly PanelName[]): TemplateResult {
    const high = panels.filter((panel) => panel !== "terminal" && panel !== "objects" && !(panel === "next" && panels.includes("step")));
    const low = panels.filter((panel) => panel === "terminal" || panel === "objects");
    const next = panels.includes("next");
    return html`<div class="all ${low.length ? (high.length ? "low" : "only-low") : ""}">
      ${high.length ? html`<div class="row">${high.map((panel) => (panel === "step" && next ? html`<div class="steps">${this.panel("step")}${this.panel("next")}</div>` : this.panel(panel)))}</div>` : nothing}
      <ks-transport .session=${this.session}></ks-transport>
      ${low.length ? html`<div class="row">${low.map((panel) => this.panel(panel))}</div>` : nothing}</div>`;
  }

  private tabbed(panels: readonly PanelName[]): TemplateResult {
    const shown = this.shown !== undefined && panels.includes(this.shown) ? this.shown : panels[0]!;
    return html`<div class="all narrow">
      <div class="tabs" role="tablist" aria-label=${t("panes")} @keydown=${(event: KeyboardEvent) => this.arrows(event, panels, shown)}>${panels.map((panel) => html`<button role="tab" aria-selected=${panel === shown}
        tabindex=${panel === shown ? 0 : -1} @click=${() => (this.shown = panel)}>${t(panel === "next" ? "next-panel" : `pane-${panel}`)}</button>`)}</div>
      <div class="row">${this.panel(shown)}</div><ks-transport .session=${this.session}></ks-transport></div>`;
  }

  private panel(name: PanelName): TemplateResult {
    const { session } = this;
    switch (name) {
      case "files":
        return html`<ks-editor .session=${session} .eager=${false} @apply=${this.#applied}></ks-editor>`;
      case "loop":
        return html`<ks-loop .session=${session} .marked=${this.marked} tabindex="0" role="region" aria-label=${t("loop")}></ks-loop>`;
      case "step":
        return html`<ks-step .session=${session} tabindex="0" role="region" aria-label=${t("step-panel")}></ks-step>`;
      case "next":
        return html`<ks-next .session=${session} tabindex="0" role="region" aria-label=${t("next-panel")}></ks-next>`;
      case "mechanisms":
        return html`<ks-mechanisms .session=${session} tabindex="0" role="region" aria-label=${t("mechanisms")}></ks-mechanisms>`;
      case "terminal":
        return html`<ks-terminal .session=${session}></ks-terminal>`;
      case "objects":
        return html`<ks-inspector .session=${session}></ks-inspector>`;
      case "tasks":
        return html`<ks-tasks .session=${session} tabindex="0" role="region" aria-label=${t("pane-tasks")}></ks-tasks>`;
    }
  }

  private notice(): TemplateResult | typeof nothing {
    const { notice } = this.session;
    if (!notice) return nothing;
    return html`<div class="notice ${notice.severity}" role=${notice.severity === "error" ? "alert" : "status"}><p>${t(notice.id, notice.values)}</p>
      <button class="button quiet" @click=${() => this.session.say(undefined)}>${t("dismiss")}</button></div>`;
  }

  private sheet(): TemplateResult | typeof nothing {
    if (!this.looking || !this.session.selected) return nothing;
    return html`<section class="object-sheet" aria-label=${t("pane-objects")} @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.#close()}>
      <div><button class="button quiet close" @click=${this.#close}>${t("close")}</button></div><ks-inspector .session=${this.session}></ks-inspector></section>`;
  }

  /** An object's name was pressed. Where there is a panel for it, it shows it. */
  readonly #selected = (): void => {
    if (!this.session.selected) return;
    if (!this.view.strip && this.view.panels.includes("objects")) {
      this.shown = "objects";
      return;
    }
    if (this.looking) return;
    const deepest = (root: ShadowRoot | Document | null): HTMLElement | undefined => {
      const at = root?.activeElement as HTMLElement | null | undefined;
      return at ? deepest(at.shadowRoot) ?? at : undefined;
    };
    this.#cameFrom = deepest(this.shadowRoot);
    this.looking = true;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".close")?.focus({ preventScroll: true }));
  };

  readonly #close = (): void => {
    this.looking = false;
    this.session.select(undefined);
    this.#cameFrom?.focus({ preventScroll: true });
    this.#cameFrom = undefined;
  };

  /** Narrow: what was applied is to be seen at work. */
  readonly #applied = (): void => {
    if (!this.view.strip) this.shown = this.view.panels.find((panel) => panel === "loop" || panel === "step") ?? this.shown;
  };

  readonly #key = (event: KeyboardEvent): void => onKey(event, this.session);

  private arrows(event: KeyboardEvent, panels: readonly PanelName[], shown: PanelName): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    this.shown = panels[(panels.indexOf(shown) + by + panels.length) % panels.length]!;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.tabs [aria-selected="true"]')?.focus({ preventScroll: true }));
  }
}
