// What axe finds wrong with the page as it stands, or with a part of it, by WCAG AA.
import AxeBuilder from "axe-core";
import type { Page } from "playwright-core";

export async function violations(page: Page, part = "html"): Promise<string[]> {
  await page.evaluate(AxeBuilder.source);
  return page.evaluate(async (part) => {
    const { axe } = window as unknown as { axe: { run(part: string, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
    const found = await axe.run(part, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`);
  }, part);
}
