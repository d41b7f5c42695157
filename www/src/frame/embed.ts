// The page that others show in a frame: one element, filled in by the address, and driven by the page around it if that asks.
//
// `embed.html?view=loop&step=sync+job-controller&src=job.yaml`; the manifest may also stand in the address itself
// (`#yaml=…`, percent-encoded), or a whole run (`#v1:…`, a share link's).
import "../element/kube-step";
import type { KubeStep } from "../element/kube-step";
import { EVENTS, METHODS, VERSION, message, read, type FetchPayload, type FetchResult, type Message, type Method } from "./protocol";

const ATTRIBUTES = ["src", "seed", "nodes", "step", "view", "theme", "lang", "loading", "editor", "readonly", "focus", "lesson"];

const parameters = new URLSearchParams(location.search);
const element = document.createElement("kube-step") as KubeStep;
for (const name of ATTRIBUTES) {
  const value = parameters.get(name);
  if (value !== null) element.setAttribute(name, value);
}
if (!parameters.has("loading")) element.setAttribute("loading", "visible");
const language = parameters.get("lang");
if (language) document.documentElement.lang = language;
if (location.hash.startsWith("#v")) element.setAttribute("src", location.hash);
else if (location.hash.startsWith("#yaml=")) {
  const script = document.createElement("script");
  script.type = "application/yaml";
  script.textContent = safely(() => decodeURIComponent(location.hash.slice("#yaml=".length))) ?? "";
  element.append(script);
}
document.body.replaceChildren(element);

/** Who may drive this frame: the page that shows it, from the origin that the address names or the browser knows. */
const allowed = safely(() => new URL(parameters.get("origin") ?? location.ancestorOrigins?.[0] ?? document.referrer).origin);

if (window.parent !== window) {
  window.addEventListener("message", (event) => {
    const said = read(event.data);
    const [port] = event.ports;
    if (said?.type === "hello" && event.source === window.parent) ready();
    if (!said || said.type !== "connect" || !port || event.source !== window.parent || event.origin !== allowed) return;
    if (said.v !== VERSION) port.postMessage(message(said.id, "error", { message: `this frame speaks version ${VERSION} of the protocol, not ${said.v}` }));
    else serve(port, said.id);
  });
  ready();
}

/** Says nothing but that it is here, so anybody may hear it. */
function ready(): void {
  window.parent.postMessage(message(0, "ready", { v: VERSION }), "*");
}

function serve(port: MessagePort, id: number): void {
  for (const name of EVENTS) element.on(name, (detail) => port.postMessage(message(0, "event", { name, detail })));
  port.onmessage = ({ data }: MessageEvent) => {
    const said = read(data);
    if (said) void answer(said).then((reply) => port.postMessage(reply));
  };
  port.postMessage(message(id, "connected", element.state ?? null));
}

async function answer({ id, type, payload }: Message): Promise<Message> {
  try {
    if (type === "fetch") return message(id, "result", await ask(payload as FetchPayload));
    if (!METHODS.includes(type as Method)) throw new Error(`there is no ${type}`);
    const call = element[type as Method] as (...args: unknown[]) => Promise<unknown>;
    return message(id, "result", await call(...(Array.isArray(payload) ? payload : [])));
  } catch (error) {
    return message(id, "error", { message: error instanceof Error ? error.message : String((error as { message?: unknown }).message ?? error) });
  }
}

async function ask({ path, ...init }: FetchPayload): Promise<FetchResult> {
  if (/[?&]watch=(?!0|false)/.test(path)) throw new Error("a frame carries no streams: list again after a change event");
  const response = await element.fetch(String(path), init);
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

function safely<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
