// <kube-step>: the first script that a docs page loads, and the only one until a reader wants more. It shows the manifest and a
// button, keeps the room that the panels will need, and fetches them and the engine when it is asked to.
import type { Language } from "../app/words";
import type { RunUntil } from "../wasm/kubestep.js";
import type { Api, Checks, CommandResult, Events, KubeObject, State } from "../../../pkg/kubestep";
import { look, pageRules } from "./look";
import { findManifest, type Manifest } from "./manifest";
import { outline } from "./outline";
import { themeAround, watchTheme, type Theme } from "./theme";
import type { Stage } from "./stage";
import { turn } from "./turns";
import { showsFiles, viewOf } from "./views";
import { languageOf, word } from "./words";

/** This far outside the window, an element with `loading="visible"` begins to load. */
const AHEAD = "300px";

const sheet = sheetOf(look);
const outside = sheetOf(pageRules);

export class KubeStep extends HTMLElement implements Api {
  static readonly observedAttributes = ["view", "step", "theme", "lang", "readonly", "editor", "src", "seed", "nodes", "focus", "lesson"];

  readonly #root = this.attachShadow({ mode: "open" });
  readonly #still = document.createElement("div");
  #manifest: Manifest = { files: [], shown: undefined };
  #stage: Stage | undefined;
  #loading: Promise<Stage> | undefined;
  #unwatch: (() => void) | undefined;
  #seen: IntersectionObserver | undefined;
  /** The run, while the element is out of the page. */
  #kept = "";
  /** Counts the starts, so that one that was overtaken gives way. */
  #starts = 0;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
    Object.assign(this.attachInternals(), { role: "group", ariaLabel: "Kubestep" });
    this.#still.className = "still";
    this.#root.append(this.#still);
  }

  connectedCallback(): void {
    this.#manifest = findManifest(this);
    const { shown } = this.#manifest;
    const margins = shown && [computed(shown, "margin-top"), computed(shown, "margin-bottom")];
    const theme = this.#theme();
    // All elements of a page look at it before the first of them changes it, so that its style is computed once.
    queueMicrotask(() => {
      if (shown) this.#takePlaceOf(shown, margins!);
      this.dataset["look"] = theme;
      this.#draw();
    });
    this.#unwatch = watchTheme(() => this.#dress());
    if (this.#stage || this.#loading) return;
    if (this.#kept) void this.load();
    else if (this.getAttribute("loading") === "visible") this.#whenVisible();
  }

  disconnectedCallback(): void {
    this.#unwatch?.();
    this.#seen?.disconnect();
    // Whoever moves an element takes it out and puts it in at once.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#manifest.shown?.removeAttribute("data-kube-step-shown");
      this.#kept = this.#stage?.run ?? this.#kept;
      this.#stage?.dispose();
      this.#stage = this.#loading = undefined;
    });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.isConnected || before === after) return;
    if (name === "theme") this.#dress();
    else if (name === "lesson") return this.#anotherLesson();
    else if (name === "lang") this.#draw();
    void this.#stage?.attributeChanged(name);
  }

  get language(): Language {
    return languageOf(this);
  }

  get files(): Manifest["files"] {
    return this.#manifest.files.map((file) => ({ ...file }));
  }

  get state(): State | undefined {
    return this.#stage?.state;
  }

  get checks(): Checks | undefined {
    return this.#stage?.checks;
  }

  // ----------------------------------------------------------------------------------------------------------- the API

  load = async (): Promise<State> => (await this.#ready()).state;
  apply = async (text?: string): Promise<CommandResult> => (await this.#ready()).apply(text);
  step = async (): Promise<State> => (await this.#ready()).step();
  back = async (): Promise<State> => (await this.#ready()).back();
  seek = async (moment: number | string): Promise<State> => (await this.#ready()).seek(moment);
  run = async (until: string | RunUntil = "idle"): ReturnType<Api["run"]> => (await this.#ready()).runUntil(until);
  kubectl = async (line: string): Promise<CommandResult> => (await this.#ready()).kubectl(line);
  fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => (await this.#ready()).fetch(input, init);
  objects = async (resource: string): Promise<KubeObject[]> => (await this.#ready()).objects(resource);
  open = async (run: string): Promise<State> => (await this.#ready()).open(run);
  save = async (): Promise<string> => (await this.#ready()).run;

  on<K extends keyof Events>(type: K, listener: (detail: Events[K]) => void): () => void {
    const heard = (event: Event) => event.target === this && listener((event as CustomEvent<Events[K]>).detail);
    this.addEventListener(type, heard);
    return () => this.removeEventListener(type, heard);
  }

  /** For the stage: tells the page. */
  tell<K extends keyof Events>(type: K, detail: Events[K]): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  // ------------------------------------------------------------------------------------------------------------ loading

  #ready(): Promise<Stage> {
    this.#loading ??= this.#start().catch((error: unknown) => {
      this.#loading = undefined;
      this.#draw(true);
      this.tell("error", { message: error instanceof Error ? error.message : String(error) });
      throw error;
    });
    return this.#loading;
  }

  async #start(): Promise<Stage> {
    const mine = ++this.#starts;
    this.#seen?.disconnect();
    this.#draw();
    // The module travels while the panels do.
    const [{ Stage }, module] = await Promise.all([import("./stage"), import("../engine").then((engine) => engine.loadEngine())]);
    await turn();
    const stage = await Stage.on(this, module);
    await stage.begin(this.#kept);
    await turn();
    if (!this.isConnected || mine !== this.#starts) {
      stage.dispose();
      throw new Error("the element was taken out of the page");
    }
    this.#kept = "";
    this.#stage = stage;
    // Someone whose focus was on the button goes on in what took its place.
    const focused = this.#root.activeElement !== null;
    this.#root.append(stage.panel);
    this.#still.hidden = true;
    await stage.panel.updateComplete;
    if (focused) stage.focus();
    this.tell("load", stage.state);
    return stage;
  }

  /** Begins anew, if it has begun. */
  #anotherLesson(): void {
    if (!this.#loading) return this.#draw();
    this.#starts++;
    this.#stage?.dispose();
    this.#stage = this.#loading = undefined;
    this.#kept = "";
    this.#still.hidden = false;
    void this.load().catch(() => {});
  }

  #whenVisible(): void {
    this.#seen = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void this.load().catch(() => {});
      },
      { rootMargin: AHEAD },
    );
    this.#seen.observe(this);
  }

  // ------------------------------------------------------------------------------------------------- before it has loaded

  #takePlaceOf(block: HTMLElement, [before, after]: string[]): void {
    const root = this.getRootNode() as Document | ShadowRoot;
    this.setAttribute("data-attached", "");
    if (!showsFiles(this)) return;
    if (!root.adoptedStyleSheets.includes(outside)) root.adoptedStyleSheets.push(outside);
    this.style.setProperty("--_margin-before", before!);
    this.style.setProperty("--_margin-after", after!);
    block.setAttribute("data-kube-step-shown", "");
  }

  #theme(): Theme {
    const asked = this.getAttribute("theme");
    return asked === "light" || asked === "dark" ? asked : themeAround(this);
  }

  #dress(): void {
    const theme = this.#theme();
    if (this.getAttribute("data-look") !== theme) this.setAttribute("data-look", theme);
  }

  #draw(failed = false): void {
    const { language } = this;
    const make = <K extends keyof HTMLElementTagNameMap>(tag: K, text: string, more: Partial<HTMLElementTagNameMap[K]> = {}): HTMLElementTagNameMap[K] =>
      Object.assign(document.createElement(tag), { textContent: text }, more);
    // What stands above it need not be said again.
    const files = this.#manifest.shown && !showsFiles(this) ? [] : this.#manifest.files;
    const texts = make("div", "", { className: "texts" });
    const pictured = this.querySelector(':scope > [slot="still"]') !== null;
    this.toggleAttribute("data-pictured", pictured);
    if (pictured) {
      texts.className = "picture";
      texts.append(make("slot", "", { name: "still" }));
    } else if (files.length > 0) {
      texts.tabIndex = 0;
      texts.role = "region";
      texts.ariaLabel = word(language, "element-manifest");
      for (const { name, text } of files) texts.append(...(files.length > 1 ? [make("p", name, { className: "name" })] : []), make("pre", text));
    }
    const view = viewOf(this);
    const drawing = !pictured && !view.strip && view.panels.includes("loop") ? [outline()] : [];
    const loading = this.#loading !== undefined && !failed;
    const button = make("button", word(language, loading ? "element-loading" : "element-run"), { type: "button" });
    if (loading) button.ariaBusy = "true";
    button.addEventListener("click", () => void this.load().catch(() => {}));
    const start = make("div", "", { className: "start" });
    const note = failed ? make("p", word(language, "element-failed"), { className: "sorry", role: "alert" }) : make("p", word(language, "element-about"));
    start.append(button, note);
    const focused = this.#root.activeElement?.localName === "button";
    this.#still.lang = language;
    this.#still.className = view.strip ? "still strip" : "still";
    this.#still.replaceChildren(texts, ...drawing, start);
    if (focused) button.focus({ preventScroll: true });
  }
}

/** A style's computed value; the used one, where the browser offers nothing else, makes it lay out the page. */
function computed(element: Element, property: string): string {
  return "computedStyleMap" in element ? String(element.computedStyleMap().get(property) ?? "") : getComputedStyle(element as Element).getPropertyValue(property);
}

function sheetOf(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

if (!customElements.get("kube-step")) customElements.define("kube-step", KubeStep);
