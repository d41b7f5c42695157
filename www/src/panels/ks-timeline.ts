// The timeline: one mark a step (or a bucket of steps), in its component's colour; the higher, the more it changed.
// Small ticks beneath show where other branches leave this one.
import { css, html, nothing, svg, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { actorClass } from "../app/actors";
import { t } from "../app/words";
import { Panel, shared } from "../ui/panel";

/** By salience: routine, work, a write, a person or a change of phase. */
const HEIGHT = [5, 9, 14, 20];
const BASE = 27;
/** A page of steps, for Page Up and Page Down. */
const PAGE = 10;
const LEAST_ROOM = 48;

/** So many steps have room: more than there are, and doubled when they are used up, so that marks keep their places. */
function room(length: number): number {
  let steps = LEAST_ROOM;
  while (steps < length) steps *= 2;
  return steps;
}

@customElement("ks-timeline")
export class KsTimeline extends Panel {
  protected override readonly shows = ["world"] as const;
  /** The step under the pointer. */
  @state() private pointed: number | undefined;
  #dragging = false;

  static override styles = [shared, css`
    .track { position: relative; height: 34px; touch-action: none; cursor: pointer; border-radius: 6px; }
    .track:focus-visible { outline-offset: 4px; }
    svg { display: block; width: 100%; height: 34px; overflow: visible; }
    .mark { fill: var(--actor); transform-box: fill-box; translate: -50% 0; }
    .ahead { opacity: 0.4; }
    .base { stroke: var(--line); stroke-width: 1; }
    .past { stroke: var(--muted); stroke-width: 1; }
    .fork { fill: var(--muted); }
    .head { stroke: var(--ink); stroke-width: 1.5; }
    .knob { fill: var(--ink); stroke: var(--surface); stroke-width: 2; }
    .ghost { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 2 2; }
    .label {
      position: absolute; bottom: calc(100% + 2px); transform: translateX(-50%); padding: 1px 7px; border-radius: 5px; background: var(--ink); color: var(--surface);
      font-size: 11.5px; line-height: 18px; white-space: nowrap; pointer-events: none; font-variant-numeric: tabular-nums; z-index: 2;
    }
    @media (max-width: 760px) { .track, svg { height: 40px; } }
  `];

  protected override render(): TemplateResult {
    const { position, length, marks, bucket, branches } = this.session.timeline;
    const span = room(length);
    const at = (step: number) => `${((step / span) * 100).toFixed(3)}%`;
    // Three fifths of a mark's room, so that gaps stay between them.
    const width = `width: clamp(1px, ${((60 * bucket) / span).toFixed(3)}%, 6px)`;
    const current = branches.find((b) => b.current);
    const forks = new Set(branches.filter((b) => b.parent === current?.id && b.forkedAt <= length).map((b) => b.forkedAt));
    const { pointed } = this;
    return html`<div class="track" role="slider" tabindex="0" aria-label=${t("timeline")} aria-valuemin="0" aria-valuemax=${length} aria-valuenow=${position}
        aria-valuetext=${t("timeline-at", { step: position, length })} @keydown=${this.key}
        @pointerdown=${this.down} @pointermove=${this.move} @pointerup=${this.up} @pointercancel=${this.up} @pointerleave=${this.leave}>
      <svg aria-hidden="true">
        <line class="base" x1="0" x2="100%" y1=${BASE} y2=${BASE}></line><line class="past" x1="0" x2=${at(position)} y1=${BASE} y2=${BASE}></line>
        ${marks.map((mark) => {
          const height = HEIGHT[mark.salience] ?? HEIGHT[0]!;
          return svg`<rect data-actor=${actorClass(mark.actor)} class="mark ${mark.step > position ? "ahead" : ""}" rx="1"
            x=${at(mark.step)} y=${BASE - height} height=${height} style=${width}></rect>`;
        })}
        ${[...forks].map((step) => svg`<svg x=${at(step)} y=${BASE + 1} width="1" height="6" overflow="visible"><path class="fork" d="M0 0 3.5 6H-3.5Z"></path></svg>`)}
        ${pointed === undefined ? nothing : svg`<line class="ghost" x1=${at(pointed)} x2=${at(pointed)} y1="2" y2=${BASE}></line>`}
        <line class="head" x1=${at(position)} x2=${at(position)} y1="1" y2="32"></line><circle class="knob" cx=${at(position)} cy=${BASE} r="5"></circle>
      </svg>${pointed === undefined ? nothing : html`<span class="label" style="left: ${at(pointed)}" aria-hidden="true">${t("timeline-step", { step: pointed })}</span>`}</div>`;
  }

  /** The page's own keys step and go to the ends; these are the slider's others. */
  private key = (event: KeyboardEvent): void => {
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: PAGE, PageDown: -PAGE }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.session.seek(this.session.timeline.position + by);
  };

  private stepAt(event: PointerEvent): number {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const { length } = this.session.timeline;
    return Math.max(0, Math.min(length, Math.round(((event.clientX - box.left) / box.width) * room(length))));
  }

  private down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.#dragging = true;
    this.session.seek(this.stepAt(event));
  };

  private move = (event: PointerEvent): void => {
    const step = this.stepAt(event);
    if (step !== this.pointed) this.pointed = this.session.timeline.length > 0 ? step : undefined;
    if (this.#dragging) this.session.seek(step);
  };

  private up = (event: PointerEvent): void => {
    this.#dragging = false;
    if (event.pointerType !== "mouse") this.pointed = undefined;
  };

  private leave = (): void => {
    if (!this.#dragging) this.pointed = undefined;
  };
}
