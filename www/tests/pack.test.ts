// Bytes in a page, and runs in texts of all kinds.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { png } from "../build/icons";
import { encodeLink, runIn } from "../src/app/link";
import { pack, unpack } from "../src/share/pack";

test.each([[new Uint8Array()], [new Uint8Array([0, 1, 255])], [Uint8Array.from({ length: 70_001 }, (_, i) => (i * i) % 251)]])("bytes survive, as text that means nothing in HTML", async (bytes) => {
  const text = await pack(bytes);
  expect(text).toMatch(/^[^<>&"'`$\\/\s]*$/);
  expect(unpack(text)).toEqual(bytes);
});

test("a run is found in a file of its own, in an offline page, and in a link", () => {
  const run = '{"kubestep":1,"files":{"a":"#v1:x \\u003c/script>"}}';
  for (const text of [run, `<!doctype html>\n<script type="application/json" id="kubestep-run">${run}</script>`, `https://example.com/${encodeLink(run)}\n`, encodeLink(run)])
    expect(runIn(text)).toBe(run);
  expect(() => runIn("#v9:abc")).toThrow("version");
  expect(runIn("hello")).toBe("hello");
});

test("icons are drawn from the favicon, or not at all", () => {
  const svg = readFileSync(join(import.meta.dirname, "../public/favicon.svg"), "utf8");
  expect([...png(svg, 16).slice(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(() => png(svg.replace("<path", "<ellipse"), 16)).toThrow("<ellipse> is not understood");
});
