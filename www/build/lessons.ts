// Lessons as modules of the page: `virtual:lessons` lists them, with a way to load each; the text of a lesson in one
// language is a chunk of its own. Markdown becomes a tree here, so that no reader of Markdown is in the page.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { parse } from "yaml";
import { readProse } from "../src/lessons/prose.ts";

/** The course, in order. */
export const COURSE = [
  "control-loop", "first-job", "refused", "completions-parallelism", "job-fails", "jobs-and-deployments", "indexed-and-work-queue", "node-dies", "cronjob",
  "configmap-variables", "configmap-files", "secret", "informer-and-cache", "queue-and-rate-limits", "expectations", "conflict", "garbage-collection", "custom-kinds",
];
const LANGUAGES = ["en", "zh-CN"] as const;
const LIST = "virtual:lessons";
const ONE = "virtual:lesson/";

type File = { name: string; text: string };

/** The files of a lesson's folder, as lesson.yaml and the engine name them. */
export function filesOf(folder: string): File[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: path.slice(folder.length + 1).replaceAll("\\", "/"), text: readFileSync(path, "utf8") }));
}

/** What the list of lessons shows of one. */
export interface Summary {
  id: string;
  minutes: number;
  tasks: number;
  title: Record<string, string>;
  about: Record<string, string>;
}

export function summary(id: string, files: File[]): Summary {
  const lesson = parse(files.find((file) => file.name === "lesson.yaml")?.text ?? "") as Partial<Record<"title" | "about", Record<string, string>>> & { minutes?: number; tasks?: unknown[] };
  for (const language of LANGUAGES) {
    if (!lesson.title?.[language] || !lesson.about?.[language]) throw new Error(`lessons/${id}/lesson.yaml: a lesson of the course has a title and an about in ${language}`);
  }
  return { id, minutes: lesson.minutes ?? 0, tasks: lesson.tasks?.length ?? 0, title: lesson.title!, about: lesson.about! };
}

export function lessons(root: string): Plugin {
  const there = (): string[] => {
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    const unknown = folders.filter((folder) => !COURSE.includes(folder));
    if (unknown.length) throw new Error(`lessons/${unknown[0]} has no place in the course (www/build/lessons.ts)`);
    return COURSE.filter((id) => folders.includes(id));
  };
  const list = (): string => {
    const entries = there().map((id) => {
      const about = JSON.stringify(summary(id, filesOf(join(root, id))));
      const texts = LANGUAGES.map((language) => `${JSON.stringify(language)}: () => import(${JSON.stringify(`${ONE}${id}.${language}.js`)})`);
      return `{...${about}, files: () => import(${JSON.stringify(`${ONE}${id}.files.js`)}), sources: () => import(${JSON.stringify(`${ONE}${id}.sources.js`)}), prose: {${texts.join(", ")}}}`;
    });
    return `export const LESSONS = [${entries.join(",\n")}];`;
  };
  return {
    name: "kubestep-lessons",
    resolveId: (id) => (id === LIST || id.startsWith(ONE) ? `\0${id}` : undefined),
    load(resolved) {
      if (resolved === `\0${LIST}`) return list();
      if (!resolved.startsWith(`\0${ONE}`)) return undefined;
      const [id, part] = resolved.slice(ONE.length + 1).split(".") as [string, string];
      const files = filesOf(join(root, id));
      for (const file of files) this.addWatchFile(join(root, id, file.name));
      // What the engine reads a lesson from; the rest is for authors.
      const needed = (file: File) => file.name === "lesson.yaml" || file.name.startsWith("start/");
      const data = part === "files" ? files.filter(needed) : part === "sources" ? files : readProse(files.find((file) => file.name === `${part}.md`)?.text ?? "");
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(data))});`;
    },
  };
}
