// How the page is bundled: relative addresses (it must work from any folder of any site), one stylesheet, and
// the editor in a chunk of its own, so that the first step does not wait for it. What the first sight needs is one chunk,
// also where parts that come later need some of it too.
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { extras } from "./build/extras.ts";
import { lessons } from "./build/lessons.ts";
import { version } from "./build/version.ts";

const www = import.meta.dirname;
const made = version(www);

export default defineConfig({
  base: "./",
  define: { __VERSION__: JSON.stringify(made) },
  plugins: [extras(www, made), lessons(join(www, "../lessons"))],
  worker: { format: "es" },
  build: {
    target: "es2022",
    // The module of the engine stays a file of its own: inlining it as base64 would cost a third more bytes.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: ["index.html", "lessons.html", "lesson.html", "author.html", "class.html"],
      output: {
        codeSplitting: {
          groups: [
            { name: "editor", test: /node_modules\/(@codemirror|codemirror|@lezer|crelt|style-mod|w3c-keyname)\// },
            { name: "page", test: /\/src\/(app\/(?!update)|engine|examples\/|l10n\/(texts|((panels\.)?(en|zh-CN)))\.|panels\/|ui\/(?!code-editor))|node_modules\/(lit|@lit|lit-element|lit-html|@fluent|fflate)\// },
          ],
        },
      },
    },
  },
  test: {
    include: ["tests/**/*.test.ts"],
    // A browser test drives a whole run, with pauses for what a person would see.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
