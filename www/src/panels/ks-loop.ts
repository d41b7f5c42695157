// The control loop: API server, controllers with their caches and queues, scheduler, nodes with their pods. The cards are text in
// reading order, so they are their own text equivalent; the SVG beneath draws the edges and what travels along them.
import { css, html, nothing, svg, type PropertyValues, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { actorClass, type ActorClass } from "../app/actors";
import { duration, t } from "../app/words";
import { Panel, actorIcon, shared } from "../ui/panel";
import { loopStyles } from "../ui/loop-styles";
import type { Actor, ControllerView, InformerView, NodeView, PodView, StepView } from "../wasm/kubestep.js";

const TRAVEL_MS = 200;
type Edge = { place: string; d: string; from: { x: number; y: number }; to: { x: number; y: number } };

@customElement("ks-loop")
export class KsLoop extends Panel {
  protected override readonly shows = ["world", "selection"] as const;
  @state() private edges: Edge[] = [];
  @query(".board") private board!: HTMLElement;
  #seen = 0;
  #sizes: ResizeObserver | undefined;

  static override styles = [shared, loopStyles, css`:host { padding: 14px 18px 20px; }`];

  override firstUpdated(): void {
    this.#sizes = new ResizeObserver(() => this.measure());
    this.#sizes.observe(this.board);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("edges")) this.measure();
    if (this.session.motion !== this.#seen) {
      this.#seen = this.session.motion;
      this.travel();
    }
  }

  protected override render(): TemplateResult {
    const { view, record } = this.session;
    const active = new Set(record ? [place(record.line.actor)] : []);
    const touched = record && (record.calls.length > 0 || record.line.action.kind === "deliver");
    const busy = view.controllers.filter((c) => featured(c, record));
    const quiet = view.controllers.filter((c) => !busy.includes(c));
    return html`<section class="board" aria-label=${t("loop")}>
      <svg class="edges" aria-hidden="true">
        ${this.edges.map((edge) => svg`<path class=${active.has(edge.place) && touched ? "edge live" : "edge"} data-actor=${placeClass(edge.place)} d=${edge.d}></path>`)}
        <circle class="token" r="6" cx="0" cy="0"></circle>
      </svg>
      <div class="top">
        ${this.kubectl(active)}
        ${this.apiServer(active)}
      </div>
      <div class="row">
        <div class="stack controllers">
          ${busy.map((c) => this.controller(c, active))}
          ${quiet.length ? html`<article class="card quiet" data-actor="controller"><h3>${actorIcon("controller")} ${busy.length ? t("loop-other-controllers") : t("loop-controllers")}</h3>
            <ul class="names">${quiet.map((c) => html`<li>${c.name}</li>`)}</ul></article>` : nothing}
        </div>
        <div class="stack">${this.scheduler(active)}</div>
        <div class="stack nodes">${view.nodes.items.map((n) => this.node(n, active))}
          ${view.nodes.total > view.nodes.items.length ? html`<p class="muted">${t("more", { count: view.nodes.total - view.nodes.items.length })}</p>` : nothing}</div>
      </div>
    </section>`;
  }

  private kubectl(active: Set<string>): TemplateResult {
    return html`<article class=${card("kubectl", active)} data-place="kubectl" data-actor="kubectl">
      <h3>${actorIcon("kubectl")} kubectl</h3><p class="small">${t("loop-you")}</p></article>`;
  }

  private apiServer(active: Set<string>): TemplateResult {
    const { apiServer, revision } = this.session.view;
    const last = apiServer.writes[0];
    return html`<article class=${`${card("api", active)} wide`} data-place="api" data-actor="api">
      <h3>${actorIcon("api")} ${t("loop-api")} <span class="fact">${t("loop-revision", { revision })}</span></h3>
      ${apiServer.workloads.items.length
        ? html`<ul class="workloads">${apiServer.workloads.items.slice(0, 4).map((row) => html`<li><span class="kind">${row.object.kind}</span> ${this.object(row.object)}
            ${row.columns.slice(0, 3).map((cell) => html`<span class="cell"><span class="label">${cell.header.toLowerCase()}</span> ${cell.text}</span>`)}</li>`)}</ul>`
        : html`<p class="small">${t("loop-api-empty")}</p>`}
      <p class="small line">${last ? html`<span>${t("loop-last-write")} <span class="mono">${last.verb}${last.subresource ? `/${last.subresource}` : ""}</span> ${last.object.kind} ${this.object(last.object)}</span>` : nothing}
        <span class="counts">${apiServer.counts.slice(0, 5).map((c) => html`<span>${c.count} ${c.kind}</span> `)}</span></p>
    </article>`;
  }

  private informers(informers: InformerView[]): TemplateResult {
    return html`${informers.map((i) => html`<span class="cache ${i.synced ? "" : "unsynced"}" title=${t(i.synced ? "cache-synced" : "cache-unsynced", { revision: i.revision })}>
      ${t("cache-count", { count: i.objects, resource: i.resource.split(".")[0]! })}${i.pending ? html` <b class="pending">${t("cache-pending", { count: i.pending })}</b>` : nothing}</span>`)}`;
  }

  private controller(c: ControllerView, active: Set<string>): TemplateResult {
    const of = actorClass({ role: "controller", name: c.name });
    const { nowMs } = this.session.view;
    const current = this.session.record?.line.actor.name === c.name && this.session.record.line.action.kind === "reconcile";
    const held = c.workers.map((w) => w.key).filter(Boolean);
    const key = held[0] ?? (current ? this.session.record!.line.action.objects[0]?.name : undefined);
    return html`<article class=${card(`controller:${c.name}`, active)} data-place=${`controller:${c.name}`} data-actor=${of}>
      <h3>${actorIcon(of)} ${c.name}</h3>
      <dl>
        <dt>${t("loop-cache")}</dt><dd>${this.informers(c.informers)}</dd>
        <dt>${t("loop-queue")}</dt><dd>${c.queue.waiting.items.map((k) => html`<span class="key">${this.object(k.object, k.object.name)}</span>`)}
          ${c.queue.delayed.items.map((k) => html`<span class="key delayed" title=${t("queue-failures", { count: k.failures })}>${this.object(k.object, k.object.name)} ${t("queue-due", { time: duration(Math.max(0, k.dueMs - nowMs)) })}</span>`)}
          ${c.queue.waiting.total + c.queue.delayed.total === 0 ? html`<span class="none">${t("queue-empty")}</span>` : nothing}</dd>
        <dt>${t("loop-expects")}</dt><dd>${c.expectations.items.length
          ? c.expectations.items.map((e) => html`<span class="key">${e.key.split("/").pop()} <b>${e.adds > 0 ? `+${e.adds}` : ""}${e.dels > 0 ? ` −${e.dels}` : ""}${e.adds <= 0 && e.dels <= 0 ? "✓" : ""}</b></span>`)
          : html`<span class="none">${t("expects-nothing")}</span>`}</dd>
        <dt>${t("loop-workers")}</dt><dd>${key ? html`<span class="key working">${key.split("/").pop()}</span>` : html`<span class="none">${t("workers-idle", { count: c.workers.length })}</span>`}</dd>
      </dl></article>`;
  }

  private scheduler(active: Set<string>): TemplateResult {
    const { scheduler, nowMs, unscheduled } = this.session.view;
    const keys = [
      ...scheduler.active.items.map((k) => html`<span class="key">${this.object(k.object)}</span>`),
      ...scheduler.backoff.items.map((k) => html`<span class="key delayed">${this.object(k.object)} ${t("queue-due", { time: duration(Math.max(0, k.dueMs - nowMs)) })}</span>`),
    ];
    return html`<article class=${card("scheduler", active)} data-place="scheduler" data-actor="scheduler">
      <h3>${actorIcon("scheduler")} ${t("loop-scheduler")}</h3>
      <dl>
        <dt>${t("loop-cache")}</dt><dd>${this.informers(scheduler.informers)}</dd>
        <dt>${t("loop-queue")}</dt><dd>${keys.length ? keys : html`<span class="none">${t("queue-empty")}</span>`}</dd>
        ${scheduler.unschedulable.total ? html`<dt>${t("loop-unschedulable")}</dt><dd>${scheduler.unschedulable.items.map((k) => html`<span class="key">${this.object(k.object)}</span>`)}</dd>` : nothing}
        <dt>${t("loop-unbound")}</dt><dd>${unscheduled.total ? unscheduled.items.map((p) => this.pod(p)) : html`<span class="none">${t("queue-empty")}</span>`}</dd>
      </dl></article>`;
  }

  private node(n: NodeView, active: Set<string>): TemplateResult {
    const place = `node:${n.name}`;
    return html`<article class=${`${card(place, active)} node`} data-place=${place} data-actor="kubelet">
      <h3>${actorIcon("kubelet")} ${n.name} ${n.ready ? nothing : html`<span class="fact warn">${t("node-not-ready")}</span>`}${n.cordoned ? html`<span class="fact">${t("node-cordoned")}</span>` : nothing}
        ${n.pending ? html`<b class="pending">${t("cache-pending", { count: n.pending })}</b>` : nothing}</h3>
      ${n.pods.total ? html`<ul class="pods">${n.pods.items.map((p) => html`<li>${this.pod(p)}</li>`)}</ul>` : html`<p class="small none">${t("node-empty")}</p>`}
      ${n.pods.total > n.pods.items.length ? html`<p class="small">${t("more", { count: n.pods.total - n.pods.items.length })}</p>` : nothing}
    </article>`;
  }

  private pod(p: PodView): TemplateResult {
    const { selected } = this.session;
    const chosen = selected?.kind === "Pod" && selected.name === p.object.name;
    return html`<span class="pod ${chosen ? "chosen" : ""}" data-phase=${tone(p)}>${glyph(p)}${this.object(p.object)} <span class="status">${p.status}${p.restarts ? ` ↻${p.restarts}` : ""}</span></span>`;
  }

  /** The edges' ends, from where the cards are. */
  private measure(): void {
    const box = this.board.getBoundingClientRect();
    const at = (name: string) => this.board.querySelector(`[data-place="${CSS.escape(name)}"]`)?.getBoundingClientRect();
    const api = at("api");
    if (!api || box.width === 0) return;
    const edges: Edge[] = [];
    for (const card of this.board.querySelectorAll<HTMLElement>("[data-place]")) {
      const place = card.dataset["place"]!;
      if (place === "api") continue;
      const r = card.getBoundingClientRect();
      let from, to, d;
      if (place === "kubectl") {
        from = { x: r.right - box.left, y: r.top + r.height / 2 - box.top };
        to = { x: api.left - box.left, y: from.y };
        if (r.bottom <= api.top) {
          from = { x: r.left + 24 - box.left, y: r.bottom - box.top };
          to = { x: from.x, y: api.top - box.top };
        }
        d = `M${from.x} ${from.y}L${to.x} ${to.y}`;
      } else {
        // Along the gap between the rows, then down the gutter left of the column.
        const gutter = Math.max(4, r.left - box.left - 9);
        const y = r.top - box.top + 20;
        const lane = api.bottom - box.top + 12;
        const x = Math.min(Math.max(api.left - box.left + 16, gutter), api.right - box.left - 16);
        from = { x: r.left - box.left, y };
        to = { x, y: api.bottom - box.top };
        d = `M${from.x} ${from.y}H${gutter}V${lane}H${x}V${to.y}`;
      }
      edges.push({ place, d, from, to });
    }
    if (JSON.stringify(edges) !== JSON.stringify(this.edges)) this.edges = edges;
  }

  /** What moved travels along its edge: an event from the API server, a request to it. */
  private travel(): void {
    const { record } = this.session;
    const token = this.renderRoot.querySelector<SVGCircleElement>(".token");
    if (!record || !token || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const edge = this.edges.find((e) => e.place === place(record.line.actor));
    const delivered = record.line.action.kind === "deliver" || record.line.action.kind === "list";
    if (!edge || (!delivered && record.calls.length === 0)) return;
    token.dataset["actor"] = actorClass(record.line.actor);
    token.style.offsetPath = `path("${edge.d}")`;
    token.animate(
      [{ offsetDistance: delivered ? "100%" : "0%", opacity: 1 }, { offsetDistance: delivered ? "0%" : "100%", opacity: 1 }],
      { duration: TRAVEL_MS, easing: "ease-in-out" },
    );
  }
}

function card(name: string, active: Set<string>): string {
  return active.has(name) ? "card active" : "card";
}

function place(actor: Actor): string {
  switch (actor.role) {
    case "apiServer":
      return "api";
    case "controller":
      return `controller:${actor.name}`;
    case "kubelet":
      return `node:${actor.name}`;
    default:
      return actor.role;
  }
}

function placeClass(name: string): ActorClass {
  const [head, rest] = name.split(":");
  if (head === "controller") return actorClass({ role: "controller", name: rest ?? "" });
  return head === "node" ? "kubelet" : (head as ActorClass);
}

/** A controller gets a card of its own when it has something in hand, or is the Job controller. */
function featured(c: ControllerView, record: StepView | undefined): boolean {
  return actorClass({ role: "controller", name: c.name }) === "job" || c.queue.waiting.total + c.queue.delayed.total + c.expectations.total > 0
    || record?.line.actor.name === c.name;
}

function tone(p: PodView): "wait" | "run" | "done" | "bad" {
  if (/err|fail|backoff|back-off|oom|unknown/i.test(p.status)) return "bad";
  if (p.phase === "Succeeded") return "done";
  return p.phase === "Running" ? "run" : "wait";
}

/** A pod's phase as a shape: dotted ring, full disc, tick, cross. */
function glyph(p: PodView): TemplateResult {
  const of = tone(p);
  const inner = of === "wait" ? svg`<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="2.6 2"/>`
    : of === "run" ? svg`<circle cx="8" cy="8" r="6" fill="currentColor"/>`
    : of === "done" ? svg`<path d="M2.5 8.5 6.5 12.5 13.5 4" fill="none" stroke="currentColor" stroke-width="2.2"/>`
    : svg`<path d="M3.5 3.5l9 9m0-9l-9 9" fill="none" stroke="currentColor" stroke-width="2.2"/>`;
  return html`<svg class="glyph" viewBox="0 0 16 16" width="11" height="11" aria-hidden="true">${inner}</svg>`;
}
