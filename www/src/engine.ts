// The engine as the page sees it. The types come from the Rust structs of src/web/model; this interface lists the
// methods that the page calls, and the generated class must fit it.
import type {
  Calendars, Completion, Diagnostics, Files, HttpAnswer, HttpEvents, LessonStanding, LessonView, Mechanisms, Mistakes, Objects, ObjectRef, ObjectView, PlaygroundOptions, RunProgress,
  RunUntil, StepLines, StepView, Terminal, TimelineView, View, WidgetView,
} from "./wasm/kubestep.js";

export interface Engine {
  exportRun(): string;
  /** What people wrote of the objects there are, as YAML that `kubectl apply` takes. */
  manifests(): string;
  /** The run's fingerprint: the native program's for the same seed and log. */
  traceHash(): string;
  view(limit: number): View;
  viewInto(step: number, calls: number, limit: number): View;
  step(choice?: number): void;
  back(): void;
  seek(step: number): void;
  run(until: RunUntil, budgetMs: number): RunProgress;
  stepRecord(step: number): StepView;
  history(from: number, count: number): StepLines;
  timeline(marks: number): TimelineView;
  switchBranch(id: number): void;
  renameBranch(id: number, name: string): void;
  files(): Files;
  setFile(name: string, text: string): void;
  removeFile(name: string): void;
  diagnostics(name: string): Diagnostics;
  terminal(from: number): Terminal;
  command(line: string): number;
  /** How often commands have written into the files. */
  writings(): number;
  /** Whether a text ends in the middle of a command: an `if` without its `fi`. */
  unfinished(text: string): boolean;
  interrupt(): void;
  /** Panics, for the tests of what the page does then. */
  fail(): void;
  complete(line: string, cursor: number): Completion;
  objects(resource: string, filter: string, limit: number): Objects;
  object(object: ObjectRef): ObjectView;
  calendars(): Calendars;
  objectAt(object: ObjectRef, revision: number): string;
  mechanisms(): Mechanisms;
  /** `node-down node-2`, `expectations off`, …: one step. Throws where it cannot happen now. */
  fault(words: string): void;
  toggleBreakpoint(controller: string, place: string): void;
  /** A client's request to the API server; `headers` are names and values in turn. One that may write is a step. */
  request(method: string, target: string, headers: string[], body: string): HttpAnswer;
  /** What a watch has to tell since it was asked last. */
  watched(watch: number): HttpEvents;
  unwatch(watch: number): void;
  free(): void;
}

/** A lesson that somebody is at. Languages are `en` and `zh-CN`; runs are those of this lesson. */
export interface Lesson {
  view(language: string): LessonView;
  /** A widget's block of its text, read. */
  widget(block: string): WidgetView;
  begin(): Engine;
  /** A widget's paused moment. */
  moment(block: string): Engine;
  /** Goes on with what was kept or handed in. Throws where it does not belong to this lesson. */
  resume(kept: string): Engine;
  restart(): void;
  /** Looks at what is new in the run, and says how it stands. */
  standing(run: Engine, language: string): LessonStanding;
  answer(run: Engine, question: string, value: string[]): boolean | undefined;
  /** Why a deed is not allowed now, as a sentence; empty where it is. */
  forbids(run: Engine, deed: string, detail: string, language: string): string;
  keep(run: Engine, started: string): string;
  submission(run: Engine, name: string, started: string, finished: string): string;
  free(): void;
}

/** What a loaded module offers: new playgrounds, and playgrounds from a run that was written down. */
export interface EngineModule {
  create(options: PlaygroundOptions): Engine;
  importRun(text: string): Engine;
  /** Makes a new instance of the module: after a failure the old one's memory cannot be trusted. What it made is gone. */
  restart(): void;
  /** How often it was made anew. */
  readonly restarts: number;
  /** Calls `listener` after each restart, until the returned function is called. */
  onRestart(listener: () => void): () => void;
  /** Reads lesson.yaml and start/. */
  lesson(files: Files): Lesson;
  /** What is wrong with a lesson's folder. */
  mistakes(files: Files): Mistakes;
  /** The same, and whether the lesson holds what it promises. */
  prove(files: Files): Mistakes;
  /** Calls `tick` every `ms` until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
  /** Waits for the module's second half, which comes in the background, before something that is sure to need it. */
  whole(): Promise<unknown>;
}

interface Classes {
  Playground: (new (options: PlaygroundOptions) => Engine) & { importRun(text: string): Engine };
  Lesson: (new (files: Files) => Lesson) & { mistakes(files: Files): Mistakes; prove(files: Files): Mistakes };
  PlayTimer: new (ms: number, tick: () => void) => { free(): void };
}

/** Where an offline page carries the module (see share/offline.ts). */
export const MODULE_ID = "kubestep-module";
/** And its second half. */
export const SECOND_ID = "kubestep-second";

let loading: Promise<EngineModule> | undefined;

/**
 * Loads and starts the WebAssembly module; once, whoever asks. What a learner's first step needs is its first half; the second
 * is sent for when that has started. `whole`: what comes next needs both, so they travel together.
 */
export async function loadEngine(whole = false): Promise<EngineModule> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  const [module] = await Promise.all([loading, whole && script().then(({ fetchSecond }) => fetchSecond())]);
  return module;
}

const carried = (id: string) => document.getElementById(id)?.textContent;

/** The module's script, which knows where the second half is. */
async function script() {
  const wasm = await import("./wasm/kubestep.js");
  if (carried(SECOND_ID) === undefined) return wasm;
  const { unpack } = await import("./share/pack");
  wasm.giveSecond(() => unpack(carried(SECOND_ID)!));
  return wasm;
}

async function load(): Promise<EngineModule> {
  const wasm = await script();
  const first = carried(MODULE_ID);
  if (first !== undefined) await wasm.default({ module_or_path: (await import("./share/pack")).unpack(first) });
  else await wasm.default();
  // Whoever waits for the module draws first.
  setTimeout(wasm.fetchSecond);
  const { Lesson, Playground, PlayTimer, __wbg_reset_state: reset } = wasm satisfies Classes & { __wbg_reset_state(): void };
  const listeners = new Set<() => void>();
  let restarts = 0;
  return {
    create: (options) => new Playground(options),
    importRun: (text) => Playground.importRun(text),
    get restarts() {
      return restarts;
    },
    restart: () => {
      reset();
      restarts++;
      for (const listener of [...listeners]) listener();
    },
    onRestart: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lesson: (files) => new Lesson(files),
    mistakes: (files) => Lesson.mistakes(files),
    prove: (files) => Lesson.prove(files),
    every: (ms, tick) => {
      const timer = new PlayTimer(ms, tick);
      return () => timer.free();
    },
    whole: wasm.fetchSecond,
  };
}
