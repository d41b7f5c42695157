// What `src` names: a share link, a run's file, or a manifest.
import { decodeLink } from "../app/link";
import type { FileText } from "../wasm/kubestep.js";

/** As the editor's files. */
const MOST = 8 << 20;

export type Source = { run: string } | { files: FileText[] };

/** Throws with a sentence that says what was wrong with it. */
export async function fetchSource(src: string, base: string): Promise<Source> {
  const hash = src.indexOf("#v");
  if (hash >= 0) {
    const run = decodeLink(src.slice(hash));
    if (run !== undefined) return { run };
  }
  const url = new URL(src, base);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${src}: ${response.status} ${response.statusText}`);
  const text = await response.text();
  if (text.length > MOST) throw new Error(`${src}: more than 8 MiB`);
  if (isRun(text)) return { run: text };
  return { files: [{ name: fileName(url), text }] };
}

/** A manifest may be JSON too. */
function isRun(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    return "kubestep" in (JSON.parse(text) as object);
  } catch {
    return false;
  }
}

function fileName(url: URL): string {
  const name = decodeURIComponent(url.pathname.split("/").pop() ?? "").replace(/[^\w.-]/g, "-");
  return /\.(ya?ml|json)$/.test(name) ? name : `${name || "manifest"}.yaml`;
}
