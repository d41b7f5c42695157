// How long a visitor waits: from navigation to a step button that can be pressed, in headless Chromium, with nothing
// cached. Run by `cargo xtask bench` in www: node first-step.mjs CHROMIUM URL; prints milliseconds, one a try.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { chromium } = createRequire(join(process.cwd(), "package.json"))("playwright-core");
const [executablePath, url] = process.argv.slice(2);
for (let i = 0; i < 3; i++) {
  const profile = mkdtempSync(join(tmpdir(), "kubestep-bench-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  const page = await browser.newPage();
  await page.addInitScript(() => {
    const find = (root) => {
      const button = root.querySelector?.("button.step");
      if (button) return button;
      for (const element of root.querySelectorAll("*")) {
        const inside = element.shadowRoot && find(element.shadowRoot);
        if (inside) return inside;
      }
      return undefined;
    };
    const look = () => {
      const button = find(document);
      if (button && !button.disabled) globalThis.firstStep = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(url);
  const found = await page.waitForFunction(() => globalThis.firstStep, undefined, { timeout: 30_000 });
  console.log(Math.round(await found.jsonValue()));
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
