// The choices of panels that an author can name, and the room that each one keeps from the first moment on.

export const PANELS = ["files", "loop", "step", "next", "mechanisms", "terminal", "objects", "tasks"] as const;
export type PanelName = (typeof PANELS)[number];

/** What to show: panels beside each other with a transport bar, or the one strip. */
export type View = { strip: true } | { strip: false; panels: readonly PanelName[] };

interface Named {
  panels: readonly PanelName[];
  /** In CSS pixels: beside text, and where the page is narrower than {@link NARROW}. */
  height: number;
  narrow: number;
}

export const VIEWS: Readonly<Record<string, Named>> = {
  full: { panels: ["files", "loop", "step", "next", "terminal", "objects"], height: 860, narrow: 660 },
  split: { panels: ["files", "loop", "step"], height: 660, narrow: 620 },
  loop: { panels: ["loop"], height: 780, narrow: 640 },
  step: { panels: ["step"], height: 480, narrow: 520 },
  terminal: { panels: ["terminal"], height: 420, narrow: 440 },
  strip: { panels: [], height: 132, narrow: 208 },
  lesson: { panels: ["tasks", "loop", "files", "terminal"], height: 760, narrow: 660 },
};

export const USUAL = "split";
/** The room of a list of panels. */
const LISTED: Named = { panels: [], height: 620, narrow: 620 };
export const NARROW = 600;

/** `view="loop"`, or a list of panels: `view="files terminal"`. What is not known is left out; nothing known is the usual view. */
export function readView(text: string | null): View {
  const words = (text ?? "").trim().toLowerCase().split(/[\s,]+/).filter(Boolean);
  const [only] = words;
  if (words.length === 1 && only === "strip") return { strip: true };
  const named = words.length === 1 ? VIEWS[only!] : undefined;
  if (named) return { strip: false, panels: named.panels };
  const panels = PANELS.filter((panel) => words.includes(panel));
  return { strip: false, panels: panels.length ? panels : VIEWS[USUAL]!.panels };
}

/** The view of an element. */
export function viewOf(element: Element): View {
  return readView(element.getAttribute("view") ?? (element.hasAttribute("lesson") ? "lesson" : null));
}

/** Whether the view shows the manifest, so that the page need not. */
export function showsFiles(element: Element): boolean {
  const view = viewOf(element);
  return !view.strip && (view.panels.includes("files") || element.hasAttribute("editor"));
}

/** The rules that keep the room, for elements that the selector finds. */
export function heights(selector: (attribute: string) => string): string {
  const rule = (attribute: string, { height }: Named) => `${selector(attribute)} { block-size: var(--kube-step-height, ${height}px); }`;
  const narrow = (attribute: string, { narrow: height }: Named) => `${selector(attribute)} { block-size: var(--kube-step-height, ${height}px); }`;
  const all: [string, Named][] = [
    [":not([view])", VIEWS[USUAL]!],
    ["[view]", LISTED],
    ["[lesson]:not([view])", VIEWS["lesson"]!],
    ...Object.entries(VIEWS).map(([name, view]): [string, Named] => [`[view="${name}"]`, view]),
  ];
  return `${all.map(([a, v]) => rule(a, v)).join("\n")}\n@media (max-width: ${NARROW}px) {\n${all.map(([a, v]) => narrow(a, v)).join("\n")}\n}`;
}

/** `kubestep.css`: keeps an element's room, with the manifest in it, until its script has come. */
export function reserve(): string {
  const before = "kube-step:not(:defined)";
  // Views with a manifest in them take the place of the code block before them.
  const files = `${before}:is(:not([view]), [view="full"], [view="split"], [view*="files"], [editor]:not([view="strip"]))`;
  const block = (attribute: string) => `:is(pre, div:has(pre)):has(+ ${files}${attribute}, + p > ${files}${attribute}:only-child)`;
  return `/* Optional. Keeps the room of <kube-step> until its script has come, so that nothing below it moves. */
@media screen and (scripting: enabled) {
${before} { display: block; }
${heights((attribute) => `${before}${attribute}`)}
/* The manifest above one that will show it stands in that room meanwhile. */
${heights(block)}
${block("")} { box-sizing: border-box; overflow: auto; }
:is(pre, div:has(pre)) + :is(${files}, p:has(> ${files}:only-child)) { display: none; }
}
`;
}
