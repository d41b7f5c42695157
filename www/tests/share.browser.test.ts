// How a run leaves the page and comes back: link, file, offline page, Markdown, pictures, manifests; by mouse and by keyboard.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Download, Page } from "playwright-core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Session } from "../src/app/session";
import { violations } from "./axe";
import { launch, url } from "./chromium";
import { pageOf } from "./embedded";
import { person } from "./person";
import { built, site } from "./site";

const program = process.env["KUBESTEP_BIN"];
const folder = mkdtempSync(join(tmpdir(), "kubestep-share-"));

describe.skipIf(!url)("sharing", () => {
  const you = person();
  const menu = () => you.page.getByRole("menu", { name: "Share and keep this run" });
  const open = async () => {
    await you.page.getByRole("button", { name: "Share" }).click();
    await menu().waitFor();
  };
  const choose = async (item: string) => {
    await open();
    await menu().getByRole("menuitem", { name: new RegExp(`^${item}`) }).click();
  };
  const saved = async (item: string): Promise<{ download: Download; text: string; path: string }> => {
    const [download] = await Promise.all([you.page.waitForEvent("download"), choose(item)]);
    const path = join(folder, `${Math.floor(performance.now())}-${download.suggestedFilename()}`);
    await download.saveAs(path);
    return { download, path, text: readFileSync(path, "utf8") };
  };
  const clipboard = () => you.page.evaluate(() => navigator.clipboard.readText());

  beforeAll(() => you.browser.grantPermissions(["clipboard-read", "clipboard-write"]));
  beforeEach(async () => {
    await you.apply();
    await you.idle();
    await you.ask((session) => session.seek(30));
  });

  test("the menu is one button, and whole by keyboard", async () => {
    const button = you.page.getByRole("button", { name: "Share" });
    await button.focus();
    await you.page.keyboard.press("ArrowDown");
    await menu().waitFor();
    const focused = () => you.page.evaluate(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at?.getAttribute("data-item") ?? at?.id ?? "";
    });
    expect(await focused()).toBe("link");
    const after: [string, string][] = [["ArrowDown", "run"], ["End", "open"], ["ArrowDown", "link"], ["ArrowUp", "open"], ["f", "embed"], ["d", "svg"], ["d", "png"], ["Home", "link"]];
    for (const [key, item] of after) {
      await you.page.keyboard.press(key);
      expect(await focused(), key).toBe(item);
    }
    expect(await button.getAttribute("aria-expanded")).toBe("true");
    await you.page.keyboard.press("Escape");
    expect([await menu().count(), await focused(), await button.getAttribute("aria-expanded")]).toEqual([0, "share", "false"]);
    // A key that the menu does not know does not step the cluster either.
    await open();
    await you.page.mouse.click(700, 500);
    await menu().waitFor({ state: "detached" });
    expect((await you.position()).step).toBe(30);
  });

  test.each(["light", "dark"] as const)("axe finds nothing in the menu and the dialog, %s", async (colorScheme) => {
    await you.page.emulateMedia({ colorScheme });
    for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
      await you.page.setViewportSize(viewport);
      if (viewport.width < 760 && (await you.page.getByRole("button", { name: "Share" }).count()) === 0) await you.page.getByRole("button", { name: "Branch and sharing" }).click();
      await open();
      expect(await violations(you.page)).toEqual([]);
      await you.page.screenshot({ path: join(folder, `menu-${colorScheme}-${viewport.width}.png`) });
      await menu().getByRole("menuitem", { name: /^Copy as Markdown…/ }).click();
      await you.page.getByRole("dialog", { name: "Copy as Markdown" }).waitFor();
      expect(await violations(you.page)).toEqual([]);
      await you.page.screenshot({ path: join(folder, `markdown-${colorScheme}-${viewport.width}.png`) });
      await you.page.keyboard.press("Escape");
    }
  });

  test.skipIf(!program)("a link opens natively to the identical state", async () => {
    await choose("Copy link");
    await you.page.getByRole("status").getByText("Copied").waitFor();
    const link = await clipboard();
    expect(link.startsWith(`${url}#v1:`)).toBe(true);
    expect(link.length).toBeLessThan(1000);
    const hash = await you.page.evaluate(() => (document.querySelector("ks-app") as unknown as { session: Session }).session.engine.traceHash());
    const printed = execFileSync(program!, ["run", "--trace", "--hash", link], { encoding: "utf8" });
    expect(printed.trimEnd().split("\n").at(-1)).toBe(hash);
    // The same step, and the same objects at it.
    expect(printed.match(/^ +30 .*<-/gm)).toHaveLength(1);
    expect(printed).not.toMatch(/^ +31 /m);
    const manifests = await you.page.evaluate(() => (document.querySelector("ks-app") as unknown as { session: Session }).session.engine.manifests());
    expect(execFileSync(program!, ["export", link], { encoding: "utf8" })).toBe(manifests);
  });

  test.skipIf(!built)("a docs page shows the moment as a picture, and goes on from there when a reader asks", async () => {
    const { text: picture } = await saved("For a docs page");
    const code = await clipboard();
    expect(code).toMatch(/^<kube-step src="#v1:[^"]+" view="loop">\n  <img slot="still" src="kubestep-30.svg" width="960" height="\d+" alt="Kubestep: step 30, [^"]+">\n<\/kube-step>\n$/);
    const server = await site({ pages: { "/docs.html": pageOf(code), "/kubestep-30.svg": picture } });
    const browser = await launch();
    const page = await browser.newPage();
    for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }])
      for (const colorScheme of ["dark", "light"] as const) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await page.goto(`${server.url}/docs.html`);
        const image = page.locator("kube-step img");
        expect(await image.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBe(960);
        expect(await page.getByRole("img", { name: /^Kubestep: step 30/ }).isVisible()).toBe(true);
        expect(await violations(page)).toEqual([]);
        await page.screenshot({ path: join(folder, `still-${colorScheme}-${viewport.width}.png`) });
      }
    expect(server.asked.filter((path) => path.endsWith(".wasm"))).toEqual([]);
    const bytes = [...server.sent.values()].reduce((sum, bytes) => sum + bytes);
    console.log(`a docs page with one paused diagram: ${bytes} bytes (the page and its picture not compressed)`);
    expect(bytes).toBeLessThan(300_000);
    await page.getByRole("button", { name: "Run here" }).click();
    await page.waitForFunction(() => (document.querySelector("kube-step") as unknown as { state?: { step: number } }).state?.step === 30);
    expect(await page.locator("kube-step img").isVisible()).toBe(false);
    await browser.close();
    await server.close();
  });

  test("a saved run and an offline page open from the menu", async () => {
    const { path, download } = await saved("Save the run");
    expect(download.suggestedFilename()).toBe("kubestep-30.json");
    const offline = await saved("Save an offline page");
    for (const from of [path, offline.path]) {
      await you.ask((session) => session.open([{ name: "a.yaml", text: "" }]));
      await open();
      const [chooser] = await Promise.all([you.page.waitForEvent("filechooser"), menu().getByRole("menuitem", { name: /^Open a file…/ }).click()]);
      await chooser.setFiles(from);
      await you.page.waitForFunction(() => (document.querySelector("ks-app") as unknown as { session: Session }).session.view.step === 30);
    }
  });

  test("an offline page has the run in it, steps, asks nobody, and makes another", async () => {
    const { path, text } = await saved("Save an offline page");
    expect(text).toContain("default-src 'none'");
    const browser = await launch();
    const page = await browser.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    const watch = (page: Page) => {
      page.on("request", (request) => /^(file|data|blob):/.test(request.url()) || asked.push(request.url()));
      page.on("request", (request) => request.url().startsWith("file:") && asked.push(request.url()));
      page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
    };
    watch(page);
    await browser.setOffline(true);
    const started = performance.now();
    await page.goto(pathToFileURL(path).href);
    await page.locator("ks-transport").waitFor();
    const ms = performance.now() - started;
    expect(await page.locator("ks-transport .where").innerText()).toMatch(/^30 \//);
    await page.getByRole("button", { name: "Step", exact: true }).click();
    expect(await page.locator("ks-transport .where").innerText()).toMatch(/^31 \//);
    // A link that it makes works for others.
    expect(await page.evaluate(() => (document.querySelector("ks-app") as unknown as { session: Session }).session.link())).toMatch(new RegExp(`^${url}#v1:`));
    // The editor comes later, out of the same file.
    await page.locator("ks-editor .cm-content").click();
    await page.getByRole("button", { name: "Share" }).click();
    const [again] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /^Save an offline page/ }).click()]);
    const second = join(folder, "second.html");
    await again.saveAs(second);
    await page.getByRole("button", { name: "Share" }).click();
    const [picture] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /^Diagram as PNG/ }).click()]);
    await picture.saveAs(join(folder, "offline.png"));
    expect([asked, complaints]).toEqual([[pathToFileURL(path).href], []]);
    await page.goto(pathToFileURL(second).href);
    await page.locator("ks-transport").waitFor();
    expect(await page.locator("ks-transport .where").innerText()).toMatch(/^31 \//);
    expect(complaints).toEqual([]);
    expect(await violations(page)).toEqual([]);
    console.log(`offline page: ${text.length} bytes, there after ${Math.round(ms)} ms`);
    await browser.close();
  });

  test("Markdown has the steps that wrote as a table, the manifest and the commands; all steps if asked", async () => {
    await choose("Copy as Markdown…");
    const dialog = you.page.getByRole("dialog", { name: "Copy as Markdown" });
    const text = () => dialog.getByLabel("Preview").inputValue();
    const few = await text();
    expect(few).toContain("# Kubestep: steps 1 to 30\n");
    expect(few).toContain("```yaml\napiVersion: batch/v1\nkind: Job\n");
    expect(few).toContain("```console\n$ kubectl apply -f job.yaml\n```");
    expect(few).toMatch(/^\| \d+ \| 0 s \| kubectl \| You ran “kubectl apply -f job\.yaml”\. It asked for Job `hello`: there is none\. It created Job `hello`\. \|$/m);
    const rows = (text: string) => text.match(/^\| \d+ \|/gm)?.length ?? 0;
    expect(rows(few)).toBeLessThan(30);
    await dialog.getByLabel("Every step, also those that wrote nothing").check();
    expect(rows(await text())).toBe(30);
    await dialog.getByLabel("From step").fill("12");
    await dialog.getByLabel("to step").fill("14");
    await dialog.getByLabel("to step").press("Tab");
    expect(rows(await text())).toBe(3);
    const shown = await text();
    await dialog.getByRole("button", { name: "Copy", exact: true }).click();
    await you.page.getByRole("status").getByText("Copied").waitFor();
    expect(await clipboard()).toBe(shown);
    writeFileSync(join(folder, "steps.md"), few);
  });

  test("markup in names and files stays text in Markdown", async () => {
    await you.ask((session) => {
      session.open([{ name: "x.yaml", text: "# ```\n# <script>alert(1)</script>\n" }]);
      session.command("kubectl get pods a|b '<img src=x>' [x](javascript:y)");
    });
    await choose("Copy as Markdown…");
    const text = await you.page.getByLabel("Preview").inputValue();
    expect(text).toContain("````yaml\n# ```\n# <script>alert(1)</script>\n````");
    expect(text).toContain("a\\|b '&lt;img src=x\\>' \\[x\\](javascript:y)");
  });

  test.each(["light", "dark"] as const)("the diagram is text and shapes, with both themes in it (%s)", async (colorScheme) => {
    await you.page.emulateMedia({ colorScheme });
    const { text, path } = await saved("Diagram as SVG");
    expect(text).toMatch(/^<svg [^>]*viewBox="0 0 960 \d+"/);
    expect(text).toContain("@media(prefers-color-scheme:dark)");
    expect(text).not.toMatch(/NaN|undefined|foreignObject|href|url\(/);
    // The lines between the boxes are there, and the one that was taken is in its component's colour.
    expect(text.match(/<path d="M[\d.]+ [\d.]+V/g)?.length).toBeGreaterThan(10);
    for (const word of ["job-controller", "kubectl", "node-1", "API server"]) expect(text).toContain(`>${word}</text>`);
    const png = await saved("Diagram as PNG");
    expect(readFileSync(png.path).subarray(1, 4).toString()).toBe("PNG");
    expect(readFileSync(png.path).readUInt32BE(16)).toBe(1920);
    // As a picture in another page, in the theme of that page.
    const page = await you.browser.newPage();
    await page.setViewportSize({ width: 960, height: 760 });
    await page.emulateMedia({ colorScheme });
    await page.goto(pathToFileURL(path).href);
    await page.screenshot({ path: join(folder, `diagram-${colorScheme}.png`) });
    writeFileSync(join(folder, `made-${colorScheme}.png`), readFileSync(png.path));
    await page.close();
  });

  test("manifests are what people wrote; without any, the page says so", async () => {
    const { text, download } = await saved("Objects as manifests");
    expect(download.suggestedFilename()).toBe("kubestep-30.yaml");
    expect(text).toMatch(/^apiVersion: batch\/v1\nkind: Job\nmetadata:\n/);
    expect(text).not.toMatch(/uid|status|resourceVersion|managedFields|last-applied/);
    await you.ask((session) => session.open([{ name: "a.yaml", text: "" }]));
    await choose("Objects as manifests");
    await you.page.getByText("There is nothing to save yet").waitFor();
  });

  test("in Chinese it is Chinese", async () => {
    await you.page.getByRole("button", { name: "中文" }).click();
    await you.page.getByRole("button", { name: "分享" }).click();
    await you.page.getByRole("menuitem", { name: /^复制为 Markdown…/ }).click();
    expect(await you.page.getByLabel("预览").inputValue()).toContain("| 步骤 | 时间 | 谁 | 做了什么 |");
    await you.page.screenshot({ path: join(folder, "markdown-zh.png") });
  });
});

console.log(`pictures: ${folder}`);
