// A teacher grades a class in the page: 200 submissions, ten of them tampered with, and things that are no submissions at all;
// then reads who passed what, and opens somebody's run where they stopped.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LessonSession } from "../src/lessons/lesson-session";
import { violations } from "./axe";
import { launch, url } from "./chromium";

const PROGRAM = process.env["KUBESTEP_BIN"];
const LESSON = join(import.meta.dirname, "../../lessons/first-job");

/** What is replaced in an honest submission, and what the page says of it. */
const CHEATS: [string, string, string][] = [
  ["},33,", "},32,", "its steps are not those that it says"],
  ['"lesson":"first-job"', '"lesson":"expectations"', "it is for another lesson: expectations"],
  ['"hash":"4', '"hash":"5', "it was made with another version of this lesson"],
  ['"nodes":2', '"nodes":3', "it does not begin as the lesson does"],
  ["},33,", "},-90,", "this could not be done then"],
];

function handedIn(name: string, script?: string): string {
  const more = script === undefined ? [] : ["--script", scriptFile(script)];
  return execFileSync(PROGRAM!, ["lesson", "submit", LESSON, "--name", name, ...more], { encoding: "utf8" });
}

function scriptFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "kubestep-script-")), "script.txt");
  writeFileSync(path, text);
  return path;
}

/** 200 files: 150 who pass, 40 who stopped at the second task, and ten cheats. */
function makeClass(folder: string): { cheats: [string, string][] } {
  const whole = handedIn("NAME");
  const half = handedIn("NAME", "kubectl apply -f job.yaml\n@answer who-deletes kubectl\n");
  const cheats: [string, string][] = [];
  for (let i = 0; i < 200; i++) {
    const file = `s${String(i).padStart(3, "0")}.json`;
    let text = (i % 5 === 1 ? half : whole).replace('"NAME"', `"Student ${String(i).padStart(3, "0")}"`);
    if (i % 20 === 7) {
      const [from, to, says] = CHEATS[Math.floor(i / 20) % CHEATS.length]!;
      expect(text).toContain(from);
      text = text.replace(from, to);
      cheats.push([file, says]);
    }
    writeFileSync(join(folder, file), text);
  }
  return { cheats };
}

describe.skipIf(!url || !PROGRAM)("a teacher", () => {
  let browser: BrowserContext;
  let page: Page;
  const faults: string[] = [];
  const folder = join(mkdtempSync(join(tmpdir(), "kubestep-class-")), "class");
  let cheats: [string, string][];
  const names = Array.from({ length: 200 }, (_, i) => join(folder, `s${String(i).padStart(3, "0")}.json`));

  beforeAll(async () => {
    mkdirSync(folder);
    ({ cheats } = makeClass(folder));
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    page = await browser.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(`${url}class.html`);
  });
  afterEach(async () => {
    for (const open of browser.pages().slice(1)) await open.close();
    expect(faults.splice(0)).toEqual([]);
  });

  const graded = (count: number) => page.locator("main > p.muted").getByText(`${count} submissions graded in`).waitFor();
  const rows = () => page.locator("ks-class-table tbody tr");
  /** Drops files onto the page, as somebody does who drags them there. */
  const drop = async (files: { name: string; body: string }[]): Promise<void> => {
    const data = await page.evaluateHandle((files) => {
      const data = new DataTransfer();
      for (const { name, body } of files) data.items.add(new File([body], name));
      return data;
    }, files);
    await page.locator("main").dispatchEvent("drop", { dataTransfer: data });
  };

  test("drops 200 submissions and reads who passed what, where they stopped, and who cheated; the table is the native one", async () => {
    await page.evaluate(() => {
      const long = ((window as unknown as { long: number[] }).long = [] as number[]);
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => long.push(Math.round(entry.duration)))).observe({ type: "longtask" });
    });
    await drop(names.map((path) => ({ name: path.slice(folder.length + 1), body: readFileSync(path, "utf8") })));
    // Nobody said which lesson: the submissions do.
    await graded(200);
    const longest = await page.evaluate(() => Math.max(0, ...(window as unknown as { long: number[] }).long));
    console.log(`${await page.locator("main > p.muted").innerText()} longest task of the page: ${longest} ms`);
    expect(await page.getByLabel("The class in figures").innerText()).toMatch(/150\s*passed\s*40\s*not finished\s*10\s*not to be believed/);
    expect(await page.getByLabel("Task by task").locator("li").allInnerTexts()).toEqual([
      "1. Hand it in\n190 of 190 passed\nnobody stopped here",
      "2. A key in the queue\n150 of 190 passed\n40 stopped here",
      "3. To the end\n190 of 190 passed\nnobody stopped here",
      "4. Clean up\n150 of 190 passed\nnobody stopped here",
    ]);
    await page.getByLabel("Result").selectOption("tampered");
    const told = await rows().evaluateAll((rows) => rows.map((row) => [row.querySelector(".file")?.textContent ?? row.querySelector(".who")!.textContent, row.querySelector(".stopped")!.textContent!.trim()]));
    expect(told.map(([file]) => file)).toEqual(cheats.map(([file]) => file));
    for (const [i, [, says]] of cheats.entries()) expect(told[i]![1]).toContain(says);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as CSV" }).click()]);
    const native = execFileSync(PROGRAM!, ["grade", LESSON, folder, "--format", "csv"], { encoding: "utf8" });
    expect(readFileSync((await download.path())!, "utf8")).toBe(native);
  });

  test("sorts, narrows and opens lines with the keyboard alone", async () => {
    await page.locator("#submissions").setInputFiles(names.slice(0, 30));
    await graded(30);
    await page.getByRole("searchbox", { name: "Find" }).focus();
    await page.keyboard.type("student 01");
    await page.getByText("10 of 30 shown").waitFor();
    await page.getByRole("button", { name: "Points" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("columnheader", { name: /^Points/ }).getAttribute("aria-sort")).toBe("ascending");
    expect((await rows().locator(".who").allInnerTexts()).slice(0, 2)).toEqual(["Student 011", "Student 016"]);
    await rows().locator(".who").first().focus();
    await page.keyboard.press("Enter");
    await rows().nth(1).getByText("Which key is in the work queue of the Job controller now?").waitFor();
    expect(await rows().nth(1).innerText()).toContain("answered: kubectl");
    await page.getByLabel("Stopped at").selectOption({ label: "2 A key in the queue" });
    await page.getByText("2 of 30 shown").waitFor();
  });

  test("opens somebody's run where they stopped, and cannot change it", async () => {
    await page.locator("#submissions").setInputFiles(names.slice(0, 3));
    await graded(3);
    const row = rows().filter({ hasText: "Student 001" });
    const [look] = await Promise.all([browser.waitForEvent("page"), row.getByRole("link", { name: "Open" }).click()]);
    await look.getByText("You are looking at what Student 001 handed in").waitFor();
    const state = () => look.evaluate(() => {
      const { session } = document.querySelector("ks-lesson") as unknown as { session: LessonSession };
      return { step: session.view.step, length: session.view.length, passed: session.standing.tasks.filter(({ passed }) => passed).map(({ id }) => id), readonly: session.readonly };
    });
    const there = await state();
    expect(there).toEqual({ step: there.length, length: there.length, passed: ["apply", "complete"], readonly: true });
    expect(await row.innerText()).toContain(`at step ${there.step}`);
    expect(await look.getByRole("button", { name: "Hand in" }).count()).toBe(0);
    expect(await look.getByLabel("Command line").count()).toBe(0);
    await look.locator("ks-transport").getByRole("button", { name: "Back", exact: true }).click();
    expect((await state()).step).toBe(there.length - 1);
    expect(await look.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("lesson.")))).toEqual([]);
    expect(await violations(look)).toEqual([]);
  });

  test("is told of each thing that is no submission by its name, and the rest goes on", async () => {
    const whole = readFileSync(names[0]!, "utf8");
    const place = mkdtempSync(join(tmpdir(), "kubestep-odd-"));
    const odd: [string, Uint8Array | string, string][] = [
      ["bomb.zip", zipSync({ "s.json": new Uint8Array(90 << 20) }, { level: 9 }), "it is too large: 94371840 bytes, and the limit is 4194304"],
      ["bytes.json", new Uint8Array([0xff, 0xfe, 0]), "it is not text (UTF-8)"],
      ["deep.json", "[".repeat(100_000) + "1", "it is no JSON: exceeded max depth"],
      ["hello.json", "hello", "it is no JSON: invalid character 'h' looking for beginning of value"],
      ["html.json", `{"submission": 1, "lesson": "<img src=x onerror=window.ran=1>", "run": {}}`, "it holds no run: kubestep is not as it should be"],
      ["newer.json", whole.replace('"submission":1', '"submission":9'), "it was written by a newer version of this program (form 9)"],
      ["no.zip", "PK no", "this is no zip that can be read"],
    ];
    for (const [name, body] of odd) writeFileSync(join(place, name), body);
    const files = [...odd.map(([name]) => join(place, name)), names[0]!, names[1]!];
    await page.locator("#submissions").setInputFiles(files);
    // 100 MB are not even read.
    const data = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(100 << 20)], "huge.json"));
      return data;
    });
    await page.locator("main").dispatchEvent("drop", { dataTransfer: data });
    await rows().filter({ hasText: "huge.json" }).getByText("it is too large: 104857600 bytes, and the limit is 4194304").waitFor();
    for (const [name, , says] of odd) await rows().filter({ hasText: name }).locator(".stopped").getByText(says, { exact: true }).waitFor();
    await rows().filter({ hasText: "Student 000" }).locator("td").first().getByText("passed").waitFor();
    expect(await page.evaluate(() => "ran" in window)).toBe(false);
  });

  test("stops grading, and goes on; takes an exercise of their own and a zip of submissions", async () => {
    await page.locator("#submissions").setInputFiles(names);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("button", { name: "Go on grading" }).click();
    await page.getByLabel("The class in figures").getByText("150").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    const files = ["lesson.yaml", "en.md", "start/job.yaml"];
    const exercise = zipSync(Object.fromEntries(files.map((name) => [`mine/${name}`, readFileSync(join(LESSON, name))])));
    const place = mkdtempSync(join(tmpdir(), "kubestep-own-"));
    writeFileSync(join(place, "mine.zip"), exercise);
    writeFileSync(join(place, "class.zip"), zipSync({ "a.json": strToU8(readFileSync(names[0]!, "utf8")), "b.json": strToU8(readFileSync(names[1]!, "utf8")), "__MACOSX/._a.json": strToU8("x") }));
    await page.locator("#submissions").setInputFiles([join(place, "mine.zip"), join(place, "class.zip")]);
    await graded(2);
    expect(await page.getByLabel("Exercise", { exact: true }).locator("option:checked").innerText()).toBe("mine.zip");
    expect(await rows().locator(".file").allInnerTexts()).toEqual(["class.zip/a.json", "class.zip/b.json"]);
    const [look] = await Promise.all([browser.waitForEvent("page"), rows().nth(1).getByRole("link", { name: "Open" }).click()]);
    await look.getByText("You are looking at what Student 001 handed in").waitFor();
    await look.getByRole("heading", { name: "A key in the queue" }).waitFor();
  });

  test("has an accessible page, in both languages, light and dark", async () => {
    await page.locator("#submissions").setInputFiles(names.slice(0, 12));
    await graded(12);
    await rows().locator(".who").nth(1).click();
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "中文" }).click();
    await rows().first().locator("td").first().getByText("通过").waitFor();
    expect(await page.getByLabel("逐个任务").locator("li").nth(1).innerText()).toContain("人停在这里");
    await page.evaluate(() => localStorage.clear());
  });
});
