// The few words before the rest has loaded, and the language that the page around an element is in.
import type { Language } from "../app/words";
import en from "../l10n/element.en.ftl?raw";
import zh from "../l10n/element.zh-CN.ftl?raw";

/** Of the element or what it lies in; English where that is none of ours. */
export function languageOf(element: Element): Language {
  const said = element.closest("[lang]")?.getAttribute("lang") ?? document.documentElement.lang;
  return /^zh\b/i.test(said) ? "zh-CN" : "en";
}

/** A message that is plain words. */
export function word(language: Language, id: string): string {
  const text = language === "en" ? en : zh;
  return text.split("\n").find((line) => line.startsWith(`${id} = `))?.slice(id.length + 3) ?? id;
}
