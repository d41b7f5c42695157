// The page as it is served: it loads without an error, and nothing from elsewhere.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrowserContext } from "playwright-core";
import { launch, url } from "./chromium";

describe.skipIf(!url)("the page", () => {
  let browser: BrowserContext;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  test("starts the engine's module under the content security policy", async () => {
    const page = await browser.newPage();
    const faults: string[] = [];
    const elsewhere: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("request", (request) => request.url().startsWith(url!) || elsewhere.push(request.url()));
    const module = page.waitForResponse((response) => response.url().endsWith(".wasm"));
    await page.goto(url!);
    expect((await module).headers()["content-type"]).toBe("application/wasm");
    await page.locator("ks-transport").waitFor();
    expect(faults).toEqual([]);
    expect(elsewhere).toEqual([]);
  });
});
