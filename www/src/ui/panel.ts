// What all panels share: a subscription to the session, the reader's language, and the look of small things.
import { LitElement, css, html, nothing, svg, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { actorClass, shape } from "../app/actors";
import type { Change, Session } from "../app/session";
import { rich, setLanguage, t, duration } from "../app/words";
import type { Actor, ObjectRef, Value } from "../wasm/kubestep.js";

export abstract class Panel extends LitElement {
  @property({ attribute: false }) session!: Session;
  /** What of the session this panel shows. */
  protected abstract readonly shows: readonly Change[];
  readonly #update = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    for (const kind of this.shows) this.session.addEventListener(kind, this.#update);
    this.session.addEventListener("language", this.#update);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const kind of this.shows) this.session.removeEventListener(kind, this.#update);
    this.session.removeEventListener("language", this.#update);
  }

  /** Drawing is one piece of work, so what is drawn speaks its session's language whatever the others on the page speak. */
  protected override performUpdate(): void {
    if (this.session.language) setLanguage(this.session.language);
    super.performUpdate();
  }

  /** A button that has just been switched off would take the keys with it: the focus goes on to one that is not. */
  protected keepFocus(): void {
    if (this.shadowRoot?.activeElement?.matches(":disabled")) this.shadowRoot.querySelector<HTMLElement>("button.step:enabled, button:enabled")?.focus({ preventScroll: true });
  }

  /** An object, wherever it appears: a link to the inspector. */
  protected object(ref: ObjectRef, label = ref.name): TemplateResult {
    return html`<button class="object" title=${`${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ""}${ref.name}`}
      @click=${() => this.session.select(ref)}>${label}</button>`;
  }

  protected actor(actor: Actor): TemplateResult {
    return actorBadge(actor);
  }

  protected value(value: Value): TemplateResult | string {
    switch (value.type) {
      case "duration":
        return duration(value.value);
      case "bool":
        return t(value.value ? "value-yes" : "value-no");
      case "object":
        return this.object(value.value);
      case "objects": {
        const { items, total } = value.value;
        const more = total > items.length ? html` ${t("more", { count: total - items.length })}` : nothing;
        return html`${items.map((ref, i) => html`${i ? ", " : ""}${this.object(ref)}`)}${more}`;
      }
      default:
        return String(value.value);
    }
  }

  /** A sentence with live parts. */
  protected say(id: string, args: Record<string, string | number> = {}, live: Record<string, TemplateResult | string> = {}): unknown {
    return rich(id, args, live);
  }
}

export function actorIcon(of: ReturnType<typeof actorClass>): TemplateResult {
  return html`<svg class="shape" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">${shape(of)}</svg>`;
}

export function actorBadge(actor: Actor): TemplateResult {
  const of = actorClass(actor);
  return html`<span class="actor" data-actor=${of}>${actorIcon(of)}${actor.name}</span>`;
}

const ICONS = {
  start: svg`<path d="M4 3v10M13 3 6 8l7 5Z"/>`,
  back: svg`<path d="M11.5 3 4.5 8l7 5Z"/>`,
  step: svg`<path d="M4.5 3l7 5-7 5Z"/>`,
  play: svg`<path d="M4 2.5 13 8l-9 5.5Z"/>`,
  pause: svg`<path d="M5 3v10M11 3v10"/>`,
  end: svg`<path d="M3 3l7 5-7 5ZM12 3v10"/>`,
  power: svg`<path d="M8 2v5.5M4.6 4.3a5 5 0 1 0 6.8 0" fill="none"/>`,
  theme: svg`<circle cx="8" cy="8" r="5.5" fill="none"/><path d="M8 2.5a5.5 5.5 0 0 1 0 11Z" stroke="none"/>`,
};

/** A small picture beside or instead of a word; buttons with only a picture have a label. */
export function icon(name: keyof typeof ICONS): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" width="13" height="13" aria-hidden="true" fill="currentColor" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round">${ICONS[name]}</svg>`;
}

export const shared = css`
  :host { display: block; min-width: 0; }
  *, *::before, *::after { box-sizing: border-box; }
  [hidden] { display: none !important; }
  h2 { font-size: 13px; font-weight: 600; margin: 0; color: var(--muted); }
  button, select, input { font: inherit; color: inherit; }
  button { cursor: pointer; }
  .button {
    border: 1px solid var(--line); background: var(--surface); border-radius: 6px; padding: 4px 10px; line-height: 20px; min-height: 30px; white-space: nowrap;
  }
  a.button { color: inherit; text-decoration: none; display: inline-flex; align-items: center; } a.button.primary { color: var(--on-accent); }
  .button:hover:not(:disabled) { border-color: var(--muted); }
  .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
  .button.primary:hover:not(:disabled) { background: var(--accent-strong); }
  .button:disabled { color: var(--faint); cursor: default; }
  .button.quiet { border-color: transparent; background: none; }
  .button.quiet:hover:not(:disabled) { background: var(--hover); }
  :focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; border-radius: 4px; }
  .object {
    display: inline; border: 0; padding: 4px 1px; margin: -4px 0; background: none; color: var(--link); font-family: var(--mono); font-size: 0.93em;
    text-align: left; overflow-wrap: anywhere; text-decoration: underline; text-decoration-color: color-mix(in srgb, currentColor 35%, transparent);
    text-underline-offset: 2px; user-select: text;
  }
  .mono .object, pre .object { font-size: inherit; }
  .object:hover { text-decoration-color: currentColor; }
  .actor { display: inline-flex; align-items: center; gap: 5px; font-weight: 600; color: var(--actor, var(--ink)); white-space: nowrap; }
  .shape { flex: none; } .icon { vertical-align: -1.5px; }
  [data-actor="api"] { --actor: var(--c-api); --actor-soft: var(--s-api); }
  [data-actor="job"] { --actor: var(--c-job); --actor-soft: var(--s-job); }
  [data-actor="controller"] { --actor: var(--c-controller); --actor-soft: var(--s-controller); }
  [data-actor="scheduler"] { --actor: var(--c-scheduler); --actor-soft: var(--s-scheduler); }
  [data-actor="kubelet"] { --actor: var(--c-kubelet); --actor-soft: var(--s-kubelet); }
  [data-actor="kubectl"] { --actor: var(--c-kubectl); --actor-soft: var(--s-kubectl); }
  [data-actor="clock"] { --actor: var(--c-clock); --actor-soft: var(--s-clock); }
  .muted { color: var(--muted); }
  .mono { font-family: var(--mono); font-size: 0.93em; }
  .empty { color: var(--muted); margin: 0; max-width: 46ch; }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  pre { margin: 0; font-family: var(--mono); font-size: 12.5px; line-height: 1.55; }
  .diff { margin: 4px 0 0; padding: 6px 8px; background: var(--sunk); border-radius: 6px; font-family: var(--mono); font-size: 12px; line-height: 1.5; overflow-x: auto; }
  .diff div { white-space: pre-wrap; overflow-wrap: anywhere; }
  .diff .path { color: var(--muted); }
  .diff .del { color: var(--bad); }
  .diff .add { color: var(--good); }
`;
