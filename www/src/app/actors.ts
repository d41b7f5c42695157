// One colour, one shape and one name per component, the same in the loop, the timeline and the step list.
import { svg, type SVGTemplateResult } from "lit";
import type { Actor } from "../wasm/kubestep.js";

export type ActorClass = "api" | "job" | "controller" | "scheduler" | "kubelet" | "kubectl" | "clock";

export function actorClass(actor: Actor): ActorClass {
  switch (actor.role) {
    case "apiServer":
      return "api";
    case "controller":
      return actor.name === "job-controller" || actor.name === "job" ? "job" : "controller";
    default:
      return actor.role;
  }
}

/** The component's shape in a 16 × 16 box; text beside it always names it too. */
export function shape(of: ActorClass): SVGTemplateResult {
  switch (of) {
    case "api":
      return svg`<path d="M8 1 14.1 4.5v7L8 15 1.9 11.5v-7Z" fill="currentColor"/>`;
    case "job":
      return svg`<circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" stroke-width="3.2"/>`;
    case "controller":
      return svg`<circle cx="8" cy="8" r="6.2" fill="currentColor"/>`;
    case "scheduler":
      return svg`<path d="M8 1 15 8 8 15 1 8Z" fill="currentColor"/>`;
    case "kubelet":
      return svg`<rect x="2" y="2" width="12" height="12" rx="2" fill="currentColor"/>`;
    case "kubectl":
      return svg`<path d="M3 1.5 14.5 8 3 14.5Z" fill="currentColor"/>`;
    case "clock":
      return svg`<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M8 4.5V8l2.6 1.8" fill="none" stroke="currentColor" stroke-width="1.8"/>`;
  }
}
