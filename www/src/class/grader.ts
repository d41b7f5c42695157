// A thread that grades, from the page's side. One that fails, or takes too long, is ended, and another takes its place: what
// one submission does to the engine, the next one does not feel.
import type { Language } from "../app/words";
import type { FileText, LessonView } from "../wasm/kubestep.js";
import type { Answered, Asked, Graded } from "./worker";

/** An honest run takes a few hundredths of a second. */
const MOST_MS = 60_000;

export class Grader {
  #worker: Worker | undefined;
  #ends: ((error: Error) => void) | undefined;

  constructor(private readonly files: FileText[]) {}

  /** Reads the exercise. Throws, in the engine's words, where it is none. */
  async begin(): Promise<{ views: Record<Language, LessonView>; head: string }> {
    const answered = await this.ask({ type: "exercise", files: this.files });
    if (answered.type !== "exercise") throw new Error(answered.type === "failed" ? answered.message : answered.type);
    return answered;
  }

  /** What a submission is worth; `undefined`: the engine fails on it, or does not end. */
  async grade(file: string, text: string): Promise<Graded | undefined> {
    try {
      if (!this.#worker) await this.begin();
      const answered = await this.ask({ type: "grade", file, text });
      if (answered.type === "graded") return answered.graded;
    } catch (error) {
      if (error instanceof Stopped) throw error;
    }
    this.#end();
    return undefined;
  }

  /** The line, in the table for spreadsheets, of a file that is not looked into. */
  async line(file: string, message: string): Promise<string> {
    if (!this.#worker) await this.begin();
    const answered = await this.ask({ type: "refused", file, message });
    return answered.type === "line" ? answered.line : "";
  }

  /** Ends it, in the middle of whatever it does. */
  stop(): void {
    this.#ends?.(new Stopped());
    this.#end();
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  private ask(asked: Asked): Promise<Answered> {
    const worker = (this.#worker ??= new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
    let late: ReturnType<typeof setTimeout> | undefined;
    return new Promise<Answered>((resolve, reject) => {
      late = setTimeout(() => reject(new Error("late")), MOST_MS);
      this.#ends = reject;
      worker.onmessage = ({ data }: MessageEvent<Answered>) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(asked);
    }).finally(() => {
      clearTimeout(late);
      this.#ends = undefined;
    });
  }
}

/** Somebody stopped it. */
export class Stopped extends Error {}
