// A run in a link: `#v1:` + deflate-raw + base64url without padding. Every version that was ever written stays readable.
import { deflateSync, inflateSync } from "fflate";

const PREFIX = "#v1:";
/** No run is longer; a link that inflates to more is a bomb. */
const MAX_TEXT = 8 << 20;

export function encodeLink(run: string): string {
  const bytes = deflateSync(new TextEncoder().encode(run), { level: 9 });
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return PREFIX + btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The run in a text that holds one: a saved run, an offline page, or a link. Throws what `decodeLink` throws. */
export function runIn(text: string): string {
  const page = new RegExp(`<script [^>]*id="${RUN_ID}"[^>]*>([^<]*)</script>`).exec(text);
  if (page) return page[1]!;
  const link = /^[^\s{]*(#v\d+:\S*)\s*$/.exec(text);
  return (link && decodeLink(link[1]!)) ?? text;
}

/** Where a link is to lead: to this page, or from an offline page to the one that it was made by. */
export function home(): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${HOME}"]`)?.content ?? location.href.replace(/#.*/, "");
}

/** Where an offline page says what page made it. */
export const HOME = "kubestep-home";

/** Where an offline page carries its run, as JSON without any `<`. */
export const RUN_ID = "kubestep-run";

/** The run in a link's hash; `undefined` when it holds none. Throws when it was cut off or is not ours. */
export function decodeLink(hash: string): string | undefined {
  if (!hash.startsWith("#v")) return undefined;
  if (!hash.startsWith(PREFIX)) throw new Error("version");
  const binary = atob(hash.slice(PREFIX.length).replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  const room = new Uint8Array(Math.min(MAX_TEXT, bytes.length * 1032 + 64));
  const text = inflateSync(bytes, { out: room });
  return new TextDecoder("utf-8", { fatal: true }).decode(text);
}
