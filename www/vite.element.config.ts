// How the element is bundled into pkg/dist: a small entry with a name that pages can write down, and beside it chunks that it
// fetches when it needs them. Addresses are relative, so that the folder works anywhere, also on another origin.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { zipSync } from "fflate";
import { COURSE, filesOf } from "./build/lessons.ts";
import { reserve } from "./src/element/views.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "./",
  publicDir: false,
  resolve: {
    // A docs page rarely needs both languages.
    alias: [{ find: /^(.*)\/l10n\/texts$/, replacement: at("src/l10n/texts-when-asked.ts") }],
  },
  plugins: [
    {
      name: "kubestep.css",
      generateBundle() {
        this.emitFile({ type: "asset", fileName: "kubestep.css", source: reserve() });
      },
    },
    {
      // What `lesson="first-job"` names: what the engine reads, without texts and solution.
      name: "lessons",
      generateBundle() {
        for (const id of COURSE) {
          const files = filesOf(at(`../lessons/${id}`)).filter(({ name }) => name === "lesson.yaml" || name.startsWith("start/"));
          const zip = zipSync(Object.fromEntries(files.map(({ name, text }) => [name, new TextEncoder().encode(text)])), { level: 9, mtime: new Date(1980, 0, 1) });
          this.emitFile({ type: "asset", fileName: `lessons/${id}.zip`, source: zip });
        }
      },
    },
  ],
  build: {
    outDir: at("../pkg/dist"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { kubestep: at("src/element/kube-step.ts"), "kubestep-frame": at("src/frame/host.ts"), embed: at("embed.html") },
      preserveEntrySignatures: "exports-only",
      output: {
        entryFileNames: ({ name }) => (name === "embed" ? "chunks/embed-[hash].js" : "[name].js"),
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: "chunks/[name]-[hash][extname]",
        codeSplitting: {
          groups: [
            // The entry, which the frame's page has too, and what it shares with its chunks.
            { name: "element", test: /preload-helper|src\/element\/(kube-step|manifest|theme|words|turns|views|look)\.ts|element\.[\w-]+\.ftl/ },
            { name: "editor", test: /node_modules\/(@codemirror|codemirror|@lezer|crelt|style-mod|w3c-keyname)\// },
          ],
        },
      },
    },
  },
});
