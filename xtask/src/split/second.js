// Brings the second half of the module (see xtask/src/split): in the background, or at once where the first half needs it.
// Each instance of the first half gets its own instance of the second; it is compiled once.

/** The first half needs the second, and it cannot be had. */
export class SecondHalfMissing extends Error {
  name = "SecondHalfMissing";
}

/** @type {WebAssembly.Module | undefined} */
let module;
/** What the newest instance of the first half exports. */
let first;
/** Whether that instance has its second half. */
let linked = true;
/** Where the page carries it in itself. */
let carried;
let coming;

const place = () => new URL("kubestep_second.wasm", import.meta.url);

/** There is a new instance of the first half. */
export function attach(exports) {
  first = exports;
  linked = false;
  if (module) link();
}

/** The second half is in the page itself: `bytes` gives it. */
export function giveSecond(bytes) {
  carried = bytes;
}

/** Brings it in the background; what fails here is tried again when it is needed. Whether it is there. */
export function fetchSecond() {
  coming ??= compiled()
    .then((it) => {
      module ??= it;
      link();
      return true;
    })
    .catch(() => {
      coming = undefined;
      return module !== undefined;
    });
  return coming;
}

/** The first half calls this when it cannot go on without the second. It comes back when that is there, or throws. */
export function load() {
  try {
    module ??= new WebAssembly.Module(carried ? carried() : bytes());
    link();
  } catch (cause) {
    throw new SecondHalfMissing("the second half of the engine could not be loaded", { cause });
  }
}

function link() {
  if (!linked) new WebAssembly.Instance(module, { first });
  linked = true;
}

async function compiled() {
  if (module) return module;
  if (carried) return WebAssembly.compile(carried());
  const response = await fetch(place(), { priority: "low" });
  if (!response.ok) throw new Error(`${response.status} ${response.url}`);
  // A server may not know what it sends; then it is compiled from its bytes.
  if (response.headers.get("content-type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Its bytes, now: the engine's caller waits on the stack. */
function bytes() {
  const url = place();
  if (url.protocol === "file:" && typeof process !== "undefined") return process.getBuiltinModule("node:fs").readFileSync(url);
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  // A page may not ask for bytes and wait for them; it may for text of which each character is a byte. A worker may.
  const page = typeof document !== "undefined";
  if (page) request.overrideMimeType("text/plain; charset=x-user-defined");
  else request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`${request.status} ${url}`);
  if (!page) return request.response;
  const text = request.responseText;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
