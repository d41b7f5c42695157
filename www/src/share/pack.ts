// Bytes as text that a page can carry: deflated, then five characters for every four bytes. The characters are 85 that mean
// nothing in HTML, in scripts or in attributes.
import { inflateSync } from "fflate";

const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#%()*+,-.:;=?@[]^_{|}~";

/** The bytes as `LENGTH,INFLATED LENGTH,CHARACTERS`. */
export async function pack(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const small = new Uint8Array(await new Response(stream).arrayBuffer());
  const padded = new DataView(new ArrayBuffer(Math.ceil(small.length / 4) * 4));
  new Uint8Array(padded.buffer).set(small);
  const parts: string[] = [`${small.length},${bytes.length},`];
  for (let i = 0; i < padded.byteLength; i += 4) {
    let n = padded.getUint32(i);
    let five = "";
    for (let k = 0; k < 5; k++) {
      five = LETTERS[n % 85]! + five;
      n = Math.floor(n / 85);
    }
    parts.push(five);
  }
  return parts.join("");
}

/** The bytes of such a text. */
export function unpack(text: string): Uint8Array<ArrayBuffer> {
  const head = /^(\d+),(\d+),/.exec(text);
  if (!head) throw new Error("not packed");
  const [start, small, large] = [head[0].length, Number(head[1]), Number(head[2])];
  const values = new Uint8Array(128);
  for (let i = 0; i < LETTERS.length; i++) values[LETTERS.charCodeAt(i)] = i;
  const bytes = new DataView(new ArrayBuffer(Math.ceil(small / 4) * 4));
  for (let i = 0; i < bytes.byteLength; i += 4) {
    let n = 0;
    for (let k = 0; k < 5; k++) n = n * 85 + values[text.charCodeAt(start + (i / 4) * 5 + k) & 127]!;
    bytes.setUint32(i, n);
  }
  return inflateSync(new Uint8Array(bytes.buffer, 0, small), { out: new Uint8Array(large) }) as Uint8Array<ArrayBuffer>;
}
