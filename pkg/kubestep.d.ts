/* Types of <kube-step>: the element, what its scripts can ask, and what it tells. */

/** Where the run stands. */
export interface State {
  /** Steps taken to get here; 0 is the cluster before anything happened. */
  step: number;
  /** Steps that were taken in all; more than `step` in the past. */
  length: number;
  /** Milliseconds of virtual time since the start. */
  timeMs: number;
  /** The cluster's clock, RFC 3339. */
  clock: string;
  /** The store's revision. */
  revision: number;
  /** Nothing is left to do but housekeeping. */
  idle: boolean;
  playing: boolean;
  /** Who acted in the last step: `job-controller`, `kube-scheduler`, `node-1`, …; empty at the beginning. */
  actor: string;
  /** What it did: `deliver`, `reconcile`, `schedule`, `syncPod`, …; empty at the beginning. */
  action: string;
  /** The last step in words, in the element's language. */
  sentence: string;
  branch: string;
}

export interface CommandResult {
  stdout: string;
  stderr: string;
  /** The exit code; `null` while the command goes on (`kubectl get -w`), as later steps let it. */
  code: number | null;
}

/** A Job that has ended. */
export interface Ended {
  job: string;
  namespace: string;
  condition: "Complete" | "Failed";
}

/** How it stands with the lesson of an element that has one. */
export interface Checks {
  /** The lesson's name. */
  lesson: string;
  /** In the lesson's order. `asks` is a sentence in the element's language. A task that was passed stays so. */
  tasks: { id: string; points: number; passed: boolean; checks: { holds: boolean; asks: string }[]; questions: { id: string; right: boolean }[] }[];
  /** Of the tasks that are passed, and of all. */
  points: number;
  of: number;
  /** All tasks are. */
  passed: boolean;
}

/** What the element tells. All of them bubble and cross shadow roots; the value is the event's `detail`. */
export interface Events {
  load: State;
  step: State;
  /** The store was written. */
  change: State;
  /** A Job has ended. */
  complete: State & Ended;
  /** With a lesson: a check holds that did not, or the other way round, or a question was answered. */
  check: Checks;
  error: { message: string };
}

/** An object of the cluster. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; uid: string; resourceVersion: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** An object, as the engine names it: `{kind: "Job", resource: "jobs.batch", namespace: "default", name: "pi"}`. */
export interface ObjectRef {
  kind: string;
  resource: string;
  namespace: string;
  name: string;
}

/** How far to run, where a moment's words do not say it. */
export type Until =
  | { type: "idle" }
  | { type: "objectChange"; object: ObjectRef | undefined }
  | { type: "event"; reason: string }
  | { type: "condition"; object: ObjectRef; condition: string; status: string }
  | { type: "step"; step: number }
  | { type: "time"; ms: number };

/** Why a run ended. */
export type End = "budget" | "reached" | "idle" | "breakpoint" | "loop" | "stopped";

export interface Api {
  /** Where the run stands; `undefined` before it has loaded. */
  readonly state: State | undefined;
  /** With a lesson: how it stands with what is checked; `undefined` before it has loaded. */
  readonly checks: Checks | undefined;
  /** Loads the engine, if it has not, and resolves when the first moment is shown. */
  load(): Promise<State>;
  /** Puts the text in the file that is shown and applies it as `kubectl apply -f` does. */
  apply(text?: string): Promise<CommandResult>;
  /** One step forward. */
  step(): Promise<State>;
  /** One step back. */
  back(): Promise<State>;
  /** To a step, or on to a moment as the attribute `step` writes it. */
  seek(moment: number | string): Promise<State>;
  /** Runs until it comes: a moment, or what the engine knows. */
  run(until?: string | Until): Promise<State & { end: End }>;
  /** Types a command; the word `kubectl` may be left out. */
  kubectl(line: string): Promise<CommandResult>;
  /** The API server's door in the shape of `fetch`, for any Kubernetes client: paths such as `/api/v1/namespaces/default/pods`. */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** The objects of a resource, by its plural or kind; of all namespaces. */
  objects(resource: string): Promise<KubeObject[]>;
  /** Opens a run: a link, or a run's text. */
  open(run: string): Promise<State>;
  /** The run as text; `open` and the attribute `src` take it. */
  save(): Promise<string>;
  /** Listens; call what it returns to stop. */
  on<K extends keyof Events>(type: K, listener: (detail: Events[K]) => void): () => void;
}

export class KubeStep extends HTMLElement implements Api {
  readonly state: State | undefined;
  readonly checks: Checks | undefined;
  load: Api["load"];
  apply: Api["apply"];
  step: Api["step"];
  back: Api["back"];
  seek: Api["seek"];
  run: Api["run"];
  kubectl: Api["kubectl"];
  fetch: Api["fetch"];
  objects: Api["objects"];
  open: Api["open"];
  save: Api["save"];
  on<K extends keyof Events>(type: K, listener: (detail: Events[K]) => void): () => void;
}

declare global {
  interface HTMLElementTagNameMap {
    "kube-step": KubeStep;
  }
}
