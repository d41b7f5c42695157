// Who acts is to be seen: where the picture is higher than its place, it scrolls there, and no further.
import type { LitElement } from "lit";

/** Brings a box of the control loop into sight: this one, or whoever acted. Only the picture's own place scrolls. */
export function reveal(loop: LitElement, box = loop.renderRoot.querySelector<HTMLElement>("[data-on]:not([data-box='api'], [data-box='kubectl'], [data-box='clock'])")): void {
  const place = loop.parentElement;
  if (!box || !place) return;
  const [inner, outer] = [box.getBoundingClientRect(), place.getBoundingClientRect()];
  if (outer.height === 0) return;
  const below = Math.min(inner.bottom, inner.top + outer.height - 24) - outer.bottom;
  if (below > 0) place.scrollTop += below + 12;
  else if (inner.top < outer.top) place.scrollTop -= outer.top - inner.top + 12;
}
