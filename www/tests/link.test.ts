// A run in a link, whole and broken.
import { deflateSync } from "fflate";
import { expect, test } from "vitest";
import { decodeLink, encodeLink } from "../src/app/link";

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

test("a run survives the link, whatever its letters", () => {
  const run = JSON.stringify({ v: 1, files: ["你好 ÿ \u{1F642}"], log: Array(500).fill("step") });
  const link = encodeLink(run);
  expect(link).toMatch(/^#v1:[A-Za-z0-9_-]+$/);
  expect(decodeLink(link)).toBe(run);
});

test("a page without a run in its address has none", () => {
  expect([decodeLink(""), decodeLink("#help")]).toEqual([undefined, undefined]);
});

test("a link that was cut off, or is not one, is refused", () => {
  const link = encodeLink(JSON.stringify({ text: Array.from({ length: 400 }, (_, i) => i * i) }));
  for (const broken of [link.slice(0, link.length / 2), "#v1:", "#v1:!!!", "#v1:AAAA"]) {
    expect(() => JSON.parse(decodeLink(broken) ?? "")).toThrow();
  }
});

test("a link of a version to come says so", () => {
  expect(() => decodeLink("#v9:abcd")).toThrow("version");
});

test("a link that inflates without end is refused", () => {
  const bomb = deflateSync(new Uint8Array(64 << 20), { level: 9 });
  expect(() => JSON.parse(decodeLink(`#v1:${base64url(bomb)}`) ?? "")).toThrow();
});
