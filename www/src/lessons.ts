// Starts the page of the course. It needs no engine.
import "./page.css";
import { t } from "./app/words";
import { KsCourse } from "./lessons/ks-course";
import "./lessons/texts";
import { applySettings } from "./ui/page";

applySettings();
document.title = `${t("course")} · Kubestep`;
document.body.replaceChildren(new KsCourse());
