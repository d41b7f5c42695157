// A plausible moment of a parallel Job, to look at panels without the engine.
import type { Engine } from "../../src/engine";
import type { Actor, ControllerView, Mechanisms, InformerView, ObjectRef, PodView, StepLine, View } from "../../src/wasm/kubestep.js";

const listed = <T>(items: T[], total = items.length) => ({ total, items });
const ref = (kind: string, resource: string, name: string, namespace = "default"): ObjectRef => ({ kind, resource, namespace, name });
export const job = ref("Job", "jobs.batch", "render-frames");
const pod = (name: string) => ref("Pod", "pods", name);
const informer = (resource: string, objects: number, pending = 0): InformerView => ({ resource, synced: true, objects, pending, revision: 107 });
const podView = (name: string, phase: string, status: string, restarts = 0): PodView => ({
  object: pod(name), phase, status, ready: phase === "Running" ? 1 : 0, restarts, owner: job,
  containers: [{ name: "main", state: phase === "Running" ? "running" : "waiting", reason: "", exitCode: undefined, init: false }],
});
const controller = (name: string, informers: InformerView[], waiting: ObjectRef[] = []): ControllerView => ({
  name, informers,
  queues: [{ name, waiting: listed(waiting.map((o) => ({ key: `${o.namespace}/${o.name}`, object: o, failures: 0 }))), delayed: listed([]), workers: [{ key: "" }], handlers: [] }],
  expectations: listed([]),
});
const actor = (role: Actor["role"], name: string): Actor => ({ role, name });

export const moved: StepLine = {
  step: 42, atMs: 7000, actor: actor("controller", "job-controller"), writes: 3,
  action: { kind: "reconcile", objects: [job], values: [] },
};

export const view: View = {
  step: 42, length: 97, nowMs: 7000, clock: "2026-01-01T00:00:07Z", revision: 107, idle: false, waitsFor: listed([]),
  apiServer: {
    counts: [
      { kind: "Job", resource: "jobs.batch", count: 2 }, { kind: "Pod", resource: "pods", count: 7 }, { kind: "Event", resource: "events", count: 9 },
      { kind: "Node", resource: "nodes", count: 3 }, { kind: "Namespace", resource: "namespaces", count: 4 }, { kind: "Lease", resource: "leases.coordination.k8s.io", count: 3 },
      { kind: "ConfigMap", resource: "configmaps", count: 4 }, { kind: "ServiceAccount", resource: "serviceaccounts", count: 4 },
    ],
    workloads: listed([
      { object: job, columns: [{ header: "STATUS", text: "Running" }, { header: "COMPLETIONS", text: "3/6" }, { header: "DURATION", text: "7s" }], createdMs: 0, revision: 101 },
      { object: ref("Job", "jobs.batch", "hello"), columns: [{ header: "STATUS", text: "Complete" }, { header: "COMPLETIONS", text: "1/1" }, { header: "DURATION", text: "4s" }], createdMs: 0, revision: 90 },
    ]),
    writes: [], pendingEvents: 4, loops: [],
  },
  controllers: [
    {
      name: "job-controller", informers: [informer("jobs.batch", 2), informer("pods", 6, 2)],
      queues: [{
        name: "job-controller",
        waiting: listed([{ key: "default/render-frames", object: job, failures: 0 }, { key: "default/hello", object: ref("Job", "jobs.batch", "hello"), failures: 0 }]),
        delayed: listed([{ key: "default/render-frames", object: job, dueMs: 8000, failures: 1 }]),
        workers: [{ key: "default/render-frames" }, { key: "" }, { key: "" }, { key: "" }, { key: "" }],
        handlers: [{ name: "addJob", key: "default/render-frames" }, { name: "addPod", key: "default/render-frames" }],
      }],
      expectations: listed([{ key: "default/render-frames", adds: 2, dels: 0, expiresMs: 307000 }]),
    },
    controller("garbage-collector", [informer("pods", 6, 1)]),
    controller("namespace-controller", [informer("namespaces", 4)]),
    controller("serviceaccount-controller", [informer("serviceaccounts", 4)], [ref("Namespace", "namespaces", "default", ""), ref("Namespace", "namespaces", "kube-system", "")]),
    controller("ttl-after-finished-controller", [informer("jobs.batch", 2)]),
    controller("root-ca-certificate-publisher-controller", [informer("configmaps", 4)]),
  ],
  scheduler: {
    informers: [informer("pods", 7, 1), informer("nodes", 3)],
    active: listed([{ key: "default/render-frames-9sdqz", object: pod("render-frames-9sdqz"), failures: 0 }]),
    backoff: listed([]), unschedulable: listed([]),
  },
  nodes: listed([
    { name: "node-1", ready: true, cordoned: false, pending: 1, cpuRequested: 500, cpuAllocatable: 4000, pods: listed([podView("render-frames-x7k2p", "Running", "Running", 1), podView("hello-4tzq8", "Succeeded", "Completed")]) },
    { name: "node-2", ready: true, cordoned: true, pending: 0, cpuRequested: 0, cpuAllocatable: 4000, pods: listed([podView("render-frames-b2v5m", "Pending", "ContainerCreating"), podView("render-frames-h8w9k", "Succeeded", "Completed"), podView("render-frames-k4kzn", "Failed", "Error"), podView("render-frames-l9q2r", "Running", "Terminating")]) },
    { name: "node-3", ready: false, cordoned: false, pending: 0, cpuRequested: 0, cpuAllocatable: 4000, pods: listed([]) },
  ]),
  unscheduled: listed([podView("render-frames-9sdqz", "Pending", "Pending")]),
  enabled: listed([]),
};

export const mechanisms: Mechanisms = {
  stage: "running", switches: [{ name: "expectations", on: false }, { name: "cache-sync", on: true }, { name: "rate-limiter", on: true }],
  deliveries: [{ name: "jobs.batch", on: true }, { name: "pods", on: false }], queues: [{ queue: "job-controller", count: 5 }],
  nodes: [{ name: "node-1", on: true }, { name: "node-2", on: true }, { name: "node-3", on: false }], containers: [], armed: "", breakpoints: [],
};

/** As much of a session as panels ask for. */
export const session = Object.assign(new EventTarget(), {
  view, mechanisms, motion: 0, selected: undefined as ObjectRef | undefined, record: { line: moved },
  select(object: ObjectRef | undefined) {
    session.selected = object;
    session.dispatchEvent(new Event("selection"));
  },
});

const yaml = `apiVersion: batch/v1
kind: Job
metadata:
  creationTimestamp: "2026-01-01T00:00:00Z"
  generation: 1
  name: render-frames
  namespace: default
  resourceVersion: "107"
spec:
  backoffLimit: 6
  completions: 6
  parallelism: 2
  template:
    spec:
      containers:
      - command:
        - sh
        - -c
        - sleep 3
        image: busybox:1.36
        name: render
      restartPolicy: Never
status:
  active: 2
  ready: 1
`;
const revision = (n: number, verb: string, by: Actor, step: number, subresource = "") => ({
  revision: n, verb, subresource, actor: by, step,
  diff: [{ path: "status.active", before: "1", after: "2" }, { path: "status.ready", before: undefined, after: "1" }],
});

/** Answers what the inspector asks. */
export const engine = {
  objects: (resource: string, filter: string) => {
    const rows = [...view.apiServer.workloads.items,
      ...(resource ? [] : view.nodes.items.flatMap((n) => n.pods.items).map((p) => ({ object: p.object, columns: [{ header: "READY", text: `${p.ready}/1` }, { header: "STATUS", text: p.status }, { header: "RESTARTS", text: String(p.restarts) }], createdMs: 2000, revision: 88 })))];
    return { rows: listed(rows.filter((row) => row.object.name.includes(filter))), machinery: listed([]) };
  },
  object: (object: ObjectRef) => ({
    object, exists: true, yaml, describe: "Name:             render-frames\nNamespace:        default\nParallelism:      2\nCompletions:      6\n",
    events: [{ kind: "Normal", reason: "SuccessfulCreate", from: "job-controller", message: "Created pod: render-frames-x7k2p", count: 1, lastMs: 1000 },
      { kind: "Warning", reason: "BackOff", from: "kubelet", message: "Back-off pulling image \"busybox:lastest\"", count: 3, lastMs: 6000 }],
    revisions: listed([revision(107, "update", actor("controller", "job-controller"), 42, "status"), revision(93, "update", actor("controller", "job-controller"), 30, "status"), revision(71, "create", actor("kubectl", "kubectl"), 3)]),
  }),
} as unknown as Engine;

Object.assign(session, { ask: <T>(question: (from: Engine) => T) => question(engine), seek() {} });
