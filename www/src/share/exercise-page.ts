// An exercise as one HTML file that works without any network, and as a SCORM 1.2 zip with that file in it. The native
// program makes the same of the same parts (src/bin/kubestep/handout.rs).
import { strToU8, zipSync } from "fflate";
import type { FileText } from "../wasm/kubestep.js";
import { module, text } from "./offline";

/** The page with an exercise in it. Throws where what it is made of cannot be had. */
export async function pageOf(files: readonly FileText[], title: string, language: string): Promise<string> {
  const page = new DOMParser().parseFromString(await text("./exercise-page.txt"), "text/html");
  const put = (id: string, content: string) => {
    page.getElementById(id)!.textContent = content;
  };
  put("kubestep-exercise", JSON.stringify(files).replaceAll("<", "\\u003c"));
  for (const [id, text] of await module()) put(id, text);
  page.title = title;
  page.documentElement.lang = language;
  return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
}

/** The zip that a learning platform takes. */
export async function scormOf(page: string, id: string, title: string): Promise<Uint8Array<ArrayBuffer>> {
  const escaped = title.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const manifest = (await text("./scorm-manifest.xml")).replaceAll("{id}", id).replaceAll("{title}", () => escaped);
  return zipSync({ "imsmanifest.xml": strToU8(manifest), "index.html": strToU8(page) }, { level: 9 }) as Uint8Array<ArrayBuffer>;
}
