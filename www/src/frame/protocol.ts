// What a page and its frame say to each other. The first two messages go through `window.postMessage`: the frame says `ready` (again, if the
// page says `hello`), the page answers `connect` with a port, and each looks at where the other's came from. Everything after that goes through the port.

export const NS = "kubestep";
export const VERSION = 1;

export interface Message {
  ns: typeof NS;
  v: number;
  /** A request's number; its answer has the same. 0 for what nobody asked for. */
  id: number;
  /** A method of the element; `hello`, `ready`, `connect`, `connected`, `result`, `error`, `event`. */
  type: string;
  payload: unknown;
}

export function message(id: number, type: string, payload: unknown = null): Message {
  return { ns: NS, v: VERSION, id, type, payload };
}

/** The data as a message of this protocol, of whatever version; other scripts' messages are none. */
export function read(data: unknown): Message | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { ns, v, id, type, payload } = data as Partial<Record<keyof Message, unknown>>;
  if (ns !== NS || typeof v !== "number" || typeof id !== "number" || typeof type !== "string") return undefined;
  return { ns, v, id, type, payload };
}

/** What a page may call; each takes the arguments of the element's method as an array. */
export const METHODS = ["load", "apply", "step", "back", "seek", "run", "kubectl", "objects", "open", "save"] as const;
export type Method = (typeof METHODS)[number];

/** A request to the API server, and its answer: bodies are text, and there are no streams. */
export interface FetchPayload {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface FetchResult {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export const EVENTS = ["load", "step", "change", "complete", "check", "error"] as const;
