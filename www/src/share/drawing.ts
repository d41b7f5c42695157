// What a browser has laid out, written down as SVG: boxes with their borders, words where they stand, and the shapes of SVG in
// between. Colours are looked up twice, under the page's light and its dark colours, and become classes.

export type Scheme = "light" | "dark";

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = ["path", "circle", "rect", "line"];
const GEOMETRY = ["d", "cx", "cy", "r", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "rx", "ry", "transform"];

/** A colour of an element, to be looked up under each scheme. */
interface Paint {
  of: Element;
  pseudo: string | undefined;
  property: string;
}

interface Box { left: number; top: number; right: number; bottom: number }

/** A mark in the drawing: an element of SVG, and its colours. */
interface Mark {
  element: SVGElement;
  fill?: Paint;
  stroke?: Paint;
}

export class Drawing {
  readonly width: number;
  readonly height: number;
  readonly #marks: Mark[] = [];
  readonly #colours = new Map<Paint, Record<Scheme, string>>();
  readonly #canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  readonly #origin: DOMRect;
  readonly #family: string;

  /** Draws what is laid out now; it need not be there later. */
  constructor(root: HTMLElement, private readonly title: string, private readonly words: string) {
    this.#origin = root.getBoundingClientRect();
    this.#family = getComputedStyle(root).fontFamily;
    this.width = Math.ceil(this.#origin.width);
    this.height = Math.ceil(this.#origin.height);
    this.#canvas.canvas.width = this.#canvas.canvas.height = 1;
    this.element(root, { left: 0, top: 0, right: this.width, bottom: this.height });
    for (const scheme of ["light", "dark"] as const) {
      for (const [name, value] of variables(scheme)) root.style.setProperty(name, value);
      for (const [paint, colours] of this.#colours) colours[scheme] = this.colour(getComputedStyle(paint.of, paint.pseudo).getPropertyValue(paint.property));
    }
  }

  /** The drawing as a file: with one scheme, or with both and the reader's choice between them. */
  svg(schemes: Scheme[]): string {
    const svg = document.createElementNS(SVG, "svg");
    attributes(svg, { width: this.width, height: this.height, viewBox: `0 0 ${this.width} ${this.height}`, "font-family": this.#family, role: "img", "aria-label": `${this.title}. ${this.words}` });
    const title = document.createElementNS(SVG, "title");
    title.textContent = this.title;
    const desc = document.createElementNS(SVG, "desc");
    desc.textContent = this.words;
    const [first, second] = schemes;
    const rules = new Map<string, string>();
    for (const mark of this.#marks) {
      const classes: string[] = [];
      for (const property of ["fill", "stroke"] as const) {
        const paint = mark[property];
        const colours = paint && this.#colours.get(paint)!;
        mark.element.setAttribute(property, colours ? colours[first!] : "none");
        if (!colours || !second || colours[first!] === colours[second]) continue;
        // The attribute is what a reader without style sheets gets.
        const rule = `${property}:${colours[first!]}|${property}:${colours[second]}`;
        if (!rules.has(rule)) rules.set(rule, `c${rules.size}`);
        classes.push(rules.get(rule)!);
      }
      if (classes.length) mark.element.setAttribute("class", classes.join(" "));
      else mark.element.removeAttribute("class");
    }
    const style = document.createElementNS(SVG, "style");
    style.textContent = second && rules.size ? `@media(prefers-color-scheme:${second}){${[...rules].map(([rule, name]) => `.${name}{${rule.split("|")[1]!}}`).join("")}}` : "";
    svg.append(title, desc, ...(style.textContent ? [style] : []), ...this.#marks.map(({ element }) => (element.parentNode && element.parentNode !== svg ? (element.parentNode as SVGElement) : element)));
    return new XMLSerializer().serializeToString(svg);
  }

  // ---------------------------------------------------------------------------------------------------- walking

  private element(of: Element, clip: Box): void {
    const style = getComputedStyle(of);
    if (style.display === "none" || style.visibility !== "visible" || style.opacity === "0" || style.clipPath !== "none") return;
    if (of instanceof SVGSVGElement) return this.shapes(of);
    const box = this.place(of.getBoundingClientRect());
    if (style.display !== "contents") {
      if (outside(box, clip)) return;
      this.box(of, style, box);
      if (style.overflowX !== "visible") clip = within(clip, box);
    }
    const before = getComputedStyle(of, "::before");
    if (before.content !== "none" && before.content !== "normal") this.before(of, before, box, style);
    for (const child of of.shadowRoot ? of.shadowRoot.childNodes : of.childNodes) {
      if (child instanceof Element) this.element(child, clip);
      else if (child instanceof Text && child.data.trim() !== "") this.text(child, of, style, clip);
    }
  }

  private box(of: Element, style: CSSStyleDeclaration, box: Box): void {
    const background = seen(style.backgroundColor);
    const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, (box.bottom - box.top) / 2, (box.right - box.left) / 2);
    const [top, right, bottom, left] = (["Top", "Right", "Bottom", "Left"] as const).map((side) => (style[`border${side}Style`] !== "none" && seen(style[`border${side}Color`]) ? parseFloat(style[`border${side}Width`]) : 0)) as [number, number, number, number];
    const whole = top > 0 && top === right && top === bottom && top === left;
    // A ring around a border, in its colour, makes the border thicker outwards.
    const ring = whole ? Number(/ 0px 0px 0px ([\d.]+)px$/.exec(style.boxShadow)?.[1] ?? 0) : 0;
    if (background || whole) {
      const paints = { ...(background ? { fill: { of, pseudo: undefined, property: "background-color" } } : {}), ...(whole ? { stroke: { of, pseudo: undefined, property: "border-top-color" } } : {}) };
      this.rect(box, whole ? (ring - top) / 2 : 0, radius, paints, whole ? { "stroke-width": top + ring, ...(style.borderTopStyle === "dashed" ? { "stroke-dasharray": "3 3" } : {}) } : {});
    }
    if (whole) return;
    const line = (property: string, width: number, x1: number, y1: number, x2: number, y2: number) => {
      if (width) this.mark("line", { x1, y1, x2, y2, "stroke-width": width }, { stroke: { of, pseudo: undefined, property } });
    };
    line("border-top-color", top, box.left, box.top + top / 2, box.right, box.top + top / 2);
    line("border-bottom-color", bottom, box.left, box.bottom - bottom / 2, box.right, box.bottom - bottom / 2);
    line("border-left-color", left, box.left + left / 2, box.top, box.left + left / 2, box.bottom);
    line("border-right-color", right, box.right - right / 2, box.top, box.right - right / 2, box.bottom);
  }

  /** A stripe or a sign that the style sheet puts before an element's content. */
  private before(of: Element, style: CSSStyleDeclaration, box: Box, own: CSSStyleDeclaration): void {
    const sign = style.content.replace(/^"|"$/g, "").trim();
    if (sign) {
      const first = document.createRange();
      first.selectNodeContents(of);
      const at = this.place(first.getBoundingClientRect());
      this.say(sign, of, own, at.left - this.measure(`${sign} `, own), at, undefined);
    } else if (style.position === "absolute" && seen(style.backgroundColor)) {
      const left = box.left + (parseFloat(own.borderLeftWidth) || 0) + parseFloat(style.left);
      const top = box.top + (parseFloat(own.borderTopWidth) || 0) + parseFloat(style.top);
      this.rect({ left, top, right: left + parseFloat(style.width), bottom: top + parseFloat(style.height) }, 0, 0, { fill: { of, pseudo: "::before", property: "background-color" } }, {});
    }
  }

  private shapes(of: SVGSVGElement): void {
    const box = this.place(of.getBoundingClientRect());
    const frame = document.createElementNS(SVG, "svg");
    attributes(frame, { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top, overflow: "visible" });
    if (of.hasAttribute("viewBox")) frame.setAttribute("viewBox", of.getAttribute("viewBox")!);
    for (const child of of.querySelectorAll<SVGElement>(SHAPES.join())) {
      const style = getComputedStyle(child);
      const shape = document.createElementNS(SVG, child.tagName);
      for (const name of GEOMETRY) if (child.hasAttribute(name)) shape.setAttribute(name, child.getAttribute(name)!);
      attributes(shape, { "stroke-width": parseFloat(style.strokeWidth), "stroke-linecap": style.strokeLinecap, "stroke-linejoin": style.strokeLinejoin });
      frame.append(shape);
      this.add(shape, { ...(style.fill === "none" ? {} : { fill: { of: child, pseudo: undefined, property: "fill" } }), ...(style.stroke === "none" ? {} : { stroke: { of: child, pseudo: undefined, property: "stroke" } }) });
    }
  }

  /** A text node, line by line, as far as it is in sight. */
  private text(node: Text, of: Element, style: CSSStyleDeclaration, clip: Box): void {
    const range = document.createRange();
    let start = 0;
    const text = node.data;
    const at = (from: number, to: number): Box => {
      range.setStart(node, from);
      range.setEnd(node, to);
      return this.place(range.getBoundingClientRect());
    };
    range.selectNodeContents(node);
    const single = range.getClientRects().length <= 1;
    while (start < text.length) {
      let end = text.length;
      if (!single) {
        const { top } = at(start, start + 1);
        for (end = start + 1; end < text.length && Math.abs(at(end, end + 1).top - top) < 4; end++);
      }
      const line = at(start, end);
      const words = text.slice(start, end).replace(/\s+/g, " ");
      start = end;
      if (words.trim() === "" || line.right <= line.left || outside(line, clip) || (line.top + line.bottom) / 2 > clip.bottom || (line.top + line.bottom) / 2 < clip.top) continue;
      this.say(words, of, style, line.left, line, line.right > clip.right + 0.5 ? clip.right : undefined);
    }
  }

  /** Words at a place; what does not fit before `end` is left out, and says so. */
  private say(words: string, of: Element, style: CSSStyleDeclaration, x: number, line: Box, end: number | undefined): void {
    const metrics = this.font(style).measureText(words);
    const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = metrics;
    let width = line.right - x;
    if (end !== undefined) {
      const room = end - x;
      while (words !== "" && this.measure(`${words}…`, style) > room) words = words.slice(0, -1);
      if (words === "") return;
      words = `${words.trimEnd()}…`;
      width = this.measure(words, style);
    } else if (words !== words.trim()) {
      if (words.startsWith(" ")) x += this.measure(" ", style);
      words = words.trim();
      width = this.measure(words, style);
    }
    const y = line.top + ((line.bottom - line.top) * above) / (above + below);
    const element = this.mark("text", {
      x, y, "font-size": parseFloat(style.fontSize), ...(style.fontFamily === this.#family ? {} : { "font-family": style.fontFamily }), ...(style.fontWeight === "400" ? {} : { "font-weight": style.fontWeight }),
      // Another reader's fonts are wider or narrower: the words still end where they ended.
      textLength: width, lengthAdjust: "spacingAndGlyphs",
    }, { fill: { of, pseudo: undefined, property: "color" } });
    element.textContent = words;
  }

  // ---------------------------------------------------------------------------------------------------- marks

  private rect(box: Box, by: number, radius: number, paints: { fill?: Paint; stroke?: Paint }, more: Record<string, string | number>): void {
    const [x, y, width, height] = [box.left - by, box.top - by, box.right - box.left + 2 * by, box.bottom - box.top + 2 * by];
    if (width > 0 && height > 0) this.mark("rect", { x, y, width, height, ...(radius ? { rx: radius + by } : {}), ...more }, paints);
  }

  private mark(name: "rect" | "line" | "text", values: Record<string, string | number>, paints: { fill?: Paint; stroke?: Paint }): SVGElement {
    const element = document.createElementNS(SVG, name);
    attributes(element, values);
    this.add(element, paints);
    return element;
  }

  private add(element: SVGElement, paints: { fill?: Paint; stroke?: Paint }): void {
    for (const paint of [paints.fill, paints.stroke]) if (paint) this.#colours.set(paint, { light: "", dark: "" });
    this.#marks.push({ element, ...paints });
  }

  private place({ left, top, right, bottom }: DOMRect): Box {
    const { left: x, top: y } = this.#origin;
    return { left: left - x, top: top - y, right: right - x, bottom: bottom - y };
  }

  private font(style: CSSStyleDeclaration): CanvasRenderingContext2D {
    this.#canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    return this.#canvas;
  }

  private measure(words: string, style: CSSStyleDeclaration): number {
    return this.font(style).measureText(words).width;
  }

  /** Any colour that a style can have, as a reader of SVG knows it. */
  private colour(text: string): string {
    const canvas = this.#canvas;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data as unknown as [number, number, number, number];
    const hex = (n: number) => n.toString(16).padStart(2, "0");
    return a === 255 ? `#${hex(r)}${hex(g)}${hex(b)}` : `rgba(${r},${g},${b},${(a / 255).toFixed(2)})`;
  }
}

/** The page's colours of a scheme, out of its style sheet. */
function variables(scheme: Scheme): [string, string][] {
  const found = new Map<string, string>();
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSStyleRule)) continue;
      const here = rule.selectorText === ":root" || (scheme === "dark" && /^:root\[data-theme="?dark"?\]$/.test(rule.selectorText));
      if (here) for (const name of rule.style) if (name.startsWith("--")) found.set(name, rule.style.getPropertyValue(name));
    }
  }
  return [...found];
}

function attributes(element: SVGElement, values: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
}

function seen(colour: string): boolean {
  return colour !== "transparent" && !/^rgba\(.*, 0\)$|\/ 0\)$/.test(colour);
}

function outside(box: Box, clip: Box): boolean {
  return box.right <= clip.left || box.left >= clip.right || box.bottom <= clip.top || box.top >= clip.bottom;
}

function within(a: Box, b: Box): Box {
  return { left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom) };
}
