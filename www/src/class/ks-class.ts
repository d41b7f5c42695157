// The page for teachers: an exercise and what a class handed in for it, and then who passed what. Everything is graded in this
// page, by replaying it; nothing leaves it.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { download } from "../app/download";
import { language, t, type Language } from "../app/words";
import { MOST_BYTES, NoExercise, given, needed, readExercise, textsOf } from "../lessons/exercise";
import { LESSONS } from "../lessons/list";
import type { Inline, Section } from "../lessons/prose";
import { settingsButtons } from "../ui/page";
import { shared } from "../ui/panel";
import { ClassWork, type Exercise } from "./class-work";
import { dropped, handedIn, lessonOf } from "./handed";
import "./ks-class-table";

@customElement("ks-class")
export class KsClass extends LitElement {
  readonly work = new ClassWork();
  /** The lesson chosen, or the name of the file that holds the exercise. */
  @state() private chosen = "";
  @state() private fileName = "";
  @state() private wrong = "";
  @state() private over = false;
  @state() private reading: { done: number; of: number } | undefined;
  @query("#exercise") private exercisePicker!: HTMLInputElement;
  @query("#submissions") private picker!: HTMLInputElement;

  static override styles = [shared, css`
    :host { display: block; min-height: 100dvh; }
    .bar { display: flex; align-items: center; gap: 6px; padding: 6px 16px; border-bottom: 1px solid var(--line); background: var(--surface); min-height: 46px; }
    .brand { font-size: 16px; font-weight: 650; letter-spacing: -0.01em; color: inherit; text-decoration: none; } .push { margin-right: auto; }
    main { max-width: 1320px; margin: 0 auto; padding: 24px 20px 60px; } h1 { font-size: 26px; font-weight: 650; letter-spacing: -0.015em; margin: 0 0 6px; } .lead { margin: 0 0 18px; line-height: 1.6; max-width: 80ch; color: var(--muted); text-wrap: pretty; }
    .take { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 14px; margin: 0 0 18px; } .card { border: 1px solid var(--line); border-radius: 12px; background: var(--surface); padding: 14px 18px 16px; } .card h2 { color: var(--ink); font-size: 14px; margin: 0 0 10px; }
    .card select { border: 1px solid var(--line); border-radius: 6px; background: var(--surface); min-height: 32px; padding: 3px 6px; width: 100%; margin: 0 0 10px; } .row { display: flex; gap: 8px 12px; align-items: center; flex-wrap: wrap; } .row p { margin: 0; color: var(--muted); overflow-wrap: anywhere; }
    .drop { border: 2px dashed var(--line); border-radius: 10px; padding: 16px; } .over .drop { border-color: var(--accent); background: var(--note); }
    .wrong { padding: 8px 12px; margin: 0 0 14px; background: var(--note); border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 8px; overflow-wrap: anywhere; }
    .progress { display: flex; gap: 12px; align-items: center; margin: 0 0 16px; flex-wrap: wrap; } progress { flex: 1; min-width: 140px; height: 10px; accent-color: var(--accent); } .progress span { font-variant-numeric: tabular-nums; }
    .results { display: flex; gap: 10px 24px; align-items: end; flex-wrap: wrap; margin: 4px 0 14px; } .results h2 { font-size: 18px; color: var(--ink); margin-right: auto; } .ways { display: flex; gap: 8px; flex-wrap: wrap; }
    .figures { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0 0 14px; padding: 0; list-style: none; } .figures b { font-size: 20px; font-weight: 650; font-variant-numeric: tabular-nums; margin-right: 5px; } .good b { color: var(--good); } .bad b { color: var(--bad); }
    .summary { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 10px 22px; margin: 0 0 20px; padding: 0; list-style: none; } .summary li { min-width: 0; } .summary .what { display: flex; gap: 8px; } .summary .what span:first-child { flex: 1; min-width: 0; overflow-wrap: anywhere; } .summary .n { font-variant-numeric: tabular-nums; white-space: nowrap; }
    .meter { height: 8px; border-radius: 4px; background: var(--line); overflow: hidden; margin: 4px 0 2px; } .meter i { display: block; height: 100%; background: var(--good); } .summary small { color: var(--muted); font-size: 13px; }
    @media (max-width: 760px) { main { padding: 18px 12px 48px; } .take { grid-template-columns: minmax(0, 1fr); } .button, .card select { min-height: 40px; } .card select { font-size: 16px; } h1 { font-size: 22px; } }
  `];

  override connectedCallback(): void {
    super.connectedCallback();
    this.work.addEventListener("change", () => this.requestUpdate());
    const asked = new URLSearchParams(location.search).get("id");
    if (asked && LESSONS.some(({ id }) => id === asked)) void this.lesson(asked);
  }

  protected override render(): TemplateResult {
    const { work } = this;
    return html`<header class="bar"><a class="brand" href="./">Kubestep</a><a class="button quiet" href="./lessons.html">${t("lessons")}</a><a class="button quiet push" href="./author.html">${t("author")}</a>${settingsButtons(this.speak)}</header>
      <main class=${this.over ? "over" : ""} @dragover=${this.drag} @dragleave=${this.leave} @drop=${this.drop}><h1>${t("class")}</h1><p class="lead">${t("class-about")}</p>
        <div class="take"><section class="card" aria-labelledby="step-1"><h2 id="step-1">1. ${t("class-exercise")}</h2>
            <select aria-label=${t("class-exercise")} @change=${(e: Event) => void this.lesson((e.target as HTMLSelectElement).value)}><option value="" ?selected=${!this.chosen}>${this.fileName || t("class-choose-lesson")}</option>
              ${LESSONS.map(({ id, title }, i) => html`<option value=${id} ?selected=${this.chosen === id}>${i + 1}. ${title[language()]}</option>`)}</select>
            <div class="row"><button class="button" @click=${() => this.exercisePicker.click()}>${t("class-exercise-file")}</button><p>${t("class-exercise-drop")}</p></div>
            <input id="exercise" type="file" accept=".zip,application/zip" hidden aria-label=${t("class-exercise-file")} @change=${this.pickExercise} /></section>
          <section class="card" aria-labelledby="step-2"><h2 id="step-2">2. ${t("class-submissions")}</h2>
            <div class="drop row"><button class="button ${work.rows.length ? "" : "primary"}" @click=${() => this.picker.click()}>${t("class-choose-files")}</button><p>${t("class-drop")}</p></div>
            <input id="submissions" type="file" multiple hidden aria-label=${t("class-choose-files")} @change=${this.pick} /></section></div>
        ${this.wrong ? html`<p class="wrong" role="alert">${this.wrong}</p>` : nothing}
        ${this.progress()}${work.rows.length ? this.results() : nothing}</main>`;
  }

  private progress(): TemplateResult {
    const { progress, exercise, rows } = this.work;
    const now = this.reading ?? progress;
    const words = this.reading ? t("class-reading", now) : progress ? t("class-grading", progress) : "";
    const waits = !exercise && rows.length ? html`<p role="status">${t("class-needs-exercise")}</p>` : nothing;
    return html`${now ? html`<div class="progress"><progress max=${now.of} value=${now.done} aria-label=${words}></progress><span>${words}</span>
        ${progress ? html`<button class="button" @click=${() => this.work.cancel()}>${t("class-cancel")}</button>` : nothing}</div>` : waits}`;
  }

  private results(): TemplateResult {
    const { work } = this;
    const of = (verdict: string) => work.rows.filter((row) => row.verdict === verdict).length;
    const [passed, not, tampered, refused, waiting] = ["passed", "not", "tampered", "refused", "waiting"].map(of) as [number, number, number, number, number];
    const figure = (count: number, id: string, look = "") => (count || id === "passed" ? html`<li class=${look}><b>${count}</b>${t(`class-figure-${id}`, { count })}</li>` : nothing);
    return html`<div class="results"><h2>${work.exercise ? work.view.title : t("class-submissions")}</h2><div class="ways">
          ${waiting && work.exercise && !work.progress ? html`<button class="button primary" @click=${() => void work.grade()}>${t("class-go-on")}</button>` : nothing}
          <button class="button" ?disabled=${!work.exercise || waiting === work.rows.length} @click=${this.csv}>${t("class-csv")}</button>
          <button class="button quiet" @click=${() => work.clear()}>${t("class-clear")}</button></div></div>
      ${work.exercise ? html`<ul class="figures" aria-label=${t("class-figures")}>${figure(passed, "passed", "good")}${figure(not, "not")}${figure(tampered, "tampered", "bad")}${figure(refused, "refused", "bad")}${figure(waiting, "waiting")}</ul>
        ${this.summary()}` : nothing}
      <p class="sr" role="status">${work.took && !work.progress ? t("class-graded", { count: work.took.count, seconds: (work.took.ms / 1000).toFixed(1) }) : ""}</p>
      ${work.took && !work.progress ? html`<p class="muted" style="margin:0 0 12px">${t("class-graded", { count: work.took.count, seconds: (work.took.ms / 1000).toFixed(1) })}</p>` : nothing}
      ${work.exercise ? html`<ks-class-table .work=${work} lang=${language()}></ks-class-table>` : html`<p class="muted">${t("class-waiting-files", { count: work.rows.length })}</p>`}`;
  }

  /** For each task, how many have passed it, and for how many it is where they stopped. */
  private summary(): TemplateResult {
    const { work } = this;
    const counted = work.rows.filter((row) => row.verdict === "passed" || row.verdict === "not");
    return html`<ul class="summary" aria-label=${t("class-summary")}>${work.view.tasks.map(({ id }, i) => {
      const passed = counted.filter((row) => row.view?.tasks[i]?.passed).length;
      const stuck = counted.filter((row) => row.stuck?.id === id).length;
      return html`<li><div class="what"><span>${i + 1}. ${work.heading(id)}</span><span class="n">${t("class-passed-of", { passed, count: counted.length })}</span></div>
        <div class="meter" aria-hidden="true"><i style=${`width: ${counted.length ? (100 * passed) / counted.length : 0}%`}></i></div><small>${t("class-stuck-here", { count: stuck })}</small></li>`;
    })}</ul>`;
  }

  // ------------------------------------------------------------------------------------------------------- the exercise

  private async lesson(id: string): Promise<void> {
    const found = LESSONS.find((lesson) => lesson.id === id);
    if (!found) return;
    const [files, en, zh] = await Promise.all([found.files(), found.prose.en(), found.prose["zh-CN"]()]);
    this.fileName = "";
    this.chosen = id;
    await this.use({ id, files: files.default, headings: { en: headings(en.default), "zh-CN": headings(zh.default) } });
  }

  private pickExercise = async (): Promise<void> => {
    const [file] = this.exercisePicker.files ?? [];
    this.exercisePicker.value = "";
    if (file) await this.exerciseFile(file);
  };

  private async exerciseFile(file: File): Promise<void> {
    try {
      if (file.size > MOST_BYTES) throw new NoExercise("exercise-large");
      const files = readExercise(new Uint8Array(await file.arrayBuffer()));
      const texts = await textsOf(files);
      const headed: Exercise["headings"] = {};
      for (const [language, sections] of Object.entries(texts)) headed[language as Language] = headings(sections);
      this.chosen = "";
      this.fileName = file.name;
      await this.use({ id: "", files: needed(files), carried: given(files), headings: headed });
    } catch (error) {
      this.wrong = `${file.name}: ${error instanceof NoExercise ? t(error.id, error.values) : String((error as Error).message ?? error)}`;
    }
  }

  private async use(exercise: Exercise): Promise<void> {
    this.wrong = "";
    try {
      await this.work.choose(exercise);
    } catch (error) {
      this.wrong = `${this.fileName || this.chosen}: ${t("exercise-wrong", { message: String((error as Error).message ?? error) })}`;
    }
  }

  // ---------------------------------------------------------------------------------------------------- the submissions

  private drag = (event: DragEvent): void => {
    event.preventDefault();
    this.over = true;
  };

  private leave = (event: DragEvent): void => {
    if (!(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null)) this.over = false;
  };

  private drop = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    this.over = false;
    if (event.dataTransfer) await this.take(await dropped(event.dataTransfer));
  };

  private pick = async (): Promise<void> => {
    const files = [...(this.picker.files ?? [])];
    this.picker.value = "";
    await this.take(files);
  };

  /** Reads what was dropped: an exercise among it is the exercise, all else are submissions. */
  private async take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.wrong = "";
    this.reading = { done: 0, of: files.length };
    for (const [i, file] of files.entries()) {
      if (/\.zip$/i.test(file.name) && file.size <= MOST_BYTES && (await isExercise(file))) await this.exerciseFile(file);
      else this.work.add(await handedIn(file));
      this.reading = { done: i + 1, of: files.length };
      if (i % 20 === 19) await new Promise((resolve) => setTimeout(resolve));
    }
    this.reading = undefined;
    await (this.work.exercise ? this.work.grade() : this.guess());
  }

  /** Where no exercise is chosen, the lesson that most submissions say they are for. */
  private async guess(): Promise<void> {
    const counts = new Map<string, number>();
    for (const { handed } of this.work.rows) {
      const id = lessonOf(handed);
      if (id && LESSONS.some((lesson) => lesson.id === id)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    if (most) await this.lesson(most[0]);
  }

  private csv = async (): Promise<void> => {
    download(`${this.work.view.id}.csv`, await this.work.csv(), "text/csv;charset=utf-8");
  };

  private speak = (): void => {
    document.title = `${t("class")} · Kubestep`;
    this.requestUpdate();
    this.renderRoot.querySelector<LitElement>("ks-class-table")?.requestUpdate();
  };
}

/** The headings of a text's sections about tasks. */
function headings(sections: readonly Section[]): Map<string, string> {
  const plain = (pieces: readonly Inline[]): string => pieces.map((piece) => (typeof piece === "string" ? piece : plain(piece.of))).join("");
  return new Map(sections.flatMap(({ task, blocks }) => (task && blocks[0]?.tag === "h" ? [[task, plain(blocks[0].of)] as const] : [])));
}

/** Whether a zip has a lesson in it, rather than submissions. */
async function isExercise(file: File): Promise<boolean> {
  try {
    readExercise(new Uint8Array(await file.arrayBuffer()));
    return true;
  } catch {
    return false;
  }
}
