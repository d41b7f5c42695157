// The course as a learner meets it: three lessons from beginning to end, what a screen reader finds, and what is kept.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readProse } from "../src/lessons/prose";
import type { LessonSession } from "../src/lessons/lesson-session";
import { violations } from "./axe";
import { launch, url } from "./chromium";

const ROOT = join(import.meta.dirname, "../../lessons");
const LESSONS = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** What a learner does on a lesson's page. */
class Learner {
  readonly faults: string[] = [];
  constructor(readonly page: Page) {
    page.on("pageerror", (error) => this.faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && this.faults.push(message.text()));
  }

  async open(id: string, language = "en"): Promise<void> {
    await this.page.goto(`${url}lessons.html`);
    await this.page.evaluate((language) => {
      localStorage.clear();
      localStorage.setItem("kubestep.language", language);
    }, language);
    await this.go(id);
  }

  async go(id: string): Promise<void> {
    await this.page.goto(`${url}lesson.html?id=${id}`);
    await this.page.locator("ks-lesson ks-task, ks-lesson ks-question").first().waitFor();
  }

  ask<T, A = undefined>(question: (session: LessonSession, arg: A) => T, arg?: A): Promise<T> {
    return this.page.evaluate(`(${question})(document.querySelector("ks-lesson").session, ${JSON.stringify(arg ?? null)})`) as Promise<T>;
  }

  passed(): Promise<string[]> {
    return this.ask((session) => session.standing.tasks.filter((task) => session.isPassed(task.id)).map((task) => task.id));
  }

  async run(command: string): Promise<void> {
    await this.page.locator("ks-task").getByRole("button", { name: command }).first().click();
  }

  async type(line: string): Promise<void> {
    const input = this.page.locator(".cluster > ks-terminal textarea");
    await input.fill(line);
    await input.press("Enter");
  }

  async step(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) await this.page.locator("ks-transport .step").click();
  }

  async stepUntil(so: () => Promise<boolean>): Promise<void> {
    for (let steps = 0; !(await so()); steps++) {
      if (steps > 150) throw new Error("it does not come");
      await this.step();
    }
  }

  async idle(): Promise<void> {
    await this.page.locator("ks-transport .idle").click();
    await this.page.waitForFunction(() => (document.querySelector("ks-lesson") as unknown as { session: LessonSession }).session.running === undefined);
  }

  async answer(question: string, value: string): Promise<void> {
    const card = this.page.locator(`ks-question[question="${question}"]`);
    const text = card.getByRole("textbox");
    if (await text.count()) await text.fill(value);
    else await card.getByRole("radio", { name: value }).check();
    await card.locator("form .button").first().click();
  }

  opens(question: string): Promise<boolean> {
    return this.ask((session, question) => session.standing.tasks.flatMap((task) => task.questions).some(({ id, open }) => id === question && open), question);
  }
}

describe.skipIf(!url)("a learner of the course", () => {
  let browser: BrowserContext;
  let you: Learner;
  beforeAll(async () => {
    browser = await launch();
    you = new Learner(await browser.newPage());
  });
  afterAll(async () => {
    await browser.close();
    expect(you.faults).toEqual([]);
  });

  test("does the first Job, leaves in the middle, and comes back", async () => {
    await you.open("first-job");
    const { page } = you;
    await page.getByText("Hint. Type kubectl apply -f job.yaml").waitFor();
    await you.run("kubectl apply -f job.yaml");
    expect(await you.passed()).toEqual(["apply"]);
    const question = page.locator('ks-question[question="which-key"]');
    await question.getByText("asked about another moment").waitFor();
    await you.step();
    await you.answer("which-key", "pods");
    await question.getByText("Not right.").waitFor();
    await you.answer("which-key", "default/hello");
    await question.getByText("only keys, namespace/name").waitFor();
    await you.step(6);

    const where = await page.locator("ks-transport .where").innerText();
    const hash = () => you.ask((session) => (session.engine as unknown as { traceHash(): string }).traceHash());
    const trace = await hash();
    await page.reload();
    await page.locator("ks-lesson ks-task").first().waitFor();
    expect(await page.locator("ks-transport .where").innerText()).toBe(where);
    expect(await hash()).toBe(trace);
    expect(await you.passed()).toEqual(["apply", "queue"]);
    await question.getByText("only keys, namespace/name").waitFor();

    await page.locator("#complete").getByText("succeeded is not set, should be 1; still running: hello-").waitFor();
    await you.idle();
    await you.run("kubectl delete job hello");
    await you.idle();
    await you.answer("who-deletes", "the garbage collector");
    await page.getByText("All tasks are passed").waitFor();
    await page.getByRole("link", { name: "Lessons" }).click();
    await page.getByRole("link", { name: /Your first Job.*done/ }).waitFor();
  });

  test("switches expectations off, in Chinese, and nothing that the lesson does not allow", async () => {
    await you.open("expectations", "zh-CN");
    const { page } = you;
    expect(await page.evaluate(() => [document.documentElement.lang, document.title])).toEqual(["zh-CN", "期望，以及没有它会怎样 · Kubestep"]);
    await page.locator(".tabs.wide").getByRole("tab", { name: "故障" }).click();
    const toggle = (name: RegExp) => page.locator("ks-mechanisms").getByRole("switch", { name }).first();
    const forbidden = page.locator("ks-mechanisms").getByRole("switch", { name: "node-1" });
    expect([await forbidden.isDisabled(), await forbidden.getAttribute("title")]).toEqual([true, "不允许制造这个故障：node-down node-1"]);
    await you.type("kubectl delete namespace default");
    await page.getByText("本课不行：不允许使用这条命令：kubectl delete namespace default。").waitFor();

    await toggle(/ pods/).click();
    await you.run("kubectl apply -f work.yaml");
    await you.stepUntil(() => you.opens("how-many"));
    await you.answer("how-many", "2");
    await you.stepUntil(async () => (await you.passed()).includes("with"));
    await toggle(/期望/).click();
    await you.stepUntil(async () => (await you.passed()).includes("without"));
    await toggle(/期望/).click();
    await toggle(/ pods/).click();
    await you.stepUntil(() => you.ask((session) => session.task("heal")!.checks.every((check) => check.holds)));
    await you.answer("why", "它的缓存还没有显示它自己创建的 Pod");
    await page.getByText("所有任务都已通过").waitFor();
  });

  test("wakes a controller that slept", async () => {
    await you.open("control-loop");
    const { page } = you;
    await you.run("kubectl delete configmap kube-root-ca.crt");
    await you.step(3);
    await you.answer("who", "a controller, because it found none");
    await you.idle();
    await you.run("kubectl apply -f web.yaml");
    await you.stepUntil(() => you.opens("missing"));
    await you.answer("missing", "3");
    await you.idle();
    expect(await you.passed()).toEqual(["put-back", "declare"]);
    await you.type("kubectl delete pods --field-selector spec.nodeName=node-2");
    const left = await you.ask((session) => session.engine.objects("pods", "", 50).rows.items.filter((row) => !row.columns.some(({ text }) => text === "Terminating")).length);
    await you.answer("left", String(left));
    await you.idle();
    await page.locator(".tabs.wide").getByRole("tab", { name: "Faults" }).click();
    const workers = page.getByRole("group", { name: /replicaset-controller/, includeHidden: true });
    await page.locator("ks-mechanisms details").filter({ has: workers }).locator("summary").click();
    await workers.getByRole("button", { name: /^0 workers/ }).click();
    await you.type("kubectl delete pods --field-selector spec.nodeName=node-1");
    await you.idle();
    await page.getByText("However long you wait, nothing comes back.").waitFor();
    await workers.getByRole("button").last().click();
    await you.idle();
    await you.answer("needs", "how many there should be");
    await page.getByText("All tasks are passed").waitFor();
  });

  test("hands a file in, and another browser goes on with it", async () => {
    await you.open("first-job");
    const { page } = you;
    await you.run("kubectl apply -f job.yaml");
    await page.getByRole("button", { name: "Hand in" }).click();
    await page.getByLabel("Your name").fill("Ada");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the file" }).click()]);
    const path = (await download.path())!;
    const file = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    expect([download.suggestedFilename(), file["lesson"], file["name"]]).toEqual(["first-job.json", "first-job", "Ada"]);
    await you.open("first-job");
    expect(await you.passed()).toEqual([]);
    await page.locator("#go-on").setInputFiles(path);
    await page.locator("ks-terminal").getByText("created").waitFor();
    expect(await you.passed()).toEqual(["apply"]);
    await you.open("control-loop");
    await page.locator("#go-on").setInputFiles(path);
    await page.getByRole("alert").getByText("belongs to another lesson").waitFor();
  });

  test("starts over", async () => {
    await you.open("first-job");
    await you.run("kubectl apply -f job.yaml");
    await you.page.locator("header").getByRole("button", { name: "Start over" }).click();
    await you.page.getByRole("dialog").getByRole("button", { name: "Start over" }).click();
    expect(await you.passed()).toEqual([]);
    await you.page.reload();
    await you.page.locator("ks-lesson ks-task").first().waitFor();
    expect(await you.passed()).toEqual([]);
  });

  test("keeps what was written and what was passed, though the lesson has changed since", async () => {
    await you.open("completions-parallelism");
    await you.page.locator(".tabs.wide").getByRole("tab", { name: "Files" }).click();
    await you.page.locator(".pane.files .cm-content").click();
    await you.page.keyboard.press("Control+Home");
    await you.page.keyboard.insertText("# mine\n");
    await you.page.waitForTimeout(800);
    await you.page.reload();
    await you.page.locator("ks-lesson ks-task").first().waitFor();
    expect(await you.ask((session) => session.files[0]!.text.split("\n")[0])).toBe("# mine");

    await you.open("first-job");
    await you.run("kubectl apply -f job.yaml");
    await you.page.goto(`${url}lessons.html`);
    await you.page.evaluate(() => {
      const key = "kubestep.lesson.first-job";
      localStorage.setItem(key, localStorage.getItem(key)!.replace('\\"nodes\\":2', '\\"nodes\\":3'));
    });
    await you.go("first-job");
    await you.page.getByText("This lesson has changed since you were here.").waitFor();
    expect([await you.passed(), await you.ask((session) => session.timeline.length)]).toEqual([["apply"], 0]);
    expect(await you.page.evaluate(() => localStorage.getItem("kubestep.aside.first-job")?.includes("kubectl apply"))).toBe(true);
  });

  test("goes on after the engine has failed", async () => {
    await you.open("first-job");
    await you.run("kubectl apply -f job.yaml");
    await you.step();
    await you.answer("which-key", "default/hello");
    await you.ask((session) => session.ask((engine) => engine.fail()));
    await you.page.getByRole("alert").getByText("Kubestep itself has failed").waitFor();
    expect(you.faults.splice(0).length).toBeGreaterThan(0);
    expect(await you.passed()).toEqual(["apply", "queue"]);
    await you.idle();
    expect(await you.passed()).toEqual(["apply", "queue", "complete"]);
  });

  test.each(LESSONS)("hears everything of %s in reading order", async (id) => {
    await you.open(id);
    const heard = (await you.page.locator("main .text").ariaSnapshot()).replaceAll('\\"', '"');
    const lesson = await you.ask((session) => ({ view: session.lesson, standing: session.standing }));
    const wanted: string[] = [];
    for (const section of readProse(readFileSync(join(ROOT, id, "en.md"), "utf8"))) {
      const task = lesson.standing.tasks.find((task) => task.id === section.task);
      for (const block of section.blocks) {
        if (block.tag === "h") wanted.push(`heading "${block.of.map((piece) => (typeof piece === "string" ? piece : piece.of.join(""))).join("")}"`);
        if (block.tag !== "widget") continue;
        const kind = /^widget: *(\w+)/m.exec(block.text)![1]!;
        const question = /^question: *([\w-]+)/m.exec(block.text)?.[1];
        if (kind === "question") wanted.push(lesson.view.tasks.flatMap((task) => task.questions).find(({ id }) => id === question)!.text);
        else if (kind === "task") wanted.push(`Task ${lesson.standing.tasks.indexOf(task!) + 1}`, ...task!.checks.map((check) => check.asks), ...task!.hints.map((hint) => hint.text));
        else wanted.push({ loop: "Control loop", step: "One step", objects: "Objects", terminal: "Terminal", yaml: "File" }[kind]!);
      }
    }
    let at = 0;
    for (const words of wanted) {
      const found = heard.indexOf(words, at);
      expect(found, `“${words}” is to come after “${heard.slice(Math.max(0, at - 80), at)}”`).toBeGreaterThanOrEqual(0);
      at = found + words.length;
    }
    expect(wanted.length).toBeGreaterThan(5);
  });
});

describe.skipIf(!url)("the course's pages", () => {
  const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

  test.each(Object.keys(sizes) as (keyof typeof sizes)[])("are accessible, light and dark, %s", async (size) => {
    const browser = await launch(sizes[size]);
    const you = new Learner(await browser.newPage());
    for (const colorScheme of ["light", "dark"] as const) {
      await you.page.emulateMedia({ colorScheme });
      await you.open("expectations");
      expect(await violations(you.page)).toEqual([]);
      await you.run("kubectl apply -f work.yaml");
      await you.page.locator("ks-moment").first().scrollIntoViewIfNeeded();
      await you.page.locator("ks-moment ks-loop").first().waitFor();
      expect(await violations(you.page)).toEqual([]);
      for (const name of size === "wide" ? ["Files", "Next", "Objects", "Faults"] : ["Loop", "Step", "Files", "Terminal", "Objects", "Faults"]) {
        await you.page.getByRole("tab", { name, exact: true }).locator("visible=true").click();
        expect(await violations(you.page), name).toEqual([]);
      }
      await you.page.goto(`${url}lessons.html`);
      await you.page.locator("ks-course").waitFor();
      expect(await violations(you.page)).toEqual([]);
    }
    expect(you.faults).toEqual([]);
    await browser.close();
  });

  test("run no scripts but their own, and ask nobody else for anything", async () => {
    const browser = await launch();
    const page = await browser.newPage();
    const elsewhere: string[] = [];
    page.on("request", (request) => request.url().startsWith(url!) || /^(data|blob):/.test(request.url()) || elsewhere.push(request.url()));
    for (const path of ["lessons.html", "lesson.html?id=first-job", "lesson.html", "author.html", "class.html"]) {
      await page.goto(url! + path);
      await page.locator("ks-course, ks-lesson, ks-open, ks-author, ks-class").first().waitFor();
      const ran = await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        return "ran" in window;
      });
      expect(ran, path).toBe(false);
    }
    expect(elsewhere).toEqual([]);
    await browser.close();
  });

  test("fetch no lesson before somebody opens one", async () => {
    const browser = await launch();
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(url!);
    await page.locator("ks-transport").waitFor();
    await page.waitForTimeout(800);
    expect(asked.filter((address) => LESSONS.some((id) => address.includes(`${id}.`)) || address.includes("/list"))).toEqual([]);
    await page.getByRole("button", { name: "Lessons" }).click();
    await page.getByRole("link", { name: "Your first Job" }).click();
    await page.locator("ks-lesson").waitFor();
    expect(asked.filter((address) => address.includes("first-job.")).length).toBe(2);
    await browser.close();
  });
});
