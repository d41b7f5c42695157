// Starts the page for authors: a lesson's files, and beside them what a learner sees.
import "./page.css";
import { KsAuthor } from "./author/ks-author";
import { t } from "./app/words";
import { noEngine } from "./app/failure";
import { loadEngine } from "./engine";
import "./lessons/texts";
import { applySettings } from "./ui/page";

applySettings();
document.title = `${t("author")} · Kubestep`;
try {
  const page = new KsAuthor();
  page.engines = await loadEngine(true);
  document.body.replaceChildren(page);
} catch (error) {
  console.error(error);
  const sorry = document.createElement("p");
  sorry.className = "sorry";
  sorry.textContent = t(noEngine(error));
  document.body.replaceChildren(sorry);
}
