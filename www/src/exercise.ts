// Starts an exercise that is a page by itself: one file, with the exercise and the module in it. It works from a folder, and on
// a learning platform, which it then tells how the learner stands.
import "./page.css";
import { loadEngine } from "./engine";
import { exercisePage, show, sorry } from "./lessons/page";
import "./lessons/texts";
import { Report } from "./lms/report";
import { findApi } from "./lms/scorm";
import { applySettings } from "./ui/page";
import type { FileText } from "./wasm/kubestep.js";

/** Where the page carries its exercise, as JSON without any `<`. */
const EXERCISE_ID = "kubestep-exercise";

applySettings();
try {
  const files = JSON.parse(document.getElementById(EXERCISE_ID)!.textContent) as FileText[];
  const module = await loadEngine(true);
  const api = findApi(window);
  const report = api && new Report(api);
  const told = report?.begin() ? report : undefined;
  const page = await exercisePage(module, files, true, told?.learner.id ?? "");
  page.alone = true;
  if (told) {
    page.who = told.learner.name;
    told.follow(page.session);
    const say = () => (page.goes = told.long ? "exercise-lms-long" : "exercise-lms");
    page.session.addEventListener("standing", say);
    say();
  }
  show(page);
} catch (error) {
  sorry(error, true);
}
