// SCORM 1.2: what a page says to the learning platform that shows it. The platform offers an object called `API` in a window
// around this one; all values are texts, and a text that is kept has at most 4096 characters.

/** What the platform offers. */
export interface Api {
  LMSInitialize(nothing: ""): string;
  LMSFinish(nothing: ""): string;
  LMSGetValue(element: string): string;
  LMSSetValue(element: string, value: string): string;
  LMSCommit(nothing: ""): string;
}

/** Frames within frames, at most. */
const DEEP = 20;
/** CMIString4096 */
export const MOST_KEPT = 4096;

/** The platform's object: in the windows around this one, or around the one that opened it. */
export function findApi(from: Window): Api | undefined {
  return around(from) ?? (from.opener ? around(from.opener as Window) : undefined);
}

function around(from: Window): Api | undefined {
  let window = from;
  for (let depth = 0; depth < DEEP; depth++) {
    try {
      const { API } = window as Window & { API?: Api };
      if (API) return API;
    } catch {
      // Somebody else's window.
      return undefined;
    }
    if (window.parent === window) return undefined;
    window = window.parent;
  }
  return undefined;
}

/** CMITimespan: hours, minutes, seconds. */
export function timespan(ms: number): string {
  const seconds = Math.min(Math.floor(ms / 1000), 9999 * 3600);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${String(Math.floor(seconds / 3600)).padStart(4, "0")}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** CMIDecimal: at most two decimals. */
export function decimal(value: number): string {
  return String(Math.round(value * 100) / 100);
}
