// Exercises that are given out: as a file and as a link to a lesson's page, as one HTML file, and as a SCORM zip on a learning
// platform, which is told how the learner stands.
import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import type { BrowserContext, Frame, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { encodeLink } from "../src/app/link";
import type { LessonSession } from "../src/lessons/lesson-session";
import { decimal, timespan } from "../src/lms/scorm";
import { violations } from "./axe";
import { launch, url } from "./chromium";

const PROGRAM = process.env["KUBESTEP_BIN"];
const LESSON = join(import.meta.dirname, "../../lessons/first-job");
const DIST = join(import.meta.dirname, "../dist");
const place = mkdtempSync(join(tmpdir(), "kubestep-handout-"));

/** A platform with one learner: what the page sets is kept, and every call is written down. */
const PLATFORM = `<!doctype html><html lang="en"><title>A platform</title><script>
window.kept = JSON.parse(sessionStorage.getItem("kept") ?? '{"cmi.core.student_id":"s-7","cmi.core.student_name":"Lovelace, Ada","cmi.core.lesson_status":"not attempted","cmi.suspend_data":""}');
window.calls = [];
const say = (name, of) => (...args) => { calls.push(name); const said = of(...args); sessionStorage.setItem("kept", JSON.stringify(kept)); return said; };
window.API = {
  LMSInitialize: say("initialize", () => "true"), LMSFinish: say("finish", () => { sessionStorage.setItem("finished", "yes"); return "true"; }), LMSCommit: say("commit", () => "true"),
  LMSGetValue: say("get", (key) => kept[key] ?? ""), LMSSetValue: say("set", (key, value) => { if (typeof value !== "string" || value.length > 4096) throw new Error(key); kept[key] = value; return "true"; }),
};
</script><body><iframe src="/sco/index.html" title="The exercise" style="width:100%;height:860px;border:0"></iframe></body></html>`;

test("values are written as the platform's data model wants them", () => {
  expect([0, 61_000, 3_600_000 * 30].map(timespan)).toEqual(["0000:00:00", "0000:01:01", "0030:00:00"]);
  expect([0, 100, 100 / 6].map(decimal)).toEqual(["0", "100", "16.67"]);
});

describe.skipIf(!url || !PROGRAM)("an exercise that is given out", () => {
  let browser: BrowserContext;
  let page: Page;
  let platform: Server;
  let sco: Record<string, Uint8Array>;
  const faults: string[] = [];
  const submission = () => execFileSync(PROGRAM!, ["lesson", "submit", LESSON, "--name", "Ada"], { encoding: "utf8" });

  beforeAll(async () => {
    const zip = join(place, "first-job.zip");
    execFileSync(PROGRAM!, ["lesson", "scorm", LESSON, "--page", DIST, "-o", zip]);
    sco = unzipSync(readFileSync(zip));
    platform = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://platform").pathname;
      const file = path.startsWith("/sco/") ? sco[path.slice("/sco/".length)] : path === "/" ? strToU8(PLATFORM) : undefined;
      response.writeHead(file ? 200 : path === "/favicon.ico" ? 204 : 404, { "Content-Type": "text/html; charset=utf-8" }).end(file);
    });
    await new Promise<void>((resolve) => platform.listen(0, "127.0.0.1", resolve));
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    platform.closeAllConnections();
    await new Promise((resolve) => platform.close(resolve));
  });
  beforeEach(async () => {
    page = await browser.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  });
  afterEach(async () => {
    expect(faults.splice(0)).toEqual([]);
    await page.close();
  });

  const session = <T>(frame: Page | Frame, question: (session: LessonSession, arg: string) => T, arg = ""): Promise<T> =>
    frame.evaluate(`(${question})(document.querySelector("ks-lesson").session, ${JSON.stringify(arg)})`) as Promise<T>;

  test("tells a platform how the learner stands, and goes on where they were", async () => {
    const manifest = strFromU8(sco["imsmanifest.xml"]!);
    expect(Object.keys(sco)).toEqual(["imsmanifest.xml", "index.html"]);
    expect(manifest).toContain("<schemaversion>1.2</schemaversion>");
    expect(manifest).toContain('adlcp:scormtype="sco" href="index.html"');
    expect(strFromU8(sco["index.html"]!)).not.toContain("solution.txt");
    const { port } = platform.address() as AddressInfo;
    const open = async (): Promise<Frame> => {
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.frameLocator("iframe").locator("ks-task").first().waitFor();
      return page.frames()[1]!;
    };
    const kept = () => page.evaluate(() => (window as unknown as { kept: Record<string, string> }).kept);
    let frame = await open();
    expect(await kept()).toMatchObject({ "cmi.core.lesson_status": "incomplete", "cmi.core.score.raw": "0", "cmi.core.score.min": "0", "cmi.core.score.max": "100", "cmi.core.exit": "suspend" });
    await session(frame, (s) => s.command("kubectl apply -f job.yaml"));
    expect((await kept())["cmi.core.score.raw"]).toBe("16.67");
    await frame.getByText("Your points go to your course's system by themselves.").waitFor();
    const step = await session(frame, (s) => s.view.step);
    // Away, and back on another day.
    await page.goto("about:blank");
    frame = await open();
    expect(await page.evaluate(() => sessionStorage.getItem("finished"))).toBe("yes");
    expect((await kept())["cmi.core.session_time"]).toMatch(/^\d{4}:\d\d:\d\d$/);
    expect(await session(frame, (s) => ({ step: s.view.step, passed: [...s.passed] }))).toEqual({ step, passed: ["apply"] });
    await session(frame, (s, text) => s.goOn(text), submission());
    expect(await kept()).toMatchObject({ "cmi.core.lesson_status": "passed", "cmi.core.score.raw": "100", "cmi.core.exit": "" });
    expect((await kept())["cmi.suspend_data"]!.length).toBeLessThanOrEqual(4096);
    await frame.getByRole("button", { name: "Hand in" }).click();
    expect(await frame.getByLabel("Your name").inputValue()).toBe("Lovelace, Ada");
    expect(await frame.getByRole("link", { name: "Lessons" }).count()).toBe(0);
  });

  test("is one file that works from a folder", async () => {
    const path = join(place, "first-job.html");
    execFileSync(PROGRAM!, ["lesson", "page", LESSON, "--page", DIST, "-o", path, "--lang", "zh-CN"]);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(`file://${path}`);
    await page.locator("ks-task").first().waitFor();
    await session(page, (s, text) => s.goOn(text), submission());
    expect(await session(page, (s) => s.standing.tasks.every(({ passed }) => passed))).toBe(true);
    expect(asked.filter((address) => !address.startsWith("file:") && !address.startsWith("data:"))).toEqual([]);
    expect(await violations(page)).toEqual([]);
  });

  test("opens from a file, stays in the address, and keeps what was done", async () => {
    const yaml = readFileSync(join(LESSON, "lesson.yaml"), "utf8").replace("id: first-job", "id: mine").replace(/en: .*/, "en: My own exercise");
    const files = { "lesson.yaml": yaml, "en.md": readFileSync(join(LESSON, "en.md"), "utf8").replace("# Your first Job", "# Mine"), "start/job.yaml": readFileSync(join(LESSON, "start/job.yaml"), "utf8"), "solution.txt": "kubectl get pods\n" };
    const path = join(place, "mine.zip");
    writeFileSync(path, zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [`mine/${name}`, strToU8(text)]))));
    await page.goto(`${url}lesson.html`);
    expect(await violations(page)).toEqual([]);
    await page.locator("ks-open input").setInputFiles(path);
    await page.getByRole("heading", { name: "Mine" }).waitFor();
    await session(page, (s) => s.command("kubectl apply -f job.yaml"));
    await page.reload();
    await page.getByRole("heading", { name: "Mine" }).waitFor();
    expect(await session(page, (s) => [s.lesson.title, ...s.passed])).toEqual(["My own exercise", "apply"]);
    expect(page.url()).not.toContain("solution");
    await page.evaluate(() => localStorage.clear());
  });

  test.each([
    ["what is no zip", "no.zip", () => strToU8("PK, but not really"), "no.zip: this is no zip with a lesson in it"],
    ["a bomb", "bomb.zip", () => zipSync({ "lesson.yaml": new Uint8Array(64 << 20) }, { level: 9 }), "bomb.zip: there is more in it than a lesson ever has; nothing was opened"],
    ["a large file", "large.zip", () => new Uint8Array(3 << 20), "large.zip: there is more in it than a lesson ever has; nothing was opened"],
    ["a zip without a lesson", "other.zip", () => zipSync({ "a.txt": strToU8("a") }), "other.zip: this is no zip with a lesson in it: lesson.yaml is missing"],
    ["a mistake in the lesson", "wrong.zip", () => zipSync({ "lesson.yaml": strToU8("lesson: 1\npionts: 2\n") }), 'wrong.zip: there is a mistake in this exercise: lesson.yaml:2:1: unknown key "pionts"'],
  ])("is refused by name where it is %s", async (_, name, made, words) => {
    const path = join(place, name);
    writeFileSync(path, made());
    await page.goto(`${url}lesson.html`);
    await page.locator("ks-open input").setInputFiles(path);
    await page.getByRole("alert").getByText(words).waitFor();
  });

  test.each([
    ["was cut off", () => encodeLink(JSON.stringify({ exercise: [{ name: "lesson.yaml", text: "lesson: 1" }] })).slice(0, -8), "This link is broken"],
    ["is of a newer page", () => "#v9:abc", "This link was made by a newer version of this page."],
    ["holds other files", () => encodeLink(JSON.stringify({ exercise: [{ name: "../x", text: "" }, { name: "lesson.yaml", text: "" }] })), "This link is broken"],
    ["holds no lesson", () => encodeLink(JSON.stringify({ exercise: [{ name: "lesson.yaml", text: "lesson: 1\n" }] })), "there is a mistake in this exercise: lesson.yaml:"],
    ["holds something else", () => encodeLink("7"), "This link is broken"],
  ])("is refused where the link %s", async (_, hash, words) => {
    await page.goto(`${url}lesson.html${hash()}`);
    await page.locator(".sorry").getByText(words).waitFor();
    faults.length = 0;
  });

  test("leaves the author's page as a link, a page and a zip for platforms", async () => {
    await page.goto(`${url}author.html`);
    await page.locator("ks-task").first().waitFor();
    await browser.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("The link is copied").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const saved = async (name: string): Promise<{ name: string; bytes: Uint8Array }> => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
      return { name: download.suggestedFilename(), bytes: new Uint8Array(readFileSync((await download.path())!)) };
    };
    const html = await saved("Save as a page");
    expect(html.name).toBe("first-job.html");
    const zip = await saved("Save for an LMS");
    const found = unzipSync(zip.bytes);
    expect(strFromU8(found["imsmanifest.xml"]!)).toBe(strFromU8(sco["imsmanifest.xml"]!));
    expect(found["index.html"]!.length).toBe(html.bytes.length);
    await page.goto(link);
    await page.getByRole("heading", { name: "Your first Job" }).waitFor();
    writeFileSync(join(place, "saved.html"), html.bytes);
    await page.goto(`file://${join(place, "saved.html")}`);
    await page.getByRole("heading", { name: "Your first Job" }).waitFor();
    expect(await session(page, (s) => s.lesson.id)).toBe("first-job");
    await page.evaluate(() => localStorage.clear());
  });
});
