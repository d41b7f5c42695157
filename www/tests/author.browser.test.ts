// The page for authors: mistakes at their lines, a preview that follows, a proof, a zip out and in; and nothing that a lesson
// holds is ever run.
import { strToU8, unzipSync, zipSync } from "fflate";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { violations } from "./axe";
import { launch, url } from "./chromium";

describe.skipIf(!url)("an author", () => {
  let browser: BrowserContext;
  let page: Page;
  const faults: string[] = [];
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    page = await browser.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(`${url}author.html`);
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await page.locator("ks-task").first().waitFor();
  });
  afterEach(async () => {
    expect(faults.splice(0)).toEqual([]);
    await page.close();
  });

  const file = (name: string) => page.locator(".left").getByRole("tab", { name });
  /** The file's text becomes another one, as if it had been typed. */
  const write = async (name: string, change: (text: string) => string): Promise<void> => {
    await file(name).click();
    const text = await page.evaluate((name) => (document.querySelector("ks-author") as unknown as { files: { name: string; text: string }[] }).files.find((file) => file.name === name)!.text, name);
    await page.locator(".left .cm-content").click();
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    await page.keyboard.insertText(change(text));
  };
  const verdict = () => page.locator(".verdict");

  test("is told of mistakes at their lines, in every file, and sees the lesson all the while", async () => {
    await verdict().getByText("No mistakes found.").waitFor();
    await write("lesson.yaml", (text) => text.replace("points: 1", "pionts: 1"));
    await verdict().getByText("lesson.yaml, line 14").waitFor();
    expect(await verdict().locator("li").allInnerTexts()).toEqual(['lesson.yaml, line 14 unknown key "pionts"; did you mean "points"?']);
    await page.locator("ks-lesson ks-task").first().waitFor();
    await write("lesson.yaml", (text) => text.replace("pionts: 1", "points: 7"));
    await page.locator("ks-lesson").getByText("7 points").waitFor();
    await write("en.md", (text) => text.replace("{#queue}", "{#queu}").replace("widget: loop", "widget: lop"));
    await verdict().getByText("en.md, line 21").waitFor();
    expect(await verdict().locator("li").allInnerTexts()).toEqual([
      'en.md, line 21 widget must be one of loop, step, objects, terminal, yaml, task, question, and is "lop"; did you mean loop?',
      'en.md, line 26 no task has the id "queu"; did you mean "queue"?',
      'en.md, line 73 the task "queue" has no section: a heading that ends with {#queue}',
    ]);
    await verdict().getByRole("button", { name: /en\.md, line/ }).first().click();
    expect(await file("en.md").getAttribute("aria-selected")).toBe("true");
  });

  test("has the lesson proven", async () => {
    await page.getByRole("button", { name: "Test" }).click();
    await verdict().getByText("The lesson holds what it promises").waitFor();
    await write("solution.txt", (text) => text.replace("kubectl delete job hello", ""));
    await page.getByRole("button", { name: "Test" }).click();
    await verdict().getByText("the solution does not pass the task clean-up").first().waitFor();
  });

  test("finds the draft again, and takes it away and back in a zip", async () => {
    await write("en.md", (text) => text.replace("# Your first Job", "# My first Job"));
    await page.locator("ks-lesson").getByRole("heading", { name: "My first Job" }).waitFor();
    await page.reload();
    await page.locator("ks-lesson").getByRole("heading", { name: "My first Job" }).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download" }).click()]);
    const path = (await download.path())!;
    expect(download.suggestedFilename()).toBe("first-job.zip");
    expect(Object.keys(unzipSync(readFileSync(path))).sort()).toEqual(
      ["en.md", "hints/too-late.txt", "lesson.yaml", "solution.txt", "start/job.yaml", "zh-CN.md"].map((name) => `first-job/${name}`),
    );
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await page.locator("ks-lesson").getByRole("heading", { name: "Your first Job" }).waitFor();
    await page.locator("#zip").setInputFiles(path);
    await page.locator("ks-lesson").getByRole("heading", { name: "My first Job" }).waitFor();
  });

  test("cannot put anything into a lesson that runs", async () => {
    const bad = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';
    await write("en.md", (text) => `${text.replace("# Your first Job", `# ${bad}`)}\n${bad}\n\n[x](javascript:window.ran=1)\n`);
    await write("lesson.yaml", (text) => text.replace("en: kubectl,", `en: '${bad}',`));
    await write("start/job.yaml", (text) => text.replace('echo "done"', "echo \"<img src=x onerror=window.ran=1>\""));
    await page.locator("ks-lesson").getByRole("heading", { name: bad }).waitFor();
    await page.locator("ks-lesson").getByRole("button", { name: "Run kubectl apply" }).click();
    await page.locator("ks-lesson").getByRole("button", { name: "To idle" }).click();
    const input = page.locator("ks-lesson .cluster > ks-terminal textarea");
    await input.fill("kubectl logs job/hello");
    await input.press("Enter");
    await page.locator("ks-terminal").getByText("<img src=x onerror=window.ran=1>", { exact: false }).first().waitFor();
    const found = await page.evaluate(() => {
      const roots: ParentNode[] = [document];
      let elements = 0;
      for (const root of roots) {
        elements += root.querySelectorAll("img, script:not([src]), iframe, [onerror], a[href^='javascript']").length;
        for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
      }
      return { elements, ran: "ran" in window };
    });
    expect(found).toEqual({ elements: 0, ran: false });
  });

  test.each([
    ["what is no zip", () => strToU8("PK, but not really"), "lesson.zip: this is no zip with a lesson in it"],
    ["a zip without a lesson", () => zipSync({ "a.txt": strToU8("a") }), "lesson.zip: this is no zip with a lesson in it: lesson.yaml is missing"],
    ["a zip that holds too much", () => zipSync({ "lesson.yaml": new Uint8Array(64 << 20) }, { level: 9 }), "lesson.zip: there is more in it than a lesson ever has"],
  ])("is told of %s", async (_, made, words) => {
    const path = join(mkdtempSync(join(tmpdir(), "kubestep-zip-")), "lesson.zip");
    writeFileSync(path, made());
    await page.locator("#zip").setInputFiles(path);
    await page.getByRole("alert").getByText(words).waitFor();
    await page.locator("ks-lesson").getByRole("heading", { name: "Your first Job" }).waitFor();
  });

  test("has an accessible page", async () => {
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await violations(page)).toEqual([]);
  });
});
