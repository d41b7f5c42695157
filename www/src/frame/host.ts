// For a page that shows `embed.html` in a frame and may run scripts: the element's methods, carried into the frame.
//
// ```js
// import { connect } from "./kubestep-frame.js";
// const step = await connect(document.querySelector("iframe"));
// await step.seek("sync job-controller");
// ```
import type { Events, State } from "../../../pkg/kubestep";
import type { Frame } from "../../../pkg/kubestep-frame";
import { METHODS, VERSION, message, read, type FetchResult } from "./protocol";

/** How long a frame may take to answer. */
const PATIENCE_MS = 30_000;

/** Resolves when the frame has answered; rejects where it does not, or speaks another version. */
export function connect(iframe: HTMLIFrameElement): Promise<Frame> {
  const origin = new URL(iframe.src, document.baseURI).origin;
  const { port1: port, port2: theirs } = new MessageChannel();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const listeners = new Map<string, Set<(detail: never) => void>>();
  let last = 1;
  let state: State | undefined;

  const call = (type: string, payload: unknown): Promise<unknown> => {
    const id = ++last;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      port.postMessage(message(id, type, payload));
    });
  };

  port.onmessage = ({ data }: MessageEvent) => {
    const said = read(data);
    if (!said) return;
    if (said.type === "event") {
      const { name, detail } = said.payload as { name: keyof Events; detail: Events[keyof Events] };
      if (name !== "error" && name !== "check") state = detail as State;
      for (const listener of listeners.get(name) ?? []) listener(detail as never);
      return;
    }
    const asked = waiting.get(said.id);
    waiting.delete(said.id);
    if (said.type === "error") asked?.reject(new Error((said.payload as { message: string }).message));
    else asked?.resolve(said.payload);
  };

  const methods = Object.fromEntries(METHODS.map((name) => [name, (...args: unknown[]) => call(name, args)]));
  const frame = Object.assign(methods, {
    async fetch(path: string, init: object = {}) {
      const { status, headers, body } = (await call("fetch", { path, ...init })) as FetchResult;
      return new Response(body, { status, headers });
    },
    on(name: string, listener: (detail: never) => void) {
      const heard = listeners.get(name) ?? new Set();
      listeners.set(name, heard.add(listener));
      return () => heard.delete(listener);
    },
    close: () => port.close(),
  }) as unknown as Frame;
  Object.defineProperty(frame, "state", { get: () => state });

  return new Promise((resolve, reject) => {
    const hand = (): void => iframe.contentWindow?.postMessage(message(1, "connect"), origin, [theirs]);
    const heard = (event: MessageEvent): void => {
      if (event.source === iframe.contentWindow && event.origin === origin && read(event.data)?.type === "ready") ask();
    };
    const timer = setTimeout(() => end(new Error("the frame does not answer")), PATIENCE_MS);
    const end = (error?: Error): void => {
      clearTimeout(timer);
      window.removeEventListener("message", heard);
      if (error) reject(error);
      else resolve(frame);
    };
    let asked = false;
    const ask = (): void => {
      if (asked) return;
      asked = true;
      waiting.set(1, { resolve: (first) => ((state = (first as State | null) ?? undefined), end()), reject: end });
      hand();
    };
    window.addEventListener("message", heard);
    // A frame that was ready before this script ran says so again when it is asked.
    iframe.contentWindow?.postMessage(message(0, "hello", { v: VERSION }), origin);
  });
}
