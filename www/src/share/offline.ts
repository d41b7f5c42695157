// The page with this run in one file, which works from a folder and without any network. It is made of a template that the
// build lays beside the page (build/extras.ts): the page's own scripts and styles in one, and empty blocks of data, for the
// module's halves and for the run. A page that was made so makes the next one out of itself.
import { HOME, RUN_ID } from "../app/link";
import { MODULE_ID, SECOND_ID } from "../engine";
import first from "../wasm/kubestep_bg.wasm?url";
import second from "../wasm/kubestep_second.wasm?url";
import { pack } from "./pack";

/** The page as text. Throws where what it is made of cannot be had. */
export async function offlinePage(run: string, language: string): Promise<string> {
  const own = document.getElementById(MODULE_ID) !== null;
  // Parsed apart from this page, nothing of it runs.
  const page = new DOMParser().parseFromString(own ? document.documentElement.outerHTML : await text("./offline-page.txt"), "text/html");
  const put = (id: string, content: string) => {
    const block = page.getElementById(id);
    if (!block) throw new Error(`no ${id}`);
    block.textContent = content;
  };
  if (own) {
    const starting = page.createElement("p");
    starting.className = "starting";
    starting.textContent = "Kubestep";
    page.body.replaceChildren(starting);
  } else {
    for (const [id, text] of await module()) put(id, text);
    const home = page.createElement("meta");
    [home.name, home.content] = [HOME, location.href.replace(/[?#].*/, "")];
    page.head.append(home);
  }
  put(RUN_ID, run.replaceAll("<", "\\u003c"));
  page.documentElement.lang = language;
  return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
}

/** The module's halves, each with the block of data that it is for. */
export function module(): Promise<[string, string][]> {
  const halves = [[MODULE_ID, first], [SECOND_ID, second]] as const;
  return Promise.all(halves.map(async ([id, url]) => [id, await pack(new Uint8Array(await (await got(url)).arrayBuffer()))]));
}

export async function text(path: string): Promise<string> {
  return (await got(new URL(`${path}?v=${encodeURIComponent(__VERSION__)}`, document.baseURI).href)).text();
}

export async function got(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response;
}
