// A lesson's Markdown as a tree of a few kinds of nodes. There is no HTML in it, so there is none to make safe: what a text
// has of tags and scripts is text. Lessons of ours become trees when the page is built; an author's, when they are typed.
import MarkdownIt from "markdown-it";

type Token = ReturnType<InstanceType<typeof MarkdownIt>["parse"]>[number];

/** A piece of a line. */
export type Inline = string | { tag: "strong" | "em" | "code" | "s" | "br"; of: Inline[] } | { tag: "a"; href: string; of: Inline[] };

/** A paragraph, a list, … or a widget with the text of its block. */
export type Block =
  | { tag: "p"; of: Inline[] }
  | { tag: "h"; level: number; of: Inline[] }
  | { tag: "ul" | "ol"; items: Block[][] }
  | { tag: "quote"; of: Block[] }
  | { tag: "pre"; text: string }
  | { tag: "table"; head: Inline[][]; rows: Inline[][][] }
  | { tag: "hr" }
  | { tag: "widget"; text: string };

/** What stands before the first task (`task` is empty), or about one. */
export interface Section {
  task: string;
  blocks: Block[];
}

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });

/** Where a link may lead: the web, and places of the page itself. */
const HREF = /^(https?:\/\/|#|\.\/|[\w-]+\.html)/;

/** Reads a text. A heading that ends with `{#id}` begins the section of a task. */
export function readProse(text: string): Section[] {
  const sections: Section[] = [{ task: "", blocks: [] }];
  for (const block of blocks(markdown.parse(text, {}))) {
    if (block.tag === "h") {
      const last = block.of.at(-1);
      const found = typeof last === "string" ? /^(.*?)\s*\{#([^}]+)\}$/.exec(last) : null;
      if (found) {
        block.of = [...block.of.slice(0, -1), found[1]!];
        sections.push({ task: found[2]!, blocks: [] });
      }
    }
    sections.at(-1)!.blocks.push(block);
  }
  return sections.filter((section) => section.blocks.length > 0);
}

function blocks(tokens: Token[]): Block[] {
  const made: Block[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const end = token.nesting === 1 ? closing(tokens, at) : at;
    const inner = tokens.slice(at + 1, end);
    switch (token.type) {
      case "heading_open":
        made.push({ tag: "h", level: Number(token.tag.slice(1)), of: line(inner) });
        break;
      case "paragraph_open":
        made.push({ tag: "p", of: line(inner) });
        break;
      case "bullet_list_open":
      case "ordered_list_open":
        made.push({ tag: token.type === "bullet_list_open" ? "ul" : "ol", items: children(inner, "list_item_open").map(blocks) });
        break;
      case "blockquote_open":
        made.push({ tag: "quote", of: blocks(inner) });
        break;
      case "fence":
        made.push(token.info.trim() === "kubestep" ? { tag: "widget", text: token.content } : { tag: "pre", text: token.content.replace(/\n$/, "") });
        break;
      case "code_block":
        made.push({ tag: "pre", text: token.content.replace(/\n$/, "") });
        break;
      case "table_open": {
        const [head = [], ...rows] = children(inner, "tr_open").map((row) => [...children(row, "th_open"), ...children(row, "td_open")].map(line));
        made.push({ tag: "table", head, rows });
        break;
      }
      case "hr":
        made.push({ tag: "hr" });
        break;
    }
    at = end;
  }
  return made;
}

/** What stands within each of the tokens of a type, wherever in these they are. */
function children(tokens: Token[], type: string): Token[][] {
  const found: Token[][] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (tokens[at]!.type !== type) continue;
    const end = closing(tokens, at);
    found.push(tokens.slice(at + 1, end));
    at = end;
  }
  return found;
}

function closing(tokens: Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    depth += tokens[at]!.nesting;
    if (depth === 0) return at;
  }
  return tokens.length;
}

function line(tokens: Token[]): Inline[] {
  return inlines(tokens.flatMap((token) => token.children ?? []));
}

function inlines(tokens: Token[]): Inline[] {
  const made: Inline[] = [];
  const text = (more: string) => {
    if (typeof made.at(-1) === "string") made[made.length - 1] += more;
    else if (more) made.push(more);
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const end = token.nesting === 1 ? closing(tokens, at) : at;
    const inner = tokens.slice(at + 1, end);
    switch (token.type) {
      case "strong_open":
      case "em_open":
      case "s_open":
        made.push({ tag: token.tag as "strong", of: inlines(inner) });
        break;
      case "link_open": {
        const href = String(token.attrGet("href") ?? "");
        if (HREF.test(href)) made.push({ tag: "a", href, of: inlines(inner) });
        else for (const piece of inlines(inner)) typeof piece === "string" ? text(piece) : made.push(piece);
        break;
      }
      case "code_inline":
        made.push({ tag: "code", of: [token.content] });
        break;
      case "softbreak":
        text(WIDE.test(last(made)) && WIDE.test(tokens[at + 1]?.content[0] ?? "") ? "" : " ");
        break;
      case "hardbreak":
        made.push({ tag: "br", of: [] });
        break;
      default:
        // A picture would be a request to elsewhere: its words stand for it.
        text(token.content);
    }
    at = end;
  }
  return made;
}

/** Between two Chinese letters or signs, the end of a line is no blank. */
const WIDE = /[\u3000-\u303F\u4E00-\u9FFF\uFF00-\uFFEF\u201C\u201D\u2014\u2026]/;

function last(made: Inline[]): string {
  const piece = made.at(-1);
  return typeof piece === "string" ? piece.slice(-1) : "";
}
