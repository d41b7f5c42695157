// The inspector: which objects there are, and for one of them its YAML, kubectl's description, its events and its revisions.
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { actorClass } from "../app/actors";
import { duration, t } from "../app/words";
import type { Engine } from "../engine";
import { diffLines } from "../ui/diff";
import { fullName } from "../ui/look";
import { Panel, shared } from "../ui/panel";
import type { Cell, ObjectRef, ObjectRow, ObjectView, RevisionView } from "../wasm/kubestep.js";

const TABS = ["objects", "yaml", "describe", "events", "history"] as const;
type Tab = (typeof TABS)[number];

const LIMIT = 200;
/** So many of the newest revisions show what they changed without being asked. */
const UNFOLDED = 3;
/** While time runs, the engine is asked this often at most; it has better things to do. */
const ANSWER_MS = 250;

@customElement("ks-inspector")
export class KsInspector extends Panel {
  protected override readonly shows = ["world", "selection", "ui"] as const;
  @state() private tab: Tab = "objects";
  @state() private filter = "";
  /** A resource; empty for all of people's kinds. */
  @state() private resource = "";
  @state() private copied = false;
  #seen: ObjectRef | undefined;
  #answer: { about: string; at: number; content: unknown } | undefined;
  /** The tab that an object is opened on: the last one used. */
  #objectTab: Tab = "yaml";

  static override styles = [shared, css`
    :host { display: flex; flex-direction: column; min-height: 0; font-size: 13px; }
    header { display: flex; align-items: stretch; gap: 8px; padding: 0 12px; border-bottom: 1px solid var(--line); min-height: 38px; flex: none; }
    [role="tablist"] { display: flex; flex: 1 1 auto; overflow-x: auto; min-width: 0; }
    [role="tab"] { border: 0; background: none; padding: 0 9px; color: var(--muted); white-space: nowrap; box-shadow: none; }
    [role="tab"]:hover:not(:disabled) { color: var(--ink); }
    [role="tab"]:disabled { color: var(--faint); cursor: default; }
    [role="tab"][aria-selected="true"] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px 0 var(--accent); }
    [role="tab"]:focus-visible { outline-offset: -3px; }
    .of { display: flex; align-items: center; gap: 2px; min-width: 0; flex: 0 1 auto; }
    .of .name { font-family: var(--mono); font-size: 12px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .of .kind { color: var(--muted); white-space: nowrap; }
    .of .button { padding: 2px 7px; min-height: 26px; flex: none; }
    .body { flex: 1; overflow: auto; min-height: 0; padding: 8px 14px 14px; position: relative; }
    .body:focus-visible { outline-offset: -2px; }
    .tools { display: flex; gap: 8px; align-items: center; margin-bottom: 6px; }
    input, select { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); padding: 3px 8px; min-height: 28px; min-width: 0; }
    input { flex: 0 1 18ch; width: 18ch; } select { max-width: 20ch; } option { background: var(--surface); }
    .tools .muted { margin-left: auto; font-variant-numeric: tabular-nums; white-space: nowrap; }
    table { border-collapse: collapse; width: 100%; }
    th { text-align: left; font-weight: 500; color: var(--muted); font-size: 11px; letter-spacing: 0.02em; text-transform: uppercase; padding: 2px 14px 3px 0; white-space: nowrap; }
    td { padding: 3px 14px 3px 0; vertical-align: baseline; border-top: 1px solid var(--line-soft, var(--line)); }
    td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
    td.words { min-width: 22ch; }
    .yaml { position: relative; }
    .yaml .button { position: absolute; right: 0; top: 0; padding: 1px 9px; min-height: 26px; font-size: 12px; }
    pre { white-space: pre; overflow-x: auto; tab-size: 4; }
    pre .key { color: var(--y-key); } pre .quoted { color: var(--y-string); }
    .gone { color: var(--bad); margin: 0 0 8px; }
    .warning { color: var(--bad); font-weight: 600; }
    ol { list-style: none; margin: 0; padding: 0; }
    .revision { position: relative; padding: 0 0 10px 16px; border-left: 2px solid var(--line); margin-left: 4px; }
    .revision:last-child { border-color: transparent; }
    .revision::before { content: ""; position: absolute; left: -6px; top: 4px; width: 10px; height: 10px; border-radius: 50%; background: var(--actor); box-shadow: 0 0 0 2px var(--surface); }
    .revision.now::before { box-shadow: 0 0 0 2px var(--surface), 0 0 0 4px var(--actor); }
    .revision .head { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; margin: 0; }
    .revision .verb { font-family: var(--mono); font-size: 12px; }
    .revision time { color: var(--muted); }
    .link { border: 0; background: none; padding: 0; color: var(--link); min-height: 24px; }
    .link:hover { text-decoration: underline; }
    summary { color: var(--muted); cursor: pointer; font-size: 12px; line-height: 24px; width: fit-content; border-radius: 3px; }
    .machinery { margin-top: 12px; }
    td .object { overflow-wrap: break-word; }
    @media (max-width: 760px) {
      td, th { padding-right: 10px; }
      header { flex-direction: column-reverse; gap: 0; } [role="tab"] { min-height: 42px; padding: 0 10px; flex: 1 0 auto; } .of:not(:empty) { min-height: 34px; }
      .tools > * { min-height: 38px; } .tools .muted { min-height: 0; } td { padding-block: 7px; }
    }
  `];

  protected override willUpdate(_: PropertyValues): void {
    const { selected } = this.session;
    if (selected === this.#seen) return;
    this.#seen = selected;
    if (!selected) this.tab = "objects";
    else if (this.tab === "objects") this.tab = this.#objectTab;
  }

  /** While time runs, it is drawn as often as it asks; the end of the run draws it once more. */
  protected override shouldUpdate(changed: PropertyValues): boolean {
    const fresh = performance.now() - (this.#answer?.at ?? 0) < ANSWER_MS;
    return !this.moving || !fresh || changed.size > 0 || this.session.selected !== this.#seen;
  }

  private get moving(): boolean {
    return this.session.playing || this.session.running !== undefined;
  }

  protected override render(): TemplateResult {
    const { selected } = this.session;
    return html`<header>
        <div role="tablist" aria-label=${t("inspector")} @keydown=${this.arrows}>${TABS.map((tab) => html`<button role="tab" id=${`tab-${tab}`} aria-controls="tabpanel"
          aria-selected=${this.tab === tab} tabindex=${this.tab === tab ? 0 : -1} ?disabled=${tab !== "objects" && !selected} @click=${() => this.show(tab)}>${t(`inspector-${tab}`)}</button>`)}</div>
        <div class="of">${selected ? html`<span class="name" title=${fullName(selected)}><span class="kind">${selected.kind}</span> ${selected.name}</span>
          <button class="button quiet" aria-label=${t("inspector-close", { name: selected.name })} title=${t("inspector-close", { name: selected.name })}
            @click=${() => this.session.select(undefined)}>✕</button>` : nothing}</div></header>
      <div class="body" role="tabpanel" id="tabpanel" tabindex="0" aria-labelledby=${`tab-${this.tab}`}>${
        this.tab === "objects" || !selected ? this.list() : this.one(selected, this.tab)}</div>`;
  }

  private show(tab: Tab): void {
    this.tab = tab;
    if (tab !== "objects") this.#objectTab = tab;
  }

  private ask<T>(about: string, question: (engine: Engine) => T): T | undefined {
    const at = performance.now();
    if (!this.moving || this.#answer?.about !== about || at - this.#answer.at > ANSWER_MS) this.#answer = { about, at, content: this.session.ask(question) };
    return this.#answer.content as T | undefined;
  }

  private arrows = (event: KeyboardEvent): void => {
    const tabs = TABS.filter((tab) => tab === "objects" || this.session.selected);
    const at = tabs.indexOf(this.tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.show(tabs[(to + tabs.length) % tabs.length]!);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };

  // ------------------------------------------------------------------------------------------------------------ the list

  private list(): TemplateResult {
    const { counts } = this.session.view.apiServer;
    const none = { total: 0, items: [] };
    const { rows: found, machinery } = this.ask(`${this.resource}?${this.filter}`, (engine) => engine.objects(this.resource, this.filter, LIMIT)) ?? { rows: none, machinery: none };
    return html`<div class="tools">
        <select aria-label=${t("inspector-resource")} @change=${(e: Event) => (this.resource = (e.target as HTMLSelectElement).value)}>
          <option value="" ?selected=${this.resource === ""}>${t("inspector-all")}</option>
          ${counts.map((c) => html`<option value=${c.resource} ?selected=${this.resource === c.resource}>${c.kind} (${c.count})</option>`)}</select>
        <input type="search" placeholder=${t("inspector-filter")} aria-label=${t("inspector-filter")} .value=${this.filter}
          @input=${(e: Event) => (this.filter = (e.target as HTMLInputElement).value)} />
        <span class="muted">${found.total > 0 ? t("inspector-count", { shown: found.items.length, total: found.total }) : nothing}</span></div>
      ${found.items.length > 0 ? this.table(found.items) : html`<p class="empty">${
        this.filter ? t("inspector-no-match", { filter: this.filter }) : this.resource ? t("inspector-none", { resource: this.resource }) : t("inspector-nothing")}</p>`}
      ${machinery.total > 0 ? html`<details class="machinery"><summary>${t("inspector-machinery", { count: machinery.total })}</summary>${this.table(machinery.items)}</details>` : nothing}`;
  }

  private table(rows: ObjectRow[]): TemplateResult {
    const kinds = new Set(rows.map((row) => row.object.kind));
    // Of one kind that was asked for: kubectl's own columns. Of all: what their columns say, in one.
    const columns = this.resource !== "" && kinds.size === 1 ? rows[0]!.columns.map((c) => c.header) : undefined;
    const age = (row: ObjectRow) => seconds(this.session.view.nowMs - row.createdMs);
    return html`<table><thead><tr>
        ${columns ? nothing : html`<th scope="col">${t("inspector-resource")}</th>`}<th scope="col">${t("inspector-name")}</th>
        ${columns ? columns.map((header) => html`<th scope="col">${header}</th>`) : html`<th scope="col">${t("inspector-state")}</th>`}<th scope="col">${t("inspector-age")}</th></tr></thead>
      <tbody>${rows.map((row) => html`<tr>
        ${columns ? nothing : html`<td class="muted">${row.object.kind}</td>`}<td>${row.object.namespace && row.object.namespace !== "default" ? html`<span class="muted">${row.object.namespace}/</span>` : nothing}${this.object(row.object)}</td>
        ${columns ? row.columns.map((c) => html`<td class="n">${c.text}</td>`) : html`<td>${this.summary(row.columns)}</td>`}<td class="n">${age(row)}</td></tr>`)}</tbody></table>`;
  }

  private summary(columns: Cell[]): TemplateResult[] {
    return columns.filter((c) => c.text !== "").slice(0, 3).map((c, i) => html`${i ? " · " : nothing}<span title=${c.header}>${c.text}</span>`);
  }

  // ---------------------------------------------------------------------------------------------------------- one object

  private one(selected: ObjectRef, tab: Tab): TemplateResult {
    const object = this.ask(fullName(selected), (engine) => engine.object(selected));
    if (!object) return html`<p class="empty">${t("inspector-missing", { name: selected.name })}</p>`;
    return html`${object.exists ? nothing : html`<p class="gone" role="status">${t("inspector-gone")}</p>`}${this.content(object, tab)}`;
  }

  private content(object: ObjectView, tab: Tab): TemplateResult {
    switch (tab) {
      case "describe":
        return html`<pre>${object.describe}</pre>`;
      case "events":
        return this.events(object);
      case "history": {
        const { items, total } = object.revisions;
        return html`<ol>${items.map((revision, i) => this.revision(revision, i))}</ol>
          ${total > items.length ? html`<p class="muted">${t("more", { count: total - items.length })}</p>` : nothing}`;
      }
      default:
        return html`<div class="yaml"><button class="button" @click=${() => this.copy(object.yaml)}>${t(this.copied ? "inspector-copied" : "inspector-copy")}</button
          ><pre>${highlight(object.yaml)}</pre></div>`;
    }
  }

  private events(object: ObjectView): TemplateResult {
    if (object.events.length === 0) return html`<p class="empty">${t("inspector-no-events")}</p>`;
    return html`<table><thead><tr><th scope="col">${t("inspector-event-age")}</th><th scope="col">${t("inspector-event-type")}</th><th scope="col">${t("inspector-event-reason")}</th>
        <th scope="col">${t("inspector-event-from")}</th><th scope="col">${t("inspector-event-message")}</th></tr></thead>
      <tbody>${object.events.map((e) => html`<tr><td class="n">${duration(e.lastMs)}${e.count > 1 ? ` ×${e.count}` : ""}</td><td class=${e.kind === "Warning" ? "warning" : ""}>${e.kind}</td>
        <td>${e.reason}</td><td class="muted">${e.from}</td><td class="words">${e.message}</td></tr>`)}</tbody></table>`;
  }

  private revision(r: RevisionView, index: number): TemplateResult {
    const now = r.step === this.session.view.step;
    return html`<li class="revision ${now ? "now" : ""}" data-actor=${actorClass(r.actor)}>
      <p class="head"><strong>${t("inspector-revision", { revision: r.revision })}</strong> <span class="verb">${r.verb}${r.subresource ? `/${r.subresource}` : ""}</span> ${this.actor(r.actor)}
        <button class="link" @click=${() => this.session.seek(r.step)}>${t("inspector-to-step", { step: r.step })}</button></p>
      ${r.verb === "create" || r.diff.length === 0 ? nothing : html`<details ?open=${index < UNFOLDED}><summary>${t("inspector-changes", { count: r.diff.length })}</summary>${diffLines(r.diff)}</details>`}</li>`;
  }

  private async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = true;
      setTimeout(() => (this.copied = false), 1500);
    } catch {
      // Without the permission, the text can still be selected.
    }
  }
}

/** An age: whole seconds, as kubectl counts them. */
function seconds(ms: number): string {
  return ms < 1000 ? "0 s" : duration(Math.floor(ms / 1000) * 1000);
}

/** Keys and quoted text stand out a little; the text stays what it is. */
function highlight(yaml: string): (string | TemplateResult)[] {
  return yaml.split("\n").flatMap((line, i) => {
    const parts = /^(\s*(?:- )*)([^\s:#"'][^:\s]*)(:(?=\s|$))(.*)$/.exec(line);
    const lead = i ? "\n" : "";
    if (!parts) return [`${lead}${line}`];
    const [, indent = "", key = "", colon = "", rest = ""] = parts;
    const value = /^ (["']).*\1$/.test(rest) ? html`<span class="quoted">${rest}</span>` : rest;
    return [`${lead}${indent}`, html`<span class="key">${key}</span>`, colon, value];
  });
}
