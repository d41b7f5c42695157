// A lesson's Markdown as a tree, and the lessons as the build hands them to the page.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { COURSE, filesOf, summary } from "../build/lessons";
import { readProse, type Block, type Inline } from "../src/lessons/prose";

/** The tree in few letters: `p(…)`, `code(…)`. */
const inline = (pieces: Inline[]): string => pieces.map((piece) => (typeof piece === "string" ? piece : piece.tag === "a" ? `a[${piece.href}](${inline(piece.of)})` : `${piece.tag}(${inline(piece.of)})`)).join("");
const short = (block: Block): string => {
  switch (block.tag) {
    case "p":
      return `p(${inline(block.of)})`;
    case "h":
      return `h${block.level}(${inline(block.of)})`;
    case "ul":
    case "ol":
      return `${block.tag}(${block.items.map((item) => item.map(short).join("")).join("; ")})`;
    case "quote":
      return `quote(${block.of.map(short).join("")})`;
    case "table":
      return `table(${[block.head, ...block.rows].map((row) => row.map(inline).join(" | ")).join(" / ")})`;
    case "hr":
      return "hr";
    default:
      return `${block.tag}(${block.text})`;
  }
};
const read = (text: string): string => readProse(text).map(({ task, blocks }) => `${task ? `#${task} ` : ""}${blocks.map(short).join(" ")}`).join(" ");

test.each([
  ["words", "A **Job** has *one* `key`.", "p(A strong(Job) has em(one) code(key).)"],
  ["a section about a task", "# A\n\nb\n\n## C `d` {#e}\n\nf", "h1(A) p(b) #e h2(C code(d)) p(f)"],
  ["a section whose title is plain", "## Hand it in {#apply}", "#apply h2(Hand it in)"],
  ["lists", "- a\n- b\n\n  c\n\n1. d", "ul(p(a); p(b)p(c)) ol(p(d))"],
  ["a list in a list", "- a\n  - b", "ul(p(a)ul(p(b)))"],
  ["a quotation and a rule", "> a\n\n---", "quote(p(a)) hr"],
  ["a table", "| a | b |\n|---|---|\n| `c` | d |", "table(a | b / code(c) | d)"],
  ["code, untouched", "```yaml\na: <b>\n```", "pre(a: <b>)"],
  ["a widget", "```kubestep\nwidget: task\n```", "widget(widget: task\n)"],
  ["lines that go on, in English", "one\ntwo", "p(one two)"],
  ["lines that go on, in Chinese", "所以它为每个键\n记一本账", "p(所以它为每个键记一本账)"],
  ["lines that go on, between the two", "一个\nJob", "p(一个 Job)"],
])("reads %s", (_, text, tree) => {
  expect(read(text)).toBe(tree);
});

test.each([
  ["tags", "a <b onclick=x>b</b> <script>alert(1)</script>", "p(a <b onclick=x>b</b> <script>alert(1)</script>)"],
  ["a block of HTML", "<iframe src=x></iframe>", "p(<iframe src=x></iframe>)"],
  ["a comment", "<!-- a -->", "p(<!-- a -->)"],
  ["a link that is a script", "[a](javascript:alert(1))", "p([a](javascript:alert(1)))"],
  ["a link to data", "[a](data:text/html,b)", "p([a](data:text/html,b))"],
  ["a link to a file", "[a](file:///etc/passwd) b", "p([a](file:///etc/passwd) b)"],
  ["a link of another kind", "[a](mailto:x@y) b", "p(a b)"],
  ["a picture", "![a](https://x.example/y.png)", "p(a)"],
])("shows %s as text", (_, text, tree) => {
  expect(read(text)).toBe(tree);
});

test("keeps links to the web and to other lessons", () => {
  expect(read("[a](https://kubernetes.io/docs) [b](lesson.html?id=secret) <https://c.example>")).toBe("p(a[https://kubernetes.io/docs](a) a[lesson.html?id=secret](b) a[https://c.example](https://c.example))");
});

describe("the course", () => {
  const root = join(import.meta.dirname, "../../lessons");
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

  test("has a place for every lesson, once", () => {
    expect(folders.filter((folder) => !COURSE.includes(folder))).toEqual([]);
    expect(COURSE.length).toBe(new Set(COURSE).size);
  });

  test.each(folders)("%s: says what it is, and both texts have the same sections and widgets", (id) => {
    const files = filesOf(join(root, id));
    const { minutes, tasks } = summary(id, files);
    expect(minutes).toBeGreaterThan(0);
    const [en, zh] = ["en.md", "zh-CN.md"].map((name) => readProse(files.find((file) => file.name === name)!.text));
    const shape = (sections: typeof en) => sections!.map(({ task, blocks }) => `${task}: ${blocks.filter(({ tag }) => tag === "widget").length}`);
    expect(shape(zh)).toEqual(shape(en));
    expect(en!.filter(({ task }) => task).length).toBe(tasks);
  });
});
