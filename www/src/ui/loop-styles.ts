// How the control-loop view is laid out: three columns where there is room, two or one where there is not. Lists have
// a fixed height, so that nothing moves while their content changes.
import { css } from "lit";

export const loopStyles = css`
  :host { container-type: inline-size; font-size: 13px; line-height: 1.45; color: var(--ink); }
  .picture { position: relative; padding: 8px 14px 14px; max-width: 1120px; margin: 0 auto; }
  .wires { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; overflow: visible; }
  .wires path { fill: none; stroke: var(--line); stroke-width: 1; }
  .wires path.on { stroke: var(--actor); stroke-width: 2; }
  .traveller { position: absolute; inset: 0; pointer-events: none; }
  .traveller i {
    position: absolute; left: 0; top: 0; width: 11px; height: 11px; border-radius: 50%; background: var(--actor);
    box-shadow: 0 0 0 3px color-mix(in srgb, var(--actor) 28%, transparent); offset-rotate: 0deg;
  }

  ul { list-style: none; margin: 0; padding: 0; }
  p { margin: 0; }
  h3 { display: flex; align-items: center; gap: 6px; margin: 0; font-size: 13px; font-weight: 600; line-height: 20px; color: var(--ink); min-width: 0; }
  h3 > .shape { color: var(--actor); }
  h3 > .label { min-width: 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  h4 { margin: 7px 0 2px; font-size: 11.5px; font-weight: 500; line-height: 16px; color: var(--muted); display: flex; gap: 6px; }
  h4 .n { font-variant-numeric: tabular-nums; color: var(--muted); }
  .small { font-size: 11.5px; font-weight: 500; color: var(--muted); padding: 0 0 4px 1px; line-height: 16px; }
  .fact { font-weight: 400; font-size: 12px; color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
  .api h3 .label { flex: none; }
  .fact { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  .end { margin-left: auto; }
  .pending, .shape { flex: none; }
  .quiet { color: var(--muted); font-size: 12px; line-height: 24px; }

  .top { display: flex; justify-content: space-between; gap: 12px; padding-bottom: 11px; }
  .tag { display: flex; align-items: center; gap: 6px; height: 24px; padding: 0 9px 0 7px; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); font-size: 12px; white-space: nowrap; }
  .tag .shape { color: var(--actor); }
  .tag .idle { color: var(--muted); border-left: 1px solid var(--line); padding-left: 7px; margin-left: 1px; }
  .clock { font-variant-numeric: tabular-nums; }

  .box { position: relative; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); padding: 5px 9px 7px; min-width: 0; }
  .box::before { content: ""; position: absolute; left: -1px; top: 7px; height: 16px; width: 3px; border-radius: 0 2px 2px 0; background: var(--actor, transparent); }
  [data-marked] { outline: 2px dashed var(--accent); outline-offset: 3px; }
  [data-on] { border-color: var(--actor); }
  .box[data-on], .tag[data-on] { box-shadow: 0 0 0 1px var(--actor); background: color-mix(in srgb, var(--actor) 5%, var(--surface)); }

  .api .counts { display: flex; gap: 3px 12px; flex-wrap: wrap; height: 20px; overflow: hidden; font-size: 12px; line-height: 20px; color: var(--muted); }
  .api .counts .n { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
  .api .counts .quiet { line-height: 20px; }
  .workloads { display: grid; grid-template-columns: max-content minmax(0, 1fr) repeat(3, minmax(0, max-content)); align-content: start; column-gap: 14px; height: 51px; margin-top: 3px; overflow-y: auto; }
  .workloads li, .workloads .row { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; }
  .workloads .quiet { display: block; }
  .workloads .row {
    align-items: center; height: 24px; padding: 0 6px;
    border: 0; border-radius: 5px; background: none; text-align: left; font-size: 12px;
  }
  .workloads .row:hover { background: var(--hover); }
  .workloads .kind { color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .workloads .name, .resource, .key, .title, .chip .name { font-family: var(--mono); font-size: 11.5px; }
  .workloads .name, .workloads .cell { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .workloads .cell { font-variant-numeric: tabular-nums; }
  .cell[data-state="complete"] { color: var(--good); font-weight: 600; }
  .cell[data-state="failed"] { color: var(--bad); font-weight: 600; }
  .beside { color: var(--ink); margin-left: auto; }

  .watchers { display: grid; grid-template-columns: minmax(0, 1.2fr) minmax(0, 0.9fr) minmax(0, 1.15fr); gap: 9px 10px; padding-top: 15px; }
  .column { display: flex; flex-direction: column; gap: 8px; padding-left: 18px; min-width: 0; }
  .column > p { padding-left: 2px; }

  .caches li { display: grid; grid-template-columns: minmax(0, 1fr) auto 26px; gap: 6px; align-items: center; height: 22px; font-size: 12px; }
  .resource { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .objects { color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
  .pending { display: inline-block; width: 26px; height: 18px; text-align: center; border-radius: 9px; font-size: 11px; line-height: 18px; font-variant-numeric: tabular-nums; font-weight: 400; }
  .pending[data-some] { background: color-mix(in srgb, var(--actor, var(--c-api)) 16%, var(--surface)); color: var(--ink); font-weight: 600; }

  .keys, .workers, .expects { display: flex; flex-wrap: wrap; align-content: flex-start; gap: 3px 4px; height: 51px; overflow-y: auto; padding: 1px; margin: -1px; }
  .keys.one, .workers, .expects { height: 26px; }
  .keys li, .workers li, .expects li { min-width: 0; max-width: 100%; line-height: 24px; }
  .chip {
    display: inline-flex; align-items: center; gap: 5px; max-width: 100%; height: 22px; padding: 0 7px; border-radius: 5px; font-size: 12px; line-height: 18px;
    border: 1px solid color-mix(in srgb, var(--actor, var(--muted)) 45%, var(--line)); background: color-mix(in srgb, var(--actor, var(--muted)) 10%, var(--surface)); color: var(--ink);
  }
  button.chip:hover { border-color: var(--actor); }
  .chip .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .chip.late { background: none; border-style: dashed; }
  .chip.hand { font-size: 11.5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .due { color: var(--muted); font-size: 11px; white-space: nowrap; font-variant-numeric: tabular-nums; }
  .expects li { display: flex; gap: 8px; font-size: 12px; width: 100%; }
  .expects .key { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .delta { font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap; }

  .off { color: var(--bad); font-size: 11px; font-weight: 600; line-height: 16px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .off::before { content: "⊘ "; }
  .caches .off { line-height: 22px; }
  .synced { color: var(--good); }
  .expects.handlers { display: grid; grid: repeat(3, 20px) / auto-flow minmax(0, max-content); gap: 0 14px; height: 62px; overflow: hidden; }
  .expects.handlers li { line-height: 20px; min-width: 0; gap: 5px; white-space: nowrap; }
  .handlers .key:first-child { flex: none; }
  .client { margin-top: 6px; border-top: 1px solid var(--line); padding-top: 4px; }
  .client li { display: flex; gap: 8px; height: 19px; line-height: 19px; font-size: 11.5px; white-space: nowrap; }
  .client .part { flex: none; width: 76px; color: var(--muted); }
  .client .key { overflow: hidden; text-overflow: ellipsis; }
  .client .quiet { line-height: 19px; }
  .start { display: flex; gap: 10px; list-style: none; margin: 0; padding: 0 10px; height: 24px; line-height: 22px; font-size: 12px; white-space: nowrap; overflow: hidden; border: 1px dashed var(--c-controller); border-radius: 12px; background: var(--surface); }
  .start li { color: var(--muted); } .start [data-state="now"] { color: var(--ink); font-weight: 600; } .start [data-state="done"] span { color: var(--good); }
  .node.down { border-style: dashed; background: var(--sunk); }
  .power { flex: none; width: 24px; height: 24px; margin: -2px -5px -2px -2px; border: 0; border-radius: 5px; padding: 0; background: none; color: var(--muted); }
  .power:hover { background: var(--hover); color: var(--ink); }
  .down .power { color: var(--bad); }

  .column:first-child { grid-row: span 2; }
  .loops { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 4px 8px; margin-top: 5px; }
  .others { grid-column: 2 / -1; padding-left: 18px; }
  .others ul { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 4px 8px; }
  .compact { display: flex; align-items: center; gap: 5px; height: 26px; padding: 0 5px 0 8px; font-size: 12px; }
  .compact .shape { color: var(--actor); }
  .compact .title { flex: 1 1 auto; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .compact .pending:not([data-some]), .node .pending:not([data-some]) { display: none; }
  .compact .chip { flex: 0 1 auto; max-width: 45%; height: 20px; padding: 0 6px; font-size: 11.5px; white-space: nowrap; }
  .compact .quiet { line-height: 20px; white-space: nowrap; }

  .loose .status { display: none; }
  .loose .pods { height: 28px; }
  .loose { border-style: dashed; background: none; }
  .loose .pods.many .name { display: none; }
  .loose .pods.many .suffix { margin-left: 0; }

  .pods { display: grid; grid-template-columns: minmax(0, 1fr); gap: 3px; align-content: start; margin-top: 4px; height: 53px; overflow-y: auto; padding: 1px; margin-inline: -1px; }
  .pods.many { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .pods.many .status { display: none; }
  .pods li { min-width: 0; }
  .node h3 .link { border: 0; padding: 0 1px; background: none; font-weight: 600; color: inherit; white-space: nowrap; }
  .node h3 .link:hover { text-decoration: underline; }
  .warn { min-width: 0; overflow: hidden; text-overflow: ellipsis; font-size: 11px; font-weight: 600; color: var(--bad); white-space: nowrap; }

  @container (min-width: 460px) and (max-width: 639px) {
    .watchers { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
    .column:first-child { grid-row: 1 / span 2; } .column:not(:first-child) { grid-column: 2; }
    .others { grid-column: 1 / -1; }
    .column:nth-child(3) .pods { min-height: 26px; }
  }
  @container (max-width: 459px) {
    .watchers { grid-template-columns: minmax(0, 1fr); gap: 10px; }
    .start { gap: 6px; font-size: 11px; padding: 0 6px; } .start li:not([data-state="now"]) .words { display: none; }
    .column, .others { padding-left: 16px; grid-column: 1; } .column:first-child { grid-row: auto; }
    .others ul { grid-template-columns: minmax(0, 1fr); } .loops { grid-template-columns: repeat(2, minmax(0, 1fr)); }
    .pods { height: auto; min-height: 51px; max-height: 132px; }
    .loose .status { display: inline; }
    .loose .pods { height: auto; min-height: 26px; }
    .pod { height: 30px; }
    .chip { height: 26px; }
    .keys, .keys.one, .workers, .expects { height: 30px; } .keys { flex-wrap: nowrap; overflow-x: auto; } .keys li { flex: none; }
    .workloads { height: 62px; } .workloads .row { height: 30px; }
    .workloads { column-gap: 8px; }
    .compact { height: 36px; }
  }

  @media (prefers-reduced-motion: no-preference) {
    .box, .tag, .wires path { transition: border-color 0.15s, box-shadow 0.15s, background-color 0.15s, stroke 0.15s; }
  }
  @media print {
    .keys, .workers, .expects, .pods, .workloads { height: auto; overflow: visible; }
  }
`;
