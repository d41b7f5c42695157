// Icons as PNG, drawn from favicon.svg. It reads no more of SVG than that file has: circles that are only a line, with dashes
// and turned, and filled polygons. Anything else is an error, so that no icon is ever half drawn.
import { crc32, deflateSync } from "node:zlib";

interface Point { x: number; y: number }
/** Whether a point of the drawing is covered. */
interface Shape { colour: [number, number, number]; covers: (at: Point) => boolean }

/** Each pixel is looked at so often in each direction. */
const SAMPLES = 3;

/** The drawing as a PNG of `size` pixels. With a `ground` it is opaque, and the drawing takes up only that part of it. */
export function png(svg: string, size: number, ground?: { colour: [number, number, number]; part: number }): Uint8Array {
  const shapes = read(svg);
  const [, box] = /viewBox="0 0 (\d+) \1"/.exec(svg) ?? [];
  if (!box) throw new Error("favicon.svg: a square viewBox is expected");
  const scale = Number(box) / size / (ground?.part ?? 1);
  const shift = (size - size * (ground?.part ?? 1)) / 2;
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let pixel: [number, number, number, number] = ground ? [...ground.colour, 1] : [0, 0, 0, 0];
      for (const { colour, covers } of shapes) {
        let hits = 0;
        for (let i = 0; i < SAMPLES * SAMPLES; i++) {
          const at = { x: (x + ((i % SAMPLES) + 0.5) / SAMPLES - shift) * scale, y: (y + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES - shift) * scale };
          if (covers(at)) hits++;
        }
        const over = hits / (SAMPLES * SAMPLES);
        const alpha = over + pixel[3] * (1 - over);
        if (over > 0) pixel = [...colour.map((c, k) => (c * over + pixel[k]! * pixel[3] * (1 - over)) / alpha), alpha] as [number, number, number, number];
      }
      rows.set([Math.round(pixel[0]), Math.round(pixel[1]), Math.round(pixel[2]), Math.round(pixel[3] * 255)], y * (size * 4 + 1) + 1 + x * 4);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

function read(svg: string): Shape[] {
  return [...svg.matchAll(/<(?!\/|svg\b)(\w+)((?:\s+[\w-]+="[^"]*")*)\s*\/?>/g)].map(([, name, text]) => {
    const values = new Map([...text!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]));
    if (name === "circle" && values.get("fill") === "none") return circle(values);
    if (name === "path") return polygon(values);
    throw new Error(`favicon.svg: <${name}> is not understood`);
  });
}

function circle(values: Map<string, string>): Shape {
  const number = (key: string) => Number(values.get(key));
  const [cx, cy, r, wide] = [number("cx"), number("cy"), number("r"), number("stroke-width")];
  const [on, off] = (values.get("stroke-dasharray") ?? "1 0").split(" ").map(Number) as [number, number];
  const turned = (Number(/^rotate\((-?\d+) /.exec(values.get("transform") ?? "")?.[1] ?? 0) * Math.PI) / 180;
  return {
    colour: colour(values.get("stroke")),
    covers: ({ x, y }) => {
      if (Math.abs(Math.hypot(x - cx, y - cy) - r) > wide / 2) return false;
      const angle = (Math.atan2(y - cy, x - cx) - turned + 4 * Math.PI) % (2 * Math.PI);
      return (angle * r) % (on + off) <= on;
    },
  };
}

function polygon(values: Map<string, string>): Shape {
  const corners: Point[] = [];
  for (const [, command, numbers] of values.get("d")!.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const last = corners.at(-1) ?? { x: 0, y: 0 };
    const given = [...numbers!.matchAll(/-?\d+(?:\.\d+)?/g)].map(Number);
    if (!"MlLz".includes(command!) || given.length > 0 === (command === "z") || given.length % 2) throw new Error(`favicon.svg: path command ${command}${numbers} is not understood`);
    for (let i = 0, at = last; i < given.length; i += 2) {
      const from = command === "l" ? at : { x: 0, y: 0 };
      at = { x: from.x + given[i]!, y: from.y + given[i + 1]! };
      corners.push(at);
    }
  }
  return {
    colour: colour(values.get("fill")),
    covers: ({ x, y }) => corners.reduce((inside, a, i) => {
      const b = corners[(i + 1) % corners.length]!;
      return a.y > y !== b.y > y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x) ? !inside : inside;
    }, false),
  };
}

function colour(text: string | undefined): [number, number, number] {
  if (!/^#[0-9a-f]{6}$/.test(text ?? "")) throw new Error(`favicon.svg: colour ${text} is not understood`);
  return [1, 3, 5].map((i) => parseInt(text!.slice(i, i + 2), 16)) as [number, number, number];
}
