// <kube-step> in somebody's page: what it shows before and after it has loaded, what it tells, what it leaves alone.
import { describe, expect, test } from "vitest";
import type { KubeStep } from "../src/element/kube-step";
import { violations } from "./axe";
import { url } from "./chromium";
import { JOB, pageOf, visitor } from "./embedded";
import { built } from "./site";

const block = `<pre><code>${JOB}</code></pre>`;

describe.skipIf(!url && !process.env["KUBESTEP_CHROMIUM"] || !built)("<kube-step>", () => {
  const visit = visitor({
    "/click": pageOf(`<p>Before.</p>${block}<kube-step view="split"></kube-step><p id="after">After.</p>`),
    "/strip": pageOf(`${block}<kube-step view="strip" loading="visible" step="sync job-controller"></kube-step><p>After.</p>`),
    "/many": pageOf(Array.from({ length: 10 }, (_, i) => `${block}<kube-step view="${i % 2 ? "strip" : "loop"}" loading="visible"></kube-step>`).join("")),
    "/two": pageOf(`${block}<kube-step id="a" view="strip" loading="visible"></kube-step><div lang="zh-CN">${block}<kube-step id="b" view="strip" loading="visible" theme="dark"></kube-step></div>`),
    "/readonly": pageOf(`${block}<kube-step view="files loop terminal" loading="visible" readonly></kube-step>`),
    "/broken": pageOf(`<kube-step view="loop" loading="visible" src="/nowhere.yaml"></kube-step>`),
    "/moments": pageOf(`${block}<kube-step view="strip" loading="visible" step="sync job-controller; schedule; kubelet hello"></kube-step>`),
    "/manifest.yaml": JOB,
    "/src": pageOf(`<kube-step view="strip" loading="visible" src="/manifest.yaml" step="2"></kube-step>`),
    "/script": pageOf(`<kube-step view="split" loading="visible"><script type="application/yaml" filename="a.yaml">${JOB}</script><script type="application/yaml" filename="b.yaml">x: 1</script></kube-step>`),
  });

  test("shows the manifest and one button until it is asked to run, and moves nothing when it does", async () => {
    const page = await visit.open("/click");
    await page.evaluate(() => {
      const seen = ((window as unknown as { shifts: number[] }).shifts = [] as number[]);
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => seen.push((entry as unknown as { value: number }).value))).observe({ type: "layout-shift", buffered: true });
    });
    const element = page.locator("kube-step");
    expect(await element.getByRole("region", { name: "Manifest" }).innerText()).toContain("kind: Job");
    expect(await page.locator("main > pre").isVisible()).toBe(false);
    const before = await page.locator("#after").boundingBox();
    expect(visit.site.asked.filter((path) => path.endsWith(".wasm"))).toEqual([]);
    await element.getByRole("button", { name: "Run here" }).click();
    await element.getByRole("button", { name: "Step", exact: true }).waitFor();
    expect(await page.locator("#after").boundingBox()).toEqual(before);
    expect(await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)).toEqual([]);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("main > pre").isVisible()).toBe(true);
    expect(await element.isVisible()).toBe(false);
  });

  test("steps a Job to completion, and tells of it", async () => {
    const page = await visit.open("/strip", 1);
    const heard = await page.evaluate(async () => {
      const element = document.querySelector("kube-step") as KubeStep;
      const heard: Record<string, number> = {};
      for (const type of ["step", "change", "complete"]) document.addEventListener(type, () => (heard[type] = (heard[type] ?? 0) + 1));
      let job = "";
      element.on("complete", (detail) => (job = `${detail.namespace}/${detail.job} ${detail.condition}`));
      const first = element.state!;
      for (let i = 0; i < 200 && job === ""; i++) await element.step();
      return { heard, job, first, last: element.state! };
    });
    expect([heard.first.step, heard.first.actor, heard.first.action]).toEqual([3, "job-controller", "reconcile"]);
    expect(heard.job).toBe("default/hello Complete");
    expect(heard.heard["complete"]).toBe(1);
    expect(heard.heard["step"]).toBe(heard.last.step - 3);
    expect(heard.heard["change"]).toBeGreaterThan(5);
  });

  test("is driven by the keyboard once the focus is inside, and takes neither focus nor scroll", async () => {
    const page = await visit.open("/strip", 1);
    const state = () => page.evaluate(() => (document.querySelector("kube-step") as KubeStep).state!.step);
    expect(await page.evaluate(() => [document.activeElement?.localName, window.scrollY])).toEqual(["body", 0]);
    await page.keyboard.press("ArrowRight");
    expect(await state()).toBe(3);
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    expect(await state()).toBe(4);
    await page.keyboard.press("Home");
    expect(await state()).toBe(0);
    await page.keyboard.press("End");
    expect(await state()).toBe(5);
    // An object's name opens what is known of it; Escape goes back to where one was.
    await page.locator("kube-step").getByRole("button", { name: /^hello/ }).first().press("Enter");
    await page.locator("ks-inspector").getByText("apiVersion").first().waitFor();
    await page.keyboard.press("Escape");
    expect(await page.locator("ks-inspector").count()).toBe(0);
  });

  test("ten of them share one module, and none keeps the page waiting", async () => {
    visit.site.asked.length = 0;
    const page = await visit.open("/many");
    await page.evaluate(() => Promise.all([...document.querySelectorAll("kube-step")].map((element) => (element as KubeStep).load())));
    const tasks = await page.evaluate(() => new Promise<number[]>((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries().map((entry) => Math.round(entry.duration)))).observe({ type: "longtask", buffered: true });
      setTimeout(() => resolve([]), 500);
    }));
    console.log(`ten elements: tasks over 50 ms: ${tasks.join(", ") || "none"}`);
    // Its two halves, once each.
    expect(visit.site.asked.filter((path) => path.endsWith(".wasm")).length).toBe(2);
    expect(await page.evaluate(() => [...document.querySelectorAll("kube-step")].map((element) => (element as KubeStep).state!.step))).toEqual(Array(10).fill(0));
  });

  test("two are independent; each speaks its language and wears its theme", async () => {
    const page = await visit.open("/two", 2);
    await page.locator("#a").getByRole("button", { name: "Step", exact: true }).click();
    const [a, b] = await page.evaluate(() => ["a", "b"].map((id) => (document.getElementById(id) as KubeStep).state!));
    expect([a!.step, b!.step]).toEqual([1, 0]);
    await page.locator("#b").getByRole("button", { name: "单步", exact: true }).click();
    expect(await page.locator("#b").getByText("您运行了").count()).toBe(1);
    expect(await page.locator("#a").getByText("You ran").count()).toBe(1);
    expect(await page.evaluate(() => ["a", "b"].map((id) => document.getElementById(id)!.dataset["look"]))).toEqual(["light", "dark"]);
  });

  test("when one fails, all go on from where they were", async () => {
    const page = await visit.open("/two", 2);
    await page.evaluate(async () => {
      const [a, b] = ["a", "b"].map((id) => document.getElementById(id) as KubeStep);
      await a!.seek(4);
      await b!.seek(6);
      const strip = a!.shadowRoot!.querySelector("ks-embed") as unknown as { session: import("../src/app/session").Session };
      strip.session.ask((engine) => engine.fail());
    });
    visit.faults.length = 0;
    await page.locator("#b").getByRole("button", { name: "单步", exact: true }).click();
    expect(await page.evaluate(() => ["a", "b"].map((id) => (document.getElementById(id) as KubeStep).state!.step))).toEqual([4, 7]);
  });

  test("opens at a moment, and a page that shows one loads no editor and one language", async () => {
    visit.site.asked.length = 0;
    const page = await visit.open("/moments", 1);
    expect(await page.evaluate(() => (document.querySelector("kube-step") as KubeStep).state!.sentence)).toMatch(/node-\d.*hello-/);
    const files = visit.site.asked.filter((path) => path.startsWith("/pkg/dist/"));
    const bytes = files.reduce((sum, path) => sum + visit.site.sent.get(path)!, 0);
    console.log(`a page with one paused diagram: ${bytes} bytes in ${files.length} files`);
    expect(files.filter((path) => /editor|zh-CN/.test(path))).toEqual([]);
    expect(bytes).toBeLessThan(1_400_000);
  });

  test("a manifest, a run and a link are sources", async () => {
    const page = await visit.open("/src", 1);
    const told = await page.evaluate(async () => {
      const element = document.querySelector("kube-step") as KubeStep;
      const told = [[element.state!.step, element.state!.length]];
      await element.seek("schedule");
      const run = await element.save();
      const heard = (type: string) => new Promise((resolve) => element.addEventListener(type, resolve, { once: true }));
      element.removeAttribute("step");
      await element.seek(0);
      element.setAttribute("src", URL.createObjectURL(new Blob([run])));
      await heard("step");
      told.push([element.state!.step, element.state!.length]);
      element.setAttribute("src", "#v9:abc");
      await heard("error");
      await element.step();
      await element.open(run);
      told.push([element.state!.step, element.state!.length]);
      return told;
    });
    expect(told).toEqual([[2, 2], [7, 7], [7, 7]]);
  });

  test("the editor comes when somebody is about to type, and applies", async () => {
    const page = await visit.open("/script", 1);
    expect(visit.site.asked.filter((path) => path.includes("editor"))).toEqual([]);
    const element = page.locator("kube-step");
    await element.getByRole("textbox").focus();
    await element.locator(".cm-content").waitFor();
    await page.keyboard.press("Control+Enter");
    await element.getByText("You ran").first().waitFor();
    expect(await page.evaluate(() => (document.querySelector("kube-step") as KubeStep).state!.step)).toBe(1);
  });

  test("follows the page's theme while it changes", async () => {
    const page = await visit.open("/strip", 1);
    const look = () => page.evaluate(() => (document.querySelector("kube-step") as KubeStep).dataset["look"]);
    const looks = [await look()];
    for (const change of ['document.documentElement.dataset.theme = "dark"', 'document.documentElement.dataset.theme = "light"', 'document.body.setAttribute("data-md-color-scheme", "slate")', 'document.querySelector("kube-step").setAttribute("theme", "light")']) {
      await page.evaluate(change);
      looks.push(await look());
    }
    expect(looks).toEqual(["light", "dark", "light", "dark", "light"]);
  });

  test("readonly leaves nothing to type into", async () => {
    const page = await visit.open("/readonly", 1);
    expect(await page.locator("kube-step textarea:not([readonly]), kube-step .cm-content, kube-step form").count()).toBe(0);
    expect(await page.evaluate(() => (document.querySelector("kube-step") as KubeStep).kubectl("get pods"))).toMatchObject({ code: 1 });
    expect(await page.evaluate(async () => (await (document.querySelector("kube-step") as KubeStep).fetch("/api/v1/namespaces/default/pods", { method: "DELETE" })).json())).toMatchObject({ kind: "Status", code: 403 });
  });

  test("what cannot be had is said, and may be tried again", async () => {
    const page = await visit.open("/broken");
    await page.locator("kube-step").getByRole("alert").waitFor();
    expect(await page.locator("kube-step").getByRole("button", { name: "Run here" }).count()).toBe(1);
    expect(visit.faults.splice(0).join()).toContain("404");
  });

  test.each(["light", "dark"] as const)("axe finds nothing, %s", async (scheme) => {
    for (const path of ["/click", "/strip", "/two", "/readonly", "/script"]) {
      const page = await visit.open(path, path === "/click" ? 0 : 1, scheme);
      expect([path, await violations(page)]).toEqual([path, []]);
    }
  });
});
