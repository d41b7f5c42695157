// The class as a table: who passed what, where each one stopped, and who is not to be believed. It can be sorted, narrowed, and
// each line opened: to what holds and what not, and to the run itself.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../app/words";
import { shared } from "../ui/panel";
import type { TaskStanding } from "../wasm/kubestep.js";
import type { ClassWork, Row, Verdict } from "./class-work";

const VERDICTS: readonly Verdict[] = ["passed", "not", "tampered", "refused"];
const MARKS: Record<Verdict, string> = { waiting: "…", passed: "✓", not: "○", tampered: "⚠", refused: "✕" };
type Column = "name" | "result" | "points" | "stopped" | "steps" | "branches" | "commands" | "hints";
const NUMBERS: readonly Column[] = ["steps", "branches", "commands", "hints"];

@customElement("ks-class-table")
export class KsClassTable extends LitElement {
  @property({ attribute: false }) work!: ClassWork;
  @state() private sorted: { by: Column; down: boolean } | undefined;
  @state() private only: Verdict | "" = "";
  @state() private stuckAt = "";
  @state() private words = "";
  @state() private opened = new Set<Row>();
  readonly #update = () => this.requestUpdate();

  static override styles = [shared, css`
    .narrow { display: flex; gap: 8px 14px; flex-wrap: wrap; align-items: end; margin: 0 0 10px; } .narrow label { display: grid; gap: 2px; font-size: 13px; color: var(--muted); }
    .narrow input, .narrow select { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); color: var(--ink); min-height: 32px; padding: 3px 8px; font-size: 14px; } .narrow p { margin: 0 0 6px auto; color: var(--muted); font-size: 13px; }
    .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { padding: 6px 10px; text-align: left; border-bottom: 1px solid var(--line-soft); vertical-align: top; white-space: nowrap; } tbody tr:last-child > * { border-bottom: 0; }
    thead th { vertical-align: middle; background: var(--sunk); font-size: 12.5px; font-weight: 600; color: var(--muted); padding: 0; border-bottom: 1px solid var(--line); } thead .plain { padding: 6px 10px; }
    thead button { border: 0; background: none; font-weight: 600; padding: 6px 10px; min-height: 34px; width: 100%; text-align: left; color: inherit; white-space: nowrap; outline-offset: -3px; } thead button:hover { color: var(--ink); } thead [aria-sort] { color: var(--ink); }
    .number { text-align: right; } thead .number button { text-align: right; } .task { text-align: center; min-width: 44px; }
    tbody th { font-weight: 400; min-width: 150px; max-width: 260px; } .who { border: 0; background: none; padding: 0; text-align: left; font-weight: 600; white-space: normal; overflow-wrap: anywhere; } .who::before { content: "▸"; color: var(--muted); display: inline-block; width: 14px; font-weight: 400; } .who[aria-expanded="true"]::before { content: "▾"; }
    .file { display: block; padding-left: 14px; color: var(--muted); font-family: var(--mono); font-size: 12px; overflow-wrap: anywhere; white-space: normal; }
    .passed { color: var(--good); font-weight: 600; } .tampered, .refused { color: var(--bad); font-weight: 600; } .not { color: var(--ink); } .waiting { color: var(--muted); }
    .done { color: var(--good); } .here { color: var(--warn); font-weight: 600; } .void { text-decoration: line-through; color: var(--muted); }
    .stopped { white-space: normal; min-width: 22ch; max-width: 46ch; overflow-wrap: anywhere; } .stopped .sub { color: var(--muted); font-size: 13px; } .why { color: var(--bad); }
    .open { color: var(--link); white-space: nowrap; } .more > td { background: var(--sunk); white-space: normal; padding: 12px 16px 14px; }
    .tasks { position: sticky; left: 16px; width: min(100%, calc(100vw - 60px)); display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 12px 24px; } .tasks h4 { margin: 0 0 4px; font-size: 13.5px; } .tasks ul { margin: 0; padding: 0; list-style: none; font-size: 13.5px; line-height: 1.5; } .tasks li { overflow-wrap: anywhere; padding-left: 20px; text-indent: -20px; }
    .tasks li::before { content: "○"; color: var(--muted); display: inline-block; width: 20px; text-indent: 0; } .tasks li.met::before { content: "✓"; color: var(--good); } .tasks .hint::before { content: "?"; color: var(--accent); } .tasks .now { color: var(--muted); display: block; text-indent: 0; }
    .none { padding: 20px; color: var(--muted); }
    @media (max-width: 760px) { thead button, .narrow input, .narrow select { min-height: 40px; } .narrow input, .narrow select { font-size: 16px; } .who { min-height: 24px; } }
  `];

  override connectedCallback(): void {
    super.connectedCallback();
    this.work.addEventListener("change", this.#update);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.work.removeEventListener("change", this.#update);
  }

  protected override render(): TemplateResult {
    const tasks = this.work.views?.en.tasks ?? [];
    const rows = this.shown();
    const columns = 5 + tasks.length + NUMBERS.length;
    return html`<form class="narrow" @submit=${(event: Event) => event.preventDefault()}>
        <label>${t("class-find")}<input type="search" autocomplete="off" .value=${this.words} @input=${(e: Event) => (this.words = (e.target as HTMLInputElement).value)} /></label>
        <label>${t("class-show")}<select @change=${(e: Event) => (this.only = (e.target as HTMLSelectElement).value as Verdict | "")}><option value="">${t("class-all")}</option>
          ${VERDICTS.map((verdict) => html`<option value=${verdict} ?selected=${this.only === verdict}>${t(`class-is-${verdict}`)} (${this.count(verdict)})</option>`)}</select></label>
        <label>${t("class-stuck-at")}<select @change=${(e: Event) => (this.stuckAt = (e.target as HTMLSelectElement).value)}><option value="">${t("class-anywhere")}</option>
          ${tasks.map(({ id }, i) => html`<option value=${id} ?selected=${this.stuckAt === id}>${i + 1} ${this.work.heading(id)}</option>`)}</select></label>
        <p role="status">${t("class-shown", { shown: rows.length, count: this.work.rows.length })}</p></form>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("class-table")}><table>
        <thead><tr>${this.head("name")}${this.head("result")}${this.head("points")}
          ${tasks.map(({ id }, i) => html`<th scope="col" class="task plain" title=${this.work.heading(id)}><span aria-hidden="true">${i + 1}</span><span class="sr">${t("task-label", { number: i + 1 })}: ${this.work.heading(id)}</span></th>`)}
          ${this.head("stopped")}${NUMBERS.map((column) => this.head(column))}<th scope="col" class="plain">${t("class-run")}</th></tr></thead>
        <tbody>${repeat(rows, (row) => row, (row) => this.row(row, columns))}</tbody></table>
        ${rows.length ? nothing : html`<p class="none">${t("class-none-shown")}</p>`}</div>`;
  }

  private head(column: Column): TemplateResult {
    const here = this.sorted?.by === column;
    const sort = () => {
      this.sorted = here ? { by: column, down: !this.sorted!.down } : { by: column, down: NUMBERS.includes(column) || column === "points" };
    };
    return html`<th scope="col" class=${NUMBERS.includes(column) || column === "points" ? "number" : ""} aria-sort=${here ? (this.sorted!.down ? "descending" : "ascending") : nothing}>
      <button @click=${sort}>${t(`class-col-${column}`)}${here ? html`<span aria-hidden="true"> ${this.sorted!.down ? "↓" : "↑"}</span>` : nothing}</button></th>`;
  }

  private row(row: Row, columns: number): TemplateResult {
    const { view, verdict } = row;
    const open = this.opened.has(row);
    const bad = verdict === "tampered" || verdict === "refused";
    const of = this.work.views?.en.tasks.reduce((sum, task) => sum + task.points, 0) ?? 0;
    return html`<tr data-verdict=${verdict}><th scope="row"><button class="who" aria-expanded=${open} @click=${() => this.toggle(row)}>${row.name}</button>${row.name === row.file ? nothing : html`<span class="file">${row.file}</span>`}</th>
        <td class=${verdict}><span aria-hidden="true">${MARKS[verdict]} </span>${t(`class-is-${verdict}`)}</td>
        <td class="number">${view && !view.refused ? `${view.points} / ${of}` : verdict === "waiting" ? "" : `0 / ${of}`}</td>
        ${(this.work.views?.en.tasks ?? []).map(({ id }) => this.task(row, view?.tasks.find((task) => task.id === id)))}
        <td class="stopped">${bad ? html`<span class="why">${row.reason}</span>` : this.stopped(row)}</td>
        ${NUMBERS.map((column) => html`<td class="number">${view && !view.refused ? number(row, column) : ""}</td>`)}
        <td>${row.link ? html`<a class="open" href=${row.link} target="_blank" rel="noopener">${t("class-open")}<span class="sr"> ${row.name}</span></a>` : nothing}</td></tr>
      ${open ? html`<tr class="more"><td colspan=${columns}>${this.details(row)}</td></tr>` : nothing}`;
  }

  private task(row: Row, task: TaskStanding | undefined): TemplateResult {
    if (!task || row.verdict === "waiting") return html`<td class="task"></td>`;
    if (task.passed) return html`<td class="task ${row.verdict === "tampered" ? "void" : "done"}"><span aria-hidden="true">✓</span><span class="sr">${t("task-passed")}</span></td>`;
    const here = row.stuck === task;
    return html`<td class="task ${here ? "here" : "waiting"}"><span aria-hidden="true">${here ? "●" : "–"}</span><span class="sr">${t(here ? "class-here" : "class-task-open")}</span></td>`;
  }

  private stopped(row: Row): TemplateResult | typeof nothing {
    const { stuck, view } = row;
    if (!view) return nothing;
    if (!stuck) return html`<span class="sub">${t("class-done-at", { step: view.at?.step ?? 0 })}</span>`;
    const why = stuck.checks.find((check) => !check.holds)?.why ?? (stuck.questions.some((question) => !question.right) ? t("class-question-open") : "");
    return html`${this.work.heading(stuck.id)} <span class="sub">· ${t("class-at", { step: view.at?.step ?? 0 })}${why ? html`<br />${why}` : nothing}</span>`;
  }

  private details(row: Row): TemplateResult {
    const { view } = row;
    if (!view?.tasks.length) return html`${row.reason || t("class-is-waiting")}`;
    return html`${view.offences.length ? html`<ul class="why">${view.offences.map(({ text }) => html`<li>${text}</li>`)}</ul>` : nothing}
      ${view.finished ? html`<p class="muted" style="margin:0 0 8px">${t("class-times", { started: view.started || "—", finished: view.finished })}</p>` : nothing}
      <div class="tasks">${view.tasks.map((task, i) => html`<section><h4>${i + 1} ${this.work.heading(task.id)}</h4><ul>
        ${task.checks.map(({ holds, asks, why }) => html`<li class=${holds ? "met" : ""}><span class="sr">${t(holds ? "check-met" : "check-not-yet")} </span>${asks}${why && !why.includes(asks) ? html`<span class="now">${t("check-why", { why })}</span>` : nothing}</li>`)}
        ${task.questions.map((question) => html`<li class=${question.right ? "met" : ""}><span class="sr">${t(question.right ? "check-met" : "check-not-yet")} </span>${this.question(task.id, question.id)}<span class="now">${question.given.length ? t("class-answered", { answer: this.answer(task.id, question.id, question.given) }) : t("class-not-answered")}</span></li>`)}
        ${task.hints.map(({ text }) => html`<li class="hint"><span class="sr">${t("hint")} </span>${text}</li>`)}</ul></section>`)}</div>`;
  }

  private question(task: string, id: string): string {
    return this.work.view.tasks.find((view) => view.id === task)?.questions.find((question) => question.id === id)?.text ?? id;
  }

  private answer(task: string, id: string, given: string[]): string {
    const options = this.work.view.tasks.find((view) => view.id === task)?.questions.find((question) => question.id === id)?.options ?? [];
    return given.map((word) => options.find((option) => option.id === word)?.text ?? word).join(", ");
  }

  private toggle(row: Row): void {
    const opened = new Set(this.opened);
    if (!opened.delete(row)) opened.add(row);
    this.opened = opened;
  }

  private count(verdict: Verdict): number {
    return this.work.rows.filter((row) => row.verdict === verdict).length;
  }

  /** The rows that are asked for, in the order that is asked for. */
  private shown(): Row[] {
    const words = this.words.trim().toLowerCase();
    const rows = this.work.rows.filter((row) => {
      if (this.only && row.verdict !== this.only) return false;
      if (this.stuckAt && row.stuck?.id !== this.stuckAt) return false;
      return !words || `${row.name} ${row.file} ${row.reason}`.toLowerCase().includes(words);
    });
    if (!this.sorted) return rows;
    const { by, down } = this.sorted;
    const keys = new Map(rows.map((row) => [row, this.key(row, by)]));
    const compare = (a: Row, b: Row) => {
      const [x, y] = [keys.get(a)!, keys.get(b)!];
      return typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
    };
    return rows.sort((a, b) => (down ? -1 : 1) * compare(a, b));
  }

  private key(row: Row, by: Column): string | number {
    switch (by) {
      case "name":
        return row.name;
      case "result":
        return VERDICTS.indexOf(row.verdict);
      case "points":
        return row.view?.points ?? -1;
      case "stopped":
        return row.stuck ? (row.view?.tasks.indexOf(row.stuck) ?? 0) : row.verdict === "passed" ? 1000 : 2000;
      default:
        return row.view?.[by] ?? -1;
    }
  }
}

function number(row: Row, column: Column): number {
  return row.view?.[column as "steps"] ?? 0;
}
