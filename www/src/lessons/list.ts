// The course's lessons in order: what the list shows of each, and how to fetch the rest.
import { LESSONS as found } from "virtual:lessons";
import type { Language } from "../app/words";
import type { FileText } from "../wasm/kubestep.js";
import type { Section } from "./prose";

export interface LessonEntry {
  id: string;
  minutes: number;
  /** How many tasks it has. */
  tasks: number;
  title: Record<Language, string>;
  about: Record<Language, string>;
  /** lesson.yaml and start/. */
  files: () => Promise<{ default: FileText[] }>;
  /** The whole folder, for authors. */
  sources: () => Promise<{ default: FileText[] }>;
  prose: Record<Language, () => Promise<{ default: Section[] }>>;
}

export const LESSONS = found as readonly LessonEntry[];
