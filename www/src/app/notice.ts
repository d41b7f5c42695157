// What the page says of itself, above the panels.
import { faultMessage } from "./failure";

export interface Notice {
  /** Its message, and the message's values. */
  id: string;
  values?: Record<string, string | number>;
  severity: "info" | "error";
  /** Offers to save a run: `run`, or else the last good one. */
  offerRun?: boolean;
  run?: string;
  /** What the person may do about it. */
  act?: { id: string; run: () => void };
  /** It goes only when the person sends it away. */
  lasts?: boolean;
}

/** Why a run could not be opened that came by a link, in a file, or that waited for this page. Of what waited, nothing may be lost. */
export function refusal(error: unknown, from: "link" | "file", waited?: string): Notice {
  const values = { message: faultMessage(error) };
  if (waited !== undefined) return { id: "notice-run-lost", values, severity: "error", offerRun: true, run: waited, lasts: true };
  if (values.message === "version") return { id: "notice-link-version", severity: "error" };
  return from === "link" ? { id: "notice-link-broken", severity: "error" } : { id: "notice-run-broken", values, severity: "error" };
}
