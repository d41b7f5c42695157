// A run that waits for the page to start: one that was kept over a reload, or one that an offline page carries.
import { RUN_ID } from "./link";

const KEY = "kubestep.kept-run";

/** Keeps a run for the page that this tab loads next. `false`: there is no room for it. */
export function keep(run: string): boolean {
  try {
    sessionStorage.setItem(KEY, run);
    return true;
  } catch {
    return false;
  }
}

/** The run that was kept, once. */
export function takeKept(): string | undefined {
  try {
    const run = sessionStorage.getItem(KEY) ?? undefined;
    sessionStorage.removeItem(KEY);
    return run;
  } catch {
    return undefined;
  }
}

/** The run of an offline page; a link in its address comes first. */
export function carried(): string | undefined {
  return location.hash.startsWith("#v") ? undefined : document.getElementById(RUN_ID)?.textContent?.trim() || undefined;
}
