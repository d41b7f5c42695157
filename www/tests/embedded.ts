// Somebody's page with elements in it, in a browser, under the policy that the element promises to live under.
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { BrowserContext, Page } from "playwright-core";
import type { KubeStep } from "../src/element/kube-step";
import { launch } from "./chromium";
import { site, type Site } from "./site";

export interface Visitor {
  readonly browser: BrowserContext;
  readonly site: Site;
  /** What pages complained of; a test that expects something empties it. */
  readonly faults: string[];
  /** Opens a page and waits until this many of its elements have loaded. */
  open(path: string, loaded?: number, scheme?: "light" | "dark"): Promise<Page>;
}

/** A browser and a site for the tests of a block. */
export function visitor(pages: Record<string, string> = {}): Visitor {
  let browser: BrowserContext;
  let server: Site;
  const faults: string[] = [];
  beforeAll(async () => {
    browser = await launch();
    server = await site({ pages });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  afterEach(async () => {
    for (const page of browser.pages().slice(1)) await page.close();
    const found = faults.splice(0);
    expect(found).toEqual([]);
  });
  return {
    get browser() {
      return browser;
    },
    get site() {
      return server;
    },
    faults,
    async open(path, loaded = 0, scheme = "light") {
      const page = await browser.newPage();
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await page.goto(server.url + path);
      await page.waitForFunction((count) => [...document.querySelectorAll("kube-step")].filter((element) => (element as KubeStep).state !== undefined).length >= count, loaded);
      return page;
    },
  };
}

/** A page with these elements and nothing else of interest. */
export function pageOf(body: string, head = ""): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A page</title>
<link rel="stylesheet" href="/pkg/dist/kubestep.css"><script type="module" src="/pkg/dist/kubestep.js"></script>${head}</head><body><main><h1>A page</h1>${body}</main></body></html>`;
}

export const JOB = `apiVersion: batch/v1
kind: Job
metadata:
  name: hello
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: hello
        image: busybox:1.37
        command: ["sh", "-c", "echo hello"]
`;
