// The words of the lessons' pages, which the playground does not need.
import { addTexts } from "../app/words";
import en from "../l10n/lessons.en.ftl?raw";
import zh from "../l10n/lessons.zh-CN.ftl?raw";

addTexts({ en, "zh-CN": zh });
