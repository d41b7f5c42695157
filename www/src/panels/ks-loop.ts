// The control-loop view: the API server above, everything that watches it below, and the way that the last step
// took between them. The HTML is the picture's text: headings and lists in reading order; the lines only decorate.
import { html, nothing, svg, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ActorClass } from "../app/actors";
import { duration, t } from "../app/words";
import { loopStyles } from "../ui/loop-styles";
import { fullName, look, podChip } from "../ui/look";
import { Panel, actorIcon, icon, shared } from "../ui/panel";
import type {
  CallView, ControllerView, DelayedKey, InformerView, KeyView, Listed, NodeView, ObjectRef, ObjectRow, PodView, QueueView, StepLine, View,
} from "../wasm/kubestep.js";

/** A box's line to the API server, in the picture's own coordinates. */
type Edge = { box: string; of: ActorClass; path: string };

const TRAVEL_MS = 200;
/** Where a column's line runs, from the column's left edge. */
const GUTTER = 7;
const MAIN = "job-controller";
/** What the controller manager does before its first sync. */
const STAGES = ["api", "controllers", "caches", "running"];
/** Through what a controller talks to the API server. */
const PARTS = ["client", "pod-control", "recorder"] as const;

@customElement("ks-loop")
export class KsLoop extends Panel {
  protected override readonly shows = ["world", "selection", "ui"] as const;
  /** A box that stands out: `job-controller`, `scheduler`, `api`, `node-1`. */
  @property({ attribute: false }) marked = "";
  @state() private edges: Edge[] = [];

  readonly #resized = new ResizeObserver(() => this.measure());
  #motion = 0;
  #travelling: Animation[] = [];

  static override styles = [shared, look, loopStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  // ------------------------------------------------------------------------------------------------------ the picture

  protected override render(): TemplateResult {
    const { view } = this.session;
    const main = view.controllers.find((c) => c.name === MAIN) ?? view.controllers[0];
    const others = view.controllers.filter((c) => c !== main);
    const active = this.activeBoxes();
    const on = (box: string) => active.has(box);
    // Lines share a trunk: the one that matters is drawn last.
    const rank = (e: Edge) => (on(e.box) ? 2 : 0) + (e.box === main?.name ? 1 : 0);
    return html`<section class="picture" aria-label=${t("loop")}>
      <svg class="wires" aria-hidden="true">${[...this.edges].sort((a, b) => rank(a) - rank(b)).map(
        (e) => svg`<path data-actor=${e.of} class=${on(e.box) ? "on" : ""} d=${e.path}></path>`,
      )}</svg>
      <div class="top">
        <p class="tag" data-box="kubectl" data-actor="kubectl" ?data-on=${on("kubectl")}>${actorIcon("kubectl")}<span>kubectl</span></p>
        ${this.start()}
        <p class="tag clock" data-box="clock" data-actor="clock" ?data-on=${on("clock")}>${actorIcon("clock")}<span>${t("loop-clock", { time: duration(view.nowMs) })}</span>
          ${view.idle ? html`<span class="idle">${t("loop-idle")}</span>` : view.waitsFor.total ? html`<span class="idle">${t("loop-waits", { count: view.waitsFor.total })}</span>` : nothing}</p>
      </div>
      ${this.apiServer(view, active)}
      <div class="watchers">
        <div class="column">${main ? this.mainController(main, view.nowMs, on(main.name)) : nothing}</div>
        <div class="column">${this.scheduler(view, on("scheduler"))}${this.unscheduled(view)}</div>
        <div class="column">${repeat(view.nodes.items, (n) => n.name, (n) => this.node(n, on(`node ${n.name}`)))}
          ${this.rest(view.nodes)}</div>
        ${others.length ? html`<section class="others"><h3 class="small">${t("loop-other-controllers")}</h3>
          <ul>${repeat(others, (c) => c.name, (c) => this.compactController(c, on(c.name)))}</ul></section>` : nothing}
      </div>
      <div class="traveller" aria-hidden="true"></div>
    </section>`;
  }

  private apiServer(view: View, active: Set<string>): TemplateResult {
    const on = active.has("api");
    const { counts, workloads, pendingEvents, loops } = view.apiServer;
    return html`<section class="box api" data-box="api" data-actor="api" ?data-on=${on}>
      <h3>${actorIcon("api")}<span class="label">${t("loop-api-server")}</span>
        <span class="fact">${t("loop-store", { revision: view.revision })}</span>
        <span class="fact end">${t("loop-undelivered", { count: pendingEvents })}</span></h3>
      <ul class="counts" aria-label=${t("loop-counts")}>${counts.map(
        ({ kind, count }) => html`<li><span class="n">${count}</span> ${kind}</li>`,
      )}${counts.length ? nothing : html`<li class="quiet">${t("loop-store-empty")}</li>`}</ul>
      <ul class="workloads" aria-label=${t("loop-workloads")}>${
        workloads.items.length
          ? repeat(workloads.items, (row) => fullName(row.object), (row) => this.workload(row))
          : html`<li class="quiet">${t("loop-no-workloads")}</li>`
      }${this.rest(workloads, "li")}</ul>
      ${loops.length ? html`<ul class="loops" aria-label=${t("loop-api-loops")}>${repeat(loops, (c) => c.name, (c) => this.compactController(c, active.has(c.name)))}</ul>` : nothing}
    </section>`;
  }

  private workload(row: ObjectRow): TemplateResult {
    return html`<li><button class="row" title=${fullName(row.object)} @click=${this.opens(row.object)}>
      <span class="kind">${row.object.kind}</span><span class="name">${row.object.name}</span>
      ${row.columns.slice(0, 3).map((c) => html`<span class="cell" data-state=${c.header === "STATUS" ? c.text.toLowerCase() : nothing} title=${c.header}><span class="sr">${c.header} </span>${c.text}</span>`)}</button></li>`;
  }

  /** The controller manager's start, while it lasts. */
  private start(): TemplateResult | typeof nothing {
    const { stage } = this.session.mechanisms;
    if (stage === "running") return nothing;
    const at = STAGES.indexOf(stage);
    return html`<ol class="start" aria-label=${t("loop-start")}>${STAGES.map((s, i) => html`<li title=${t(`loop-start-${s}-about`)} data-state=${i < at ? "done" : i === at ? "now" : "ahead"} aria-current=${i === at ? "step" : nothing}
      ><span aria-hidden="true">${i < at ? "✓" : i === at ? "▸" : "·"}</span> <span class="words">${t(`loop-start-${s}`)}</span></li>`)}</ol>`;
  }

  /** A mechanism that is off, where one would look for it. */
  private off(off: boolean, id: string): TemplateResult | typeof nothing {
    return off ? html`<span class="off">${t(id)}</span>` : nothing;
  }

  private isOff(name: string): boolean {
    return this.session.mechanisms.switches.some((s) => s.name === name && !s.on);
  }

  private mainController(c: ControllerView, nowMs: number, on: boolean): TemplateResult {
    const [queue, ...beside] = c.queues;
    const busy = queue!.workers.filter((w) => w.key !== "");
    const line = this.session.record?.line;
    // A reconcile is one step: after it the worker is free again, but its key is what this step was about.
    const done = line?.action.kind === "reconcile" && line.actor.name === c.name ? line.action.objects[0] : undefined;
    return html`<section class="box main" data-box=${c.name} data-actor=${c.name === MAIN ? "job" : "controller"} ?data-on=${on}>
      <h3>${actorIcon(c.name === MAIN ? "job" : "controller")}<span class="label">${c.name}</span></h3>
      <h4>${t("loop-cache")} ${this.off(this.isOff("cache-sync"), "loop-off-cache-sync")}</h4>
      ${this.informers(c.informers, true)}
      <h4>${t("loop-handlers")}</h4>
      <ul class="expects handlers">${queue!.handlers.map((h) => html`<li title=${t("loop-handler", { handler: h.name, key: h.key })}><span class="key">${h.name}</span> <span aria-hidden="true">→</span> <span class="key">${short(h.key)}</span></li>`)}${
        queue!.handlers.length ? nothing : html`<li class="quiet">${t("loop-handlers-none")}</li>`}</ul>
      <h4>${t("loop-queue")} <span class="n">${queue!.waiting.total}</span> ${this.off(this.isOff("rate-limiter"), "loop-off-rate-limiter")}${beside.map((q) => waits(q) ? html`<span class="beside">${t("loop-queue-other", { name: q.name.split("/").pop() ?? "", count: waits(q) })}</span>` : nothing)}</h4>
      ${this.keys(queue!.waiting, queue!.delayed, nowMs)}
      <h4>${t("loop-expectations")} ${this.off(this.isOff("expectations"), "loop-off-expectations")}</h4>
      <ul class="expects">${c.expectations.items
        .filter((e) => e.adds !== 0 || e.dels !== 0)
        .map((e) => html`<li><span class="key">${short(e.key)}</span> <span class="delta" title=${t("loop-expects", { adds: e.adds, dels: e.dels })}
            ><span class="sr">${t("loop-expects", { adds: e.adds, dels: e.dels })}</span><span aria-hidden="true">+${e.adds} −${e.dels}</span></span></li>`)}${
        c.expectations.items.some((e) => e.adds !== 0 || e.dels !== 0) ? nothing : html`<li class="quiet">${t("loop-expects-nothing")}</li>`
      }</ul>
      <h4>${t("loop-workers")} <span class="n">${t("loop-workers-busy", { busy: busy.length, all: queue!.workers.length })}</span></h4>
      <ul class="workers">${
        busy.length
          ? busy.map((w) => html`<li class="chip hand"><span aria-hidden="true">⟳</span> ${short(w.key)}</li>`)
          : done
            ? html`<li class="chip hand" title=${fullName(done)}><span aria-hidden="true">✓</span> ${t("loop-workers-done", { name: done.name })}</li>`
            : queue!.workers.length === 0 ? html`<li class="off">${t("loop-off-workers")}</li>` : html`<li class="quiet">${t("loop-workers-idle")}</li>`
      }</ul>
      ${this.client(c)}
    </section>`;
  }

  /** What the controller asked of the API server in the last step: its pod control, its recorder, and the client itself. */
  private client(c: ControllerView): TemplateResult {
    const { record } = this.session;
    const calls = record?.line.actor.name === c.name ? record.calls : [];
    const [, queue, failing] = this.session.mechanisms.armed.split(" ");
    const part = (call: CallView) => (call.object.resource.startsWith("events") ? "recorder" : call.object.resource === "pods" && call.verb !== "get" && call.verb !== "list" ? "pod-control" : "client");
    return html`<ul class="client" aria-label=${t("loop-client-parts")}>${PARTS.map((name) => {
      const all = new Map<string, number>();
      for (const call of calls.filter((call) => part(call) === name)) {
        const what = `${call.verb.toUpperCase()} ${call.object.resource}${call.subresource ? `/${call.subresource}` : ""}`;
        all.set(what, (all.get(what) ?? 0) + 1);
      }
      const said = [...all].map(([what, count]) => (count > 1 ? `${what} ×${count}` : what)).join(" · ");
      return html`<li title=${said || nothing}><span class="part">${t(`loop-${name}`)}</span> ${
        name === "client" && queue === c.name ? html`<span class="off">${t("loop-armed", { call: failing ?? "" })}</span>` : nothing} <span class=${said ? "key" : "quiet"}>${said || t("loop-no-calls")}</span></li>`;
    })}</ul>`;
  }

  /** The manager's watches can be held back; others' cannot. */
  private informers(informers: InformerView[], managers = false): TemplateResult {
    const held = (resource: string) => managers && this.session.mechanisms.deliveries.some((d) => d.name === resource && !d.on);
    return html`<ul class="caches">${informers.map(
      (i) => html`<li><span class="resource" title=${managers && i.resource === "jobs.batch" ? t("loop-store-jobs") : i.resource}>${i.resource}</span>${
        held(i.resource) ? html`<span class="off">${t("loop-held")}</span>` : html`<span class="objects">${
          i.synced ? html`<span class="synced" title=${t("loop-synced")}>✓<span class="sr">${t("loop-synced")}</span></span> ${t("loop-objects", { count: i.objects })}` : t("loop-not-synced")}</span>`
      }${this.pending(i.pending)}</li>`,
    )}</ul>`;
  }

  /** Watch events on their way; the room is kept when there are none. */
  private pending(count: number): TemplateResult {
    const label = t("loop-pending", { count });
    return html`<span class="pending" ?data-some=${count > 0} title=${label}><span class="sr">${label}</span><span aria-hidden="true">${count > 0 ? `↓${count}` : ""}</span></span>`;
  }

  private keys(waiting: Listed<KeyView>, delayed: Listed<DelayedKey>, nowMs: number): TemplateResult {
    return html`<ul class="keys">${waiting.items.map((k) => this.key(k, undefined))}${this.rest(waiting, "li")}${delayed.items.map((k) =>
      this.key(k, duration(Math.max(0, k.dueMs - nowMs))),
    )}${waiting.total + delayed.total === 0 ? html`<li class="quiet">${t("loop-queue-empty")}</li>` : nothing}</ul>`;
  }

  private key(k: KeyView, due: string | undefined): TemplateResult {
    const words = [fullName(k.object), due && t("loop-due", { time: due }), k.failures > 0 && t("loop-failures", { count: k.failures })];
    const label = words.filter(Boolean).join(" · ");
    return html`<li><button class="chip ${due ? "late" : ""}" title=${label} @click=${this.opens(k.object)}
      ><span class="name">${short(k.key)}</span>${due ? html`<span class="due">${due}</span>` : nothing}${k.failures > 0 ? html`<span class="due">↻${k.failures}</span>` : nothing}</button></li>`;
  }

  private compactController(c: ControllerView, on: boolean): TemplateResult {
    const pending = c.informers.reduce((sum, i) => sum + i.pending, 0);
    const waiting = { total: 0, items: [] as KeyView[] };
    let delayed = 0;
    for (const queue of c.queues) {
      waiting.total += queue.waiting.total;
      waiting.items.push(...queue.waiting.items);
      delayed += queue.delayed.total;
    }
    const [first] = waiting.items;
    return html`<li class="box compact" data-box=${c.name} data-actor=${c.name === MAIN ? "job" : "controller"} ?data-on=${on}>
      ${actorIcon("controller")}<span class="title" title=${c.name}>${brief(c.name)}</span>
      ${this.pending(pending)}
      ${first && waiting.total === 1
        ? html`<button class="chip" title=${fullName(first.object)} @click=${this.opens(first.object)}><span class="name">${first.object.name}</span></button>`
        : waiting.total > 0
          ? html`<span class="chip" title=${waiting.items.map((k) => k.key).join(", ")}>${t("loop-keys", { count: waiting.total })}</span>`
          : delayed > 0 ? html`<span class="quiet" title=${t("loop-delayed", { count: delayed })}><span class="sr">${t("loop-delayed", { count: delayed })}</span><span aria-hidden="true">◷${delayed}</span></span>` : nothing}</li>`;
  }

  private scheduler(view: View, on: boolean): TemplateResult {
    const { informers, active, backoff, unschedulable } = view.scheduler;
    return html`<section class="box sched" data-box="scheduler" data-actor="scheduler" ?data-on=${on}>
      <h3>${actorIcon("scheduler")}<span class="label">${t("loop-scheduler")}</span></h3>
      <h4>${t("loop-cache")}</h4>
      ${this.informers(informers)}
      <h4>${t("loop-queue")} <span class="n">${active.total}</span></h4>
      ${this.keys(active, backoff, view.nowMs)}
      <h4>${t("loop-unschedulable")} <span class="n">${unschedulable.total}</span></h4>
      <ul class="keys one">${unschedulable.items.map((k) => this.key(k, undefined))}${this.rest(unschedulable, "li")}${
        unschedulable.total === 0 ? html`<li class="quiet">${t("loop-none")}</li>` : nothing}</ul>
    </section>`;
  }

  private unscheduled(view: View): TemplateResult {
    const { items, total } = view.unscheduled;
    return html`<section class="box loose"><h3><span class="label">${t("loop-unscheduled")}</span><span class="fact end">${total}</span></h3>
      <ul class="pods ${items.length > 1 ? "many" : ""}">${repeat(items, (p) => fullName(p.object), (p) => html`<li>${this.pod(p)}</li>`)}${this.rest(view.unscheduled, "li")}${
        total === 0 ? html`<li class="quiet">${t("loop-none")}</li>` : nothing}</ul></section>`;
  }

  private node(n: NodeView, on: boolean): TemplateResult {
    const ref = { kind: "Node", resource: "nodes", namespace: "", name: n.name };
    const cpu = t("loop-cpu", { requested: cores(n.cpuRequested), allocatable: cores(n.cpuAllocatable) });
    const up = this.session.mechanisms.nodes.find((node) => node.name === n.name)?.on ?? true;
    const power = t(up ? "loop-node-off" : "loop-node-on", { node: n.name });
    return html`<section class="box node ${up ? "" : "down"}" data-box=${`node ${n.name}`} data-actor="kubelet" ?data-on=${on}>
      <h3>${actorIcon("kubelet")}<button class="link" title=${`${fullName(ref)} · ${cpu}`} @click=${this.opens(ref)}>${n.name}</button>
        ${up ? nothing : html`<span class="warn">${t("loop-no-power")}</span>`}${n.ready ? nothing : html`<span class="warn">${t("loop-not-ready")}</span>`}${n.cordoned ? html`<span class="warn">${t("loop-cordoned")}</span>` : nothing}
        ${n.ready && !n.cordoned && up ? html`<span class="fact">${cpu}</span>` : nothing}<span class="end"></span>${this.pending(n.pending)}<button class="power" aria-label=${power} title=${power}
          @click=${() => this.session.fault(`node-${up ? "down" : "up"} ${n.name}`)}>${icon("power")}</button></h3>
      <ul class="pods ${n.pods.items.length > 2 ? "many" : ""}">${repeat(n.pods.items, (p) => fullName(p.object), (p) => html`<li>${this.pod(p)}</li>`)}${
        this.rest(n.pods, "li")}${n.pods.total === 0 ? html`<li class="quiet">${t("loop-no-pods")}</li>` : nothing}</ul>
    </section>`;
  }

  private pod(pod: PodView): TemplateResult {
    const { selected } = this.session;
    return podChip(pod, this.opens(pod.object), selected?.kind === "Pod" && fullName(selected) === fullName(pod.object));
  }

  private opens(object: ObjectRef): () => void {
    return () => this.session.select(object);
  }

  private rest(list: Listed<unknown>, as: "li" | "p" = "p"): TemplateResult | typeof nothing {
    const more = list.total - list.items.length;
    if (more <= 0) return nothing;
    const words = t("more", { count: more });
    return as === "li" ? html`<li class="quiet">${words}</li>` : html`<p class="quiet">${words}</p>`;
  }

  // ------------------------------------------------------------------------------------------------------------ motion

  /** The boxes that the last step touched. */
  private activeBoxes(): Set<string> {
    const { view, record } = this.session;
    if (!record) return new Set();
    const moved = record.line;
    const boxes = new Set(this.actorBoxes(view, moved));
    if (moved.writes > 0 || delivers(moved) || moved.actor.role === "kubectl") boxes.add("api");
    return boxes;
  }

  private actorBoxes(view: View, { actor, action }: StepLine): string[] {
    switch (actor.role) {
      case "apiServer":
        return ["api", actor.name];
      case "scheduler":
      case "kubectl":
      case "clock":
        return [actor.role];
      case "kubelet":
        return [`node ${actor.name}`];
      case "controller": {
        if (view.controllers.some((c) => c.name === actor.name)) return [actor.name];
        // Controllers share their informers: one event reaches all that keep a cache of this resource.
        const resource = action.values.find((v) => v.name === "resource")?.value;
        const name = resource?.type === "text" ? resource.value : (action.objects[0]?.resource ?? "");
        return view.controllers.filter((c) => c.informers.some((i) => i.resource === name)).map((c) => c.name);
      }
    }
  }

  protected override updated(changed: PropertyValues): void {
    // A run draws many times a second, and its boxes keep their places: the lines are laid anew at its end.
    if (!changed.has("edges") && !(this.session.running && this.edges.length)) this.measure();
    for (const box of this.renderRoot.querySelectorAll<HTMLElement>("[data-box]")) box.toggleAttribute("data-marked", this.marked !== "" && box.dataset["box"]!.replace(/^node /, "") === this.marked);
    const { motion, record, view } = this.session;
    if (motion === this.#motion) return;
    this.#motion = motion;
    // A run is too fast for anything to be seen travelling.
    if (!record || this.session.running) return;
    this.travel(record.line, view);
    this.bringIntoSight();
  }

  /** Where the picture is higher than its room (on a phone), scrolls it so that the box that acted is seen. */
  private bringIntoSight(): void {
    if (this.scrollHeight <= this.clientHeight + 1) return;
    const box = this.renderRoot.querySelector('.watchers [data-on]') ?? this.renderRoot.querySelector("[data-on]");
    if (!box) return;
    const [room, at] = [this.getBoundingClientRect(), box.getBoundingClientRect()];
    const by = at.top < room.top ? at.top - room.top - 12 : at.bottom > room.bottom ? Math.min(at.bottom - room.bottom + 12, at.top - room.top - 12) : 0;
    const still = this.session.playing || matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (by) this.scrollBy({ top: by, behavior: still ? "instant" : "smooth" });
  }

  /** Lays the lines: each box is reached from the API server's lower edge through the gutter at its left. */
  private measure(): void {
    const picture = this.renderRoot.querySelector(".picture");
    const api = this.renderRoot.querySelector<HTMLElement>('[data-box="api"]');
    if (!picture || !api) return;
    const origin = picture.getBoundingClientRect();
    const from = api.getBoundingClientRect();
    const edges: Edge[] = [];
    const trunk = 0.5 + Math.round((this.renderRoot.querySelector(".others") ?? this.renderRoot.querySelector(".watchers"))!.getBoundingClientRect().left - origin.left + GUTTER);
    const lane = 0.5 + Math.round((this.renderRoot.querySelector(".others")?.getBoundingClientRect().top ?? 0) - origin.top - 4);
    const start = Math.round(from.bottom - origin.top);
    for (const box of this.renderRoot.querySelectorAll<HTMLElement>(".watchers [data-box]")) {
      const to = box.getBoundingClientRect();
      const right = Math.round(to.left - origin.left);
      const x = right - 10.5;
      const y = Math.round(to.top - origin.top + Math.min(15, to.height / 2)) + 0.5;
      const turn = `V${y - 6}Q${x} ${y} ${x + 6} ${y}H${right}`;
      // The small controllers share one trunk at the left, and a lane above them.
      const detour = box.matches(".compact") && x > trunk + 20;
      const path = detour ? `M${trunk} ${start}V${lane - 6}Q${trunk} ${lane} ${trunk + 6} ${lane}H${x - 6}Q${x} ${lane} ${x} ${lane + 6}${turn}` : `M${x} ${start}${turn}`;
      edges.push({ box: box.dataset["box"]!, of: box.dataset["actor"] as ActorClass, path });
    }
    const kubectl = this.renderRoot.querySelector<HTMLElement>('[data-box="kubectl"]')?.getBoundingClientRect();
    if (kubectl) {
      const x = Math.round(kubectl.left - origin.left + 16) + 0.5;
      edges.push({ box: "kubectl", of: "kubectl", path: `M${x} ${Math.round(from.top - origin.top)}V${Math.round(kubectl.bottom - origin.top)}` });
    }
    const same = edges.length === this.edges.length && edges.every((e, i) => e.path === this.edges[i]!.path && e.box === this.edges[i]!.box);
    if (!same) this.edges = edges;
  }

  private travel(moved: StepLine, view: View): void {
    for (const animation of this.#travelling) animation.cancel();
    this.#travelling = [];
    const stage = this.renderRoot.querySelector(".traveller");
    if (!stage || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const toApi = !delivers(moved);
    if (toApi && moved.writes === 0 && moved.actor.role !== "kubectl") return;
    const ways = this.actorBoxes(view, moved).map((box) => this.edges.find((e) => e.box === box)).filter((e) => e !== undefined);
    stage.replaceChildren(
      ...ways.map((way) => {
        const dot = document.createElement("i");
        dot.dataset["actor"] = way.of;
        dot.style.offsetPath = `path("${way.path}")`;
        return dot;
      }),
    );
    for (const dot of stage.children) {
      const path = toApi ? ["100%", "0%"] : ["0%", "100%"];
      const travel = dot.animate({ offsetDistance: path, opacity: [1, 1] }, { duration: TRAVEL_MS, easing: "ease-in-out" });
      travel.onfinish = () => dot.remove();
      this.#travelling.push(travel);
    }
  }
}

/** Whether the step carried something from the API server to a component. */
function delivers({ action }: StepLine): boolean {
  return action.kind === "deliver" || action.kind === "list";
}

/** A controller's name where there is little room; its title is the whole one. */
function brief(name: string): string {
  return name.replace(/-(controller|publisher|after-finished-controller)$/, "").replace("garbage-collector", "gc").replace("serviceaccount", "account");
}

/** How many keys are in a queue, now or later. */
function waits(queue: QueueView): number {
  return queue.waiting.total + queue.delayed.total;
}

/** A key without the namespace that most objects are in. */
function short(key: string): string {
  return key.startsWith("default/") ? key.slice("default/".length) : key;
}

function cores(millis: number): string {
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}
