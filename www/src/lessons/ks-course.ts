// The course: its lessons in order, what each is about, how long it takes, and how far the reader has come.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { LESSONS, type LessonEntry } from "./list";
import { language, t } from "../app/words";
import { download } from "../app/download";
import { settingsButtons } from "../ui/page";
import { shared } from "../ui/panel";
import * as progress from "./progress";

const IDS = LESSONS.map(({ id }) => id);

@customElement("ks-course")
export class KsCourse extends LitElement {
  @state() private said: { id: string; values?: Record<string, string | number>; error?: boolean } | undefined;
  @query("#import") private picker!: HTMLInputElement;

  static override styles = [shared, css`
    .bar { display: flex; align-items: center; gap: 6px; padding: 6px 16px; border-bottom: 1px solid var(--line); background: var(--surface); min-height: 46px; }
    .brand { font-size: 16px; font-weight: 650; letter-spacing: -0.01em; color: inherit; text-decoration: none; margin-right: auto; }
    main { max-width: 760px; margin: 0 auto; padding: 40px 20px 60px; }
    h1 { font-size: 30px; line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; margin: 0 0 12px; } .lead { font-size: 16px; line-height: 1.65; margin: 0 0 8px; max-width: 62ch; text-wrap: pretty; }
    .so-far { color: var(--muted); margin: 14px 0 24px; display: flex; gap: 8px 12px; flex-wrap: wrap; align-items: center; }
    ol { list-style: none; margin: 0; padding: 0; }
    li { border-top: 1px solid var(--line); } li:last-child { border-bottom: 1px solid var(--line); }
    .row { display: grid; grid-template-columns: 30px minmax(0, 1fr) auto; gap: 2px 12px; padding: 15px 6px; color: inherit; text-decoration: none; border-radius: 6px; }
    .row:hover { background: var(--hover); } .row:hover .title { text-decoration: underline; text-underline-offset: 3px; }
    .n { color: var(--muted); font-variant-numeric: tabular-nums; text-align: right; line-height: 24px; } .title { font-size: 16px; font-weight: 600; line-height: 24px; }
    .about { grid-column: 2 / 4; color: var(--muted); line-height: 1.55; text-wrap: pretty; } .facts { color: var(--muted); font-size: 13px; line-height: 24px; white-space: nowrap; font-variant-numeric: tabular-nums; }
    .facts .done { color: var(--good); font-weight: 600; } .facts .begun { color: var(--accent); font-weight: 600; }
    footer { margin-top: 30px; display: flex; gap: 8px; flex-wrap: wrap; align-items: center; } footer p { flex-basis: 100%; margin: 0 0 4px; color: var(--muted); line-height: 1.6; max-width: 62ch; } footer a { color: var(--link); }
    .said { padding: 8px 12px; background: var(--note); border-radius: 8px; border: 1px solid var(--line); } .said.error { border-left: 4px solid var(--bad); }
    @media (max-width: 560px) { main { padding: 24px 14px 48px; } h1 { font-size: 25px; } .row { grid-template-columns: 22px minmax(0, 1fr); padding-inline: 2px; } .facts { grid-column: 2; grid-row: 3; } .about { grid-column: 2; } .button { min-height: 40px; } }
  `];

  protected override render(): TemplateResult {
    const done = LESSONS.filter((lesson) => stateOf(lesson) === "done").length;
    const next = LESSONS.find((lesson) => stateOf(lesson) === "begun") ?? LESSONS.find((lesson) => stateOf(lesson) === "new");
    const minutes = LESSONS.reduce((sum, lesson) => sum + lesson.minutes, 0);
    return html`<header class="bar"><a class="brand" href="./">Kubestep</a><a class="button quiet" href="./">${t("playground")}</a>${settingsButtons(this.speak)}</header>
      <main><h1>${t("course")}</h1><p class="lead">${t("course-about")}</p>
        <p class="so-far"><span>${t("course-so-far", { done, count: LESSONS.length, minutes })}</span>
          ${next ? html`<a class="button primary" href=${href(next)}>${t(done || stateOf(next) === "begun" ? "course-continue" : "course-begin", { title: next.title[language()] })}</a>` : nothing}</p>
        <ol>${LESSONS.map((lesson, i) => this.lesson(lesson, i + 1))}</ol>
        <footer><p>${t("course-kept")}</p>
          ${this.said ? html`<p class="said ${this.said.error ? "error" : ""}" role=${this.said.error ? "alert" : "status"}>${t(this.said.id, this.said.values)}</p>` : nothing}
          <button class="button" @click=${() => download("kubestep-progress.json", progress.exported(IDS))}>${t("progress-export")}</button>
          <button class="button" @click=${() => this.picker.click()}>${t("progress-import")}</button>
          <input id="import" type="file" accept=".json,application/json" hidden aria-label=${t("progress-import")} @change=${this.import} />
          <a href="./lesson.html">${t("exercise-open")}</a><a href="./author.html">${t("author-link")}</a><a href="./class.html">${t("class-link")}</a></footer></main>`;
  }

  private lesson(lesson: LessonEntry, n: number): TemplateResult {
    const passed = progress.kept(lesson.id)?.passed.length ?? 0;
    const is = stateOf(lesson);
    return html`<li><a class="row" href=${href(lesson)}><span class="n" aria-hidden="true">${n}</span><span class="title">${lesson.title[language()]}</span>
      <span class="facts">${t("lesson-minutes", { minutes: lesson.minutes })}${is === "done" ? html` · <span class="done">✓ ${t("lesson-is-done")}</span>` : is === "begun" ? html` · <span class="begun">${t("lesson-is-begun", { passed, count: lesson.tasks })}</span>` : nothing}</span>
      <span class="about">${lesson.about[language()]}</span></a></li>`;
  }

  private import = async (): Promise<void> => {
    const [file] = this.picker.files ?? [];
    this.picker.value = "";
    if (!file) return;
    try {
      if (file.size > progress.MOST_BYTES) throw new Error("large");
      const taken = progress.imported(await file.text(), IDS);
      this.said = { id: "progress-imported", values: { count: taken.length } };
    } catch (error) {
      const why = (error as Error).message;
      this.said = { id: ["large", "newer"].includes(why) ? `progress-${why}` : "progress-broken", error: true };
    }
  };

  private speak = (): void => {
    document.title = `${t("course")} · Kubestep`;
    this.requestUpdate();
  };
}

function href({ id }: LessonEntry): string {
  return `./lesson.html?id=${id}`;
}

function stateOf(lesson: LessonEntry): "new" | "begun" | "done" {
  const kept = progress.kept(lesson.id);
  if (!kept) return "new";
  return kept.passed.length >= lesson.tasks ? "done" : "begun";
}
