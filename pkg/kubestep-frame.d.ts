/* Types of kubestep-frame.js, for a page that drives embed.html in a frame. */
import type { Api, State } from "./kubestep";

export interface Frame extends Omit<Api, "fetch" | "state" | "checks"> {
  /** Where the run stood when it was last heard of. */
  readonly state: State | undefined;
  /** The API server's door; no watches. */
  fetch(path: string, init?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Response>;
  /** Stops listening. */
  close(): void;
}

/** Resolves when the frame has answered; rejects where it does not, or speaks another version of the protocol. */
export function connect(iframe: HTMLIFrameElement): Promise<Frame>;
