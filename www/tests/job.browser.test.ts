// A person at the page: applies the one-off Job, steps it to completion, reads its log, goes back and branches.
import AxeBuilder from "axe-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { launch, url } from "./chromium";

describe.skipIf(!url)("a Job, stepped in the browser", () => {
  let browser: BrowserContext;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    page = await browser.newPage();
    faults = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(url!);
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await page.locator("ks-transport").waitFor();
  });
  afterEach(async () => {
    expect(faults).toEqual([]);
    await page.close();
  });

  const step = (): Locator => page.getByRole("button", { name: "Step", exact: true });
  const apply = () => page.getByRole("button", { name: /^Apply/ }).click();
  const toIdle = () => page.getByRole("button", { name: "To idle" }).click();

  async function position(): Promise<{ step: number; length: number }> {
    const text = await page.locator("ks-transport .where").innerText();
    const [, at, length] = /^(\d+) \/ (\d+)/.exec(text)!;
    return { step: Number(at), length: Number(length) };
  }

  /** Types a command and gives what it printed. */
  async function type(line: string): Promise<string> {
    const input = page.getByLabel("Command line");
    await input.click();
    await page.keyboard.type(line);
    await page.keyboard.press("Enter");
    const last = page.locator("ks-terminal .entry").last();
    await last.getByText(line, { exact: true }).waitFor();
    return (await last.locator(".out").allInnerTexts()).join("");
  }

  async function idle(): Promise<void> {
    await toIdle();
    await page.waitForFunction(() => {
      const app = document.querySelector("ks-app") as unknown as { session: { running?: string } };
      return app.session.running === undefined;
    });
  }

  test("applied, stepped to completion, read, rewound and branched", { timeout: 120_000 }, async () => {
    await apply();
    await page.locator("ks-terminal").getByText("job.batch/hello", { exact: false }).first().waitFor();
    const start = await position();
    for (let i = 0; i < 6; i++) await step().click();
    expect((await position()).step).toBe(start.step + 6);
    await idle();

    expect(await type("kubectl get job")).toMatch(/hello +Complete +1\/1/);
    const pods = await type("kubectl get pod");
    expect(pods).toMatch(/hello-\w+ +0\/1 +Completed/);
    const pod = /hello-\w+/.exec(pods)![0];
    expect(await type(`kubectl logs ${pod}`)).toBe("hello k8s job!\n");

    // Back to before the pod existed, by the keys.
    const end = await position();
    await page.locator("ks-timeline .track").focus();
    await page.keyboard.press("Home");
    expect((await position()).step).toBe(0);
    for (let i = 0; i < start.step; i++) await page.keyboard.press("ArrowRight");
    expect(await type("kubectl get pods")).toContain("No resources found in default namespace.");
    expect((await position()).length).toBe(end.length);

    // Something else from here: a branch, and the first one is still there.
    await page.locator("ks-editor .cm-content").click();
    await page.keyboard.press("Control+End");
    await page.evaluate(() => {
      const app = document.querySelector("ks-app") as unknown as { session: { files: { name: string; text: string }[]; setFile(n: string, t: string): void } };
      const file = app.session.files[0]!;
      app.session.setFile(file.name, file.text.replace("spec:\n", "spec:\n  parallelism: 3\n  completions: 3\n").replace("name: hello\n", "name: three\n"));
    });
    await page.keyboard.press("Control+Enter");
    await page.locator("ks-terminal").getByText("job.batch/three").first().waitFor();
    await idle();
    expect(await type("kubectl get job three")).toMatch(/three +Complete +3\/3/);
    const branches = page.getByLabel("Branch", { exact: true });
    expect(await branches.locator("option").count()).toBe(3);
    await branches.selectOption({ index: 0 });
    expect((await position()).length).toBe(end.length);
    expect(await type("kubectl get job")).toMatch(/hello +Complete +1\/1/);
  });

  test("keys step, and do nothing while one types", async () => {
    await apply();
    const { step: at } = await position();
    await page.locator("ks-loop").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    expect((await position()).step).toBe(at + 1);
    await page.getByLabel("Command line").click();
    await page.keyboard.type("kubectl  get");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Home");
    expect((await position()).step).toBe(at + 1);
  });

  test("a step says what happened, and a cause leads back to it", async () => {
    await apply();
    await step().click();
    await step().click();
    await step().click();
    const before = await position();
    await page.locator("ks-step .causes .cause").first().click();
    expect((await position()).step).toBeLessThan(before.step);
  });

  test("a link carries the run; one that was cut off is said", async () => {
    await apply();
    await step().click();
    const link = await page.evaluate(() => (document.querySelector("ks-app") as unknown as { session: { link(): string } }).session.link());
    const other = await browser.newPage();
    await other.goto(link);
    await other.locator("ks-terminal").getByText("kubectl apply -f job.yaml").first().waitFor();
    await other.close();
    const broken = await browser.newPage();
    await broken.goto(link.slice(0, -20));
    await broken.getByRole("alert").waitFor();
    await broken.locator("ks-editor").getByText("batch/v1").first().waitFor();
    await broken.close();
  });

  test("ten megabytes of paste are refused and lose nothing", async () => {
    await page.locator("ks-editor .cm-content").click();
    await page.evaluate(() => {
      const editor = document.querySelector("ks-app")!.shadowRoot!.querySelector("ks-editor")!.shadowRoot!.querySelector(".cm-content")!;
      const data = new DataTransfer();
      data.setData("text/plain", "x".repeat(10 << 20));
      editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await page.getByRole("alert").waitFor();
    expect(await page.locator("ks-editor .cm-content").innerText()).toContain("batch/v1");
  });

  test.each(["light", "dark"] as const)("meets WCAG AA, %s, wide and narrow, in both languages", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await apply();
    for (let i = 0; i < 8; i++) await step().click();
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 860 });
      await page.evaluate(AxeBuilder.source);
      const panes = width === 390 ? await page.locator(".panes button").all() : [undefined];
      for (const pane of panes) {
        await pane?.click();
        const violations = await page.evaluate(async () => {
          const { axe } = window as unknown as { axe: { run(o: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
          const found = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
          return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`);
        });
        expect(violations).toEqual([]);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("button", { name: "单步" }).waitFor();
    await page.getByRole("button", { name: "English" }).click();
  });
});
