// A session in which somebody is at a lesson: it says how it stands after each step, keeps that, and asks the lesson before
// something is done.
import type { EngineModule, Lesson } from "../engine";
import { runIn } from "../app/link";
import { Session, type Deed } from "../app/session";
import { language, setLanguage, t, type Language } from "../app/words";
import type { FileText, LessonStanding, LessonView, TaskStanding, WidgetView } from "../wasm/kubestep.js";
import * as progress from "./progress";

/** While it plays or runs, it is kept this often. */
const KEEP_MS = 500;

export class LessonSession extends Session {
  standing!: LessonStanding;
  /** What was passed before, by its name: it stays so, even if the lesson has changed since. */
  readonly passed = new Set<string>();
  #lesson: Lesson;
  #views = new Map<string, LessonView>();
  #kept = "";
  #keptAt = 0;
  #started = "";
  #typing = 0;
  /** Whose run this is, where it is only looked at. */
  whose: string | undefined;
  /** The instance of the module that the lesson is of. */
  #of: number;

  /** `id` names where progress is kept; empty: nowhere, as in an author's preview. */
  constructor(
    readonly engines: EngineModule,
    private readonly lessonFiles: FileText[],
    readonly id: string,
    language?: Language,
  ) {
    super(engines);
    this.language = language;
    // The cards say what comes next; the playground's own hints would say it twice.
    this.applied = this.stepped = true;
    this.#of = engines.restarts;
    this.#lesson = engines.lesson({ files: lessonFiles });
    this.addEventListener("world", () => this.look());
    this.addEventListener("ui", () => this.keepProgress(false));
    this.addEventListener("language", () => this.look());
    this.begin();
  }

  // ------------------------------------------------------------------------------------------------------ beginning

  private begin(): void {
    const kept = this.id ? progress.kept(this.id) : undefined;
    for (const task of kept?.passed ?? []) this.passed.add(task);
    this.#started = kept?.started || new Date().toISOString();
    if (kept?.run) {
      try {
        this.adopt(this.#lesson.resume(kept.run));
        this.activeFile = this.lesson.tabs[0] ?? this.activeFile;
        return;
      } catch {
        progress.setAside(this.id);
        this.notice = { id: "notice-lesson-changed", severity: "info" };
        this.#lesson.restart();
      }
    }
    this.adopt(this.#lesson.begin());
    this.activeFile = this.lesson.tabs[0] ?? this.activeFile;
  }

  /** Everything from the beginning; what was done is forgotten. */
  anew(): void {
    if (this.id) {
      progress.setAside(this.id);
      progress.forget(this.id);
    }
    this.passed.clear();
    this.#started = new Date().toISOString();
    this.notice = undefined;
    const lesson = this.sound();
    lesson.restart();
    this.adopt(lesson.begin());
    this.activeFile = this.lesson.tabs[0] ?? this.activeFile;
    this.changed("ui", "files");
  }

  /** Goes on with what somebody handed in, or saved. */
  goOn(text: string): void {
    try {
      this.adopt(this.sound().resume(text));
      this.notice = undefined;
      this.changed("ui");
    } catch (error) {
      this.refused(error);
    }
  }

  private refused(error: unknown): void {
    const { code, message } = error as { code?: string; message?: string };
    this.say({ id: code === "otherLesson" ? "notice-other-lesson" : "notice-run-broken", values: { message: String(message ?? error), lesson: String(message ?? "") }, severity: "error" });
  }

  /** Shows what somebody handed in, where they stopped. It can be stepped through, not changed, and nothing of it is kept. */
  lookAt({ text, name, branch, step }: { text: string; name: string; branch: number; step: number }): void {
    try {
      this.adopt(this.sound().resume(runIn(text)));
      const there = this.timeline.branches[branch];
      if (there && !there.current) this.switchBranch(there.id);
      this.seek(step);
      this.readonly = true;
      this.whose = name;
    } catch (error) {
      this.refused(error);
    }
    this.changed("ui", "files", "terminal");
  }

  /** The lesson; after the module was started anew, another one in the place of what went with it. */
  private sound(): Lesson {
    if (this.#of !== this.engines.restarts) {
      this.#of = this.engines.restarts;
      this.#lesson = this.engines.lesson({ files: this.lessonFiles });
      try {
        if (this.#kept) this.#lesson.resume(this.#kept).free();
      } catch {
        this.#lesson.restart();
      }
    }
    return this.#lesson;
  }

  // -------------------------------------------------------------------------------------------------------- asking

  /** The language of its reader. */
  private get speaks(): Language {
    return this.language ?? language();
  }

  /** What the lesson asks, in the reader's language. */
  get lesson(): LessonView {
    let found = this.#views.get(this.speaks);
    if (!found) this.#views.set(this.speaks, (found = this.sound().view(this.speaks)));
    return found;
  }

  /** A widget's block of the text, or what is wrong with it. */
  widget(block: string): WidgetView | string {
    try {
      return this.sound().widget(block);
    } catch (error) {
      return String((error as { message?: unknown }).message ?? error);
    }
  }

  /** A session of its own at a widget's paused moment; throws where the moment does not come. */
  moment(block: string): Session {
    const session = new Session(this.engines);
    try {
      session.adopt(this.sound().moment(block));
    } catch (error) {
      session.dispose();
      throw error;
    }
    return session;
  }

  /** The lesson's files in its order, then the learner's own. */
  protected override readFiles(): void {
    super.readFiles();
    const rank = (name: string) => (this.lesson.tabs.includes(name) ? this.lesson.tabs.indexOf(name) : this.lesson.tabs.length);
    this.files.sort((a, b) => rank(a.name) - rank(b.name));
  }

  override forbids(deed: Deed, detail: string): string {
    if (this.readonly) {
      setLanguage(this.speaks);
      return t("look-only");
    }
    return this.ask((engine) => this.sound().forbids(engine, deed, detail, this.speaks)) ?? "";
  }

  task(id: string): TaskStanding | undefined {
    return this.standing.tasks.find((task) => task.id === id);
  }

  isPassed(id: string): boolean {
    return this.passed.has(id) || (this.task(id)?.passed ?? false);
  }

  /** The first task that is not passed. */
  get next(): string {
    return this.standing.tasks.find((task) => !this.isPassed(task.id))?.id ?? "";
  }

  // --------------------------------------------------------------------------------------------------------- acting

  /** Whether it is right. */
  answer(question: string, value: string[]): boolean {
    if (this.readonly) return false;
    this.pause();
    const right = this.ask((engine) => this.sound().answer(engine, question, value)) ?? false;
    this.look();
    return right;
  }

  /** The file to hand in. */
  submission(name: string): string | undefined {
    return this.ask((engine) => this.sound().submission(engine, name, this.#started, new Date().toISOString()));
  }

  /** Whether a command was typed on the way to here. */
  typed(line: string): boolean {
    return (this.ask((engine) => engine.terminal(0).entries) ?? []).some((entry) => entry.line === line);
  }

  private look(): void {
    const before = this.standing;
    const now = this.ask((engine) => this.sound().standing(engine, this.speaks));
    if (!now) return;
    this.standing = now;
    const fresh = now.tasks.filter((task) => task.passed && !this.passed.has(task.id));
    for (const task of fresh) this.passed.add(task.id);
    this.keepProgress(fresh.length > 0 || before === undefined);
    this.dispatchEvent(new CustomEvent("standing", { detail: before ? fresh.map((task) => task.id) : [] }));
  }

  override step(choice?: number): void {
    if (!choice || !this.refuse("choice", String(choice))) super.step(choice);
  }

  override fault(words: string): void {
    if (!this.refuse("fault", words)) super.fault(words);
  }

  override command(line: string): void {
    if (!this.refuse("command", line)) super.command(line);
  }

  override removeFile(name: string): void {
    if (!this.refuse("file", name)) super.removeFile(name);
  }

  override setFile(name: string, text: string): boolean {
    if (this.refuse("file", name)) return false;
    const ok = super.setFile(name, text);
    clearTimeout(this.#typing);
    // Who writes has begun, though nothing has happened yet.
    if (ok) this.#typing = window.setTimeout(() => this.keepProgress(true, true), KEEP_MS);
    return ok;
  }

  /** Says why something may not be done, where it may not. */
  private refuse(deed: Deed, detail: string): boolean {
    const why = this.forbids(deed, detail);
    if (why) this.say({ id: "notice-not-allowed", values: { why }, severity: "info" });
    return why !== "";
  }

  /** Keeps what there is now: the page is about to go. */
  keepNow(): void {
    this.keepProgress(true);
  }

  /** What there is to go on with later, as text. */
  written(): string | undefined {
    return this.ask((engine) => this.sound().keep(engine, this.#started));
  }

  private keepProgress(now: boolean, begun = false): void {
    if (!this.standing && !now) return;
    if (!now && (this.playing || this.running) && performance.now() - this.#keptAt < KEEP_MS) return;
    const kept = this.written();
    if (kept === undefined || (kept === this.#kept && !now)) return;
    this.#kept = kept;
    this.#keptAt = performance.now();
    if (!this.id) return;
    // Who has only looked has not begun.
    if (!begun && this.view.length === 0 && this.passed.size === 0 && !progress.kept(this.id)) return;
    progress.keep(this.id, { run: kept, passed: [...this.passed], started: this.#started });
  }
}
