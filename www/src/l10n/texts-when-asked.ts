// The texts of the languages that somebody asked for: a docs page rarely needs more than one. The element's bundle has
// this in the place of texts.ts.
import type { Language } from "../app/words";

const there = new Map<Language, readonly string[]>();

export function texts(language: Language): readonly string[] {
  return there.get(language) ?? [];
}

/** Resolves when the language's texts are there. */
export async function arrived(language: Language): Promise<void> {
  if (there.has(language)) return;
  const { default: found } = await (language === "en" ? import("./en") : import("./zh-CN"));
  there.set(language, found);
}
