// `lesson="…"`: an element that shows a lesson's beginning and its tasks, and tells when what is checked changes. This comes
// only with elements that have one.
import { addText, hasTexts, type Language } from "../app/words";
import type { EngineModule } from "../engine";
import { carriedIn, MOST_BYTES, needed, readExercise } from "../lessons/exercise";
import { LessonSession } from "../lessons/lesson-session";
import type { FileText } from "../wasm/kubestep.js";
import type { Checks } from "../../../pkg/kubestep";
import "./ks-tasks";

/** A lesson of the course, which the element's folder has beside it. */
const OURS = /^[a-z0-9-]+$/;
const here = import.meta.url;

/** A session at the lesson's beginning. Throws with a sentence that says what is wrong with it. */
export async function openLesson(lesson: string, base: string, module: EngineModule, language: Language): Promise<LessonSession> {
  const [files] = await Promise.all([filesOf(lesson, base), wordsOf(language)]);
  try {
    return new LessonSession(module, needed(files), "", language);
  } catch (error) {
    throw new Error(`${lesson}: ${String((error as { message?: unknown }).message ?? error)}`);
  }
}

async function filesOf(lesson: string, base: string): Promise<FileText[]> {
  try {
    const hash = lesson.indexOf("#v");
    const carried = hash >= 0 ? carriedIn(lesson.slice(hash)) : undefined;
    if (carried?.exercise) return carried.exercise;
    // Chunks lie in a folder of their own.
    const response = await fetch(OURS.test(lesson) ? new URL(`../lessons/${lesson}.zip`, here) : new URL(lesson, base));
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    const blob = await response.blob();
    if (blob.size > MOST_BYTES) throw new Error("exercise-large");
    return readExercise(new Uint8Array(await blob.arrayBuffer()));
  } catch (error) {
    throw new Error(`${lesson.slice(0, 80)}: ${REASONS[(error as Error).message] ?? (error as Error).message}`);
  }
}

/** For the page's author, whose words are English. */
const REASONS: Readonly<Record<string, string>> = {
  "exercise-large": "there is more in it than a lesson ever has",
  "exercise-no-zip": "it is no zip with a lesson in it",
  "exercise-no-lesson": "lesson.yaml is not in it",
  "exercise-link": "the link is broken: it was cut off or changed",
  "exercise-newer": "the link was made by a newer version",
};

/** The words of lessons, in a language. */
export async function wordsOf(language: Language): Promise<void> {
  if (hasTexts(language, "hint")) return;
  const { default: text } = await (language === "en" ? import("../l10n/lessons.en.ftl?raw") : import("../l10n/lessons.zh-CN.ftl?raw"));
  if (!hasTexts(language, "hint")) addText(language, text);
}

/** How it stands with what is checked. */
export function checksOf(session: LessonSession): Checks {
  const tasks = session.lesson.tasks.map(({ id, points }) => {
    const stands = session.task(id);
    return {
      id,
      points,
      passed: session.isPassed(id),
      checks: stands?.checks.map(({ holds, asks }) => ({ holds, asks })) ?? [],
      questions: stands?.questions.map(({ id, right }) => ({ id, right })) ?? [],
    };
  });
  const sum = (of: typeof tasks) => of.reduce((sum, task) => sum + task.points, 0);
  return { lesson: session.lesson.id, tasks, points: sum(tasks.filter(({ passed }) => passed)), of: sum(tasks), passed: tasks.every(({ passed }) => passed) };
}
