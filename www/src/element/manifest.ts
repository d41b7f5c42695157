// The manifest that an element shows: scripts inside it, or the code block before it.
import type { FileText } from "../wasm/kubestep.js";

/** What site generators put into a code block beside the code. */
const BESIDE = ".ln, .lnt, .lineno, .linenos, .linenodiv, .buttons, button, [data-line-number]:empty, .code-block-title";

export interface Manifest {
  files: FileText[];
  /** The element of the page that shows the same text, where there is one. */
  shown: HTMLElement | undefined;
}

export function findManifest(element: HTMLElement): Manifest {
  const scripts = [...element.querySelectorAll<HTMLScriptElement>(':scope > script[type="application/yaml"], :scope > script[type="text/yaml"]')];
  if (scripts.length > 0) {
    const files = scripts.map((script, i) => ({ name: script.getAttribute("filename") || `manifest${i ? `-${i + 1}` : ""}.yaml`, text: dedent(script.textContent ?? "") }));
    return { files, shown: undefined };
  }
  if (element.hasAttribute("src") || element.hasAttribute("lesson")) return { files: [], shown: undefined };
  const shown = blockBefore(element);
  const block = shown && codeOf(shown);
  return block ? { files: [{ name: element.getAttribute("filename") || "manifest.yaml", text: textOf(block) }], shown } : { files: [], shown: undefined };
}

/** The code block before the element; before its paragraph, where a generator made one for it alone. */
function blockBefore(element: HTMLElement): HTMLElement | undefined {
  let at: Element | null = element;
  if (!at.previousElementSibling && at.parentElement?.localName === "p" && at.parentElement.children.length === 1) at = at.parentElement;
  const before = at?.previousElementSibling;
  return before instanceof HTMLElement && codeOf(before) ? before : undefined;
}

function codeOf(block: Element): Element | undefined {
  const all = block.localName === "pre" ? [block] : [...block.querySelectorAll("pre")];
  const pre = all.find((pre) => !pre.closest(".linenos, .lntd:has(.lnt), .gutter"));
  return pre?.querySelector("code") ?? pre;
}

/** The code's text. `textContent` would lose the lines of highlighters that end them with `<br>`, and keep line numbers. */
export function textOf(node: Node): string {
  const parts: string[] = [];
  const walk = (node: Node): void => {
    if (node.nodeType === Node.TEXT_NODE) parts.push(node.nodeValue ?? "");
    else if (node instanceof Element) {
      if (node.localName === "br") parts.push("\n");
      else if (!node.matches(BESIDE)) node.childNodes.forEach(walk);
    }
  };
  node.childNodes.forEach(walk);
  return `${parts.join("").replace(/\u00a0/g, " ").replace(/^\n+|\s+$/g, "")}\n`;
}

/** Scripts are indented as the HTML around them is. */
export function dedent(text: string): string {
  const lines = text.replace(/^\s*\n/, "").trimEnd().split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)![0].length);
  const cut = Math.min(...indents, Infinity);
  return `${lines.map((line) => line.slice(Number.isFinite(cut) ? cut : 0)).join("\n")}\n`;
}
