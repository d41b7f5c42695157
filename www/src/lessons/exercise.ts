// An exercise that is none of the course's: as a file (a zip of its folder, as the author's page gives), and in a link. What
// somebody gives out is not trusted: it is bounded, and only files that a lesson has are taken from it.
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { decodeLink, encodeLink } from "../app/link";
import type { Language } from "../app/words";
import type { FileText } from "../wasm/kubestep.js";
import type { Section } from "./prose";

/** A lesson is smaller than this: more is not unpacked. */
export const MOST_BYTES = 2 << 20;
const MOST_FILES = 100;
const NAME = /^(lesson\.yaml|solution\.txt|(en|zh-CN)\.md|start\/[A-Za-z0-9._-]+|hints\/[a-z0-9-]+\.txt)$/;
/** What a learner gets of it: not how it is solved. */
const GIVEN = /^(lesson\.yaml|(en|zh-CN)\.md|start\/.+)$/;

/** Why something is no exercise: the message that says so, and its values. */
export class NoExercise extends Error {
  constructor(
    readonly id: "no-such-lesson" | "exercise-large" | "exercise-no-zip" | "exercise-no-lesson" | "exercise-wrong" | "exercise-link" | "exercise-newer",
    readonly values: Record<string, string> = {},
  ) {
    super(id);
  }
}

export function isLessonFile(name: string): boolean {
  return NAME.test(name);
}

/** The files of a lesson in a zip, wherever in it lesson.yaml lies. Throws `NoExercise`. */
export function readExercise(bytes: Uint8Array): FileText[] {
  if (bytes.length > MOST_BYTES) throw new NoExercise("exercise-large");
  let [inflated, count] = [0, 0];
  let found: Record<string, Uint8Array>;
  try {
    found = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (name.endsWith("/")) return false;
        inflated += originalSize;
        if (inflated > MOST_BYTES || ++count > MOST_FILES) throw new NoExercise("exercise-large");
        return true;
      },
    });
  } catch (error) {
    throw error instanceof NoExercise ? error : new NoExercise("exercise-no-zip");
  }
  const yaml = Object.keys(found).find((name) => /(^|\/)lesson\.yaml$/.test(name));
  if (yaml === undefined) throw new NoExercise("exercise-no-lesson");
  const folder = yaml.slice(0, -"lesson.yaml".length);
  const files = Object.entries(found).filter(([name]) => name.startsWith(folder)).map(([name, data]) => ({ name: name.slice(folder.length), text: strFromU8(data) }));
  return files.filter(({ name }) => NAME.test(name));
}

/** The folder as a zip. */
export function zipOf(files: readonly FileText[]): { name: string; bytes: Uint8Array<ArrayBuffer> } {
  const id = /^id: *([a-z0-9-]+)/m.exec(files.find(({ name }) => name === "lesson.yaml")?.text ?? "")?.[1] ?? "lesson";
  const bytes = zipSync(Object.fromEntries(files.map(({ name, text }) => [`${id}/${name}`, strToU8(text)])), { level: 9 });
  return { name: `${id}.zip`, bytes: bytes as Uint8Array<ArrayBuffer> };
}

/** What a learner gets. */
export function given(files: readonly FileText[]): FileText[] {
  return files.filter(({ name }) => GIVEN.test(name));
}

/** What the engine reads a lesson from. */
export function needed(files: readonly FileText[]): FileText[] {
  return files.filter(({ name }) => name === "lesson.yaml" || name.startsWith("start/")).map((file) => ({ ...file }));
}

/** Its texts, read. */
export async function textsOf(files: readonly FileText[]): Promise<Partial<Record<Language, Section[]>>> {
  const { readProse } = await import("./prose");
  const texts: Partial<Record<Language, Section[]>> = {};
  for (const language of ["en", "zh-CN"] as const) {
    const text = files.find(({ name }) => name === `${language}.md`)?.text;
    if (text !== undefined) texts[language] = readProse(text);
  }
  return texts;
}

// ------------------------------------------------------------------------------------------------------------ in a link

/** What the link to a lesson's page may carry: an exercise, or somebody's run to look at, or both. */
export interface Carried {
  exercise?: FileText[];
  /** What was handed in, and where to open it. */
  handed?: { text: string; name: string; branch: number; step: number };
}

/** Longer addresses are not opened by every browser. */
const MOST_LINK = 1_500_000;

/** The part of a link behind the page's address; `undefined`: it would be too long. */
export function carry(carried: Carried): string | undefined {
  const hash = encodeLink(JSON.stringify(carried));
  return hash.length > MOST_LINK ? undefined : hash;
}

/** What a link carries; `undefined`: nothing. Throws `NoExercise`. */
export function carriedIn(hash: string): Carried | undefined {
  let json: unknown;
  try {
    const text = decodeLink(hash);
    if (text === undefined) return undefined;
    json = JSON.parse(text);
  } catch (error) {
    throw new NoExercise((error as Error).message === "version" ? "exercise-newer" : "exercise-link");
  }
  const { exercise, handed } = (typeof json === "object" && json !== null ? json : {}) as Partial<Record<keyof Carried, unknown>>;
  const carried: Carried = {};
  if (exercise !== undefined) carried.exercise = files(exercise);
  if (handed !== undefined) {
    const { text, name, branch, step } = handed as Record<string, unknown>;
    if (typeof text !== "string" || typeof name !== "string" || !Number.isSafeInteger(branch) || !Number.isSafeInteger(step)) throw new NoExercise("exercise-link");
    carried.handed = { text, name, branch: branch as number, step: step as number };
  }
  if (!carried.exercise && !carried.handed) throw new NoExercise("exercise-link");
  return carried;
}

function files(value: unknown): FileText[] {
  if (!Array.isArray(value) || value.length > MOST_FILES) throw new NoExercise("exercise-link");
  const found = value.filter((file): file is FileText => typeof file?.name === "string" && typeof file?.text === "string" && NAME.test(file.name));
  if (found.reduce((sum, { text }) => sum + text.length, 0) > MOST_BYTES) throw new NoExercise("exercise-large");
  if (found.length < value.length || !found.some(({ name }) => name === "lesson.yaml")) throw new NoExercise("exercise-link");
  return found.map(({ name, text }) => ({ name, text }));
}
