// The look of the control loop.
import { css } from "lit";

export const loopStyles = css`
  .board { position: relative; display: grid; gap: 26px; min-height: 100%; align-content: start; }
  .edges { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; overflow: visible; }
  .edge { fill: none; stroke: var(--line); stroke-width: 1.5; }
  .edge.live { stroke: var(--actor); stroke-width: 2.5; }
  .token { fill: var(--actor); opacity: 0; offset-rotate: 0deg; }
  .top { display: grid; grid-template-columns: 132px 1fr; gap: 28px; align-items: stretch; }
  .row { display: grid; grid-template-columns: minmax(0, 1.25fr) minmax(0, 1fr) minmax(0, 1.15fr); gap: 26px; align-items: start; padding-left: 12px; }
  .stack { display: grid; gap: 14px; }
  .card { position: relative; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 9px 12px 10px; min-width: 0; font-size: 13px; line-height: 1.5; }
  .card.active { border-color: var(--actor); box-shadow: 0 0 0 1px var(--actor); }
  .card h3 { display: flex; align-items: center; gap: 6px; flex-wrap: wrap; margin: 0 0 4px; font-size: 13.5px; font-weight: 600; color: var(--actor); }
  .fact { font-weight: 400; color: var(--muted); font-variant-numeric: tabular-nums; }
  .fact.warn { color: var(--bad); }
  .small { margin: 2px 0 0; color: var(--muted); font-size: 12.5px; }
  .line { display: flex; justify-content: space-between; gap: 12px; flex-wrap: wrap; min-height: 19px; }
  .counts { display: inline-flex; gap: 10px; flex-wrap: wrap; font-variant-numeric: tabular-nums; }
  .workloads { list-style: none; margin: 0; padding: 0; min-height: 21px; }
  .workloads li { display: flex; gap: 8px; flex-wrap: wrap; align-items: baseline; }
  .kind { color: var(--muted); }
  .label { color: var(--muted); }
  dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 3px 10px; margin: 0; }
  dt { color: var(--muted); }
  dd { margin: 0; display: flex; flex-wrap: wrap; gap: 3px 6px; min-height: 21px; align-items: baseline; }
  .none { color: var(--muted); }
  .key { border: 1px solid var(--line); border-radius: 5px; padding: 0 5px; background: var(--sunk); max-width: 100%; }
  .key.delayed { border-style: dashed; }
  .key.working { border-color: var(--actor); color: var(--actor); font-family: var(--mono); font-size: 12px; }
  .cache { white-space: nowrap; } .cache + .cache::before { content: "· "; color: var(--muted); }
  .cache.unsynced { color: var(--muted); font-style: italic; }
  .pending { font-weight: 600; color: var(--actor); font-size: 12px; }
  .names { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0 10px; color: var(--muted); font-size: 12.5px; }
  .card.quiet { background: none; border-style: dashed; } .card.quiet h3 { color: var(--muted); font-weight: 500; font-size: 12.5px; margin-bottom: 1px; }
  .pods { list-style: none; margin: 0; padding: 0; display: grid; gap: 1px; }
  .pod { display: inline-flex; gap: 6px; align-items: baseline; flex-wrap: wrap; }
  .pod .glyph { align-self: center; flex: none; } .pod.chosen { background: var(--hover); border-radius: 4px; }
  .pod .status { color: var(--muted); font-size: 12px; }
  .pod[data-phase="wait"] .glyph { color: var(--muted); } .pod[data-phase="run"] .glyph { color: var(--c-kubelet); }
  .pod[data-phase="done"] .glyph { color: var(--good); } .pod[data-phase="bad"] .glyph, .pod[data-phase="bad"] .status { color: var(--bad); }
  .node { min-height: 62px; }
  @media (max-width: 760px) {
    .top { grid-template-columns: 1fr; gap: 22px; } .row { grid-template-columns: minmax(0, 1fr); gap: 14px; padding-left: 14px; }
  }
`;
