// Tells a learning platform how a learner stands with an exercise, and gets back from it what they did before.
import { strFromU8, strToU8, deflateSync, inflateSync } from "fflate";
import type { LessonSession } from "../lessons/lesson-session";
import { decimal, MOST_KEPT, timespan, type Api } from "./scorm";

/** What was kept inflates to no more than this. */
const MOST_TEXT = 1 << 20;
/** While somebody works, the platform is told this often. */
const TELL_MS = 20_000;

/** A learner's attempt on a platform. */
export class Report {
  readonly #began = performance.now();
  #finished = false;
  #told = 0;
  /** What they did is too long for the platform. */
  long = false;

  constructor(private readonly api: Api) {}

  /** Begins the attempt. Whether the platform takes it. */
  begin(): boolean {
    return String(this.api.LMSInitialize("")) === "true";
  }

  get learner(): { id: string; name: string } {
    return { id: this.api.LMSGetValue("cmi.core.student_id"), name: this.api.LMSGetValue("cmi.core.student_name") };
  }

  /** Goes on with what the platform kept, and tells it from now on. */
  follow(session: LessonSession): void {
    const [version, passed = "", run = ""] = this.api.LMSGetValue("cmi.suspend_data").split("|");
    if (version === "1") {
      for (const task of passed.split(",").filter(Boolean)) session.passed.add(task);
      const text = run && unpack(run);
      if (text) session.goOn(text);
    }
    if (!["passed", "completed"].includes(this.api.LMSGetValue("cmi.core.lesson_status"))) this.set("cmi.core.lesson_status", "incomplete");
    this.set("cmi.core.score.min", "0");
    this.set("cmi.core.score.max", "100");
    this.tell(session);
    session.addEventListener("standing", (event) => (event as CustomEvent<string[]>).detail.length > 0 && this.tell(session));
    session.addEventListener("world", () => performance.now() - this.#told > TELL_MS && this.tell(session));
    document.addEventListener("visibilitychange", () => document.hidden && this.tell(session));
    addEventListener("pagehide", () => this.finish(session));
  }

  /** How it stands now. */
  private tell(session: LessonSession): void {
    if (this.#finished) return;
    this.#told = performance.now();
    const { tasks } = session.lesson;
    const points = (of: typeof tasks) => of.reduce((sum, task) => sum + task.points, 0);
    const done = tasks.filter((task) => session.isPassed(task.id));
    const all = done.length === tasks.length;
    this.set("cmi.core.score.raw", decimal((100 * points(done)) / (points(tasks) || 1)));
    if (all) this.set("cmi.core.lesson_status", "passed");
    const head = `1|${done.map(({ id }) => id).join(",")}|`;
    const run = pack(session.written() ?? "");
    this.long = head.length + run.length > MOST_KEPT;
    this.set("cmi.suspend_data", (this.long ? head : head + run).slice(0, MOST_KEPT));
    this.set("cmi.core.exit", all ? "" : "suspend");
    this.api.LMSCommit("");
  }

  private finish(session: LessonSession): void {
    if (this.#finished) return;
    this.set("cmi.core.session_time", timespan(performance.now() - this.#began));
    this.tell(session);
    this.#finished = true;
    this.api.LMSFinish("");
  }

  private set(element: string, value: string): void {
    this.api.LMSSetValue(element, value);
  }
}

function pack(text: string): string {
  return btoa(strFromU8(deflateSync(strToU8(text), { level: 9 }), true));
}

function unpack(text: string): string | undefined {
  try {
    return strFromU8(inflateSync(strToU8(atob(text), true), { out: new Uint8Array(MOST_TEXT) }));
  } catch {
    return undefined;
  }
}
