// How an element looks before it has loaded, and the colours and fonts of everything in it. Each can be set from outside
// (`--kube-step-…`); what is not set is taken from the page's own tokens where we know them, else it is ours.
import { heights } from "./views";

/** Tokens of Docusaurus, Material for MkDocs, mdBook and Jupyter, in this order. */
const PAGE = {
  surface: "var(--ifm-background-color, var(--md-default-bg-color, var(--jp-layout-color0, LIGHT-DARK)))",
  sans: "var(--ifm-font-family-base, var(--jp-ui-font-family, SANS))",
  mono: "var(--ifm-font-family-monospace, var(--md-code-font-family, var(--mono-font, var(--jp-code-font-family, MONO))))",
};
const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const MONO = 'ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace';

/** Name, light, dark. */
const COLOURS: [name: string, light: string, dark: string][] = [
  ["page", "#f6f7f9", "#14171c"], ["surface", "#ffffff", "#1a1e24"], ["sunk", "#f3f4f7", "#13161a"], ["hover", "#eef1f5", "#262b33"], ["note", "#eef3fd", "#1d2635"],
  ["ink", "#1c2129", "#e4e7ec"], ["muted", "#566070", "#a8b0bc"], ["faint", "#757d8c", "#7f8794"], ["line", "#d8dce3", "#343a44"], ["line-soft", "#e9ecf0", "#272c34"],
  ["accent", "#2456c5", "#7ba4f7"], ["accent-strong", "#1b469f", "#96b7f9"], ["on-accent", "#ffffff", "#0e1420"], ["focus", "#2456c5", "#8fb2fa"], ["link", "#1f4fb8", "#93b6fb"],
  ["select", "#cfdcf7", "#2d4470"], ["good", "#1b6e3c", "#74c992"], ["bad", "#b3261e", "#f28b82"], ["warn", "#8a5300", "#e0b060"],
  ["c-api", "#2456c5", "#86adfa"], ["c-job", "#a5430c", "#f0a06c"], ["c-controller", "#7d5a00", "#d9b75f"], ["c-scheduler", "#7a3aa8", "#c79aec"],
  ["c-kubelet", "#0f6b62", "#68c7bb"], ["c-kubectl", "#ac2262", "#f08cb6"], ["c-clock", "#566070", "#a8b0bc"],
  ["y-key", "#2456c5", "#93b6fb"], ["y-string", "#1b6e3c", "#86cf9f"], ["y-atom", "#a5430c", "#f0a06c"],
];

function colour([name, light, dark]: [string, string, string]): string {
  const own = `light-dark(${light}, ${dark})`;
  return `--${name}: var(--kube-step-${name.replace(/^c-/, "")}, ${name === "surface" ? PAGE.surface.replace("LIGHT-DARK", own) : own});`;
}

const sans = PAGE.sans.replace("SANS", SANS);

export const look = `
:host {
  display: block; box-sizing: border-box; margin-block-start: var(--kube-step-margin, var(--_margin-before, 1em)); margin-block-end: var(--kube-step-margin, var(--_margin-after, 1em));
  color-scheme: light; contain: layout paint style; overflow: hidden; text-align: start;
  border: 1px solid var(--line); border-radius: var(--kube-step-radius, 8px); background: var(--page); color: var(--ink);
  --sans: var(--kube-step-font, ${sans}); --mono: var(--kube-step-mono, ${PAGE.mono.replace("MONO", MONO)});
  font-family: var(--kube-step-font, ${sans}); font-size: 14px; line-height: 1.5; letter-spacing: normal;
  ${COLOURS.map(colour).join(" ")}
}
:host([hidden]) { display: none; }
:host([data-look="dark"]) { color-scheme: dark; }
${heights((attribute) => `:host(${attribute || "*"})`)}
*, ::before, ::after { box-sizing: border-box; }
.still { display: flex; flex-direction: column; block-size: 100%; background: var(--surface); }
.still .texts { flex: 0 1 auto; min-block-size: 0; overflow: auto; padding: 12px 16px; }
.still .texts:has(+ .start) { flex: 1; }
.still pre { margin: 0; font-family: var(--mono); font-size: 13px; line-height: 1.6; white-space: pre; tab-size: 2; color: var(--ink); background: none; border: 0; padding: 0; }
.still .name { margin: 0 0 4px; color: var(--muted); font-size: 12.5px; font-family: var(--mono); }
.still pre + .name { margin-block-start: 14px; }
.still .picture { flex: 1; min-block-size: 0; display: grid; place-items: center; padding: 8px; background: var(--page); }
.still ::slotted(*) { max-inline-size: 100%; max-block-size: 100%; inline-size: auto; block-size: auto; object-fit: contain; margin: 0; }
.still .start { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; padding: 10px 16px; border-block-start: 1px solid var(--line); flex: none; }
.still .outline { flex: 1; min-block-size: 0; max-inline-size: min(560px, 100%); inline-size: 100%; align-self: center; padding: 24px; fill: none; stroke: var(--line); stroke-width: 1.2; }
.still .outline rect { fill: var(--page); }
.still .texts:empty { display: none; } .still .texts:empty + .start { border: 0; margin: auto; justify-content: center; text-align: center; }
.still p { margin: 0; color: var(--muted); font-size: 13px; }
button { font: inherit; font-weight: 600; line-height: 20px; min-block-size: 32px; padding: 5px 14px; border-radius: 6px; border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); cursor: pointer; white-space: nowrap; }
button:hover { background: var(--accent-strong); }
button[aria-busy="true"] { opacity: 0.75; cursor: progress; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.texts:focus-visible { outline-offset: -2px; }
.sorry { color: var(--bad); }
@media print {
  :host { block-size: auto; overflow: visible; contain: none; border: 0; }
  :host([data-attached]:not([data-pictured])) { display: none; }
  .still { display: block; } .still[hidden] { display: block; } .start, ks-embed { display: none !important; }
}
@media screen { .still[hidden] { display: none; } }
`;

/** For the page itself: the code block whose text an element shows is hidden on screens, and stays in print. */
export const pageRules = "@media screen { [data-kube-step-shown] { display: none !important; } }";
