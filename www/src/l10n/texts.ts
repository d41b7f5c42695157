// The texts of each language, for the page, which holds both: its reader may change from one to the other at any time.
// (The element takes texts-when-asked.ts in this one's place.)
import type { Language } from "../app/words";
import en from "./en";
import zh from "./zh-CN";

export function texts(language: Language): readonly string[] {
  return language === "en" ? en : zh;
}

/** Resolves when the language's texts are there: here, at once. */
export async function arrived(_language: Language): Promise<void> {}
