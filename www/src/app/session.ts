// The one place that holds the engine. Panels read from here and ask it to act; it tells them when something changed.
// If the module ever fails, it starts anew from the last good run and says so.
import type { Engine, EngineModule } from "../engine";
import type {
  BreakpointView, FileText, HttpAnswer, Mechanisms, ObjectRef, RunEnd, RunUntil, StepLine, StepView, TimelineView, View,
} from "../wasm/kubestep.js";
import { passed } from "./breakpoints";
import { crashed, faultMessage, halved, letGo } from "./failure";
import { frame } from "./frame";
import { AGAIN_MS, LIMIT, MARKS, MAX_FILE, MOST_STEPS, SHOW_MS, SLICE_MS } from "./limits";
import { decodeLink, encodeLink, home, runIn } from "./link";
import { refusal } from "./notice";
import { load, save } from "./settings";
import { waitsFor, type Change, type Deed, type Notice } from "./told";
import type { Language } from "./words";

export { MAX_FILE, SLICE_MS, SPEEDS } from "./limits";
export type { Change, Deed, Notice } from "./told";

export class Session extends EventTarget {
  view!: View;
  timeline!: TimelineView;
  /** What is broken, switched and marked. */
  mechanisms!: Mechanisms;
  /** The step just taken; none at the beginning. */
  record: StepView | undefined;
  /** Stepping into: how many of the step's API calls are shown as made; `undefined` = all of it. */
  into: number | undefined;
  /** Counts steps forward, so that what moved can travel once. */
  motion = 0;
  selected: ObjectRef | undefined;
  files: FileText[] = [];
  activeFile = "";
  playing = false;
  running: RunUntil["type"] | undefined;
  speed = Number(load("speed")) || 1;
  notice: Notice | undefined;
  /** Goes over to a new version of the page, where there is one. */
  update: (() => void) | undefined;
  /** The example that was opened last. */
  example = "";
  /** The language of its panels, where several sessions of a page speak different ones. */
  language: Language | undefined;
  /** Whether the run may be looked at and stepped, but not be changed: no commands, no files, no faults. */
  readonly = false;
  applied = load("applied") === "yes";
  stepped = load("stepped") === "yes";

  #engine!: Engine;
  #lastGood = "";
  #savedAt = 0;
  #writings = 0;
  #recoveredAt = -Infinity;
  #recovering = false;
  #stopPlaying: (() => void) | undefined;
  readonly #unsubscribe: () => void;

  constructor(private readonly module: EngineModule) {
    super();
    this.#unsubscribe = module.onRestart(() => this.revive());
  }

  /** Lets go of the engine; the session is of no use after this. */
  dispose(): void {
    this.pause();
    this.#unsubscribe();
    letGo(this.#engine);
  }

  /** Whether to step is what comes next, rather than to apply: something was applied, or the controllers are still starting. */
  get stepsNext(): boolean {
    return this.applied || this.mechanisms.stage !== "running";
  }

  get engine(): Engine {
    return this.#engine;
  }

  /** The last run that was sound, as a file. */
  get lastGood(): string {
    return this.#lastGood;
  }

  // ----------------------------------------------------------------------------------------------------- starting

  /** From a run that waits for this page, or a link, if there is one; else with the example's files. */
  start(hash: string, files: FileText[], waiting?: string): void {
    try {
      const run = waiting ?? decodeLink(hash);
      if (run !== undefined) return this.adopt(this.module.importRun(run));
    } catch (error) {
      if (halved(error)) throw error;
      this.notice = refusal(error, "link", waiting);
    }
    this.adopt(this.module.create({ seed: 1, nodes: 3, files }));
  }

  /** A fresh cluster with an example's files, and what is broken or switched off in it from the start. */
  open(files: FileText[], example = "", faults: readonly string[] = []): void {
    this.act(() => {
      this.adopt(this.module.create({ seed: 1, nodes: 3, files }));
      for (const words of faults) this.#engine.fault(words);
    });
    this.example = example;
    this.changed("ui");
  }

  /** A run from a file. */
  openRun(text: string): void {
    try {
      this.adopt(this.module.importRun(runIn(text)));
      this.say(undefined);
    } catch (error) {
      this.say(refusal(error, "file"));
    }
  }

  /** Why something may not be done here, as a sentence; empty: it may. A lesson says so. */
  forbids(_deed: Deed, _detail: string): string {
    return "";
  }

  /** Goes on with another engine, and lets go of the one before. */
  adopt(engine: Engine): void {
    this.pause();
    const old = this.#engine as Engine | undefined;
    this.#engine = engine;
    // They are the person's, as the files are: another run keeps them, unless it brings its own.
    if (engine.mechanisms().breakpoints.length === 0)
      for (const { controller, place } of this.mechanisms?.breakpoints ?? []) engine.toggleBreakpoint(controller, place);
    this.example = "";
    this.into = undefined;
    this.selected = undefined;
    this.readFiles();
    this.refresh();
    // What failed twice is still offered.
    if (!this.#recovering) this.keep();
    this.changed("world", "files", "terminal", "selection");
    if (old) letGo(old);
  }

  // ------------------------------------------------------------------------------------------------------- acting

  step(choice?: number): void {
    this.pause();
    this.act(() => {
      this.#engine.step(choice);
      this.motion++;
      this.markStepped();
    });
  }

  back(): void {
    this.pause();
    if (this.view.step > 0) this.act(() => this.#engine.back());
  }

  seek(step: number): void {
    this.pause();
    const to = Math.max(0, Math.min(step, this.timeline.length));
    if (to !== this.view.step) this.act(() => this.#engine.seek(to));
  }

  /** Breaks, mends or switches something: one step, in the engine's words (`node-down node-2`, `expectations off`). */
  fault(words: string): void {
    if (this.readonly) return;
    this.pause();
    this.act(() => {
      this.#engine.fault(words);
      this.motion++;
    });
  }

  /** Marks a place where runs are to stop, or takes the mark away. */
  toggleBreakpoint(controller: string, place: string): void {
    this.try(() => {
      this.#engine.toggleBreakpoint(controller, place);
      this.mechanisms = this.#engine.mechanisms();
    });
    this.changed("ui");
  }

  /** Shows the world after the first `calls` API calls of the current step. */
  stepInto(calls: number | undefined): void {
    this.act(() => {
      this.into = calls;
    }, true);
  }

  switchBranch(id: number): void {
    this.pause();
    this.act(() => this.#engine.switchBranch(id));
  }

  renameBranch(id: number, name: string): void {
    if (name.trim()) this.act(() => this.#engine.renameBranch(id, name.trim()));
  }

  /** Runs in slices, one a frame, until it is reached or someone stops it. */
  async runUntil(until: RunUntil): Promise<RunEnd | "stopped"> {
    this.pause();
    this.running = until.type;
    this.changed("ui");
    let end: RunEnd | "stopped" = "budget";
    let shown = 0;
    const show = () => this.act(() => this.motion++);
    while (end === "budget") {
      await frame();
      if (this.running !== until.type) {
        show();
        return "stopped";
      }
      if (!this.try(() => (end = this.#engine.run(until, SLICE_MS).end))) end = "stopped";
      else if (end === "budget" && performance.now() - shown > SHOW_MS) {
        if (!show()) end = "stopped";
        shown = performance.now();
      }
    }
    this.running = undefined;
    if (end !== "stopped") show();
    this.markStepped();
    const ended = end as RunEnd | "stopped";
    if (ended === "breakpoint") this.stopped();
    if (ended === "loop" && this.view.waitsFor.total === 0) this.say({ id: "notice-loop-quiet", severity: "info" });
    else if (ended === "loop") this.say({ id: "notice-loop", values: { pods: waitsFor(this.view) }, severity: "info" });
    if (ended === "idle" && until.type !== "idle") this.say({ id: "notice-not-reached", severity: "info" });
    this.changed("ui");
    return ended;
  }

  /** Steps on until a step is what was looked for. Whether it came. */
  async stepUntil(wanted: (line: StepLine) => boolean): Promise<boolean> {
    this.pause();
    let [found, steps, at] = [false, 0, this.view.step];
    const slice = () => {
      for (const until = performance.now() + SLICE_MS; !found && performance.now() < until && steps < MOST_STEPS; steps++) {
        this.#engine.step();
        const [line] = this.#engine.history(++at, 1).steps;
        found = line !== undefined && wanted(line);
        if (steps % 4 === 3 && this.#engine.view(0).idle) break;
      }
    };
    const goesOn = () => !found && steps < MOST_STEPS && !(this.view.idle && this.view.step === this.view.length);
    do await frame();
    while (goesOn() && this.act(slice) && goesOn());
    return found;
  }

  play(): void {
    this.pause();
    this.playing = true;
    this.#stopPlaying = this.module.every(Math.max(16, 600 / this.speed), () => {
      const before = this.view.step;
      const ok = this.act(() => this.#engine.step());
      if (ok) this.motion++;
      if (ok && this.stopped()) this.pause();
      if (!ok || this.view.step === before || (this.view.idle && this.view.step === this.view.length)) this.pause();
    });
    this.markStepped();
    this.changed("ui");
  }

  /** Says which marked place the last step passed, where it did. */
  private stopped(): BreakpointView | undefined {
    const at = this.record && passed(this.record, this.mechanisms.breakpoints);
    if (at) this.say({ id: "notice-breakpoint", values: { controller: this.record!.line.actor.name, place: at.place }, severity: "info" });
    return at;
  }

  pause(): void {
    this.#stopPlaying?.();
    this.#stopPlaying = undefined;
    if (!this.playing && !this.running) return;
    this.playing = false;
    this.running = undefined;
    this.changed("ui");
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    save("speed", String(speed));
    if (this.playing) this.play();
    this.changed("ui");
  }

  // ----------------------------------------------------------------------------------------------------- terminal

  command(line: string): void {
    if (this.readonly) return;
    this.pause();
    this.act(() => {
      this.#engine.command(line);
      this.motion++;
    });
    if (/^\s*kubectl\s+(apply|create)\b/.test(line) && !this.applied) {
      this.applied = true;
      save("applied", "yes");
    }
    this.changed("terminal", "ui");
  }

  /** Asks the API server as a client does. */
  request(method: string, target: string, headers: string[], body: string): HttpAnswer {
    let answer: HttpAnswer | undefined;
    const ask = () => (answer = this.#engine.request(method, target, headers, body));
    const reads = /^(GET|HEAD)$/i.test(method);
    if (!reads) this.pause();
    reads ? this.try(ask) : this.act(ask);
    return answer ?? { code: 500, headers: [], body: "", watch: undefined };
  }

  interrupt(): void {
    this.act(() => this.#engine.interrupt());
    this.changed("terminal");
  }

  // -------------------------------------------------------------------------------------------------------- files

  setFile(name: string, text: string): boolean {
    if (new Blob([text]).size > MAX_FILE) {
      this.say({ id: "notice-too-large", values: { name }, severity: "error" });
      return false;
    }
    const ok = this.edit(() => this.#engine.setFile(name, text));
    const file = this.files.find((f) => f.name === name);
    if (ok && file) file.text = text;
    return ok;
  }

  addFile(): void {
    let n = 1;
    while (this.files.some((f) => f.name === `new-${n}.yaml`)) n++;
    const name = `new-${n}.yaml`;
    if (!this.edit(() => this.#engine.setFile(name, ""))) return;
    this.readFiles();
    this.activeFile = name;
    this.changed("files");
  }

  removeFile(name: string): void {
    if (!this.edit(() => this.#engine.removeFile(name))) return;
    this.readFiles();
    this.changed("files");
  }

  showFile(name: string): void {
    this.activeFile = name;
    this.changed("files");
  }

  protected readFiles(): void {
    this.files = this.#engine.files().files;
    if (!this.files.some((f) => f.name === this.activeFile)) this.activeFile = this.files[0]?.name ?? "";
  }

  // -------------------------------------------------------------------------------------------------------- others

  select(object: ObjectRef | undefined): void {
    this.selected = object;
    this.changed("selection");
  }

  say(notice: Notice | undefined): void {
    this.notice = notice;
    this.changed("ui");
  }

  link(): string {
    return home() + encodeLink(this.#engine.exportRun());
  }

  /** Asks the engine for something that changes nothing; `undefined` when it refuses. */
  ask<T>(question: (engine: Engine) => T): T | undefined {
    try {
      return question(this.#engine);
    } catch (error) {
      if (crashed(error)) this.recover(error);
      return undefined;
    }
  }

  changed(...what: Change[]): void {
    for (const kind of new Set(what)) this.dispatchEvent(new Event(kind));
  }

  private act(action: () => void, quiet = false): boolean {
    const before = this.timeline?.branches.length;
    return this.try(() => {
      if (!quiet && this.notice?.severity === "info" && !this.notice.lasts) this.say(undefined);
      action();
      if (!quiet) this.into = undefined;
      this.refresh();
      this.keep();
      this.changed("world", "terminal");
      const branches = this.timeline.branches;
      const made = branches.length === (before ?? 0) + 1 ? branches.find((branch) => branch.current) : undefined;
      const parent = branches.find((branch) => branch.id === made?.parent);
      if (made && parent) this.say({ id: "notice-branched", values: { name: made.name, parent: parent.name }, severity: "info" });
    });
  }

  /** A change of the files: time stands still, so nothing is drawn anew. */
  private edit(action: () => void): boolean {
    return this.try(() => {
      action();
      this.keep();
    });
  }

  private try(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (crashed(error)) this.recover(error);
      else this.say({ id: "notice-refused", values: { message: faultMessage(error) }, severity: "error" });
      return false;
    }
  }

  private refresh(): void {
    const now = this.#engine.view(LIMIT);
    this.view = this.into === undefined ? now : { ...this.#engine.viewInto(now.step, this.into, LIMIT), enabled: now.enabled };
    this.timeline = this.#engine.timeline(MARKS);
    const stage = this.mechanisms?.stage;
    this.mechanisms = this.#engine.mechanisms();
    if (this.mechanisms.stage !== stage) this.changed("ui");
    this.record = now.step > 0 ? this.#engine.stepRecord(now.step) : undefined;
    const writings = this.#engine.writings();
    if (writings !== this.#writings) {
      this.#writings = writings;
      this.readFiles();
      this.changed("files");
    }
  }

  /** Keeps the run as it is now: after each act of the person, and twice a second while it plays. */
  private keep(): void {
    const now = performance.now();
    if ((this.playing || this.running) && now - this.#savedAt < 500) return;
    this.#savedAt = now;
    this.#lastGood = this.#engine.exportRun();
  }

  private recover(error: unknown): void {
    console.error(error);
    try {
      this.#stopPlaying?.();
    } catch {
      // The timer went with the instance that failed.
    }
    this.#stopPlaying = undefined;
    this.playing = false;
    this.running = undefined;
    const files = this.files;
    // What fails again at once would fail for ever: then the page starts empty, and the run is only offered.
    const missing = halved(error);
    const again = !missing && performance.now() - this.#recoveredAt < AGAIN_MS;
    if (!missing) this.#recoveredAt = performance.now();
    const told = (id: string) => (this.notice = { id, severity: "error", offerRun: this.#lastGood !== "" });
    told(missing ? "notice-no-second" : again ? "notice-crashed-again" : "notice-crashed");
    this.#recovering = true;
    try {
      this.module.restart();
      if (again) this.adopt(this.module.create({ seed: 1, nodes: 3, files: [{ name: "job.yaml", text: "" }] }));
      else this.adopt(this.#lastGood ? this.module.importRun(this.#lastGood) : this.module.create({ seed: 1, nodes: 3, files }));
    } catch (worse) {
      console.error(worse);
      told(halved(worse) ? "notice-no-second" : "notice-crashed-again");
    }
    this.#recovering = false;
    this.changed("ui");
  }

  /** Another session of the page has failed, and the instance with it: this one goes on from where it was. */
  private revive(): void {
    if (this.#recovering || !this.#lastGood) return;
    this.#stopPlaying = undefined;
    this.try(() => this.adopt(this.module.importRun(this.#lastGood)));
  }

  private markStepped(): void {
    if (!this.applied || this.stepped) return;
    this.stepped = true;
    save("stepped", "yes");
  }
}
