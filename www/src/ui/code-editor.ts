// CodeMirror, set up for manifests: loaded on its own after the page can already be stepped.
import { closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, temporarilySetTabFocusMode } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { forceLinting, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec, type Text } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Diagnostic } from "../wasm/kubestep.js";

const MAX_LENGTH = 1 << 20;

type Hooks = { changed: (text: string) => void; apply: () => void; refused: (name: string) => void };

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--muted)", border: "none" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--select)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", border: "1px solid var(--line)", color: "var(--ink)", maxWidth: "46ch" },
  ".cm-diagnostic": { borderLeft: "3px solid var(--bad)", padding: "4px 10px" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--y-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--y-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--y-atom)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.meta, tags.punctuation, tags.separator], color: "var(--muted)" },
]);

export class CodeEditor {
  readonly #view: EditorView;
  readonly #states = new Map<string, EditorState>();
  readonly #hooks: Hooks;
  #name = "";

  constructor(parent: HTMLElement, root: ShadowRoot, hooks: Hooks) {
    this.#hooks = hooks;
    this.#view = new EditorView({ parent, root, state: this.#state("") });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  /** Shows a file; each keeps its cursor and its undo history. */
  open(name: string, text: string, readonly = false): void {
    if (this.#name) this.#states.set(this.#name, this.#view.state);
    const kept = this.#states.get(name);
    this.#name = name;
    this.#view.setState(kept && kept.doc.toString() === text ? kept : this.#state(text, name, readonly));
  }

  focus(cursor?: number): void {
    if (cursor !== undefined) this.#view.dispatch({ selection: { anchor: Math.min(cursor, this.#view.state.doc.length) } });
    this.#view.focus();
  }

  goTo(line: number, column: number): void {
    this.#view.dispatch({ selection: { anchor: offset(this.#view.state.doc, line, column) }, scrollIntoView: true });
    this.#view.focus();
  }

  mark(diagnostics: Diagnostic[]): void {
    const { doc } = this.#view.state;
    const found = diagnostics.map((d) => {
      const from = offset(doc, d.line, d.column);
      let to = Math.max(from, offset(doc, d.endLine, d.endColumn));
      if (to === from) to = Math.min(doc.lineAt(from).to, from + 1);
      return { from, to, severity: d.severity === "warning" ? ("warning" as const) : ("error" as const), message: d.message };
    });
    this.#view.dispatch(setDiagnostics(this.#view.state, found));
    forceLinting(this.#view);
  }

  #state(doc: string, name = "", readonly = false): EditorState {
    const hooks = this.#hooks;
    return EditorState.create({
      doc,
      extensions: [
        lineNumbers(), EditorView.lineWrapping, history(), drawSelection(), highlightActiveLine(), indentOnInput(), indentUnit.of("  "), closeBrackets(),
        /\.(md|txt)$/.test(name) ? [] : yaml(), EditorState.readOnly.of(readonly), syntaxHighlighting(colours), lintGutter(), look,
        EditorView.contentAttributes.of({ "aria-label": "YAML", tabindex: "0" }),
        // Esc, then Tab, leaves the editor.
        Prec.highest(keymap.of([
          { key: "Mod-Enter", run: () => (hooks.apply(), true) },
          { key: "Escape", run: (view) => (temporarilySetTabFocusMode(view), true) },
        ])),
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        // Too large a paste is refused as a whole: what was there stays.
        EditorState.changeFilter.of((transaction) => {
          if (!transaction.docChanged || transaction.newDoc.length <= MAX_LENGTH) return true;
          queueMicrotask(() => hooks.refused(""));
          return false;
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) hooks.changed(update.state.doc.toString());
        }),
      ],
    });
  }
}

/** Where a line (from 1) and column (from 1, UTF-16) lie, kept within the text. */
function offset(doc: Text, line: number, column: number): number {
  const at = doc.line(Math.max(1, Math.min(line, doc.lines)));
  return Math.min(at.to, at.from + Math.max(0, column - 1));
}
