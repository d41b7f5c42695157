// What a person at the page does: types, clicks, reads.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { BrowserContext, Locator, Page } from "playwright-core";
import type { Session } from "../src/app/session";
import { launch, url } from "./chromium";

export interface Person {
  readonly browser: BrowserContext;
  readonly page: Page;
  /** What the page itself complained of; a test that expects something empties it. */
  readonly faults: string[];
  step(): Locator;
  apply(): Promise<void>;
  /** Opens an example by its place in the list. */
  example(index: number): Promise<void>;
  /** The file in the editor gets another text, as if it had been typed. */
  write(text: string): Promise<void>;
  position(): Promise<{ step: number; length: number }>;
  /** Types a command and gives what it printed. */
  type(line: string): Promise<string>;
  /** Presses "To idle" and waits until it is there. */
  idle(): Promise<void>;
  /** Lets virtual time pass. */
  wait(seconds: number): Promise<void>;
  /** Asks the page's session. */
  ask<T>(question: (session: Session) => T): Promise<T>;
}

/** A person with a fresh page for each test of the block; or with one page, and a fresh cluster for each. */
export function person(fresh: "page" | "cluster" = "page"): Person {
  let browser: BrowserContext;
  let page: Page;
  let faults: string[];

  const open = async () => {
    page = await browser.newPage();
    faults = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(url!);
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await page.locator("ks-transport").waitFor();
  };

  beforeAll(async () => {
    browser = await launch();
    if (fresh === "cluster") await open();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    if (fresh === "page") return open();
    await self.ask((session) => session.open([{ name: "notes.txt", text: "" }]));
  });
  afterEach(async () => {
    expect(faults).toEqual([]);
    if (fresh === "page") await page.close();
  });

  const self: Person = {
    get browser() {
      return browser;
    },
    get page() {
      return page;
    },
    get faults() {
      return faults;
    },
    step: () => page.getByRole("button", { name: "Step", exact: true }),
    apply: () => page.getByRole("button", { name: /^Apply/ }).click(),
    async example(index) {
      await page.getByLabel("Examples").selectOption({ index: index + 1 });
    },
    async write(text) {
      await page.locator("ks-editor .cm-content").click();
      await page.keyboard.press("Control+A");
      await page.keyboard.press("Delete");
      await page.keyboard.insertText(text);
    },
    async position() {
      const text = await page.locator("ks-transport .where").innerText();
      const [, at, length] = /^(\d+) \/ (\d+)/.exec(text.replaceAll(",", ""))!;
      return { step: Number(at), length: Number(length) };
    },
    async type(line) {
      await page.getByLabel("Command line").click();
      await page.keyboard.type(line);
      await page.keyboard.press("Enter");
      const last = page.locator("ks-terminal .entry").last();
      await last.getByText(line, { exact: true }).waitFor();
      return (await last.locator(".out").allTextContents()).join("");
    },
    async idle() {
      await page.getByRole("button", { name: "To idle" }).click();
      await page.waitForFunction(() => (document.querySelector("ks-app") as unknown as { session: { running?: string } }).session.running === undefined);
    },
    async wait(seconds) {
      await page.evaluate(async (ms) => {
        const { session } = document.querySelector("ks-app") as unknown as { session: Session };
        await session.runUntil({ type: "time", ms: session.view.nowMs + ms });
      }, seconds * 1000);
    },
    async ask(question) {
      const session = await page.evaluateHandle(() => (document.querySelector("ks-app") as unknown as { session: Session }).session);
      return (await session.evaluate(question as (session: Session) => unknown)) as Awaited<ReturnType<typeof question>>;
    },
  };
  return self;
}
