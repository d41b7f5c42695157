// The inspector: which objects there are, and for one of them its YAML, kubectl's description, its events and its revisions.
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { actorClass } from "../app/actors";
import { duration, t } from "../app/words";
import { diffLines } from "../ui/diff";
import { Panel, shared } from "../ui/panel";
import type { ObjectView, RevisionView } from "../wasm/kubestep.js";

const TABS = ["yaml", "describe", "events", "history"] as const;
type Tab = (typeof TABS)[number];

@customElement("ks-inspector")
export class KsInspector extends Panel {
  protected override readonly shows = ["world", "selection"] as const;
  @state() private tab: Tab = "yaml";
  @state() private filter = "";
  @state() private kind = "";

  static override styles = [shared, css`
    :host { display: flex; flex-direction: column; min-height: 0; }
    header { display: flex; align-items: center; gap: 4px; padding: 6px 12px; border-bottom: 1px solid var(--line); min-height: 43px; flex-wrap: wrap; }
    .title { font-family: var(--mono); font-size: 12.5px; margin: 0 8px 0 4px; overflow-wrap: anywhere; }
    .body { flex: 1; overflow: auto; padding: 10px 16px 16px; min-height: 0; }
    [role="tab"] { border: 0; background: none; padding: 4px 8px; border-radius: 6px; color: var(--muted); }
    [role="tab"]:hover { background: var(--hover); }
    [role="tab"][aria-selected="true"] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px 0 var(--accent); border-radius: 6px 6px 0 0; }
    input, select { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); padding: 3px 8px; min-height: 28px; width: 15ch; min-width: 0; }
    select { width: auto; max-width: 18ch; }
    table { border-collapse: collapse; width: 100%; font-size: 13px; }
    th { text-align: left; font-weight: 500; color: var(--muted); font-size: 12px; padding: 2px 12px 4px 0; }
    td { padding: 3px 12px 3px 0; vertical-align: baseline; border-top: 1px solid var(--line-soft); }
    td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
    pre { white-space: pre; overflow-x: auto; }
    .revision { border-left: 2px solid var(--actor); padding: 0 0 12px 12px; font-size: 13px; }
    .revision p { margin: 0; display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; }
    .link { border: 0; background: none; padding: 0; color: var(--link); }
    .gone { color: var(--bad); font-size: 13px; margin: 0 0 8px; }
    .warning { color: var(--bad); }
  `];

  protected override render(): TemplateResult {
    const { selected } = this.session;
    return selected ? this.one() : this.list();
  }

  private list(): TemplateResult {
    const found = this.session.ask((engine) => engine.objects(this.kind, this.filter, 100).rows) ?? { total: 0, items: [] };
    const { counts } = this.session.view.apiServer;
    return html`<header><h2 style="margin:0 auto 0 4px">${t("objects")} <span class="muted" style="font-weight:400">${found.total || ""}</span></h2>
        <select aria-label=${t("objects-kind")} @change=${(e: Event) => (this.kind = (e.target as HTMLSelectElement).value)}>
          <option value="" ?selected=${this.kind === ""}>${t("objects-mine")}</option>
          ${counts.map((c) => html`<option value=${c.resource} ?selected=${this.kind === c.resource}>${c.kind} (${c.count})</option>`)}</select>
        <input type="search" placeholder=${t("objects-filter")} aria-label=${t("objects-filter")} .value=${this.filter} @input=${(e: Event) => (this.filter = (e.target as HTMLInputElement).value)} /></header>
      <div class="body" tabindex="0" role="region" aria-label=${t("objects")}>
        ${found.items.length === 0 ? html`<p class="empty">${t(this.filter || this.kind ? "objects-none-match" : "objects-empty")}</p>` : html`<table>
          <thead><tr><th scope="col">${t("objects-kind")}</th><th scope="col">${t("objects-name")}</th><th scope="col">${t("objects-state")}</th><th scope="col">${t("objects-age")}</th></tr></thead>
          <tbody>${found.items.map((row) => html`<tr><td class="muted">${row.object.kind}</td><td>${this.object(row.object)}</td>
            <td>${row.columns.slice(0, 3).map((cell) => html`<span class="muted">${cell.header.toLowerCase()}</span> ${cell.text} `)}</td>
            <td class="n">${duration(Math.max(0, this.session.view.nowMs - row.createdMs))}</td></tr>`)}</tbody></table>`}
      </div>`;
  }

  private one(): TemplateResult {
    const { selected } = this.session;
    const object = this.session.ask((engine) => engine.object(selected!));
    return html`<header><button class="button quiet" @click=${() => this.session.select(undefined)}>← ${t("objects")}</button>
        <span class="title">${selected!.kind} ${selected!.name}</span>
        <div role="tablist" aria-label=${t("inspector")} @keydown=${this.arrows}>${TABS.map((tab) => html`<button role="tab" id=${`tab-${tab}`} aria-controls="tabpanel" aria-selected=${this.tab === tab}
          tabindex=${this.tab === tab ? 0 : -1} @click=${() => (this.tab = tab)}>${t(`inspector-${tab}`)}</button>`)}</div></header>
      <div class="body" role="tabpanel" id="tabpanel" tabindex="0" aria-labelledby=${`tab-${this.tab}`}>
        ${object && !object.exists ? html`<p class="gone">${t("inspector-gone")}</p>` : nothing}
        ${object ? this.content(object) : html`<p class="empty">${t("inspector-never")}</p>`}</div>`;
  }

  private arrows = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.stopPropagation();
    this.tab = TABS[(TABS.indexOf(this.tab) + by + TABS.length) % TABS.length]!;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };

  private content(object: ObjectView): TemplateResult {
    switch (this.tab) {
      case "yaml":
        return html`<pre>${object.yaml}</pre>`;
      case "describe":
        return html`<pre>${object.describe}</pre>`;
      case "events":
        return object.events.length === 0 ? html`<p class="empty">${t("events-empty")}</p>` : html`<table>
          <thead><tr><th scope="col">${t("events-when")}</th><th scope="col">${t("events-reason")}</th><th scope="col">${t("events-from")}</th><th scope="col">${t("events-message")}</th></tr></thead>
          <tbody>${object.events.map((e) => html`<tr><td class="n">${duration(e.lastMs)}${e.count > 1 ? ` ×${e.count}` : ""}</td><td class=${e.kind === "Warning" ? "warning" : ""}>${e.reason}</td><td class="muted">${e.from}</td><td>${e.message}</td></tr>`)}</tbody></table>`;
      case "history":
        return html`${object.revisions.items.map((r) => this.revision(r))}
          ${object.revisions.total > object.revisions.items.length ? html`<p class="muted">${t("more", { count: object.revisions.total - object.revisions.items.length })}</p>` : nothing}`;
    }
  }

  private revision(r: RevisionView): TemplateResult {
    return html`<div class="revision" data-actor=${actorClass(r.actor)}>
      <p><strong class="mono">rv ${r.revision}</strong> ${this.actor(r.actor)} <span class="mono">${r.verb}${r.subresource ? `/${r.subresource}` : ""}</span>
        <button class="link" @click=${() => this.session.seek(r.step)}>${t("history-go", { step: r.step })}</button></p>
      ${r.verb === "create" ? html`<p class="muted">${t("history-created")}</p>` : diffLines(r.diff)}</div>`;
  }
}
