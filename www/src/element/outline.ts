// What a waiting element shows of the loop that it will draw: the outlines of the API server, the Job controller, the scheduler and
// three nodes, with the lines between them.

const SVG = "http://www.w3.org/2000/svg";
const BOXES = [[10, 20, 380, 46], [26, 86, 126, 150], [176, 86, 92, 92], [296, 86, 94, 42], [296, 138, 94, 42], [296, 190, 94, 42]] as const;
const LINES = "M18 66V96Q18 102 24 102H26M168 66V96Q168 102 174 102H176M286 66V204Q286 210 292 210H296M286 96Q286 102 292 102H296M286 148Q286 154 292 154H296";

/** A decoration: nobody needs to read it. */
export function outline(): SVGElement {
  const make = (tag: string, values: Record<string, string | number>): SVGElement => {
    const element = document.createElementNS(SVG, tag) as SVGElement;
    for (const [name, value] of Object.entries(values)) element.setAttribute(name, String(value));
    return element;
  };
  const svg = make("svg", { viewBox: "0 0 400 246", "aria-hidden": "true", class: "outline" });
  svg.append(make("path", { d: LINES }), ...BOXES.map(([x, y, width, height]) => make("rect", { x, y, width, height, rx: 6 })));
  return svg;
}
