// Starts the page that grades a class. The engine comes when there is something to grade.
import "./page.css";
import { addTexts, t } from "./app/words";
import { KsClass } from "./class/ks-class";
import en from "./l10n/class.en.ftl?raw";
import zh from "./l10n/class.zh-CN.ftl?raw";
import "./lessons/texts";
import { applySettings } from "./ui/page";

addTexts({ en, "zh-CN": zh });
applySettings();
document.title = `${t("class")} · Kubestep`;
document.body.replaceChildren(new KsClass());
