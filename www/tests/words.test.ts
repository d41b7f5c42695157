// The page's words: both languages say the same things, and every message that the page uses exists.
import { FluentBundle, FluentResource } from "@fluent/bundle";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EXAMPLES } from "../src/examples";
import { duration, rich, setLanguage, t } from "../src/app/words";

const source = join(import.meta.dirname, "../src");

function ids(...files: string[]): string[] {
  return files.flatMap((file) => [...readFileSync(join(source, "l10n", file), "utf8").matchAll(/^([a-z][\w-]*) =/gim)].map((m) => m[1]!));
}

const english = ids("en.ftl", "panels.en.ftl", "lessons.en.ftl", "class.en.ftl", "element.en.ftl", "share.en.ftl");

describe("the messages", () => {
  test("are the same in both languages, file by file", () => {
    expect(ids("zh-CN.ftl").sort()).toEqual(ids("en.ftl").sort());
    expect(ids("panels.zh-CN.ftl").sort()).toEqual(ids("panels.en.ftl").sort());
    expect(ids("lessons.zh-CN.ftl").sort()).toEqual(ids("lessons.en.ftl").sort());
    expect(ids("class.zh-CN.ftl").sort()).toEqual(ids("class.en.ftl").sort());
    expect(ids("element.zh-CN.ftl").sort()).toEqual(ids("element.en.ftl").sort());
    expect(ids("share.zh-CN.ftl").sort()).toEqual(ids("share.en.ftl").sort());
  });

  test.each(["en", "zh-CN"].flatMap((language) => ["", "panels.", "lessons.", "class.", "element.", "share."].map((part) => `${part}${language}.ftl`)))("of %s parse, each once", (file) => {
    const found = ids(file);
    expect(found.length).toBe(new Set(found).size);
    const bundle = new FluentBundle("en");
    bundle.addResource(new FluentResource(readFileSync(join(source, "l10n", file), "utf8")));
    expect(found.filter((id) => !bundle.hasMessage(id))).toEqual([]);
  });

  test("of the element before it has loaded are plain words", () => {
    for (const file of ["element.en.ftl", "element.zh-CN.ftl"]) expect(readFileSync(join(source, "l10n", file), "utf8")).not.toMatch(/^[^#\n]*[{}]|^\s+\S/m);
  });

  test("exist wherever the page names them", () => {
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts") && !f.startsWith("wasm"));
    const used = new Set<string>();
    for (const file of files) {
      const text = readFileSync(join(source, file), "utf8");
      for (const [, id] of text.matchAll(/\b(?:t|rich|say|word)\(\s*(?:language, )?(?:\{ id: )?"([a-z][\w-]*)"/g)) used.add(id!);
      for (const [, said, wrong] of text.matchAll(/\bid: "((?:notice|class)-[\w-]+)"|NoExercise\("([\w-]+)"/g)) used.add((said ?? wrong)!);
    }
    expect(used.size).toBeGreaterThan(80);
    expect([...used].filter((id) => !english.includes(id))).toEqual([]);
  });

  test("name and describe every example", () => {
    const wanted = EXAMPLES.flatMap(({ id }) => [`example-${id}`, `example-${id}-about`]);
    expect(wanted.filter((id) => !english.includes(id))).toEqual([]);
  });
});

test("a sentence keeps its live parts where the language wants them", () => {
  const parts = () => rich("act-reconcile", {}, { actor: { a: 1 }, object: { o: 1 } });
  setLanguage("zh-CN");
  expect(parts()).toEqual([{ a: 1 }, " 从队列取出 ", { o: 1 }, "，比较现状与期望。"]);
  setLanguage("en");
  expect(parts()).toEqual([{ a: 1 }, " took ", { o: 1 }, " from its queue and compared what is with what should be."]);
});

test("plurals follow the count", () => {
  expect([t("diff-count", { count: 1 }), t("diff-count", { count: 3 })]).toEqual(["1 field changed", "3 fields changed"]);
});

test.each([[0, "0 s"], [250, "250 ms"], [1200, "1.2 s"], [60_000, "1 m"], [3_725_000, "1 h 2 m 5 s"]])("%i ms reads %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
