// A live picture in a lesson's text: a paused moment with a session of its own, which can be stepped without touching the
// learner's run; or the learner's run itself. It is made when it comes into sight.
import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Session } from "../app/session";
import { duration, t } from "../app/words";
import "../panels/ks-inspector";
import "../panels/ks-loop";
import "../panels/ks-step";
import "../panels/ks-terminal";
import { icon, shared, type Panel } from "../ui/panel";
import { reveal } from "./reveal";
import type { ObjectRef, WidgetView } from "../wasm/kubestep.js";
import type { LessonSession } from "./lesson-session";

@customElement("ks-moment")
export class KsMoment extends LitElement {
  @property({ attribute: false }) session!: LessonSession;
  @property({ attribute: false }) widget!: WidgetView;
  /** The widget's block. */
  @property() block = "";
  @state() private own: Session | undefined;
  @state() private failed = "";
  @state() private seen = false;
  #start = 0;
  readonly #update = () => this.requestUpdate();
  readonly #speak = () => {
    this.own?.dispatchEvent(new Event("language"));
    this.requestUpdate();
  };
  readonly #watch = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && void this.show(), { rootMargin: "300px" });

  static override styles = [shared, css`
    :host { display: block; margin: 18px 0; }
    figure { margin: 0; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; background: var(--page); }
    figcaption { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; padding: 6px 8px 6px 16px; border-bottom: 1px solid var(--line-soft); font-size: 13px; background: var(--surface); min-height: 44px; }
    .name { font-weight: 600; } .where { color: var(--muted); font-variant-numeric: tabular-nums; flex: 1 1 0; min-width: 12ch; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .panel { overflow: auto; max-height: 460px; background: var(--surface); } .panel.loop { background: var(--page); }
    .wait { min-height: 260px; } pre { padding: 12px 16px; overflow: auto; max-height: 420px; }
    .sorry { color: var(--bad); padding: 12px 16px; margin: 0; }
    @media (max-width: 760px) { .button { min-height: 40px; min-width: 40px; } }
  `];

  override connectedCallback(): void {
    super.connectedCallback();
    this.session.addEventListener("language", this.#speak);
    this.#watch.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.session.removeEventListener("language", this.#speak);
    this.#watch.disconnect();
    this.own?.dispose();
    this.own = undefined;
    this.seen = false;
  }

  private async show(): Promise<void> {
    if (this.seen) return;
    this.seen = true;
    if (!this.widget.paused) return;
    // A moment is a run of its own, whatever is in it.
    await this.session.engines.whole();
    if (!this.seen || this.own) return;
    try {
      this.own = this.session.moment(this.block);
      this.own.addEventListener("world", this.#update);
      this.#start = this.own.view.step;
    } catch (error) {
      this.failed = String((error as { message?: unknown }).message ?? error);
    }
  }

  protected override render(): TemplateResult {
    const { widget } = this;
    const name = t(`widget-${widget.kind}`);
    const shown = widget.paused ? this.own : this.session;
    return html`<figure aria-label=${widget.paused ? t("widget-paused", { name }) : name}>
      <figcaption><span class="name">${name}</span><span class="where">${this.own ? t("widget-at", { step: this.own.view.step, time: duration(this.own.view.nowMs) }) : widget.paused ? t("widget-moment") : t("widget-yours")}</span>
        ${this.own ? this.buttons(this.own) : nothing}</figcaption>
      ${this.failed ? html`<p class="sorry">${this.failed}</p>` : widget.kind === "yaml" ? this.yaml(shown) : shown && this.seen ? html`<div class="panel ${widget.kind}" tabindex="0" role="group" aria-label=${name}>${this.panel(shown)}</div>` : html`<div class="wait"></div>`}
    </figure>`;
  }

  private buttons(own: Session): TemplateResult {
    const moved = own.view.step !== this.#start;
    return html`${moved ? html`<button class="button quiet" @click=${() => own.seek(this.#start)}>${t("widget-reset")}</button>` : nothing}
      <button class="button" ?disabled=${own.view.step === 0} aria-label=${t("back")} title=${t("back")} @click=${() => own.back()}>${icon("back")}</button>
      <button class="button" ?disabled=${own.view.enabled.total === 0} aria-label=${t("widget-step-title")} title=${t("widget-step-title")} @click=${() => own.step()}>${icon("step")}</button>`;
  }

  private panel(shown: Session): TemplateResult | typeof nothing {
    switch (this.widget.kind) {
      case "loop":
        return html`<ks-loop .session=${shown}></ks-loop>`;
      case "step":
        return html`<ks-step .session=${shown}></ks-step>`;
      case "objects":
        return html`<ks-inspector .session=${shown}></ks-inspector>`;
      case "terminal":
        return html`<ks-terminal .session=${shown}></ks-terminal>`;
      default:
        return nothing;
    }
  }

  /** The file as it is in the editor. */
  private yaml(shown: Session | undefined): TemplateResult {
    return html`<pre tabindex="0" aria-label=${this.widget.file}>${(shown ?? this.session).files.find((file) => file.name === this.widget.file)?.text ?? ""}</pre>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.seen || !(changed.has("own" as never) || changed.has("seen" as never))) return;
    const panel = this.renderRoot.querySelector<Panel>(".panel > *");
    const shown = this.widget.paused ? this.own : this.session;
    if (!panel || !shown) return;
    const object = this.widget.focus ? find(shown, this.widget.focus) : undefined;
    if (object && this.widget.paused) shown.select(object);
    void panel.updateComplete.then(() => {
      const box = panel.renderRoot.querySelector<HTMLElement>(`[data-box="${CSS.escape(this.widget.focus)}"]`);
      if (box) box.style.outline = "2px solid var(--actor, var(--accent))";
      reveal(panel, box);
    });
  }
}

/** `job/hello`, among the objects that there are. */
function find(session: Session, focus: string): ObjectRef | undefined {
  const [kind = "", name] = focus.split("/");
  const rows = name ? session.ask((engine) => engine.objects("", "", 500)) : undefined;
  const all = [...(rows?.rows.items ?? []), ...(rows?.machinery.items ?? [])];
  return all.find(({ object }) => object.name === name && object.kind.toLowerCase() === kind.toLowerCase())?.object;
}
