// What a <kube-step> becomes once it has loaded: a session of its own, the panels that its author chose, and the answers to the
// page's scripts. This is the entry of the chunk that holds the panels.
import { faultMessage } from "../app/failure";
import { decodeLink } from "../app/link";
import { Session } from "../app/session";
import { setLanguage, t } from "../app/words";
import type { EngineModule } from "../engine";
import { arrived } from "../l10n/texts";
import { actionText } from "../ui/sentence";
import type { RunUntil } from "../wasm/kubestep.js";
import type { LessonSession } from "../lessons/lesson-session";
import type { Checks, CommandResult, Ended, KubeObject, State } from "../../../pkg/kubestep";
import { fetchFrom } from "./api-door";
import type { KubeStep } from "./kube-step";
import { KsEmbed } from "./ks-embed";
import { readMoments } from "./moment";
import { runTo } from "./run-to";
import { fetchSource } from "./source";
import { turn } from "./turns";
import { viewOf } from "./views";

export class Stage {
  readonly panel = new KsEmbed();
  readonly fetch: ReturnType<typeof fetchFrom>;
  #told: { step: number; branch: number; revision: number } | undefined;
  readonly #ended = new Set<string>();

  #checked = "";

  private constructor(
    private readonly host: KubeStep,
    private readonly module: EngineModule,
    readonly session: Session,
    /** The session again, where the element has a lesson. */
    private readonly lesson: { session: LessonSession; part: typeof import("./lesson") } | undefined,
  ) {
    // Hints that lead through a first visit are the playground's.
    this.session.applied = this.session.stepped = true;
    this.fetch = fetchFrom(this.session);
  }

  /** With the lesson that the element names; or without one. */
  static async on(host: KubeStep, module: EngineModule): Promise<Stage> {
    const name = host.getAttribute("lesson");
    if (name === null) return new Stage(host, module, new Session(module), undefined);
    const part = await import("./lesson");
    await arrived(host.language);
    const session = await part.openLesson(name, host.baseURI, module, host.language);
    return new Stage(host, module, session, { session, part });
  }

  /** Makes the cluster and goes to the moment that is to be shown first. `kept`: the run that the element had before. */
  async begin(kept: string): Promise<void> {
    const { host, session } = this;
    await arrived(host.language);
    session.language = host.language;
    setLanguage(host.language);
    await this.#fill(kept);
    await turn();
    if (kept === "") await this.#firstMoment();
    this.panel.session = session;
    this.attributeChanged("view");
    session.addEventListener("world", this.#world);
    session.addEventListener("ui", this.#notice);
    if (this.lesson) {
      this.#checked = JSON.stringify(this.checks);
      session.addEventListener("standing", this.#check);
    }
    this.#told = this.#now();
    this.#jobs();
  }

  async #fill(kept: string): Promise<void> {
    const { host, module, session } = this;
    if (this.lesson) return kept ? this.lesson.session.goOn(kept) : undefined;
    const src = host.getAttribute("src");
    const source = kept ? { run: kept } : src ? await fetchSource(src, host.baseURI) : { files: host.files };
    if ("run" in source) return session.adopt(module.importRun(source.run));
    const files = source.files.length > 0 ? source.files : [{ name: "manifest.yaml", text: "" }];
    const engine = module.create({ seed: number(host, "seed", 1), nodes: number(host, "nodes", 3), files });
    // The first of a page is slow: the browser compiles what it calls for the first time.
    await turn();
    session.adopt(engine);
  }

  /** Where nobody could apply them, or a moment is asked for, the files are applied first. Going back before that is possible. */
  async #firstMoment(): Promise<void> {
    const { host, session } = this;
    const step = host.getAttribute("step");
    const view = viewOf(host);
    const applies = view.strip || !(view.panels.includes("files") || view.panels.includes("terminal") || host.hasAttribute("editor"));
    if (!this.lesson && session.view.length === 0 && (applies || step !== null)) {
      for (const file of session.files.filter((file) => file.text.trim() !== "")) session.command(`kubectl apply -f ${file.name}`);
      await turn();
      session.seek(step === null ? 0 : 1);
    }
    session.readonly = host.hasAttribute("readonly");
    if (step !== null) await this.#goTo(step);
  }

  async #goTo(step: string): Promise<void> {
    try {
      for (const moment of readMoments(step)) await runTo(this.session, moment);
    } catch (error) {
      this.session.say({ id: "notice-refused", values: { message: faultMessage(error) }, severity: "error" });
    }
  }

  async attributeChanged(name: string): Promise<void> {
    const { host, session, panel } = this;
    switch (name) {
      case "view":
      case "editor":
      case "readonly": {
        const view = viewOf(host);
        if (view.strip) panel.view = view;
        else {
          const panels = view.panels.filter((name) => name !== "tasks" || this.lesson);
          panel.view = { strip: false, panels: host.hasAttribute("editor") && !panels.includes("files") ? ["files", ...panels] : panels };
        }
        session.readonly = host.hasAttribute("readonly");
        session.changed("ui", "files", "terminal");
        break;
      }
      case "focus":
        panel.marked = host.getAttribute("focus") ?? "";
        break;
      case "lang":
        await Promise.all([arrived(host.language), this.lesson?.part.wordsOf(host.language)]);
        session.language = host.language;
        session.dispatchEvent(new Event("language"));
        panel.requestUpdate();
        break;
      case "step":
        await this.#goTo(host.getAttribute("step") ?? "0");
        break;
      case "src":
      case "seed":
      case "nodes":
        if (!this.lesson) await this.#anew();
    }
  }

  async #anew(): Promise<void> {
    try {
      this.#ended.clear();
      await this.#fill("");
      await this.#firstMoment();
    } catch (error) {
      this.session.say({ id: "notice-refused", values: { message: faultMessage(error) }, severity: "error" });
    }
  }

  focus(): void {
    void this.panel.updateComplete.then(() => this.panel.focusFirst());
  }

  dispose(): void {
    this.session.removeEventListener("world", this.#world);
    this.session.removeEventListener("ui", this.#notice);
    this.session.removeEventListener("standing", this.#check);
    this.panel.remove();
    this.session.dispose();
  }

  // ------------------------------------------------------------------------------------------------- what scripts ask

  get run(): string {
    return this.lesson?.session.written() ?? this.session.lastGood;
  }

  get checks(): Checks | undefined {
    return this.lesson?.part.checksOf(this.lesson.session);
  }

  get state(): State {
    const { view, timeline, record, playing, running } = this.session;
    const { step, length, nowMs: timeMs, clock, revision, idle } = view;
    const line = record?.line;
    setLanguage(this.host.language);
    return {
      step, length, timeMs, clock, revision, idle, playing: playing || running !== undefined,
      actor: line?.actor.name ?? "",
      action: line?.action.kind ?? "",
      sentence: line ? actionText(line.actor, line.action) : t("step-beginning"),
      branch: timeline.branches.find((branch) => branch.current)?.name ?? "",
    };
  }

  apply(text?: string): CommandResult {
    const { session } = this;
    const name = session.activeFile || "manifest.yaml";
    if (text !== undefined) {
      session.setFile(name, text);
      session.showFile(name);
    }
    return this.kubectl(`apply -f ${name}`);
  }

  kubectl(line: string): CommandResult {
    const { session } = this;
    if (session.readonly) return { stdout: "", stderr: "error: this element is read-only\n", code: 1 };
    const typed = /^\s*kubectl\b/.test(line) ? line : `kubectl ${line}`;
    const why = session.forbids("command", typed);
    if (why) return { stdout: "", stderr: `error: ${why}\n`, code: 1 };
    session.command(typed);
    const last = session.ask((engine) => engine.terminal(0).entries)?.at(-1);
    const text = (error: boolean) => last?.output.filter((piece) => piece.error === error).map((piece) => piece.text).join("") ?? "";
    return { stdout: text(false), stderr: text(true), code: last?.exit ?? null };
  }

  step(): State {
    this.session.step();
    return this.state;
  }

  back(): State {
    this.session.back();
    return this.state;
  }

  async seek(moment: number | string): Promise<State> {
    for (const one of readMoments(String(moment))) await runTo(this.session, one);
    return this.state;
  }

  async runUntil(until: string | RunUntil): Promise<State & { end: Awaited<ReturnType<typeof runTo>> }> {
    let end: Awaited<ReturnType<typeof runTo>> = "reached";
    if (typeof until === "string") for (const moment of readMoments(until)) end = await runTo(this.session, moment);
    else end = await this.session.runUntil(until);
    return { ...this.state, end };
  }

  async objects(resource: string): Promise<KubeObject[]> {
    const path = await this.#pathOf(resource.toLowerCase());
    if (!path) throw new Error(`the server doesn't have a resource type ${JSON.stringify(resource)}`);
    const list = (await (await this.fetch(path)).json()) as { items: KubeObject[]; apiVersion: string; kind: string };
    const kind = list.kind.replace(/List$/, "");
    return list.items.map((item) => ({ ...item, apiVersion: list.apiVersion, kind }));
  }

  /** `pods`, `job`, `jobs.batch` or `cm`: where its list is. */
  async #pathOf(resource: string): Promise<string | undefined> {
    type Group = { preferredVersion: { groupVersion: string } };
    const { groups } = (await (await this.fetch("/apis")).json()) as { groups: Group[] };
    for (const path of ["/api/v1", ...groups.map((group) => `/apis/${group.preferredVersion.groupVersion}`)]) {
      type Resource = { name: string; singularName: string; kind: string; shortNames?: string[] };
      const { resources } = (await (await this.fetch(path)).json()) as { resources: Resource[] };
      const group = path.split("/")[2] ?? "";
      const found = resources.find((r) => !r.name.includes("/") && [r.name, r.singularName, r.kind.toLowerCase(), `${r.name}.${group}`, ...(r.shortNames ?? [])].includes(resource));
      if (found) return `${path}/${found.name}`;
    }
    return undefined;
  }

  open(run: string): State {
    const text = run.includes("#v") ? decodeLink(run.slice(run.indexOf("#v"))) : run;
    this.#ended.clear();
    if (this.lesson) this.lesson.session.goOn(text ?? "");
    else this.session.adopt(this.module.importRun(text ?? ""));
    return this.state;
  }

  // ---------------------------------------------------------------------------------------------------- what it tells

  readonly #world = (): void => {
    const [before, now] = [this.#told, this.#now()];
    this.#told = now;
    if (!before) return;
    if (before.step !== now.step || before.branch !== now.branch) this.host.tell("step", this.state);
    if (before.revision !== now.revision || before.branch !== now.branch) this.host.tell("change", this.state);
    for (const ended of this.#jobs()) this.host.tell("complete", { ...this.state, ...ended });
  };

  /** Once a change, whatever else the step did. */
  readonly #check = (): void => {
    const { checks } = this;
    const now = JSON.stringify(checks);
    if (!checks || now === this.#checked) return;
    this.#checked = now;
    this.host.tell("check", checks);
  };

  #now(): { step: number; branch: number; revision: number } {
    const { view, timeline } = this.session;
    return { step: view.step, branch: timeline.branches.find((branch) => branch.current)?.id ?? 0, revision: view.revision };
  }

  /** The Jobs that have ended since this was asked last. One that time was turned back for ends anew. */
  #jobs(): Ended[] {
    const now = new Set<string>();
    const found: Ended[] = [];
    for (const { object, columns } of this.session.view.apiServer.workloads.items) {
      const condition = columns.find((column) => column.header === "STATUS")?.text;
      if (object.kind !== "Job" || (condition !== "Complete" && condition !== "Failed")) continue;
      const name = `${object.namespace}/${object.name}`;
      now.add(name);
      if (!this.#ended.has(name)) found.push({ job: object.name, namespace: object.namespace, condition });
    }
    this.#ended.clear();
    for (const name of now) this.#ended.add(name);
    return found;
  }

  readonly #notice = (): void => {
    const { notice } = this.session;
    if (notice?.severity === "error") {
      setLanguage(this.host.language);
      this.host.tell("error", { message: t(notice.id, notice.values) });
    }
  };
}

function number(element: Element, name: string, usual: number): number {
  const value = Number(element.getAttribute(name) ?? NaN);
  return Number.isInteger(value) && value >= 0 ? value : usual;
}

