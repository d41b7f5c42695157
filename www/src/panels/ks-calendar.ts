// The calendar of the CronJobs: a strip of the runs that were, with what became of them, and of those to come. Nothing is
// shown, and nothing asked, where there is no CronJob.
import { css, html, nothing, type PropertyValues, type SVGTemplateResult, type TemplateResult, svg } from "lit";
import { customElement } from "lit/decorators.js";
import { duration, t } from "../app/words";
import { podShape } from "../ui/look";
import { Panel, shared } from "../ui/panel";
import type { Calendars, CalendarView, RunView } from "../wasm/kubestep.js";

/** While time runs, the engine is asked this often at most. */
const ANSWER_MS = 250;
const DAY_MS = 86_400_000;
/** The controller looks a moment after the scheduled time; then its Job is there. */
const STARTED_MS = 1000;
/** A year of what runs more often than this would keep the page busy for hours. */
const OFTEN_MS = 30 * 60_000;

@customElement("ks-calendar")
export class KsCalendar extends Panel {
  protected override readonly shows = ["world", "ui"] as const;
  #calendars: Calendars | undefined;
  #askedAt = 0;

  static override styles = [shared, css`
    :host { background: var(--surface); border-top: 1px solid var(--line); padding: 8px 14px 10px; font-size: 13px; }
    :host([hidden]) { display: none; }
    article + article { margin-top: 12px; }
    header { display: flex; align-items: center; flex-wrap: wrap; gap: 2px 10px; margin-bottom: 6px; }
    header .words { display: flex; flex-wrap: wrap; gap: 0 10px; align-items: baseline; flex: 1 1 auto; min-width: 0; }
    .buttons { display: flex; gap: 6px; }
    header .button { min-height: 26px; padding: 1px 9px; font-size: 12px; }
    ol { list-style: none; margin: 0; padding: 0 0 2px; display: flex; gap: 4px; overflow-x: auto; }
    li { flex: 1 1 0; min-width: 50px; max-width: 92px; text-align: center; line-height: 1.35; padding: 2px 0; border-radius: 6px; }
    li .at { font-variant-numeric: tabular-nums; }
    li .day, li .what { display: block; color: var(--muted); font-size: 11px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    li svg { display: block; margin: 0 auto; color: var(--muted); }
    li[data-state="active"] svg { color: var(--c-kubelet); }
    li[data-state="complete"] svg { color: var(--good); }
    li[data-state="failed"] svg, li[data-state="failed"] .what { color: var(--bad); }
    li[data-state="next"] { color: var(--muted); }
    li.now { flex: none; min-width: 56px; background: var(--sunk); }
    .error { color: var(--bad); margin: 0; overflow-wrap: anywhere; }
    @media (max-width: 760px) { header .button { min-height: 38px; } li { min-width: 58px; } }
  `];

  protected override willUpdate(_: PropertyValues): void {
    const { playing, running, view } = this.session;
    const at = performance.now();
    const moving = playing || running !== undefined;
    if (moving && this.#calendars && at - this.#askedAt < ANSWER_MS) return;
    this.#askedAt = at;
    const any = view.apiServer.counts.some(({ resource }) => resource === "cronjobs.batch");
    this.#calendars = any ? this.session.ask((engine) => engine.calendars()) : undefined;
    this.hidden = !this.#calendars;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { items, total } = this.#calendars?.cronJobs ?? { items: [], total: 0 };
    if (total === 0) return nothing;
    return html`${items.map((calendar) => this.one(calendar))}
      ${total > items.length ? html`<p class="muted">${t("more", { count: total - items.length })}</p>` : nothing}`;
  }

  readonly #resized = new ResizeObserver(() => this.centre());

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override updated(): void {
    this.centre();
  }

  /** Where the strip is longer than the panel, now is in the middle, unless someone is at it. */
  private centre(): void {
    for (const strip of this.renderRoot.querySelectorAll("ol")) {
      const now = strip.querySelector<HTMLElement>(".now");
      if (now && !strip.matches(":hover, :focus-within")) strip.scrollLeft = now.offsetLeft - strip.offsetLeft + (now.offsetWidth - strip.clientWidth) / 2;
    }
  }

  private one(calendar: CalendarView): TemplateResult {
    const { object, schedule, timeZone, policy, past, coming, now, error, suspended } = calendar;
    const next = coming[0];
    const { nowMs } = this.session.view;
    const seldom = next && coming.every((run, i) => i === 0 || run.atMs - coming[i - 1]!.atMs >= OFTEN_MS);
    return html`<article aria-label=${t("calendar-of", { name: object.name })}>
      <header><div class="words">${this.object(object)} <span class="mono">${schedule}</span>
          <span class="muted">${timeZone || "UTC"} · ${policy}${suspended ? ` · ${t("calendar-suspended")}` : ""}</span></div>
        <div class="buttons"><button class="button" ?disabled=${!next} @click=${() => next && this.until(next.atMs + STARTED_MS)}>${t("calendar-to-next")}</button>
        <button class="button" @click=${() => this.until(nowMs + DAY_MS)}>${t("calendar-day")}</button>
        ${seldom ? html`<button class="button" @click=${() => this.until(nowMs + 365 * DAY_MS)}>${t("calendar-year")}</button>` : nothing}</div></header>
      ${error ? html`<p class="error">${error}</p>` : nothing}
      <ol tabindex="0" aria-label=${t("calendar-of", { name: object.name })}>
        ${past.items.map((run) => this.run(run, now))}
        <li class="now" aria-current="time"><span class="day">${t("calendar-now")}</span><span class="at">${clock(now, true)}</span><span class="day">${day(now)}</span></li>
        ${coming.map((run) => this.run(run, now))}</ol></article>`;
  }

  private run(run: RunView, now: string): TemplateResult {
    const { at, state, job, tookMs, manual } = run;
    const what = t(`calendar-${state}`);
    const shown = state === "next" ? (day(at) === day(now) ? "" : day(at)) : job ? duration(Math.round(tookMs / 1000) * 1000) : what;
    const title = `${at} · ${what}${manual ? ` · ${t("calendar-manual")}` : ""}${job ? ` · ${duration(tookMs)}` : ""}`;
    return html`<li data-state=${state} title=${title}>
      <svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true">${shape(state)}</svg>
      ${job ? this.object(job, clock(at)) : html`<span class="at">${clock(at)}</span>`}
      <span class="what">${job ? html`<span class="sr">${what} </span>` : nothing}${manual ? "✋ " : nothing}${shown}</span></li>`;
  }

  private until(ms: number): void {
    void this.session.runUntil({ type: "time", ms: Math.ceil(ms) });
  }
}

/** A run looks as its pod would; a moment without a Job is a bar, one to come a small ring. */
function shape(state: string): SVGTemplateResult {
  switch (state) {
    case "active":
      return podShape("running");
    case "complete":
      return podShape("succeeded");
    case "failed":
      return podShape("failed");
    case "due":
      return podShape("pending");
    case "none":
      return svg`<path d="M4 8h8" stroke="currentColor" stroke-width="2"/>`;
    default:
      return svg`<circle cx="8" cy="8" r="3" fill="none" stroke="currentColor" stroke-width="1.5"/>`;
  }
}

/** `08:05` of `2026-11-24T08:05:00+01:00`. */
function clock(at: string, seconds = false): string {
  return at.slice(11, seconds ? 19 : at.slice(17, 19) === "00" ? 16 : 19);
}

/** `11-24` of it. */
function day(at: string): string {
  return at.slice(5, 10);
}
