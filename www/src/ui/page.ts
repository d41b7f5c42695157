// What the pages have in common: the reader's language and theme.
import { RUN_ID } from "../app/link";
import { load, save } from "../app/settings";
import { language, setLanguage, t } from "../app/words";
import { html, type TemplateResult } from "lit";
import { icon } from "./panel";

export function applySettings(): void {
  const theme = load("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset["theme"] = theme;
  // An offline page is in the language in which it was made.
  const made = document.getElementById(RUN_ID) ? document.documentElement.lang : navigator.language;
  const chosen = load("language") ?? (made.startsWith("zh") ? "zh-CN" : "en");
  setLanguage(chosen === "zh-CN" ? "zh-CN" : "en");
  document.documentElement.lang = language();
}

/** To the other language, for the whole page. */
export function otherLanguage(): void {
  setLanguage(language() === "en" ? "zh-CN" : "en");
  save("language", language());
  document.documentElement.lang = language();
}

export function otherTheme(): void {
  const dark = getComputedStyle(document.documentElement).colorScheme.startsWith("dark");
  document.documentElement.dataset["theme"] = dark ? "light" : "dark";
  save("theme", dark ? "light" : "dark");
}

/** The two buttons of every header. */
export function settingsButtons(changed: () => void): TemplateResult {
  return html`<button class="button quiet" lang=${language() === "en" ? "zh-CN" : "en"} @click=${() => (otherLanguage(), changed())}>${language() === "en" ? "中文" : "English"}</button>
    <button class="button quiet scheme" @click=${otherTheme} aria-label=${t("theme")} title=${t("theme")}>${icon("theme")}</button>`;
}
