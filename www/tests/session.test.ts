// The session over a recorded run: what the person's acts do, and what happens when the module fails.
import { beforeEach, expect, test, vi } from "vitest";
import { Session } from "../src/app/session";
import { encodeLink } from "../src/app/link";
import { mock } from "./mock/engine";

let session: Session;
beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  session = new Session(mock);
  session.start("", [{ name: "job.yaml", text: "kind: Job\n" }]);
});

test("a fresh page stands at the beginning", () => {
  expect([session.view.step, session.record, session.notice]).toEqual([0, undefined, undefined]);
});

test("a command, steps and a step back move through time", () => {
  session.command("kubectl apply -f job.yaml");
  session.step();
  session.step();
  session.back();
  expect([session.view.step, session.timeline.length, session.record?.line.action.kind]).toEqual([2, 3, "deliver"]);
});

test("a broken link is said, and the page starts normally", () => {
  session.start(encodeLink('{"v":1}').slice(0, 8), [{ name: "job.yaml", text: "x" }]);
  expect([session.notice?.id, session.files.map((f) => f.name)]).toEqual(["notice-link-broken", ["job.yaml"]]);
});

test("a file that is too large is refused, and the old text stays", () => {
  expect(session.setFile("job.yaml", "a".repeat(10 << 20))).toBe(false);
  expect([session.notice?.id, session.files[0]?.text]).toEqual(["notice-too-large", "kind: Job\n"]);
});

test("what was told goes when the person acts again; a branch is told of", () => {
  session.say({ id: "notice-not-reached", severity: "info" });
  session.command("kubectl apply -f job.yaml");
  expect(session.notice).toBeUndefined();
});

test("a marked place stops what plays, and says which it was; another run keeps the mark", () => {
  let tick = (): void => {};
  vi.spyOn(mock, "every").mockImplementation((_, each) => {
    tick = each;
    return () => {};
  });
  session.toggleBreakpoint("job-controller", "manage-pods");
  session.command("kubectl apply -f job.yaml");
  session.play();
  for (let ticks = 0; session.playing && ticks < 20; ticks++) tick();
  expect([session.view.step, session.playing, session.notice?.id, session.notice?.values]).toEqual([3, false, "notice-breakpoint", { controller: "job-controller", place: "manage-pods" }]);
  session.open([{ name: "job.yaml", text: "kind: Job\n" }], "one-off", ["expectations off"]);
  expect([session.mechanisms.breakpoints.length, session.mechanisms.switches[0]?.on]).toEqual([1, false]);
  session.toggleBreakpoint("job-controller", "manage-pods");
  expect(session.mechanisms.breakpoints).toEqual([]);
});

test("when the module fails, the last good run comes back and is offered as a file", () => {
  session.command("kubectl apply -f job.yaml");
  session.step();
  session.setFile("job.yaml", "panic");
  expect([session.notice?.id, session.notice?.offerRun, session.view.step, session.files[0]?.text]).toEqual(["notice-crashed", true, 2, "kind: Job\n"]);
  session.step();
  expect(session.view.step).toBe(3);
});

test("where the module's second half cannot be had, the run stays as it was, however often", () => {
  session.command("kubectl apply -f job.yaml");
  session.step();
  for (let i = 0; i < 2; i++) {
    session.setFile("job.yaml", "half");
    expect([session.notice?.id, session.view.step, session.files[0]?.text]).toEqual(["notice-no-second", 2, "kind: Job\n"]);
  }
});

test("when it fails again at once, the page starts empty, and the run is still offered", () => {
  session.command("kubectl apply -f job.yaml");
  const run = session.lastGood;
  session.setFile("job.yaml", "panic");
  session.setFile("job.yaml", "panic");
  expect([session.notice?.id, session.view.step, session.files[0]?.text, session.lastGood === run]).toEqual(["notice-crashed-again", 0, "", true]);
});
