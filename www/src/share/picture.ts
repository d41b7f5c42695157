// The diagram of this step as a picture: a copy of the loop is laid out beside the page, and what the browser made of it
// (boxes, lines, words with their places) is written down as SVG. It has both colour schemes in it, text stays text, and
// nothing is loaded from anywhere.
import { duration, t } from "../app/words";
import type { Session } from "../app/session";
import { actionText } from "../ui/sentence";
import { KsLoop } from "../panels/ks-loop";
import { Drawing, type Scheme } from "./drawing";

/** As wide as the diagram is on a large screen, in CSS pixels. */
const WIDTH = 960;
/** Pixels of the PNG for each CSS pixel. */
const SCALE = 2;

/** A file that is right in light and in dark, as whoever shows it asks for. */
export async function svg(session: Session): Promise<string> {
  return (await draw(session)).svg(["light", "dark"]);
}

/** A picture in the colours that the page has now. */
export async function png(session: Session): Promise<Blob> {
  const drawing = await draw(session);
  const scheme: Scheme = getComputedStyle(document.documentElement).colorScheme.startsWith("dark") ? "dark" : "light";
  const url = URL.createObjectURL(new Blob([drawing.svg([scheme])], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [drawing.width * SCALE, drawing.height * SCALE];
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("PNG"))), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function draw(session: Session): Promise<Drawing> {
  const { record, view } = session;
  const title = t("picture-title", { step: view.step, time: duration(view.nowMs) });
  const words = record ? actionText(record.line.actor, record.line.action) : t("step-beginning");
  const stage = document.createElement("div");
  stage.inert = true;
  stage.setAttribute("aria-hidden", "true");
  Object.assign(stage.style, { boxSizing: "border-box", position: "fixed", left: "-20000px", top: "0", width: `${WIDTH}px`, background: "var(--page)", color: "var(--ink)", padding: "10px 0 14px", font: "14px/1.5 var(--sans)" });
  const loop = new KsLoop();
  loop.session = session;
  const caption = document.createElement("p");
  Object.assign(caption.style, { margin: "2px 16px 0", padding: "10px 0 0", borderTop: "1px solid var(--line)", fontSize: "13px" });
  const when = document.createElement("span");
  when.textContent = title;
  Object.assign(when.style, { color: "var(--muted)" });
  caption.append(when, ` · ${words}`);
  stage.append(loop, caption);
  document.body.append(stage);
  try {
    // The first drawing lays the boxes, the second measures them for the lines, the third has the lines.
    await loop.updateComplete;
    loop.requestUpdate();
    await loop.updateComplete;
    await loop.updateComplete;
    const still = new CSSStyleSheet();
    // A picture has no buttons to break things with.
    still.replaceSync("* { transition: none !important; } .power { visibility: hidden; }");
    loop.shadowRoot!.adoptedStyleSheets.push(still);
    stage.style.height = `${Math.ceil(stage.getBoundingClientRect().height)}px`;
    return new Drawing(stage, title, words);
  } finally {
    stage.remove();
  }
}
