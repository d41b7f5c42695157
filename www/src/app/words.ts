// Every visible word: Fluent messages in English and Chinese. `t` gives text; `rich` gives text with live parts (an
// object's link, an actor's badge) at the places where the sentence wants them.
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { texts } from "../l10n/texts";

export type Language = "en" | "zh-CN";

const bundles = new Map<Language, FluentBundle>();
let current: Language = "en";

function bundle(language: Language): FluentBundle {
  let found = bundles.get(language);
  if (!found) {
    found = new FluentBundle(language, { useIsolating: false });
    for (const text of texts(language)) found.addResource(new FluentResource(text));
    bundles.set(language, found);
  }
  return found;
}

/** More texts, of a page that has some of its own. */
export function addTexts(texts: Record<Language, string>): void {
  for (const language of ["en", "zh-CN"] as const) addText(language, texts[language]);
}

/** The same in one language. */
export function addText(language: Language, text: string): void {
  bundle(language).addResource(new FluentResource(text));
}

/** Whether a language has a message. */
export function hasTexts(language: Language, id: string): boolean {
  return bundle(language).hasMessage(id);
}

export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  current = next;
}

/** Whether there is such a message. */
export function has(id: string): boolean {
  return bundle(current).hasMessage(id);
}

/** The message in the reader's language. */
export function t(id: string, args?: Record<string, FluentVariable>): string {
  const pattern = bundle(current).getMessage(id)?.value;
  // A list for faults keeps Fluent from throwing when a value is missing: it then shows the value's name.
  return pattern ? bundle(current).formatPattern(pattern, args ?? null, []) : id;
}

/** Private-use characters that no message or object contains: they mark where a live part stands. */
const OPEN = "\uE000";
const CLOSE = "\uE001";

/** The message cut at its live parts: strings and, in between, whatever was passed for them. */
export function rich<T>(id: string, args: Record<string, FluentVariable>, live: Record<string, T>): (string | T)[] {
  const parts: T[] = [];
  const all: Record<string, FluentVariable> = { ...args };
  for (const [name, part] of Object.entries(live)) {
    all[name] = `${OPEN}${parts.length}${CLOSE}`;
    parts.push(part);
  }
  return t(id, all)
    .split(/\uE000(\d+)\uE001/)
    .map((piece, i) => (i % 2 ? parts[Number(piece)]! : piece))
    .filter((piece) => piece !== "");
}

/** `1.5 s`, `2 m 5 s`: a stretch of virtual time. */
export function duration(ms: number): string {
  if (ms === 0) return "0 s";
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return parts.map((n, i) => (n ? `${n} ${"hms"[i]}` : "")).filter(Boolean).join(" ");
}
