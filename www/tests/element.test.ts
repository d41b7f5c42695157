// What an element reads from its page: attributes, manifests in every generator's markup, moments.
import { expect, test } from "vitest";
import { dedent } from "../src/element/manifest";
import { readMoments } from "../src/element/moment";
import { readView, reserve } from "../src/element/views";

test.each([
  [null, "files loop step"],
  ["loop", "loop"],
  ["FULL", "files loop step next terminal objects"],
  ["terminal, files", "files terminal"],
  ["nothing", "files loop step"],
  ["strip", "strip"],
])("view=%j shows %s", (text, expected) => {
  const view = readView(text);
  expect(view.strip ? "strip" : view.panels.join(" ")).toBe(expected);
});

test.each([
  ["12", [{ type: "step", step: 12 }]],
  ["idle", [{ type: "idle" }]],
  ["sync job-controller", [{ type: "action", action: "reconcile", of: "job-controller", nth: 1 }]],
  ["sync job-controller 2; change", [{ type: "action", action: "reconcile", of: "job-controller", nth: 2 }, { type: "change" }]],
  ["schedule", [{ type: "action", action: "schedule", of: "", nth: 1 }]],
  ["event SuccessfulCreate", [{ type: "event", reason: "SuccessfulCreate" }]],
  ["condition job/pi Failed=False", [{ type: "condition", object: "job/pi", condition: "Failed", status: "False" }]],
])("step=%j", (text, expected) => {
  expect(readMoments(text)).toEqual(expected);
});

test.each(["-1", "somewhere", "condition job/pi", "sync a b c"])("step=%j is refused with what there is", (text) => {
  expect(() => readMoments(text)).toThrow(/^step="/);
});

test("a script's indentation is its page's", () => {
  expect(dedent("\n      kind: Job\n      metadata:\n\n        name: pi\n    ")).toBe("kind: Job\nmetadata:\n\n  name: pi\n");
});

test("the room is kept for every view, only where scripts run", () => {
  const css = reserve();
  expect(css).toMatch(/@media screen and \(scripting: enabled\)/);
  for (const view of ["full", "split", "loop", "step", "terminal", "strip"]) expect(css).toContain(`[view="${view}"]`);
});
