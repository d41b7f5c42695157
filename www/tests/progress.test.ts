// What is kept of a lesson: found again, carried in a file, and never overwritten by what does not understand it.
import { beforeEach, expect, test, vi } from "vitest";
import { exported, forget, imported, keep, kept, setAside } from "../src/lessons/progress";

let store: Map<string, string>;
beforeEach(() => {
  store = new Map();
  vi.stubGlobal("localStorage", { getItem: (key: string) => store.get(key) ?? null, setItem: (key: string, value: string) => void store.set(key, value) });
});

const now = (...passed: string[]) => ({ run: "{}", passed, started: "2026-01-01" });

test("what is kept is there again", () => {
  keep("a", now("one"));
  expect(kept("a")).toMatchObject({ v: 1, run: "{}", passed: ["one"], started: "2026-01-01" });
  expect(kept("b")).toBeUndefined();
  forget("a");
  expect(kept("a")).toBeUndefined();
});

test.each([
  ["a newer page's", '{"v":2,"run":{},"stars":3}'],
  ["what is broken", '{"v":1,"run"'],
])("%s entry is not read, and is set aside before it is written over", (_, entry) => {
  store.set("kubestep.lesson.a", entry);
  expect(kept("a")).toBeUndefined();
  keep("a", now("one"));
  expect([kept("a")?.passed, store.get("kubestep.aside.a")]).toEqual([["one"], entry]);
});

test("without a storage nothing is kept, and nothing fails", () => {
  vi.stubGlobal("localStorage", undefined);
  keep("a", now());
  setAside("a");
  expect(kept("a")).toBeUndefined();
});

test("a file carries progress to another browser, which takes what is further", () => {
  keep("a", now("one", "two"));
  keep("b", now("one"));
  const file = exported(["a", "b", "c"]);
  store.clear();
  keep("b", now("one", "two", "three"));
  expect(imported(file, ["a", "b", "c"])).toEqual(["a"]);
  expect([kept("a")?.passed.length, kept("b")?.passed.length]).toEqual([2, 3]);
});

test.each([
  ["broken", "{"],
  ["broken", '"text"'],
  ["broken", '{"kubestepProgress":1}'],
  ["newer", '{"kubestepProgress":2,"lessons":{}}'],
  ["large", " ".repeat((16 << 20) + 1)],
])("a file that is no progress is refused: %s", (why, file) => {
  expect(() => imported(file, ["a"])).toThrow(why);
  expect(store.size).toBe(0);
});

test("what a file says of lessons that are none, or in another form, is left", () => {
  const lessons = JSON.stringify({ kubestepProgress: 1, lessons: { a: { v: 1, run: 5, passed: [] }, constructor: { v: 1, run: "", passed: [] }, b: null } });
  expect(imported(lessons, ["a", "b", "toString"])).toEqual([]);
});
