// A class's submissions and what they are worth. The page shows this; the grading itself is the engine's, in threads.
import { language, t, type Language } from "../app/words";
import { carry } from "../lessons/exercise";
import type { FileText, GradedView, LessonView, TaskStanding } from "../wasm/kubestep.js";
import { Grader, Stopped } from "./grader";
import type { Handed } from "./handed";
import type { Graded } from "./worker";

/** What is graded by. */
export interface Exercise {
  /** The lesson's name in the course; empty: it is none of these. */
  id: string;
  /** lesson.yaml and start/. */
  files: FileText[];
  /** What its page carries in its address, where it is none of the course's. */
  carried?: FileText[];
  /** The tasks' headings, by their names. */
  headings: Partial<Record<Language, Map<string, string>>>;
}

export type Verdict = "waiting" | "passed" | "not" | "tampered" | "refused";

/** One submission. */
export class Row {
  graded: Graded | undefined;
  /** The engine failed on it, or did not end. */
  failed = false;
  /** The page that opens its run, behind the site's address. */
  link: string | undefined;

  constructor(readonly handed: Handed) {}

  get file(): string {
    return this.handed.file;
  }

  /** What it is worth, in the reader's language. */
  get view(): GradedView | undefined {
    return this.graded?.[language()];
  }

  get name(): string {
    return this.view?.name || this.file;
  }

  get verdict(): Verdict {
    const { view } = this;
    if (this.handed.refused || this.failed || view?.refused) return "refused";
    if (!view) return "waiting";
    return view.offences.length ? "tampered" : view.passed ? "passed" : "not";
  }

  /** Why it is worth nothing; empty: it may be worth something. */
  get reason(): string {
    const { refused } = this.handed;
    if (refused) return t(refused.id, refused.values);
    if (this.failed) return t("class-failed");
    return this.view?.refused || (this.view?.offences ?? []).map(({ text }) => text).join("; ");
  }

  /** The first task that is not passed. */
  get stuck(): TaskStanding | undefined {
    return this.verdict === "not" ? this.view?.tasks.find((task) => !task.passed) : undefined;
  }
}

/** So many threads at once, and so many submissions for each of them to be worth its start. */
const MOST_THREADS = 4;
const WORTH_A_THREAD = 15;
/** While it grades, the table is drawn anew this often. */
const SHOW_MS = 150;

export class ClassWork extends EventTarget {
  exercise: Exercise | undefined;
  /** What the exercise asks, in each language. */
  views: Record<Language, LessonView> | undefined;
  rows: Row[] = [];
  /** How long the last grading took, and how many submissions there were in it. */
  took: { count: number; ms: number } | undefined;
  /** How many are done of how many; `undefined`: nothing is being graded. */
  progress: { done: number; of: number } | undefined;
  #graders: Grader[] = [];
  #head = "";
  #shown = 0;

  /** Grades by this exercise from now on; what was graded by another one is graded anew. Throws where it is none. */
  async choose(exercise: Exercise): Promise<void> {
    this.cancel();
    for (const grader of this.#graders) grader.stop();
    const grader = new Grader(exercise.files);
    const { views, head } = await grader.begin();
    this.#graders = [grader];
    this.#head = head;
    this.views = views;
    this.exercise = exercise;
    for (const row of this.rows) [row.graded, row.failed, row.link] = [undefined, false, undefined];
    await this.grade();
  }

  /** Takes more submissions. One that is there already is not taken twice. */
  add(handed: readonly Handed[]): void {
    const there = new Set(this.rows.map(({ handed }) => `${handed.file}\0${handed.text ?? ""}`));
    for (const one of handed) {
      const key = `${one.file}\0${one.text ?? ""}`;
      if (!there.has(key)) this.rows.push(new Row(one));
      there.add(key);
    }
    this.rows.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
    this.changed();
  }

  clear(): void {
    this.cancel();
    this.rows = [];
    this.took = undefined;
    this.changed();
  }

  /** Stops grading; what is done stays. */
  cancel(): void {
    if (!this.progress) return;
    this.progress = undefined;
    for (const grader of this.#graders) grader.stop();
    this.changed();
  }

  /** Grades what waits. */
  async grade(): Promise<void> {
    const { exercise } = this;
    const waiting = this.rows.filter((row) => row.verdict === "waiting");
    if (!exercise || this.progress || waiting.length === 0) return this.changed();
    const progress = (this.progress = { done: 0, of: waiting.length });
    this.changed();
    const wanted = Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1, Math.ceil(waiting.length / WORTH_A_THREAD));
    while (this.#graders.length < wanted) this.#graders.push(new Grader(exercise.files));
    const start = performance.now();
    let next = 0;
    const work = async (grader: Grader): Promise<void> => {
      for (let row; this.progress === progress && (row = waiting[next++]); ) {
        row.graded = await grader.grade(row.file, row.handed.text!);
        row.failed = !row.graded;
        row.link = this.linkTo(row);
        progress.done++;
        if (performance.now() - this.#shown > SHOW_MS) this.changed();
      }
    };
    const ended = await Promise.allSettled(this.#graders.slice(0, wanted).map(work));
    for (const end of ended) if (end.status === "rejected" && !(end.reason instanceof Stopped)) console.error(end.reason);
    if (this.progress !== progress) return;
    this.progress = undefined;
    this.took = { count: waiting.length, ms: performance.now() - start };
    this.changed();
    // What was dropped in the meantime.
    await this.grade();
  }

  /** The page with somebody's run, at the step at which they stopped. */
  private linkTo(row: Row): string | undefined {
    const { at } = row.view ?? {};
    if (!at || !this.exercise) return undefined;
    const { id, carried } = this.exercise;
    const handed = { text: row.handed.text!, name: row.name, branch: at.branch, step: at.step };
    const hash = carry(carried ? { exercise: carried, handed } : { handed });
    return hash && `./lesson.html${id ? `?id=${id}` : ""}${hash}`;
  }

  /** What the exercise asks, in the reader's language. */
  get view(): LessonView {
    return this.views![language()];
  }

  /** The heading of a task, or its name. */
  heading(task: string): string {
    return this.exercise?.headings[language()]?.get(task) ?? task;
  }

  /** The table as the native program writes it. */
  async csv(): Promise<string> {
    const [grader] = this.#graders;
    const lines = [this.#head];
    for (const row of this.rows) {
      if (row.view) lines.push(row.view.line);
      else if (row.verdict === "refused") lines.push((await grader?.line(row.file, row.reason)) ?? "");
    }
    return lines.join("");
  }

  private changed(): void {
    this.#shown = performance.now();
    this.dispatchEvent(new Event("change"));
  }
}
