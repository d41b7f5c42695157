// What a learner relies on: causes that lead back, the own objects first, runs that end, faults told at their line, and a
// page that survives its engine.
import { describe, expect, test } from "vitest";
import { url } from "./chromium";
import { person } from "./person";

const LOOP = `apiVersion: v1
kind: Pod
metadata:
  name: watcher
spec:
  containers:
  - name: main
    image: busybox:1.36
    command: [sh, -c, "while true; do sleep 2; done"]
`;

describe.skipIf(!url)("a learner", () => {
  const you = person();
  const says = (): Promise<string> => you.page.locator("ks-step .sentence").innerText();

  test("walks from any step back to what was typed, through the clock too", async () => {
    await you.apply();
    await you.idle();
    const { length } = await you.position();
    const causes = await you.ask((session) => {
      const steps = [];
      for (let step = 1; step <= session.timeline.length; step++) {
        const { line, causes } = session.engine.stepRecord(step);
        // The cluster looks after itself: nodes report, and controllers make their regular passes.
        const routine = line.actor.role !== "kubectl" && line.action.objects.every((object) => object.kind === "Node");
        steps.push({ step, kind: line.action.kind, routine, causes: causes.map((cause) => cause.step) });
      }
      return steps;
    });
    expect(causes.length).toBe(length);
    for (const { step, kind, routine, causes: earlier } of causes) {
      if (step > 1 && !routine) expect(earlier.length, `step ${step} (${kind})`).toBeGreaterThan(0);
      expect(earlier.every((cause) => cause < step)).toBe(true);
    }
    const tick = causes.find(({ kind, routine }) => kind === "timer" && !routine)!;
    await you.ask((session) => session.seek(0));
    for (let at = 0; at < tick.step; at++) await you.page.keyboard.press("ArrowRight");
    expect(await says()).toMatch(/passed, until (Job|Pod) hello/);
    await you.page.locator("ks-step .causes .cause").first().click();
    expect((await you.position()).step).toBe(tick.causes[0]);
  });

  test("sees the own objects, and the cluster's folded away", async () => {
    const rows = you.page.locator("ks-inspector .body > table tbody tr");
    const machinery = you.page.locator("ks-inspector .machinery");
    await you.page.locator("ks-inspector").getByText("Nothing of yours is here yet.").waitFor();
    await you.apply();
    await you.idle();
    expect((await rows.allInnerTexts()).map((row) => row.split(/\s/)[0])).toEqual(["Job", "Pod"]);
    expect(await machinery.locator("tr").first().isVisible()).toBe(false);
    await machinery.locator("summary").click();
    await machinery.getByRole("button", { name: "kube-root-ca.crt" }).first().waitFor();
    expect(await you.page.locator("ks-loop").getByText("orphan-pods").count()).toBe(0);
  });

  test("has every link of a step within reach of a finger", async () => {
    await you.example(1);
    await you.apply();
    for (let i = 0; i < 6; i++) await you.step().click();
    const heights = await you.page.locator("ks-step .object").evaluateAll((links) => links.map((link) => link.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(0);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(24);
  });

  test("is told when only a looping program goes on", async () => {
    await you.write(LOOP);
    await you.page.keyboard.press("Control+Enter");
    await you.page.locator("ks-terminal").getByText("pod/watcher").first().waitFor();
    await you.idle();
    await you.page.getByRole("status").getByText(/for ten minutes .* Only watcher goes on/).waitFor();
    expect(await you.page.locator("ks-loop .clock").innerText()).toMatch(/waits for 1 pod/);
    await you.page.locator("ks-next").getByText("Nothing is left to do but to wait for watcher").waitFor();
    const { minutes, steps } = await you.ask((session) => ({ minutes: session.view.nowMs / 60_000, steps: session.view.step }));
    expect(minutes).toBeGreaterThan(10);
    expect(minutes).toBeLessThan(12);
    await you.idle();
    expect((await you.position()).step).toBeGreaterThan(steps);
  });

  test.each([
    ["an unknown field at its name", "spec:\n  template:\n    spec:\n      restartPolicy: Never\n      containres:\n      - name: a\n", 9, "containres"],
    ["an open bracket in the line that the message names", "spec:\n  template:\n    spec:\n      restartPolicy: [Never\n", 8, "restartPolicy: [Never"],
  ])("finds %s", async (_, spec, line, marked) => {
    await you.write(`apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: hello\n${spec}`);
    await you.page.locator("ks-editor .faults").getByRole("button", { name: `line ${line}` }).waitFor();
    expect(await you.page.locator("ks-editor .cm-lintRange").allInnerTexts()).toEqual([marked]);
  });

  test("keeps the run when the engine fails, and can save it", async () => {
    await you.apply();
    for (let i = 0; i < 4; i++) await you.step().click();
    const before = await you.position();
    const hash = () => you.ask((session) => (session.engine as unknown as { traceHash(): string }).traceHash());
    const trace = await hash();
    const old = await you.page.evaluateHandle(() => (document.querySelector("ks-app") as unknown as { session: { engine: { view(n: number): unknown } } }).session.engine);
    await you.ask((session) => session.ask((engine) => engine.fail()));
    await you.page.getByRole("alert").getByText("Kubestep itself has failed").waitFor();
    expect(you.faults.splice(0).length).toBeGreaterThan(0);

    // The old instance is gone; what it made is refused instead of being read as memory of the new one.
    expect(await old.evaluate((engine) => {
      try {
        return engine.view(1) === undefined;
      } catch {
        return "refused";
      }
    })).toBe("refused");
    expect(await you.position()).toEqual(before);
    expect(await hash()).toBe(trace);
    const [download] = await Promise.all([you.page.waitForEvent("download"), you.page.getByRole("alert").getByRole("button", { name: "Save" }).click()]);
    expect(download.suggestedFilename()).toBe("kubestep-run.json");
    await you.idle();
    expect(await you.type("kubectl get job")).toMatch(/hello +Complete +1\/1/);
  });
});
