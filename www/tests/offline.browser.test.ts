// The page without a network after the first visit, from any folder; and a new version, which waits and loses no run.
import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./axe";
import { launch, url } from "./chromium";

const TYPES: Record<string, string> = {
  ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json",
};

describe.skipIf(!url)("without a network", () => {
  const site = mkdtempSync(join(tmpdir(), "kubestep-site-"));
  let server: Server;
  let up = true;
  let address: string;
  let browser: BrowserContext;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    cpSync(join(import.meta.dirname, "../dist"), site, { recursive: true, filter: (path) => !path.endsWith(".br") });
    server = createServer((request, response) => {
      const path = new URL(request.url!, "http://x").pathname.replace(/^\/any\/where\//, "").replace(/^$|\/$/, "index.html");
      if (!up) return void request.socket.destroy();
      try {
        const body = readFileSync(join(site, path));
        response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/plain", "cache-control": "no-cache", "content-security-policy": "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'" }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/any/where/`;
    browser = await launch(undefined, "allow");
    page = await browser.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  });
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  const where = () => page.locator("ks-transport .where").innerText();
  const step = () => page.getByRole("button", { name: "Step", exact: true }).click();
  const version = async () => {
    await page.getByRole("button", { name: "Keys and help" }).click();
    const text = await page.getByRole("dialog").getByText(/^Version /).innerText();
    await page.keyboard.press("Escape");
    return /Version (\S+)/.exec(text)![1]!;
  };

  test("the page can be installed: its manifest and icons are there", async () => {
    await page.goto(address);
    const manifest = JSON.parse(readFileSync(join(site, "manifest.webmanifest"), "utf8")) as { icons: { src: string; sizes: string }[] };
    const sizes = await page.evaluate(async (icons) => Promise.all(icons.map(async ({ src }) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return image.naturalWidth;
    })), manifest.icons);
    expect(sizes.slice(1)).toEqual([192, 512, 512]);
    expect(await page.locator('link[rel="manifest"]').getAttribute("href")).toBe("./manifest.webmanifest");
  });

  test("after the first visit it works without a network, the parts that come later too", async () => {
    await page.evaluate(() => navigator.serviceWorker.ready);
    up = false;
    await browser.setOffline(true);
    await page.reload();
    await page.getByRole("button", { name: /^Apply/ }).click();
    for (let i = 0; i < 5; i++) await step();
    expect(await where()).toMatch(/^6 \/ 6/);
    await page.locator("ks-editor .cm-content").click();
    await page.getByRole("button", { name: "Share" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /^Save an offline page/ }).click()]);
    expect(download.suggestedFilename()).toBe("kubestep-6.html");
    expect(faults).toEqual([]);
    up = true;
    await browser.setOffline(false);
  });

  test("a new version waits until the person agrees, and then opens the same run", async () => {
    const old = await version();
    const now = "9.9.9+fedcba98";
    // Files are named by their contents: where those change, the names do.
    const scripts = readdirSync(join(site, "assets")).filter((name) => name.endsWith(".js"));
    for (const file of readdirSync(site, { recursive: true, encoding: "utf8" })) {
      if (!/\.(js|html|txt)$/.test(file)) continue;
      const path = join(site, file);
      const text = readFileSync(path, "utf8").replaceAll(old, now);
      writeFileSync(path, scripts.reduce((text, name) => text.replaceAll(name, `new-${name}`), text));
    }
    for (const name of scripts) renameSync(join(site, "assets", name), join(site, "assets", `new-${name}`));
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    const notice = page.getByRole("status").filter({ hasText: "A new version is there." });
    await notice.waitFor();
    // It does not go by itself, and what the person does goes on; the help says it too.
    await step();
    await notice.waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await version()).toBe(old);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("button", { name: "Keys and help" }).click();
    const loaded = page.waitForEvent("load");
    await page.getByRole("dialog").getByRole("button", { name: "Reload" }).click();
    await loaded;
    await page.getByText(`This is Kubestep ${now}.`).waitFor();
    expect(await where()).toMatch(/^7 \/ 7/);
    expect(await version()).toBe(now);
    expect(faults).toEqual([]);
    // Once it was opened, it is no longer kept: the next load starts as always.
    await page.reload();
    await page.locator("ks-transport").waitFor();
    expect(await where()).toMatch(/^0 \/ 0/);
  });

  test("a run that a new version cannot go through can still be saved", async () => {
    const run = '{"kubestep":1,"seed":1,"nodes":1,"files":{},"branches":[{"name":"main","log":[-90]}],"current":0,"position":1}';
    await page.evaluate((run) => sessionStorage.setItem("kubestep.kept-run", run), run);
    await page.reload();
    const alert = page.getByRole("alert").filter({ hasText: "cannot go through your run any more" });
    await alert.waitFor();
    await step();
    const [download] = await Promise.all([page.waitForEvent("download"), alert.getByRole("button", { name: "Save" }).click()]);
    expect(readFileSync(await download.path(), "utf8")).toBe(run);
  });
});
