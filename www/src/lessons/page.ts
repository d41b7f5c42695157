// A lesson's page, made of a lesson: one of the course's, or an exercise that somebody gave out.
import { noEngine } from "../app/failure";
import { language, t } from "../app/words";
import type { EngineModule } from "../engine";
import { NoExercise, needed, textsOf } from "./exercise";
import { KsLesson } from "./ks-lesson";
import { LessonSession } from "./lesson-session";
import type { FileText } from "../wasm/kubestep.js";

/** Shows a page in the place of what there was. */
export function show(page: KsLesson): void {
  document.title = `${page.session.lesson.title} · Kubestep`;
  document.body.replaceChildren(page);
  addEventListener("pagehide", () => page.session.keepNow());
}

/** An exercise. Its progress is kept under its fingerprint (and `whose`); with `kept` false, nowhere. Throws `NoExercise`. */
export async function exercisePage(module: EngineModule, files: readonly FileText[], kept = true, whose = ""): Promise<KsLesson> {
  const lesson = needed(files);
  let hash: string;
  try {
    const read = module.lesson({ files: lesson });
    hash = read.view(language()).hash;
    read.free();
  } catch (error) {
    throw new NoExercise("exercise-wrong", { message: String((error as { message?: unknown }).message ?? error) });
  }
  const page = new KsLesson();
  page.texts = await textsOf(files);
  page.session = new LessonSession(module, lesson, kept ? `exercise-${hash}${whose && `.${whose}`}` : "");
  return page;
}

/** Says why there is no lesson here, and where there are some; unless this page is `alone`. */
export function sorry(error: unknown, alone = false): void {
  console.error(error);
  const text = document.createElement("p");
  text.className = "sorry";
  text.textContent = error instanceof NoExercise ? t(error.id, error.values) : t(noEngine(error));
  const back = document.createElement("a");
  back.href = "./lessons.html";
  back.textContent = t("lessons-all");
  if (!alone) text.append(" ", back);
  document.body.replaceChildren(text);
}
