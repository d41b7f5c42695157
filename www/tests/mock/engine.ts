// A recorded run of the one-off Job behind the engine's interface, for looking at the panels without the module. Never shipped.
import type { Engine, EngineModule } from "../../src/engine";
import type * as m from "../../src/wasm/kubestep.js";

const ref = (kind: string, name: string): m.ObjectRef => ({ kind, resource: { Job: "jobs.batch", Pod: "pods" }[kind] ?? `${kind.toLowerCase()}s`, namespace: "default", name });
const JOB = ref("Job", "hello");
const POD = ref("Pod", "hello-x7k2p");
const A = {
  you: { role: "kubectl", name: "kubectl" }, job: { role: "controller", name: "job-controller" }, sched: { role: "scheduler", name: "kube-scheduler" },
  node: { role: "kubelet", name: "node-2" }, clock: { role: "clock", name: "clock" },
} satisfies Record<string, m.Actor>;
const num = (name: string, value: number): m.NamedValue => ({ name, value: { type: "number", value } });
const text = (name: string, value: string): m.NamedValue => ({ name, value: { type: "text", value } });
type S = { actor: m.Actor; kind: string; object: m.ObjectRef; values?: m.NamedValue[]; notes?: m.NoteView[]; calls?: m.CallView[]; cause?: number; ms?: number; salience: number };
let rv = 107;
const call = (verb: string, object: m.ObjectRef, subresource = "", diff: m.Change[] = [], code = 200): m.CallView => ({
  verb, object, subresource, code, reason: "", message: "", revisionBefore: rv, revisionAfter: ["get", "list"].includes(verb) ? rv : ++rv, diff, filledIn: [] });
const note = (phase: string, ...values: m.NamedValue[]): m.NoteView => ({ phase, values, callsBefore: 0 });
const ch = (path: string, before?: string, after?: string): m.Change => ({ path, before, after });
const deliver = (actor: m.Actor, object: m.ObjectRef, type: string, cause: number): S => ({ actor, kind: "deliver", object, values: [text("type", type), text("resource", object.resource)], cause, salience: 0 });

const STEPS: S[] = [
  { actor: A.you, kind: "command", object: JOB, values: [text("line", "kubectl apply -f job.yaml")], calls: [{ ...call("get", JOB), code: 404, reason: "NotFound", message: 'jobs.batch "hello" not found' }, call("create", JOB, "", [ch("metadata.name", undefined, "hello"), ch("spec.parallelism", undefined, "1"), ch("spec.completions", undefined, "1"), ch("spec.backoffLimit", undefined, "6"), ch("status", undefined, "{}")], 201)], salience: 3 },
  deliver(A.job, JOB, "ADDED", 1),
  { actor: A.job, kind: "reconcile", object: JOB, cause: 2, notes: [note("read-cache", num("pods", 0)), note("expectations", text("satisfied", "yes")), note("manage-pods", num("want", 1), num("have", 0), num("create", 1)), note("write-status", num("active", 1))], calls: [call("create", POD, "", [ch("metadata.name", undefined, "hello-x7k2p"), ch("metadata.ownerReferences[0].name", undefined, "hello"), ch("metadata.finalizers[0]", undefined, "batch.kubernetes.io/job-tracking"), ch("status.phase", undefined, "Pending")], 201), call("patch", JOB, "status", [ch("status.active", undefined, "1"), ch("status.startTime", undefined, '"2026-01-01T00:00:07Z"')])], salience: 2 },
  deliver(A.sched, POD, "ADDED", 3), deliver(A.job, POD, "ADDED", 3), deliver(A.job, JOB, "MODIFIED", 3),
  { actor: A.sched, kind: "schedule", object: POD, cause: 4, notes: [note("filter", num("nodes", 3), num("feasible", 3)), note("score", text("node", "node-2"))], calls: [call("create", POD, "binding", [ch("spec.nodeName", undefined, "node-2")], 201)], salience: 2 },
  deliver(A.node, POD, "ADDED", 7),
  { actor: A.node, kind: "syncPod", object: POD, cause: 8, notes: [note("pull-image", text("image", "busybox:1.37"))], calls: [call("patch", POD, "status", [ch("status.containerStatuses[0].state.waiting.reason", undefined, "ContainerCreating")])], salience: 2 },
  { actor: A.clock, kind: "timer", object: POD, values: [{ name: "duration", value: { type: "duration", value: 1200 } }], cause: 9, ms: 1200, salience: 0 },
  { actor: A.node, kind: "syncPod", object: POD, cause: 9, notes: [note("start-container", text("container", "hello"))], calls: [call("patch", POD, "status", [ch("status.phase", "Pending", "Running"), ch("status.containerStatuses[0].ready", "false", "true")])], salience: 3 },
  { actor: A.node, kind: "process", object: POD, cause: 11, ms: 200, salience: 1 },
  { actor: A.node, kind: "syncPod", object: POD, cause: 12, calls: [call("patch", POD, "status", [ch("status.phase", "Running", "Succeeded"), ch("status.containerStatuses[0].state.terminated.exitCode", undefined, "0")])], salience: 3 },
  deliver(A.job, POD, "MODIFIED", 13),
  { actor: A.job, kind: "reconcile", object: JOB, cause: 14, notes: [note("read-cache", num("pods", 1)), note("write-status", num("succeeded", 1))], calls: [call("patch", POD, "", [ch("metadata.finalizers[0]", "batch.kubernetes.io/job-tracking", undefined)]), call("patch", JOB, "status", [ch("status.active", "1", undefined), ch("status.succeeded", undefined, "1"), ch("status.conditions", undefined, "- type: SuccessCriteriaMet\n  status: \"True\"\n- type: Complete\n  status: \"True\"\n")])], salience: 3 },
];

class Mock implements Engine {
  private at = 0;
  private store = new Map<string, string>();
  private entries: m.TerminalEntry[] = [];
  constructor(options: m.PlaygroundOptions) {
    for (const { name, text } of options.files) this.store.set(name, text);
  }
  private ms(step: number): number {
    return 7000 + STEPS.slice(0, step).reduce((sum, s) => sum + (s.ms ?? 0), 0);
  }
  private line(step: number): m.StepLine {
    const s = STEPS[step - 1]!;
    return { step, atMs: this.ms(step), actor: s.actor, action: { kind: s.kind, objects: [s.object], values: s.values ?? [] }, writes: s.calls?.length ?? 0 };
  }
  view(): m.View {
    const at = this.at;
    const podStatus = at < 3 ? undefined : at < 9 ? "Pending" : at < 11 ? "ContainerCreating" : at < 13 ? "Running" : "Completed";
    const pod: m.PodView | undefined = podStatus ? { object: POD, phase: podStatus === "Completed" ? "Succeeded" : podStatus === "Running" ? "Running" : "Pending", status: podStatus, ready: podStatus === "Running" ? 1 : 0, restarts: 0, owner: JOB, containers: [{ name: "hello", state: "waiting", reason: "", exitCode: undefined, init: false }] } : undefined;
    const list = <T>(items: T[]): m.Listed<T> => ({ total: items.length, items });
    const node = (name: string): m.NodeView => ({ name, ready: true, cordoned: false, pending: at === 7 && name === "node-2" ? 1 : 0, pods: list(pod && at >= 7 && name === "node-2" ? [pod] : []), cpuRequested: 0, cpuAllocatable: 4000 });
    const calls = STEPS.slice(0, at).flatMap((s, i) => (s.calls ?? []).filter((c) => c.revisionAfter > c.revisionBefore).map((c) => ({ verb: c.verb, object: c.object, subresource: c.subresource, revision: c.revisionAfter, actor: s.actor, step: i + 1 })));
    const informer = (resource: string, objects: number, pending = 0): m.InformerView => ({ resource, synced: true, objects, pending, revision: 107 });
    const queue = (keys: m.KeyView[]): m.QueueView => ({ name: "", waiting: list(keys), delayed: list<m.DelayedKey>([]), workers: [{ key: "" }], handlers: [] });
    const key = { key: "default/hello", object: JOB, failures: 0 };
    return {
      step: at, length: Math.max(at, this.length), nowMs: this.ms(at), clock: "2026-01-01T00:00:07Z", revision: calls.at(-1)?.revision ?? 107, idle: at === STEPS.length, waitsFor: list([]),
      apiServer: { counts: [["Job", "jobs.batch", at ? 1 : 0], ["Pod", "pods", pod ? 1 : 0], ["Node", "nodes", 3], ["Namespace", "namespaces", 4], ["ServiceAccount", "serviceaccounts", 4]].filter((c) => c[2]).map(([kind, resource, count]) => ({ kind, resource, count }) as m.KindCount),
        workloads: list(at ? [{ object: JOB, columns: [{ header: "STATUS", text: at < 15 ? "Running" : "Complete" }, { header: "COMPLETIONS", text: at < 15 ? "0/1" : "1/1" }], createdMs: 7000, revision: 108 }] : []), writes: calls.reverse().slice(0, 5), pendingEvents: 0, loops: [] },
      controllers: [
        { name: "job-controller", informers: [informer("jobs.batch", at >= 2 ? 1 : 0, at === 1 ? 1 : 0), informer("pods", at >= 5 ? 1 : 0, at === 3 ? 1 : 0)], queues: [queue(at === 2 || at === 14 ? [key] : [])], expectations: list(at >= 3 && at < 5 ? [{ key: "default/hello", adds: 1, dels: 0, expiresMs: 300000 }] : []) },
        ...["garbage-collector", "namespace-controller", "service-account-controller", "root-ca-publisher"].map((name) => ({ name, informers: [], queues: [queue([])], expectations: list<m.ExpectationView>([]) })),
      ],
      scheduler: { informers: [informer("pods", at >= 4 ? 1 : 0), informer("nodes", 3)], active: list(at >= 4 && at < 7 ? [{ key: "default/hello-x7k2p", object: POD, failures: 0 }] : []), backoff: list([]), unschedulable: list([]) },
      nodes: list([node("node-1"), node("node-2"), node("node-3")]), unscheduled: list(pod && at < 7 ? [pod] : []),
      enabled: list(at === 0 ? [] : STEPS.slice(at, at + 3).map((s, index) => ({ index, actor: s.actor, action: { kind: s.kind, objects: [s.object], values: s.values ?? [] } }))),
    };
  }
  private length = 0;
  viewInto(step: number): m.View { return { ...this.view(), step }; }
  step(): void { if (this.at > 0 && this.at < STEPS.length) this.length = Math.max(this.length, ++this.at); }
  back(): void { this.at--; }
  seek(step: number): void { this.at = step; }
  run(until: m.RunUntil): m.RunProgress {
    while (this.at > 0 && this.at < STEPS.length) {
      this.step();
      if (until.type === "objectChange" && STEPS[this.at - 1]!.salience > 1) return { end: "reached", steps: 1, position: this.at };
    }
    return { end: until.type === "idle" ? "reached" : "idle", steps: 1, position: this.at };
  }
  stepRecord(step: number): m.StepView {
    const s = STEPS[step - 1]!;
    const effects = STEPS.flatMap((e, i) => (e.cause === step && i < this.length ? [this.line(i + 1)] : []));
    return { line: this.line(step), notes: s.notes ?? [], calls: s.calls ?? [], causes: s.cause ? [this.line(s.cause)] : [], effects: { total: effects.length, items: effects } };
  }
  history(from: number, count: number): m.StepLines { return { steps: Array.from({ length: count }, (_, i) => this.line(from + i)) }; }
  timeline(): m.TimelineView {
    return { position: this.at, length: this.length, bucket: 1, marks: STEPS.slice(0, this.length).map((s, i) => ({ step: i + 1, actor: s.actor, salience: s.salience })), branches: [{ id: 0, name: "main", parent: undefined, forkedAt: 0, length: this.length, current: true }] };
  }
  switchBranch(): void {}
  renameBranch(): void {}
  files(): m.Files { return { files: [...this.store].map(([name, text]) => ({ name, text })) }; }
  setFile(name: string, text: string): void {
    if (text.includes("panic")) throw new WebAssembly.RuntimeError("unreachable");
    this.store.set(name, text);
  }
  removeFile(name: string): void { this.store.delete(name); }
  diagnostics(name: string): m.Diagnostics {
    const lines = (this.store.get(name) ?? "").split("\n");
    const at = lines.findIndex((l) => l.includes("imaeg"));
    return { diagnostics: at < 0 ? [] : [{ line: at + 1, column: lines[at]!.indexOf("imaeg") + 1, endLine: at + 1, endColumn: lines[at]!.indexOf("imaeg") + 6, severity: "error", message: 'unknown field "spec.template.spec.containers[0].imaeg"' }] };
  }
  terminal(from: number): m.Terminal { return { entries: this.entries.filter((e) => e.id >= from && e.step <= this.at) }; }
  writings(): number { return 0; }
  unfinished(): boolean { return false; }
  command(line: string): number {
    const out = (t: string, object?: m.ObjectRef): m.Segment => ({ text: t, error: false, object });
    let output: m.Segment[] = [{ text: `error: unknown command ${line}\n`, error: true, object: undefined }];
    if (line.startsWith("kubectl apply")) { output = [out("job.batch/hello", JOB), out(" created\n")]; this.at = this.length = Math.max(1, this.at); }
    if (line.includes("get pod")) output = [out("NAME          READY   STATUS      RESTARTS   AGE\n"), out("hello-x7k2p", POD), out("   0/1     Completed   0          4s\n")];
    return this.entries.push({ id: this.entries.length, line, step: this.at, output, exit: 0, running: line.includes("-w") });
  }
  interrupt(): void { for (const e of this.entries) e.running = false; }
  complete(line: string, cursor: number): m.Completion {
    const from = line.lastIndexOf(" ", cursor - 1) + 1;
    return { from, words: ["apply", "describe", "delete", "get", "job", "kubectl", "logs", "pods"].filter((w) => w.startsWith(line.slice(from, cursor))) };
  }
  objects(): m.Objects {
    const row = (object: m.ObjectRef, header: string, value: string): m.ObjectRow => ({ object, columns: [{ header, text: value }], createdMs: 7000, revision: 110 });
    const items = [...(this.at ? [row(JOB, "COMPLETIONS", "0/1")] : []), ...(this.at > 2 ? [row(POD, "STATUS", "Running")] : [])];
    return { rows: { total: items.length, items }, machinery: { total: 0, items: [] } };
  }
  object(object: m.ObjectRef): m.ObjectView {
    const revisions = STEPS.slice(0, this.at).flatMap((s, i) => (s.calls ?? []).filter((c) => c.object.name === object.name && c.revisionAfter > c.revisionBefore).map((c) => ({ revision: c.revisionAfter, verb: c.verb, subresource: c.subresource, actor: s.actor, step: i + 1, diff: c.diff }))).reverse();
    return { object, exists: revisions.length > 0, yaml: `apiVersion: v1\nkind: ${object.kind}\nmetadata:\n  name: ${object.name}\n  namespace: default\n`, describe: `Name:         ${object.name}\nNamespace:    default\n`, events: [{ kind: "Normal", reason: "SuccessfulCreate", from: "job-controller", message: "Created pod: hello-x7k2p", count: 1, lastMs: 7000 }], revisions: { total: revisions.length, items: revisions } };
  }
  calendars(): m.Calendars { return { cronJobs: { total: 0, items: [] } }; }
  objectAt(): string { return ""; }
  exportRun(): string { return JSON.stringify({ v: 1, files: [...this.store], at: this.at, entries: this.entries, length: this.length }); }
  manifests(): string { return ""; }
  traceHash(): string { return "0"; }
  mechanisms(): m.Mechanisms {
    return { stage: "running", switches: ["expectations", "cache-sync", "rate-limiter"].map((name) => ({ name, on: !this.off.has(name) })), deliveries: [{ name: "pods", on: true }], queues: [{ queue: "job-controller", count: 5 }], nodes: ["node-1", "node-2", "node-3"].map((name) => ({ name, on: true })), containers: [], armed: "", breakpoints: this.marks };
  }
  private off = new Set<string>();
  private marks: m.BreakpointView[] = [];
  fault(words: string): void {
    const [name, state] = words.split(" ") as [string, string];
    if (state === "off") this.off.add(name);
    else this.off.delete(name);
  }
  toggleBreakpoint(controller: string, place: string): void {
    const rest = this.marks.filter((b) => b.controller !== controller || b.place !== place);
    this.marks = rest.length < this.marks.length ? rest : [...rest, { controller, place }];
  }
  fail(): void { throw new WebAssembly.RuntimeError("unreachable"); }
  request(): m.HttpAnswer {
    return { code: 404, headers: [], body: "", watch: undefined };
  }
  watched(): m.HttpEvents {
    return { lines: "", over: true };
  }
  unwatch(): void {}
  free(): void {}
  static load(run: string): Mock {
    const { files, at, entries, length } = JSON.parse(run) as { files: [string, string][]; at: number; entries: m.TerminalEntry[]; length: number };
    const mock = new Mock({ seed: 1, nodes: 3, files: files.map(([name, text]) => ({ name, text })) });
    mock.at = at;
    mock.length = length;
    mock.entries = entries;
    return mock;
  }
}

const none = (): never => {
  throw new Error("a recorded run has no lessons");
};

export const mock: EngineModule = {
  restarts: 0,
  lesson: none,
  mistakes: none,
  prove: none,
  create: (options) => new Mock(options),
  importRun: (text) => Mock.load(text),
  restart: () => {},
  onRestart: () => () => {},
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    return () => clearInterval(timer);
  },
};
