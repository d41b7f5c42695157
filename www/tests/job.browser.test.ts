// A person at the page: applies the one-off Job, steps it to completion, reads its log, goes back and branches.
import { describe, expect, test } from "vitest";
import { violations } from "./axe";
import { url } from "./chromium";
import { person } from "./person";

describe.skipIf(!url)("a Job, stepped in the browser", () => {
  const you = person();

  test("applied, stepped to completion, read, rewound and branched", { timeout: 120_000 }, async () => {
    await you.apply();
    await you.page.locator("ks-terminal").getByText("job.batch/hello", { exact: false }).first().waitFor();
    const start = await you.position();
    for (let i = 0; i < 6; i++) await you.step().click();
    expect((await you.position()).step).toBe(start.step + 6);
    await you.idle();

    expect(await you.type("kubectl get job")).toMatch(/hello +Complete +1\/1/);
    const pods = await you.type("kubectl get pod");
    expect(pods).toMatch(/hello-\w+ +0\/1 +Completed/);
    const pod = /hello-\w+/.exec(pods)![0];
    expect(await you.type(`kubectl logs ${pod}`)).toBe("hello k8s job!\n");

    // Back to before the pod existed, by the keys.
    const end = await you.position();
    await you.page.locator("ks-timeline .track").focus();
    await you.page.keyboard.press("Home");
    expect((await you.position()).step).toBe(0);
    for (let i = 0; i < start.step; i++) await you.page.keyboard.press("ArrowRight");
    expect(await you.type("kubectl get pods")).toContain("No resources found in default namespace.");
    expect((await you.position()).length).toBe(end.length);

    // Something else from here: a branch, and the first one is still there.
    const text = await you.ask((session) => session.files[0]!.text);
    await you.write(text.replace("spec:\n", "spec:\n  parallelism: 3\n  completions: 3\n").replace("name: hello\n", "name: three\n"));
    await you.page.keyboard.press("Control+Enter");
    await you.page.locator("ks-terminal").getByText("job.batch/three").first().waitFor();
    await you.idle();
    expect(await you.type("kubectl get job three")).toMatch(/three +Complete +3\/3/);
    const branches = you.page.getByLabel("Branch", { exact: true });
    expect(await branches.locator("option").count()).toBe(3);
    await branches.selectOption({ index: 0 });
    expect((await you.position()).length).toBe(end.length);
    expect(await you.type("kubectl get job")).toMatch(/hello +Complete +1\/1/);
  });

  test("keys step, and do nothing while one types", async () => {
    await you.apply();
    const { step: at } = await you.position();
    await you.page.locator("ks-loop").focus();
    await you.page.keyboard.press("ArrowRight");
    await you.page.keyboard.press("ArrowRight");
    await you.page.keyboard.press("ArrowLeft");
    expect((await you.position()).step).toBe(at + 1);
    await you.page.getByLabel("Command line").click();
    await you.page.keyboard.type("kubectl  get");
    await you.page.keyboard.press("ArrowLeft");
    await you.page.keyboard.press("Home");
    expect((await you.position()).step).toBe(at + 1);
  });

  test("a step says what happened, what the server made of an object that was sent, and a cause leads back to it", async () => {
    await you.apply();
    await you.page.locator("ks-step").getByText(/^The server filled in \d+ fields/).click();
    expect(await you.page.locator("ks-step details[open]").last().innerText()).toContain("spec.backoffLimit: + 6");
    await you.step().click();
    await you.step().click();
    await you.step().click();
    const before = await you.position();
    await you.page.locator("ks-step .causes .cause").first().click();
    expect((await you.position()).step).toBeLessThan(before.step);
  });

  test("a link carries the run; one that was cut off is said", async () => {
    await you.apply();
    await you.step().click();
    const link = await you.ask((session) => session.link());
    const other = await you.browser.newPage();
    await other.goto(link);
    await other.locator("ks-terminal").getByText("kubectl apply -f job.yaml").first().waitFor();
    await other.close();
    const broken = await you.browser.newPage();
    await broken.goto(link.slice(0, -20));
    await broken.getByRole("alert").waitFor();
    await broken.locator("ks-editor").getByText("batch/v1").first().waitFor();
    await broken.close();
  });

  test("ten megabytes of paste are refused and lose nothing", async () => {
    await you.page.locator("ks-editor .cm-content").click();
    await you.page.evaluate(() => {
      const editor = document.querySelector("ks-app")!.shadowRoot!.querySelector("ks-editor")!.shadowRoot!.querySelector(".cm-content")!;
      const data = new DataTransfer();
      data.setData("text/plain", "x".repeat(10 << 20));
      editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await you.page.getByRole("alert").waitFor();
    expect(await you.page.locator("ks-editor .cm-content").innerText()).toContain("batch/v1");
  });

  test.each(["light", "dark"] as const)("meets WCAG AA, %s, wide and narrow, in both languages", async (colorScheme) => {
    await you.page.emulateMedia({ colorScheme });
    await you.apply();
    for (let i = 0; i < 8; i++) await you.step().click();
    for (const width of [1440, 390]) {
      await you.page.setViewportSize({ width, height: 860 });
      const panes = width === 390 ? await you.page.locator(".panes button").all() : [undefined];
      for (const pane of panes) {
        await pane?.click();
        expect(await violations(you.page)).toEqual([]);
      }
      expect(await you.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    await you.page.setViewportSize({ width: 1440, height: 900 });
    await you.page.getByRole("button", { name: "中文" }).click();
    await you.page.getByRole("button", { name: "单步" }).waitFor();
    await you.page.getByRole("button", { name: "English" }).click();
  });
});
