// A headless browser for the tests, on the Chromium that `cargo xtask test` found or installed.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext } from "playwright-core";

/** Where the built page is served; tests of the browser are skipped without it. */
export const url = process.env["KUBESTEP_URL"];

/**
 * A browser with a profile of its own, 1440 × 900 unless told otherwise. Close it when done. It has no service workers unless
 * the test is about them: each test is to see the page as it is served.
 */
export function launch(viewport = { width: 1440, height: 900 }, serviceWorkers: "allow" | "block" = "block"): Promise<BrowserContext> {
  const executablePath = process.env["KUBESTEP_CHROMIUM"];
  if (!executablePath) throw new Error("KUBESTEP_CHROMIUM is not set: run the tests through `cargo xtask test`");
  return chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "kubestep-chromium-")), {
    executablePath,
    headless: true,
    viewport,
    serviceWorkers,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
