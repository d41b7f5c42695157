// Grades in a thread of its own, so that the page stays responsive whatever a submission does, and ends when the page says so.
// One message is answered by one.
import type { Language } from "../app/words";
import init, { Class, fetchSecond } from "../wasm/kubestep.js";
import type { FileText, GradedView, LessonView } from "../wasm/kubestep.js";

export type Asked =
  | { type: "exercise"; files: FileText[] }
  | { type: "grade"; file: string; text: string }
  | { type: "refused"; file: string; message: string };

/** Of a submission, what it is worth in each language. */
export type Graded = Record<Language, GradedView>;

export type Answered =
  | { type: "exercise"; views: Record<Language, LessonView>; head: string }
  | { type: "graded"; graded: Graded }
  | { type: "line"; line: string }
  | { type: "failed"; message: string };

const LANGUAGES: Language[] = ["en", "zh-CN"];
// A submission is a whole run: it needs both halves of the module.
const ready = Promise.all([init(), fetchSecond()]);
let graded: Class | undefined;

async function answer(asked: Asked): Promise<Answered> {
  await ready;
  if (asked.type === "exercise") {
    graded = new Class({ files: asked.files });
    return { type: "exercise", views: { en: graded.view("en"), "zh-CN": graded.view("zh-CN") }, head: graded.head() };
  }
  if (!graded) return { type: "failed", message: "no exercise" };
  if (asked.type === "refused") return { type: "line", line: graded.refused(asked.file, asked.message) };
  const [en, zh] = graded.grade(asked.file, asked.text, LANGUAGES);
  return { type: "graded", graded: { en: en!, "zh-CN": zh! } };
}

addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  answer(data).then(postMessage, (error: unknown) => postMessage({ type: "failed", message: String((error as { message?: unknown }).message ?? error) } satisfies Answered));
});
