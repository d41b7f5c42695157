// A step's plain sentence, from its facts.
import { has, rich, t, duration } from "../app/words";
import type { Actor, ActionView, CallView, NamedValue, ObjectRef, Value } from "../wasm/kubestep.js";

/** A value as Fluent takes it: plain words. */
export function plain(value: Value): string | number {
  switch (value.type) {
    case "number":
      return value.value;
    case "duration":
      return duration(value.value);
    case "bool":
      return value.value ? "yes" : "no";
    case "object":
      return value.value.name;
    case "objects":
      return value.value.total;
    default:
      return value.value;
  }
}

function named(values: NamedValue[]): Record<string, string | number> {
  return Object.fromEntries(values.map(({ name, value }) => [name, plain(value)]));
}

/** A fault, as a sentence about what was done: `node-down node-2`, `expectations off`, … */
export function faultText(words: string): string {
  const [what = "", first = "", second = "", third = ""] = words.split(" ");
  switch (what) {
    case "node-down":
    case "node-up":
      return t(`fault-${what}`, { node: first });
    case "kill-container":
      return t("fault-kill-container", { pod: first.replace(/^default\//, ""), container: second });
    case "restart-controllers":
      return t("fault-restart-controllers");
    case "fail-call":
      return t("fault-fail-call", { queue: first, call: second, how: third });
    case "workers":
      return t("fault-workers", { queue: first, count: Number(second) });
    case "delivery":
      return t("fault-delivery", { resource: first, state: second });
    default:
      return has(`switch-${what}`) ? t("fault-switch", { what: t(`switch-${what}`), state: first }) : words;
  }
}

/** So many of several objects are named. */
const MOST_NAMES = 3;

type Live<T> = { actor: (actor: Actor) => T; object: (object: ObjectRef) => T };

/** What is done, as a sentence with live parts. */
export function actionSentence<T>(actor: Actor, action: ActionView, live: Live<T>, tense: "act" | "may" = "act"): (string | T)[] {
  const object = action.objects[0];
  const of = action.kind;
  const id = [`${tense}-${of}-${actor.role}`, `${tense}-${of}`].find(has) ?? `${tense}-other`;
  const args = { ...named(action.values), kind: object?.kind ?? "none", action: of, count: action.objects.length, type: "", resource: "", line: "", duration: "" };
  Object.assign(args, named(action.values));
  if (of === "fault") return [faultText(String(named(action.values)["fault"] ?? ""))];
  return rich<T>(id, object ? args : { ...args, object: "" }, {
    actor: live.actor(actor),
    ...(object ? { object: live.object(object) } : {}),
  } as Record<string, T>);
}

/** The same as text, for labels. */
export function actionText(actor: Actor, action: ActionView, tense: "act" | "may" = "act"): string {
  return actionSentence<string>(actor, action, { actor: (a) => a.name, object: (o) => o.name }, tense).join("");
}

/** What came of a step: its writes in words, similar ones together. */
export function outcome<T>(calls: CallView[], object: (ref: ObjectRef) => T): (string | T)[][] {
  const groups = new Map<string, CallView[]>();
  for (const call of calls) {
    if (["get", "list", "watch"].includes(call.verb) && call.code < 400) continue;
    const key = absent(call) ? `absent ${call.object.kind}` : call.code >= 400 ? `refused ${call.reason} ${call.verb}` : `${call.verb} ${call.subresource} ${call.object.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  return [...groups.values()].map((group) => {
    const first = group[0]!;
    const { kind } = first.object;
    const args = { count: group.length, reason: first.reason, verb: first.verb, subresource: first.subresource };
    const fallback = first.subresource ? `did-${first.verb}-sub` : `did-${first.verb}`;
    const id = absent(first) ? "did-not-find" : first.code >= 400 ? "did-refused" : [`did-${first.verb}-${first.subresource}`, fallback].find(has) ?? "did-other";
    // `Pod hello-x7k2p`, or `2 Pods: …`; a name that was never given (a refused creation) is left out.
    const names = group.map((call) => call.object).filter((ref) => ref.name !== "" && kind !== "Event").slice(0, MOST_NAMES);
    const list = names.flatMap((ref, i): (string | T)[] => (i ? [", ", object(ref)] : [object(ref)]));
    const what = group.length > 1 ? t("n-of-kind", { count: group.length, kind }) : kind;
    const colon = list.length === 0 ? "" : group.length > 1 ? ": " : " ";
    return rich<(string | T)[]>(id, args, { what: [what, colon, ...list] }).flat() as (string | T)[];
  });
}

/** A read that found nothing is no failure: whoever asks wants to know. */
export function absent(call: CallView): boolean {
  return call.verb === "get" && call.code === 404;
}
