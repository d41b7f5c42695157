// The keys that move through time, for whoever has the focus inside: the same as in the playground, inactive while typing.
import type { Session } from "../app/session";

export function onKey(event: KeyboardEvent, session: Session): void {
  const at = event.composedPath()[0] as HTMLElement;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName)) return;
  const onButton = at.tagName === "BUTTON" || at.tagName === "SUMMARY";
  if (event.key === "ArrowRight") event.shiftKey ? void session.runUntil({ type: "objectChange", object: undefined }) : session.step();
  else if (event.key === "ArrowLeft") session.back();
  else if (event.key === "Home") session.seek(0);
  else if (event.key === "End") session.seek(session.timeline.length);
  else if (event.key === " " && !onButton) session.playing ? session.pause() : session.play();
  else return;
  event.preventDefault();
}
