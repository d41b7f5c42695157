// A thread that grades fails, does not end, or is stopped: the next submission gets another one.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Grader, Stopped } from "../src/class/grader";
import type { Answered, Asked } from "../src/class/worker";

/** In the place of the browser's: answers as the test says. */
class FakeWorker {
  static made: FakeWorker[] = [];
  asked: Asked[] = [];
  ended = false;
  onmessage?: (event: { data: Answered }) => void;
  onerror?: (event: { message: string; preventDefault(): void }) => void;

  constructor() {
    FakeWorker.made.push(this);
  }

  postMessage(asked: Asked): void {
    this.asked.push(asked);
    queueMicrotask(() => {
      if (asked.type === "exercise") this.onmessage?.({ data: { type: "exercise", views: {}, head: "file\r\n" } as unknown as Answered });
      else if (asked.type === "grade" && asked.text === "panics") this.onmessage?.({ data: { type: "failed", message: "unreachable" } });
      else if (asked.type === "grade" && asked.text === "dies") this.onerror?.({ message: "out of memory", preventDefault: () => {} });
      else if (asked.type === "grade" && asked.text !== "endless") this.onmessage?.({ data: { type: "graded", graded: { en: { name: asked.file } } } as unknown as Answered });
    });
  }

  terminate(): void {
    this.ended = true;
  }
}

beforeEach(() => {
  FakeWorker.made = [];
  vi.stubGlobal("Worker", FakeWorker);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test.each(["panics", "dies"])("a submission on which the engine %s takes the thread with it, and nothing else", async (text) => {
  const grader = new Grader([]);
  await grader.begin();
  expect(await grader.grade("bad.json", text)).toBeUndefined();
  expect(await grader.grade("good.json", "good")).toMatchObject({ en: { name: "good.json" } });
  expect(FakeWorker.made.map(({ ended, asked }) => [ended, asked.map(({ type }) => type)])).toEqual([[true, ["exercise", "grade"]], [false, ["exercise", "grade"]]]);
});

test("one that does not end is ended after a minute", async () => {
  vi.useFakeTimers();
  const grader = new Grader([]);
  await grader.begin();
  const graded = grader.grade("long.json", "endless");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await graded).toBeUndefined();
  expect(FakeWorker.made[0]!.ended).toBe(true);
});

test("who stops it ends what it is at", async () => {
  const grader = new Grader([]);
  await grader.begin();
  const graded = grader.grade("long.json", "endless");
  await Promise.resolve();
  grader.stop();
  await expect(graded).rejects.toBeInstanceOf(Stopped);
  expect(FakeWorker.made[0]!.ended).toBe(true);
});
