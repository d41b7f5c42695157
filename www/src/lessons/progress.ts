// How far a reader has come, kept in this browser, one entry a lesson. What cannot be read, because a newer page wrote it or
// the lesson has changed since, is set aside, never overwritten.
import { load, save } from "../app/settings";

/** The form that this page writes. */
const VERSION = 1;
/** A file of progress is no larger. */
export const MOST_BYTES = 16 << 20;

/** What is kept of a lesson. */
export interface Kept {
  v: typeof VERSION;
  /** The run and the answers, as the engine's `keep` gave them. */
  run: string;
  /** The tasks that were passed, whatever becomes of the run. */
  passed: string[];
  /** When the reader began, and when this was kept: ISO 8601. */
  started: string;
  saved: string;
}

const key = (id: string) => `lesson.${id}`;

function parse(text: string | null): Kept | "newer" | undefined {
  if (!text) return undefined;
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== "object" || kept === null || !("v" in kept) || typeof kept.v !== "number") return undefined;
    if (kept.v > VERSION) return "newer";
    const { run, passed, started, saved } = kept as Partial<Kept>;
    if (typeof run !== "string" || !Array.isArray(passed) || !passed.every((task) => typeof task === "string")) return undefined;
    return { v: VERSION, run, passed, started: String(started ?? ""), saved: String(saved ?? "") };
  } catch {
    return undefined;
  }
}

/** What is kept of a lesson; `undefined` where nothing is, or nothing that this page can read. */
export function kept(id: string): Kept | undefined {
  const found = parse(load(key(id)));
  return found === "newer" ? undefined : found;
}

export function keep(id: string, now: Omit<Kept, "v" | "saved">): void {
  const there = load(key(id));
  if (there && typeof parse(there) !== "object") setAside(id);
  save(key(id), JSON.stringify({ v: VERSION, ...now, saved: new Date().toISOString() }));
}

/** Puts what is kept of a lesson where nothing overwrites it but the next that is set aside. */
export function setAside(id: string): void {
  const there = load(key(id));
  if (there) save(`aside.${id}`, there);
}

/** Begins a lesson anew. */
export function forget(id: string): void {
  save(key(id), "");
}

/** All that is kept, as a file. */
export function exported(ids: readonly string[]): string {
  const lessons = Object.fromEntries(ids.flatMap((id) => [[id, kept(id)] as const]).filter(([, of]) => of));
  return JSON.stringify({ kubestepProgress: VERSION, lessons });
}

/** Takes over a file of progress: for each lesson, what has more tasks passed. Gives the lessons taken; throws why not. */
export function imported(text: string, ids: readonly string[]): string[] {
  if (text.length > MOST_BYTES) throw new Error("large");
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error("broken");
  }
  if (typeof file !== "object" || file === null || !("kubestepProgress" in file) || !("lessons" in file)) throw new Error("broken");
  if (typeof file.kubestepProgress !== "number" || file.kubestepProgress > VERSION) throw new Error("newer");
  const lessons = file.lessons as Record<string, unknown>;
  const taken: string[] = [];
  for (const id of ids) {
    const found = Object.hasOwn(lessons ?? {}, id) ? parse(JSON.stringify(lessons[id])) : undefined;
    if (typeof found !== "object") continue;
    const here = kept(id);
    if (here && here.passed.length > found.passed.length) continue;
    if (here) setAside(id);
    save(key(id), JSON.stringify(found));
    taken.push(id);
  }
  return taken;
}
