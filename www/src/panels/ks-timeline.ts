// The timeline: one mark a step (or a bucket of steps), in its component's colour; the higher, the more it changed.
import { css, html, svg, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { actorClass } from "../app/actors";
import { t } from "../app/words";
import { Panel, shared } from "../ui/panel";

const HEIGHT = [5, 9, 14, 20];

@customElement("ks-timeline")
export class KsTimeline extends Panel {
  protected override readonly shows = ["world"] as const;
  #dragging = false;

  static override styles = [shared, css`
    .track { position: relative; height: 32px; touch-action: none; cursor: pointer; border-radius: 6px; }
    svg { display: block; width: 100%; height: 32px; overflow: visible; }
    .mark { fill: var(--actor); }
    .ahead .mark { opacity: 0.35; }
    .base { stroke: var(--line); stroke-width: 1; }
    .head { stroke: var(--ink); stroke-width: 2; }
    .knob { fill: var(--ink); }
  `];

  protected override render(): TemplateResult {
    const { position, length, marks, bucket } = this.session.timeline;
    const span = Math.max(length, 1);
    const at = (step: number) => (step / span) * 1000;
    const width = Math.min(8, Math.max(1.5, (1000 / span) * bucket * 0.55));
    return html`<div class="track" role="slider" tabindex="0" aria-label=${t("timeline")} aria-valuemin="0" aria-valuemax=${length} aria-valuenow=${position}
        aria-valuetext=${t("timeline-at", { step: position, length })}
        @pointerdown=${this.down} @pointermove=${this.move} @pointerup=${this.up} @pointercancel=${this.up}>
      <svg viewBox="0 0 1000 32" preserveAspectRatio="none" aria-hidden="true">
        <line class="base" x1="0" x2="1000" y1="27" y2="27" vector-effect="non-scaling-stroke"></line>
        ${marks.map((mark) => svg`<g data-actor=${actorClass(mark.actor)} class=${mark.step > position ? "ahead" : ""}>
          <rect class="mark" x=${at(mark.step) - width / 2} y=${27 - HEIGHT[mark.salience]!} width=${width} height=${HEIGHT[mark.salience]!}></rect></g>`)}
        <line class="head" x1=${at(position)} x2=${at(position)} y1="1" y2="31" vector-effect="non-scaling-stroke"></line>
      </svg></div>`;
  }

  private seekTo(event: PointerEvent): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    this.session.seek(Math.round(share * this.session.timeline.length));
  }

  private down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.#dragging = true;
    this.seekTo(event);
  };

  private move = (event: PointerEvent): void => {
    if (this.#dragging) this.seekTo(event);
  };

  private up = (): void => {
    this.#dragging = false;
  };
}
