// A lesson's text with its widgets, section by section.
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { t } from "../app/words";
import { shared } from "../ui/panel";
import type { WidgetView } from "../wasm/kubestep.js";
import "./ks-moment";
import "./ks-question";
import "./ks-task";
import { LessonPart } from "./part";
import type { Block, Section } from "./prose";
import { blocks } from "./render";

export const proseStyles = css`
  article { font-size: 16px; line-height: 1.65; overflow-wrap: break-word; }
  h1 { font-size: 26px; line-height: 1.25; font-weight: 650; letter-spacing: -0.015em; margin: 0 0 14px; text-wrap: balance; }
  article h2 { font-size: 19px; line-height: 1.35; font-weight: 650; margin: 38px 0 10px; color: var(--ink); letter-spacing: -0.01em; scroll-margin-top: 16px; }
  article h3 { font-size: 16px; margin: 24px 0 8px; }
  article p { margin: 0 0 13px; text-wrap: pretty; } article ul, article ol { margin: 0 0 13px; padding-left: 26px; } article li { margin: 3px 0; }
  article code { font-family: var(--mono); font-size: 0.86em; background: var(--sunk); border: 1px solid var(--line-soft); border-radius: 4px; padding: 0.5px 4px; overflow-wrap: anywhere; }
  article pre { background: var(--sunk); border: 1px solid var(--line-soft); border-radius: 8px; padding: 10px 14px; margin: 0 0 13px; overflow-x: auto; font-size: 13px; }
  article a { color: var(--link); text-underline-offset: 2px; } article strong { font-weight: 650; }
  blockquote { margin: 0 0 13px; padding-left: 14px; border-left: 3px solid var(--line); color: var(--muted); }
  .table { overflow-x: auto; margin: 0 0 13px; } table { border-collapse: collapse; font-size: 14.5px; } th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line-soft); vertical-align: top; }
  hr { border: 0; border-top: 1px solid var(--line); margin: 24px 0; }
`;

@customElement("ks-prose")
export class KsProse extends LessonPart {
  @property({ attribute: false }) sections: Section[] = [];

  static override styles = [shared, proseStyles, css`.wrong { border: 1px solid var(--bad); color: var(--bad); border-radius: 8px; padding: 8px 12px; white-space: pre-wrap; font-size: 14px; }`];

  protected override render(): TemplateResult {
    const widgets = new Map<string, WidgetView | string>();
    for (const block of this.sections.flatMap((section) => all(section.blocks))) widgets.set(block, this.session.widget(block));
    const views = [...widgets.values()].filter((widget) => typeof widget !== "string");
    return html`<article>${this.sections.map((section) => this.section(section, widgets, views))}</article>`;
  }

  private section(section: Section, widgets: Map<string, WidgetView | string>, views: WidgetView[]): TemplateResult {
    const task = section.task;
    const here = all(section.blocks).map((block) => widgets.get(block)!).filter((widget) => typeof widget !== "string");
    // A task that the text shows no card of still has hints, and questions that the text does not show still are asked.
    const carded = !task || here.some((widget) => widget.kind === "task" && (widget.task || task) === task);
    const first = here.find((widget) => widget.kind === "question");
    const asked = this.session.lesson.tasks.find(({ id }) => id === task)?.questions ?? [];
    const missing = asked.filter(({ id }) => !views.some((widget) => widget.kind === "question" && widget.question === id));
    const shown = blocks(section.blocks, (text) => this.widget(text, widgets.get(text)!, task, carded ? undefined : first));
    return html`<section id=${task || nothing} data-task=${task || nothing}>${shown}${!carded && !first && !missing.length && task ? html`<ks-task .session=${this.session} task=${task}></ks-task>` : nothing}${
      missing.map(({ id }, i) => html`<ks-question .session=${this.session} question=${id} hints-of=${!carded && !first && i === 0 ? task : ""}></ks-question>`)}</section>`;
  }

  private widget(text: string, widget: WidgetView | string, task: string, hinted: WidgetView | undefined): TemplateResult {
    if (typeof widget === "string") return html`<p class="wrong" role="note">${t("widget-wrong", { message: widget })}</p>`;
    switch (widget.kind) {
      case "task":
        return html`<ks-task .session=${this.session} task=${widget.task || task} command=${widget.command}></ks-task>`;
      case "question":
        return html`<ks-question .session=${this.session} question=${widget.question} hints-of=${widget === hinted ? task : ""}></ks-question>`;
      default:
        return html`<ks-moment .session=${this.session} .widget=${widget} block=${text}></ks-moment>`;
    }
  }
}

/** The widgets' blocks among these. */
function all(blocks: Block[]): string[] {
  return blocks.flatMap((block) => (block.tag === "widget" ? [block.text] : block.tag === "quote" ? all(block.of) : block.tag === "ul" || block.tag === "ol" ? block.items.flatMap(all) : []));
}
