// The examples, each as its generator emits it: opened, driven, looked at by axe in light and dark with the page's own switch.
import { describe, expect, test } from "vitest";
import type { Frame as PlaywrightFrame, Page } from "playwright-core";
import type { KubeStep } from "../src/element/kube-step";
import { violations } from "./axe";
import { pageOf, visitor } from "./embedded";
import { built, site } from "./site";

interface Example {
  name: string;
  path: string;
  /** Whether the element stands in a frame. */
  framed?: boolean;
  /** What a reader clicks to make the page dark. */
  dark?: string;
}

const EXAMPLES: Example[] = [
  { name: "plain HTML", path: "/examples/plain/" },
  { name: "mdBook", path: "/examples/mdbook/page.html", dark: "#navy" },
  { name: "Docusaurus", path: "/examples/docusaurus/page.html", dark: ".colorModeToggle_DEke button" },
  { name: "Hugo", path: "/examples/hugo/page.html", dark: "#theme-toggle" },
  { name: "MkDocs Material", path: "/examples/mkdocs-material/page.html", dark: "#__palette_1" },
  { name: "a WordPress-like frame", path: "/examples/wordpress/page.html", framed: true },
  { name: "an exported notebook", path: "/examples/jupyter/page.html", framed: true },
];

/** Where the element is: the page, or the frame in it. */
async function place(page: Page, { framed }: Example): Promise<Page | PlaywrightFrame> {
  if (!framed) return page;
  const handle = await page.locator("iframe").elementHandle();
  return (await handle!.contentFrame())!;
}

describe.skipIf(!process.env["KUBESTEP_CHROMIUM"] || !built)("the example for", () => {
  const visit = visitor();

  test.each(EXAMPLES)("$name runs what it shows, to its end", async (example) => {
    const page = await visit.open(example.path);
    const at = await place(page, example);
    const told = await at.evaluate(async () => {
      const element = document.querySelector("kube-step") as KubeStep;
      await element.load();
      const heard = new Set<string>();
      for (const type of ["step", "change", "complete"]) document.addEventListener(type, () => heard.add(type));
      await element.apply();
      const { end } = await element.run("idle");
      const pods = (await element.kubectl("get pods -o name")).stdout;
      return { end, pods: pods.replace(/-\w{5}\n/, "\n"), heard: [...heard].sort().join(" ") };
    });
    expect(told).toEqual({ end: "reached", pods: "pod/hello\n", heard: example.name.includes("notebook") ? "change step" : "change complete step" });
    // The manifest is shown once: by the page, or by an element with an editor.
    if (example.name !== "plain HTML") expect(await page.locator("pre").filter({ has: page.locator(":scope", { hasText: "kind" }), visible: true }).count()).toBe(example.name === "Docusaurus" || example.name.includes("WordPress") ? 0 : 1);
  });

  test.each(EXAMPLES)("$name has no fault that axe finds, in light and dark", async (example) => {
    const page = await visit.open(example.path);
    const at = await place(page, example);
    // What is around it is the generator's.
    const part = example.framed ? "iframe" : "kube-step";
    await at.evaluate(() => Promise.all([...document.querySelectorAll("kube-step[loading=visible]")].map((element) => (element as KubeStep).load())));
    expect(await violations(page, part)).toEqual([]);
    if (example.dark) await page.locator(example.dark).click();
    else await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForTimeout(100);
    const look = await at.evaluate(() => (document.querySelector("kube-step") as KubeStep).dataset["look"]);
    // These two pages are always light; the frame in them follows the reader's system.
    expect(look).toBe("dark");
    expect(await violations(page, part)).toEqual([]);
  });
});

describe.skipIf(!process.env["KUBESTEP_CHROMIUM"] || !built)("a frame", () => {
  const visit = visitor({
    "/host": `<!doctype html><title>A page</title><script type="module" src="/host.js"></script><iframe title="Kubestep" width="700" height="300"></iframe>`,
    "/host.js": `import { connect } from "/pkg/dist/kubestep-frame.js"; window.connect = connect;`,
  });

  test("of another origin is driven by the page that shows it, and by no other", async () => {
    const other = await site();
    const page = await visit.open("/host");
    const told = await page.evaluate(async (elsewhere) => {
      const frame = document.querySelector("iframe")!;
      frame.src = `${elsewhere}/pkg/dist/embed.html?view=strip#yaml=${encodeURIComponent("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")}`;
      const { connect } = window as unknown as { connect: typeof import("../src/frame/host").connect };
      const step = await connect(frame);
      const heard: string[] = [];
      step.on("change", (state) => heard.push(`change ${state.step}`));
      const first = await step.load();
      await step.step();
      const got = await step.fetch("/api/v1/namespaces/default/configmaps/a");
      const missing = await step.fetch("/api/v1/namespaces/default/configmaps/b");
      const watch = await step.fetch("/api/v1/pods?watch=true").catch((error: Error) => error.message);
      const unknown = await step.seek("nowhere").catch((error: Error) => error.message.slice(0, 14));
      return { first: first.step, got: got.status, missing: missing.status, watch, unknown, heard, state: step.state?.step };
    }, other.url);
    expect(told).toEqual({
      first: 0, got: 200, missing: 404, watch: "a frame carries no streams: list again after a change event", unknown: 'step="nowhere"', heard: ["change 1"], state: 1,
    });

    // A frame that was made for another origin gives this one no port.
    const refused = await page.evaluate(async (elsewhere) => {
      const frame = document.createElement("iframe");
      frame.src = `${elsewhere}/pkg/dist/embed.html?view=strip&loading=click&origin=https://other.example`;
      document.body.append(frame);
      await new Promise((resolve) => (frame.onload = resolve));
      const { port1, port2 } = new MessageChannel();
      frame.contentWindow!.postMessage({ ns: "kubestep", v: 1, id: 1, type: "connect", payload: null }, elsewhere, [port2]);
      return new Promise<string>((resolve) => {
        port1.onmessage = () => resolve("answered");
        setTimeout(() => resolve("silent"), 1000);
      });
    }, other.url);
    expect(refused).toBe("silent");
    await other.close();
  });

  test("of a newer version is told so", async () => {
    const page = await visit.open("/host");
    const answer = await page.evaluate(async () => {
      const frame = document.querySelector("iframe")!;
      frame.src = "/pkg/dist/embed.html?loading=click";
      await new Promise((resolve) => (frame.onload = resolve));
      const { port1, port2 } = new MessageChannel();
      frame.contentWindow!.postMessage({ ns: "kubestep", v: 9, id: 5, type: "connect", payload: null }, "*", [port2]);
      return new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    });
    expect(answer).toMatchObject({ ns: "kubestep", id: 5, type: "error", payload: { message: "this frame speaks version 1 of the protocol, not 9" } });
  });

  test("the element itself may come from another origin", async () => {
    const cdn = await site();
    const here = await site({ scripts: cdn.url, pages: { "/page": pageOf(`<pre>apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n</pre><kube-step view="strip" loading="visible"></kube-step>`).replaceAll("/pkg/dist/", `${cdn.url}/pkg/dist/`) } });
    const page = await visit.browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(`${here.url}/page`);
    await page.getByRole("button", { name: "Step", exact: true }).click();
    expect(await page.evaluate(() => (document.querySelector("kube-step") as KubeStep).state!.step)).toBe(1);
    expect([faults, here.asked.filter((path) => path.includes("pkg"))]).toEqual([[], []]);
    await Promise.all([cdn.close(), here.close()]);
  });
});
