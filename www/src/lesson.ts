// Starts a lesson's page: `lesson.html?id=first-job`, or an exercise in the address, or a place to open one. The address may
// also carry what somebody handed in, which is then to be looked at only.
import "./page.css";
import { language, t } from "./app/words";
import { loadEngine } from "./engine";
import { carriedIn, NoExercise } from "./lessons/exercise";
import { KsLesson, type Neighbour } from "./lessons/ks-lesson";
import { KsOpen } from "./lessons/ks-open";
import { LESSONS, type LessonEntry } from "./lessons/list";
import { LessonSession } from "./lessons/lesson-session";
import { exercisePage, show, sorry } from "./lessons/page";
import "./lessons/texts";
import * as progress from "./lessons/progress";
import { applySettings } from "./ui/page";

applySettings();
const id = new URLSearchParams(location.search).get("id") ?? "";
const entry = LESSONS.find((lesson) => lesson.id === id);

/** One of the course's. */
async function ours(entry: LessonEntry, kept: boolean): Promise<KsLesson> {
  const at = LESSONS.indexOf(entry);
  const neighbour = (by: number): Neighbour | undefined => {
    const found = LESSONS[at + by];
    return found && { href: `./lesson.html?id=${found.id}`, title: found.title };
  };
  const [, files, prose] = await Promise.all([loadEngine(), entry.files(), entry.prose[language()]()]);
  // What a lesson has run before it begins, and a run that was kept, is anything.
  const runs = (kept && progress.kept(entry.id) !== undefined) || files.default.some(({ name, text }) => name === "lesson.yaml" && /^  run:/m.test(text));
  const module = await loadEngine(runs);
  const page = new KsLesson();
  page.session = new LessonSession(module, files.default, kept ? entry.id : "");
  page.texts = { [language()]: prose.default };
  page.fetchText = async (wanted) => (await entry.prose[wanted]()).default;
  page.previous = neighbour(-1);
  page.following = neighbour(1);
  return page;
}

async function start(): Promise<void> {
  const carried = carriedIn(location.hash);
  const handed = carried?.handed;
  if (id && !entry) return sorry(new NoExercise("no-such-lesson"));
  if (!entry && !carried?.exercise) {
    const open = new KsOpen();
    open.engines = await loadEngine(true);
    document.title = `${t("exercise-open")} · Kubestep`;
    return document.body.replaceChildren(open);
  }
  const page = entry ? await ours(entry, !handed) : await exercisePage(await loadEngine(true), carried!.exercise!, !handed);
  if (handed) page.session.lookAt(handed);
  show(page);
}

addEventListener("hashchange", () => location.hash.startsWith("#v") && location.reload());
await start().catch((error: unknown) => sorry(error));
