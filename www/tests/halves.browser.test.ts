// A visitor on a slow line, and one whose line is cut: what the first half can do is done, and the rest is waited for or missed.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BrowserContext, Page } from "playwright-core";
import { violations } from "./axe";
import { launch, url } from "./chromium";

const SECOND = /kubestep_second.*\.wasm/;

describe.skipIf(!url)("the second half of the module", () => {
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
  });
  afterEach(async () => {
    expect(faults).toEqual([]);
    await page.close();
  });

  const steps = () => page.locator("ks-transport .where").innerText();
  const step = () => page.getByRole("button", { name: "Step", exact: true }).click();
  const apply = () => page.getByRole("button", { name: /^Apply/ }).click();
  const applied = () => page.locator("ks-terminal").getByText("job.batch/hello created").first().waitFor();

  test("comes by itself", async () => {
    const second = page.waitForResponse((response) => SECOND.test(response.url()));
    await page.goto(url!);
    expect((await second).status()).toBe(200);
    await apply();
    await applied();
  });

  test("is not waited for to step", async () => {
    let arrive = () => {};
    const held = new Promise<void>((resolve) => (arrive = resolve));
    await page.route(SECOND, (route) => held.then(() => route.continue()));
    await page.goto(url!);
    for (let i = 0; i < 3; i++) await step();
    expect(await steps()).toMatch(/^3 \/ 3/);
    arrive();
    await apply();
    await applied();
  });

  test("is fetched at once for a command that needs it", async () => {
    // What should come in the background does not.
    await page.route(SECOND, (route) => route.abort(), { times: 1 });
    const failed = page.waitForEvent("requestfailed");
    await page.goto(url!);
    await failed;
    await apply();
    await applied();
  });

  test("is said to be missing where it cannot be had, and nothing is lost", async () => {
    await page.route(SECOND, (route) => route.abort());
    const failed = page.waitForEvent("requestfailed");
    await page.goto(url!);
    await failed;
    for (let i = 0; i < 3; i++) await step();
    await apply();
    await page.getByText("This needs the second part of Kubestep").waitFor();
    expect(await steps()).toMatch(/^3 \/ 3/);
    expect(await violations(page)).toEqual([]);
    await step();
    expect(await steps()).toMatch(/^4 \/ 4/);
    await page.unroute(SECOND);
    await apply();
    await applied();
  });

  test("travels with the first where a link holds a run", async () => {
    await page.goto(url!);
    await apply();
    await applied();
    const link = await page.evaluate(() => (document.querySelector("ks-app") as unknown as { session: { link(): string } }).session.link());
    await page.goto("about:blank");
    const kinds: string[] = [];
    page.on("request", (request) => SECOND.test(request.url()) && kinds.push(request.resourceType()));
    await page.goto(link);
    await applied();
    expect(kinds).toEqual(["fetch"]);
  });
});
