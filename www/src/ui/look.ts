// What a pod looks like, in each phase and wherever it appears.
import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { t } from "../app/words";
import type { ObjectRef, PodView } from "../wasm/kubestep.js";

/** `Pod default/pi-x7k2p`, for titles and labels. */
export function fullName({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

export type PodLook = "pending" | "running" | "succeeded" | "failed" | "terminating" | "unknown";

export function podLook(pod: PodView): PodLook {
  if (pod.status === "Terminating") return "terminating";
  const look = pod.phase.toLowerCase();
  const known: readonly string[] = ["pending", "running", "succeeded", "failed"];
  return known.includes(look) ? (look as PodLook) : "unknown";
}

/** A pod's phase as a shape: dashed ring, ring with a core, tick, cross, ring with a bar. */
export function podShape(look: PodLook): SVGTemplateResult {
  switch (look) {
    case "pending":
      return svg`<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="2.4 2"/>`;
    case "running":
      return svg`<circle cx="8" cy="8" r="5.8" fill="none" stroke="currentColor" stroke-width="1.8"/><circle cx="8" cy="8" r="2.8" fill="currentColor"/>`;
    case "succeeded":
      return svg`<path d="M3 8.6 6.6 12.2 13 4.6" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>`;
    case "failed":
      return svg`<path d="M4 4 12 12M12 4 4 12" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>`;
    case "terminating":
      return svg`<circle cx="8" cy="8" r="5.8" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M5 8h6" stroke="currentColor" stroke-width="2"/>`;
    case "unknown":
      return svg`<circle cx="8" cy="8" r="5.8" fill="none" stroke="currentColor" stroke-width="1.8"/><circle cx="8" cy="8" r="1" fill="currentColor"/>`;
  }
}

/** A pod's chip: its shape, its name (the owner's part gives way first), kubectl's status. */
export function podChip(pod: PodView, open: () => void, chosen = false): TemplateResult {
  const of = podLook(pod);
  const { name } = pod.object;
  const base = pod.owner && name.startsWith(`${pod.owner.name}-`) ? pod.owner.name.length : name.length;
  const restarts = pod.restarts > 0 ? ` ↻${pod.restarts}` : "";
  const label = [fullName(pod.object), pod.status, pod.restarts > 0 && t("loop-restarts", { count: pod.restarts })].filter(Boolean).join(" · ");
  const trouble = /Err|BackOff|OOM|Invalid|Evicted/.test(pod.status);
  return html`<button class="pod ${chosen ? "chosen" : ""} ${trouble ? "trouble" : ""}" data-look=${of} title=${label} @click=${open}>
    <svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">${podShape(of)}</svg><span class="name">${name.slice(0, base)}</span>${
      base < name.length ? html`<span class="suffix">${name.slice(base)}</span>` : nothing}<span class="status">${pod.status}${restarts}</span></button>`;
}

export const look = css`
  .pod {
    display: flex; align-items: center; gap: 5px; width: 100%; min-width: 0; height: 24px; padding: 0 7px; border-radius: 6px; text-align: left;
    border: 1px solid var(--line); background: var(--surface); color: var(--ink); font-size: 12px; line-height: 16px;
  }
  .pod.chosen { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
  .pod:hover { border-color: var(--muted); }
  .pod svg { flex: none; color: var(--muted); }
  .pod .name, .pod .suffix { font-family: var(--mono); font-size: 11.5px; white-space: nowrap; }
  .pod .name { flex: 0 100 auto; min-width: 2ch; overflow: hidden; text-overflow: ellipsis; }
  .pod .suffix { flex: none; margin-left: -5px; }
  .pod .status { flex: 0 1 auto; min-width: 0; margin-left: auto; color: var(--muted); font-size: 11px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
  .pod[data-look="running"] svg { color: var(--c-kubelet); }
  .pod[data-look="succeeded"] svg { color: var(--good); }
  .pod[data-look="failed"] svg { color: var(--bad); }
  .pod.trouble .status { color: var(--bad); }
  .pod[data-look="terminating"] { border-style: dashed; }
`;
