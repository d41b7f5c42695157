// <kube-step lesson="…">: a lesson's tasks in somebody's page, and what the page is told of them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Checks } from "../../pkg/kubestep";
import type { KubeStep } from "../src/element/kube-step";
import { violations } from "./axe";
import { url } from "./chromium";
import { pageOf, visitor, JOB } from "./embedded";
import { built } from "./site";

describe.skipIf(!url && !process.env["KUBESTEP_CHROMIUM"] || !built)("<kube-step lesson>", () => {
  const visit = visitor({
    "/lesson": pageOf(`<pre><code>${JOB}</code></pre><kube-step lesson="first-job" loading="visible"></kube-step><p id="after">After.</p>`),
    "/chinese": pageOf(`<kube-step lesson="first-job" view="tasks" loading="visible"></kube-step><div lang="zh-CN"><kube-step id="zh" lesson="cronjob" view="tasks" loading="visible"></kube-step></div>`),
    "/forbids": pageOf(`<kube-step lesson="expectations" view="tasks terminal" loading="visible"></kube-step>`),
    "/nowhere": pageOf(`<kube-step lesson="no-such-lesson" loading="visible"></kube-step>`),
    "/plain": pageOf(`<kube-step view="tasks loop" loading="visible"><script type="application/yaml">${JOB}</script></kube-step>`),
  });
  const element = 'document.querySelector("kube-step")';

  test("shows the lesson's beginning and its tasks, and tells once whenever a check changes", async () => {
    const page = await visit.open("/lesson", 1);
    // The manifest before it is somebody else's.
    expect(await page.locator("main > pre").isVisible()).toBe(true);
    await page.getByRole("region", { name: "Tasks" }).getByText("job/hello exists").waitFor();
    expect(await page.locator("kube-step").getByText("Task 1 of 4").count()).toBe(1);
    const told = await page.evaluate(async () => {
      const element = document.querySelector("kube-step") as KubeStep;
      const heard: Checks[] = [];
      document.addEventListener("check", (event) => heard.push((event as CustomEvent<Checks>).detail));
      const first = element.checks!;
      await element.kubectl("apply -f job.yaml");
      const after = heard.length;
      await element.run("idle");
      for (let i = 0; i < 5; i++) await element.back();
      for (let i = 0; i < 5; i++) await element.step();
      return { first, after, heard, last: element.checks!, steps: element.state!.step };
    });
    expect(told.first).toMatchObject({ lesson: "first-job", points: 0, of: 6, passed: false });
    expect(told.first.tasks.map(({ id, points, passed }) => [id, points, passed])).toEqual([["apply", 1, false], ["queue", 2, false], ["complete", 2, false], ["clean-up", 1, false]]);
    expect(told.after).toBe(1);
    expect(told.heard[0]!.tasks[0]).toEqual({ id: "apply", points: 1, passed: true, checks: [{ holds: true, asks: "job/hello exists" }], questions: [] });
    expect(told.heard.every((checks, i) => i === 0 || JSON.stringify(checks) !== JSON.stringify(told.heard[i - 1]))).toBe(true);
    expect(told.heard.length).toBeLessThan(told.steps / 3);
    expect(told.last).toMatchObject({ points: 3, passed: false });
    expect(await violations(page, "kube-step")).toEqual([]);
  });

  test("is handed in and gone on with as text, and an answer is told", async () => {
    const page = await visit.open("/lesson", 1);
    const told = await page.evaluate(async () => {
      const element = document.querySelector("kube-step") as KubeStep;
      await element.kubectl("apply -f job.yaml");
      await element.step();
      const text = await element.save();
      await element.seek(0);
      await element.open(text);
      return { lesson: JSON.parse(text).lesson, step: element.state!.step, passed: element.checks!.tasks.map(({ passed }) => passed) };
    });
    expect(told.lesson).toBe("first-job");
    expect(told.step).toBeGreaterThan(1);
    expect(told.passed).toEqual([true, false, false, false]);
    const answered = page.evaluate(() => new Promise<Checks>((resolve) => (document.querySelector("kube-step") as KubeStep).on("check", resolve)));
    await page.locator("kube-step ks-question").first().getByRole("textbox").fill("hello");
    await page.locator("kube-step ks-question").first().getByRole("button", { name: "Answer" }).click();
    expect((await answered).tasks[1]).toMatchObject({ id: "queue", passed: true, questions: [{ id: "which-key", right: true }] });
    // Nor is it lost when the engine fails and another takes its place.
    const after = await page.evaluate(async () => {
      const element = document.querySelector("kube-step") as KubeStep;
      const { session } = element.shadowRoot!.querySelector("ks-embed") as unknown as { session: import("../src/app/session").Session };
      session.ask((engine) => engine.fail());
      await element.step();
      return JSON.parse(await element.save()).answers.length;
    });
    visit.faults.length = 0;
    expect(after).toBe(1);
  });

  test("speaks the language around it, beside another that speaks its own; and becomes another lesson", async () => {
    const page = await visit.open("/chinese", 2);
    await page.locator("#zh").getByText("任务 1 /").first().waitFor();
    await page.locator("kube-step").first().getByText("Task 1 of 4").waitFor();
    await page.evaluate(`${element}.setAttribute("lesson", "secret")`);
    await page.waitForFunction(() => (document.querySelector("kube-step") as KubeStep).checks?.lesson === "secret");
    await page.locator("kube-step").first().getByText("Task 1 of").waitFor();
    expect(await page.locator("kube-step").first().locator("ks-embed").count()).toBe(1);
  });

  test("says what is wrong with a lesson that cannot be had", async () => {
    const page = await visit.open("/nowhere");
    await page.locator("kube-step").getByRole("alert").waitFor();
    expect(await page.evaluate(`${element}.load().catch((error) => error.message)`)).toBe("no-such-lesson: 404 Not Found");
    visit.faults.length = 0;
  });

  test("does not allow what the lesson does not allow", async () => {
    const page = await visit.open("/forbids", 1);
    const refused = await page.evaluate(() => (document.querySelector("kube-step") as KubeStep).kubectl("delete pods --all"));
    expect(refused).toEqual({ code: 1, stdout: "", stderr: "error: this command is not allowed: kubectl delete pods --all\n" });
  });

  test("without a lesson there are no tasks", async () => {
    const page = await visit.open("/plain", 1);
    expect(await page.locator("ks-tasks").count()).toBe(0);
    await page.evaluate(`${element}.step()`);
  });

  test("lessons of the course lie beside the element, without their solutions", () => {
    const zip = readFileSync(join(import.meta.dirname, "../../pkg/dist/lessons/first-job.zip"));
    expect(zip.length).toBeLessThan(6000);
    expect(zip.includes("solution")).toBe(false);
  });
});
