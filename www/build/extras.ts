// What lies beside the page and is made from it: icons, the templates of offline pages, the service worker.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin, type Rolldown } from "vite";
import { png } from "./icons.ts";

/** For authors, and large: not kept by everybody's browser. */
const NOT_KEPT = ["sw.js", "exercise-page.txt", "scorm-manifest.xml"];
const WHITE: [number, number, number] = [255, 255, 255];
/** A maskable icon may be cut to a circle of four fifths. */
const SAFE = 0.66;

export function extras(www: string, version: string): Plugin {
  const dist = join(www, "dist");
  return {
    name: "kubestep-extras",
    apply: "build",
    generateBundle() {
      const svg = readFileSync(join(www, "public/favicon.svg"), "utf8");
      const icon = (fileName: string, source: Uint8Array) => this.emitFile({ type: "asset", fileName, source });
      icon("icon-180.png", png(svg, 180, { colour: WHITE, part: 0.82 }));
      icon("icon-192.png", png(svg, 192));
      icon("icon-512.png", png(svg, 512));
      icon("icon-maskable-512.png", png(svg, 512, { colour: WHITE, part: SAFE }));
    },
    async closeBundle() {
      writeFileSync(join(dist, "offline-page.txt"), await offlinePage(dist));
      writeFileSync(join(dist, "exercise-page.txt"), await exercisePage(www, version));
      const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.endsWith(".br") && !NOT_KEPT.includes(entry.name));
      const names = files.map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1).replaceAll("\\", "/")).sort();
      writeFileSync(join(dist, "sw.js"), await one(join(www, "src/worker.ts"), { FILES: JSON.stringify(names), VERSION: JSON.stringify(version) }));
    },
  };
}

/** A script with all that it imports in it. */
async function one(entry: string, define: Record<string, string> = {}, plugins: Plugin[] = []): Promise<string> {
  return (await bundled(entry, define, plugins)).script;
}

async function bundled(entry: string, define: Record<string, string> = {}, plugins: Plugin[] = []): Promise<{ script: string; styles: string }> {
  const built = await build({
    configFile: false, logLevel: "error", publicDir: false, define, plugins,
    build: { write: false, target: "es2022", modulePreload: false, assetsInlineLimit: 0, rolldownOptions: { input: entry, output: { codeSplitting: false } } },
  });
  const [{ output }] = [built].flat() as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput];
  const scripts = output.filter((part) => part.type === "chunk");
  if (scripts.length !== 1) throw new Error(`${entry}: one script was expected, not ${scripts.length}`);
  const sheets = output.flatMap((part) => (part.type === "asset" && part.fileName.endsWith(".css") ? [String(part.source)] : []));
  return { script: scripts[0]!.code, styles: sheets.join("\n") };
}

/** The built page with everything in it but the module and a run, for which it has two blocks of data (see src/share/offline.ts). */
async function offlinePage(dist: string): Promise<string> {
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const entry = /<script type="module"[^>]* src="\.\/(assets\/[^"]+)">/.exec(page)?.[1];
  const sheet = /<link rel="stylesheet"[^>]* href="\.\/(assets\/[^"]+)">/.exec(page)?.[1];
  if (!entry || !sheet) throw new Error("index.html: a script and a style sheet were expected");
  // Parts that are already here need not be sent for.
  const noPreloads: Plugin = { name: "no-preloads", transform: (code) => ({ code: code.replace(/__vite__mapDeps\(\[[\d,]*\]\)/g, "void 0"), map: null }) };
  const script = await one(join(dist, entry), {}, [noPreloads]);
  return pageWith(dist, script, readFileSync(join(dist, sheet), "utf8"), '<script type="application/json" id="kubestep-run"></script>');
}

/** A lesson's page with everything in it but the module and the exercise (see src/exercise.ts). */
async function exercisePage(www: string, version: string): Promise<string> {
  const { script, styles } = await bundled(join(www, "src/exercise.ts"), { __VERSION__: JSON.stringify(version) });
  return pageWith(join(www, "public"), script, styles, '<script type="application/json" id="kubestep-exercise"></script>');
}

/** A page with its own policy, and blocks of data to be filled. */
function pageWith(folder: string, code: string, styles: string, block: string): string {
  // In HTML, a script ends at its end tag, wherever that stands.
  const script = code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  const icon = Buffer.from(readFileSync(join(folder, "favicon.svg"), "utf8")).toString("base64");
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  // Nothing is fetched; attributes of style stand in the panels' templates, and pictures are made in the page.
  const policy = `default-src 'none'; script-src ${hash(script)} 'wasm-unsafe-eval'; style-src ${hash(styles)}; style-src-attr 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="color-scheme" content="light dark" />
    <title>Kubestep</title>
    <link rel="icon" href="data:image/svg+xml;base64,${icon}" />
    <style>${styles}</style>
    ${block}
    <script type="text/plain" id="kubestep-module"></script>
    <script type="text/plain" id="kubestep-second"></script>
    <script type="module">${script}</script>
  </head>
  <body>
    <p class="starting">Kubestep</p>
  </body>
</html>
`;
}
