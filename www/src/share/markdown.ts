// A run as Markdown: the manifests, the commands, and the steps as a table, in the reader's language.
import { duration, t } from "../app/words";
import type { Session } from "../app/session";
import { actionSentence, outcome } from "../ui/sentence";
import type { StepLine } from "../wasm/kubestep.js";

/** As many lines of history the engine gives at once. */
const AT_ONCE = 500;
/** A table of more rows helps nobody. */
export const MOST_ROWS = 2000;

export interface Range {
  from: number;
  to: number;
  /** Every step, or only those that wrote, and what the person did. */
  all: boolean;
}

/** The steps of a range; the engine's own order of what matters: a person, a write, then the rest. */
export function chosen(session: Session, { from, to, all }: Range): StepLine[] {
  const steps: StepLine[] = [];
  for (let at = from; at <= to; at += AT_ONCE) {
    const lines = session.ask((engine) => engine.history(at, Math.min(AT_ONCE, to - at + 1)).steps) ?? [];
    steps.push(...lines.filter((line) => all || line.writes > 0 || ["command", "fault"].includes(line.action.kind)));
  }
  return steps;
}

export function markdown(session: Session, range: Range): string {
  const steps = chosen(session, range);
  const commands = session.ask((engine) => engine.terminal(0).entries) ?? [];
  const parts = [
    `# ${t("markdown-title", { from: range.from, to: range.to })}`,
    `[${t("markdown-link")}](${session.link()})`,
    ...session.files.filter(({ text }) => text.trim() !== "").map(({ name, text }) => `${t("markdown-file", { name: code(name) })}\n\n${fenced(name.endsWith(".sh") ? "sh" : /\.ya?ml$/.test(name) ? "yaml" : "", text)}`),
  ];
  if (commands.length) parts.push(`${t("markdown-commands")}\n\n${fenced("console", commands.map(({ line }) => `$ ${line}`).join("\n"))}`);
  if (steps.length) {
    const head = [t("markdown-step"), t("markdown-time"), t("markdown-who"), t("markdown-what")];
    const rows = steps.slice(0, MOST_ROWS).map((line) => [String(line.step), duration(line.atMs), cell(line.actor.name), what(session, line)]);
    parts.push([head, ["---:", "---:", "---", "---"], ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n"));
    if (steps.length > MOST_ROWS) parts.push(t("more", { count: steps.length - MOST_ROWS }));
  }
  return `${parts.join("\n\n")}\n`;
}

/** The sentence of a step and of what came of it. */
function what(session: Session, line: StepLine): string {
  const live = { actor: (actor: { name: string }) => ({ name: actor.name }), object: (object: { name: string }) => ({ code: object.name }) };
  const put = (parts: (string | { name?: string; code?: string })[]) =>
    parts.map((part) => (typeof part === "string" ? cell(part) : part.code !== undefined ? code(part.code) : cell(part.name ?? ""))).join("");
  const record = session.ask((engine) => engine.stepRecord(line.step));
  const sentence = actionSentence<{ name?: string; code?: string }>(line.actor, line.action, live);
  return [put(sentence), ...outcome<{ name?: string; code?: string }>(record?.calls ?? [], live.object).map(put)].join(" ");
}

/** Text in a cell: nothing of it is markup. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|~$&]/g, (c) => (c === "<" ? "&lt;" : c === "&" ? "&amp;" : `\\${c}`)).replace(/\s*\n\s*/g, " ");
}

/** Text between backticks, of which names may have none; a bar would end the cell all the same. */
function code(text: string): string {
  return `\`${text.replace(/[`\n]/g, "'").replaceAll("|", "\\|")}\``;
}

/** A block that its own text cannot end. */
function fenced(of: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${of}\n${text.replace(/\n*$/, "\n")}${fence}`;
}
