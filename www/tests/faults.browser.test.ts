// Someone who breaks things on purpose: mechanisms off, watches held, breakpoints, a node without power; and what the page says of it.
import { describe, expect, test } from "vitest";
import { violations } from "./axe";
import { url } from "./chromium";
import { person } from "./person";

const JOB = `apiVersion: batch/v1
kind: Job
metadata:
  name: work
spec:
  completions: 4
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
        command: [sleep, "60"]
`;

describe.skipIf(!url)("someone who breaks things", () => {
  const you = person();
  const pods = () => you.ask((session) => session.view.apiServer.counts.find((c) => c.kind === "Pod")?.count ?? 0);
  const faults = () => you.page.getByRole("tab", { name: /^Faults/ }).filter({ visible: true }).click();
  /** Steps until there are so many pods, at most 80 times. */
  const stepTo = async (count: number): Promise<void> => {
    for (let i = 0; i < 80 && (await pods()) < count; i++) await you.step().click();
    expect(await pods()).toBe(count);
  };
  const apply = async (): Promise<void> => {
    await you.write(JOB);
    await you.page.keyboard.press("Control+Enter");
    await you.page.locator("ks-terminal").getByText("job.batch/work").first().waitFor();
  };

  test("sees four pods where expectations are off and the watch is held, and is told why", async () => {
    await faults();
    const panel = you.page.locator("ks-mechanisms");
    await panel.getByRole("switch", { name: "Expectations" }).click();
    await panel.getByRole("switch", { name: "Deliver watch events of pods to" }).click();
    await you.page.getByRole("tab", { name: "Faults · 2 off" }).waitFor();
    const loop = you.page.locator("ks-loop");
    await loop.getByText("held back").waitFor();
    await loop.getByText("ignored").waitFor();
    await apply();
    await stepTo(2);
    expect(await you.page.locator("ks-step .unheeded").count()).toBe(0);
    await stepTo(4);
    await you.page.locator("ks-step .outcome").getByText("It acted although its cache does not show yet what it did before").waitFor();
    await loop.locator(".client").getByText("CREATE pods ×2").waitFor();
    await loop.locator(".handlers").getByText("updateJob").waitFor();

    // Each switch was one step, so going back undoes it.
    await you.ask((session) => session.seek(0));
    expect(await panel.getByRole("switch", { name: "Expectations" }).getAttribute("aria-checked")).toBe("true");
  });

  test("marks a place, stops there, and clears it", async () => {
    await apply();
    await stepTo(2);
    const mark = you.page.getByRole("button", { name: "Stop runs at job-controller · create-pods" });
    await mark.click();
    expect(await mark.getAttribute("aria-pressed")).toBe("true");
    await you.ask((session) => session.seek(0));
    await you.page.keyboard.press("Home");
    await you.idle();
    await you.page.getByRole("status").getByText("Stopped at a breakpoint: job-controller has just passed create-pods").waitFor();
    expect(await pods()).toBe(2);
    await faults();
    await you.page.getByRole("button", { name: "Clear the breakpoint job-controller · create-pods" }).click();
    await you.idle();
    expect(await you.type("kubectl get job work")).toMatch(/Complete +4\/4/);
  });

  test("switches a node off and on at the node itself", async () => {
    await apply();
    await you.ask((session) => session.runUntil({ type: "time", ms: 5000 }).then(() => undefined));
    const node = you.page.locator('ks-loop [data-box="node node-2"]');
    await node.getByRole("button", { name: "Switch node-2 off" }).click();
    await node.getByText("no power").waitFor();
    await you.page.locator("ks-step .sentence").getByText("You switched node-2 off").waitFor();
    await you.ask((session) => session.runUntil({ type: "time", ms: 70_000 }).then(() => undefined));
    await node.getByText("NotReady").waitFor();
    await node.getByRole("button", { name: "Switch node-2 on" }).click();
    await node.getByText("no power").waitFor({ state: "detached" });
    await you.idle();
    expect(await you.type("kubectl get job work")).toMatch(/Complete +4\/4/);
  });

  test("sees the controller manager start anew, stage by stage", async () => {
    await faults();
    await you.page.getByRole("button", { name: "Kill and restart" }).click();
    const stage = you.page.locator("ks-loop .start [aria-current]");
    const seen = [await stage.innerText()];
    for (let i = 0; i < 40 && (await stage.count()); i++) {
      const now = await stage.innerText();
      if (now !== seen.at(-1)) seen.push(now);
      await you.step().click();
    }
    expect(seen.map((text) => text.replace(/^\W+/, ""))).toEqual(["API server", "controllers", "caches"]);
    await you.page.locator("ks-step").getByText("started 5 workers for the queue of job-controller", { exact: false }).waitFor();
  });

  test("opens an example in which something is off from the start", async () => {
    await you.page.getByLabel("Examples").selectOption("without-expectations");
    await you.page.locator("ks-editor .try").getByText("Expectations are off and the watch of pods is held back.").waitFor();
    await you.page.getByRole("tab", { name: "Faults · 2 off", selected: true }).waitFor();
    await you.apply();
    await stepTo(4);
  });

  test.each(["light", "dark"] as const)("meets WCAG AA, %s, wide and narrow", async (colorScheme) => {
    await you.page.emulateMedia({ colorScheme });
    await you.page.getByLabel("Examples").selectOption("without-rate-limit");
    await you.apply();
    await you.ask((session) => {
      for (const words of ["node-down node-2", "delivery pods off", "workers job-controller 0", "restart-controllers"]) session.fault(words);
      session.toggleBreakpoint("job-controller", "create-pods");
    });
    for (let i = 0; i < 3; i++) await you.step().click();
    for (const width of [1440, 390]) {
      await you.page.setViewportSize({ width, height: 860 });
      for (const pane of width === 390 ? ["Files", "Loop", "Step", "Faults"] : [undefined]) {
        if (pane) await you.page.locator(".panes").getByRole("tab", { name: pane }).click();
        expect(await violations(you.page)).toEqual([]);
      }
      expect(await you.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });
});
