// What a session tells: its notices, and what changed.
import type { View } from "../wasm/kubestep.js";
import { t } from "./words";

export type { Notice } from "./notice";
/** What a lesson may not allow: a command, a change of a file, a fault or a switch, another choice than the default. */
export type Deed = "command" | "file" | "fault" | "choice";
/** What changed: the panels that show nothing of it stay as they are. */
export type Change = "world" | "files" | "terminal" | "selection" | "ui";

/** The pods that are all that the cluster waits for, by name. */
export function waitsFor({ waitsFor: { items, total } }: View): string {
  const names = items.slice(0, 3).map((pod) => pod.name);
  return names.join(", ") + (total > names.length ? ` ${t("more", { count: total - names.length })}` : "");
}
