// The keys that move through time, on every page with a cluster in it; not while somebody types.
import type { Session } from "../app/session";

/** Whether a key goes to something that takes letters. */
export function typing(event: KeyboardEvent): boolean {
  const at = event.composedPath()[0] as HTMLElement;
  return at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName);
}

/** Whether the key was one of ours. */
export function transportKey(event: KeyboardEvent, session: Session): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return false;
  const at = event.composedPath()[0] as HTMLElement;
  const onButton = ["BUTTON", "SUMMARY", "A"].includes(at.tagName);
  if (event.key === "ArrowRight") event.shiftKey ? void session.runUntil({ type: "objectChange", object: undefined }) : session.step();
  else if (event.key === "ArrowLeft") session.back();
  else if (event.key === "Home") session.seek(0);
  else if (event.key === "End") session.seek(session.timeline.length);
  else if (event.key === " " && !onButton) session.playing ? session.pause() : session.play();
  else return false;
  event.preventDefault();
  return true;
}
