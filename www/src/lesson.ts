// Starts a lesson's page: `lesson.html?id=first-job`.
import "./page.css";
import { language, t } from "./app/words";
import { loadEngine } from "./engine";
import { KsLesson, type Neighbour } from "./lessons/ks-lesson";
import { LESSONS } from "./lessons/list";
import { LessonSession } from "./lessons/lesson-session";
import "./lessons/texts";
import { applySettings } from "./ui/page";

applySettings();
const id = new URLSearchParams(location.search).get("id") ?? "";
const at = LESSONS.findIndex((lesson) => lesson.id === id);
const entry = LESSONS[at];
const neighbour = (by: number): Neighbour | undefined => {
  const found = LESSONS[at + by];
  return found && { href: `./lesson.html?id=${found.id}`, title: found.title };
};
try {
  if (!entry) throw new Error("no such lesson");
  const [module, files, prose] = await Promise.all([loadEngine(), entry.files(), entry.prose[language()]()]);
  const page = new KsLesson();
  page.session = new LessonSession(module, files.default, entry.id);
  page.texts = { [language()]: prose.default };
  page.fetchText = async (wanted) => (await entry.prose[wanted]()).default;
  page.previous = neighbour(-1);
  page.following = neighbour(1);
  document.title = `${entry.title[language()]} · Kubestep`;
  document.body.replaceChildren(page);
  addEventListener("pagehide", () => page.session.keepNow());
} catch (error) {
  console.error(error);
  const sorry = document.createElement("p");
  sorry.className = "sorry";
  sorry.textContent = t(entry ? "notice-no-engine" : "no-such-lesson");
  const back = document.createElement("a");
  back.href = "./lessons.html";
  back.textContent = t("lessons-all");
  sorry.append(" ", back);
  document.body.replaceChildren(sorry);
}
