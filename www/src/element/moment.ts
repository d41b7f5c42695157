// `step="…"`: the moment at which an element opens.

export type Moment =
  | { type: "step"; step: number }
  | { type: "idle" }
  | { type: "change" }
  | { type: "event"; reason: string }
  | { type: "condition"; object: string; condition: string; status: string }
  /** The `nth` step in which this was done, by this actor or about this object (`""`: whoever). */
  | { type: "action"; action: string; of: string; nth: number };

/** What authors call an action, and what the engine calls it. */
const ACTIONS: Readonly<Record<string, string>> = {
  sync: "reconcile", reconcile: "reconcile", deliver: "deliver", list: "list", schedule: "schedule", kubelet: "syncPod", process: "process",
  timer: "timer", command: "command", request: "request", fault: "fault", probe: "probe",
};

/**
 * `12`, `idle`, `change`, `event SuccessfulCreate`, `condition job/pi Complete`, `sync job-controller`, `schedule pi-x7k2p`,
 * `sync job-controller 2` (the second time); several, one after the other, with `;` between. Throws with what it does not know.
 */
export function readMoments(text: string): Moment[] {
  return text.split(";").map((part) => part.trim()).filter(Boolean).map(readMoment);
}

function readMoment(text: string): Moment {
  const words = text.split(/\s+/);
  const [first = "", second = "", third = ""] = words;
  if (/^\d+$/.test(first) && words.length === 1) return { type: "step", step: Number(first) };
  if ((first === "idle" || first === "end") && words.length === 1) return { type: "idle" };
  if (first === "change" && words.length === 1) return { type: "change" };
  if (first === "event" && words.length <= 2) return { type: "event", reason: second };
  if (first === "condition" && words.length === 3) {
    const [condition = "", status = "True"] = third.split("=");
    return { type: "condition", object: second, condition, status };
  }
  const action = ACTIONS[first];
  if (action !== undefined && words.length <= 3) {
    const last = words.at(-1)!;
    const counted = words.length > 1 && /^[1-9]\d*$/.test(last);
    const of = words.slice(1, counted ? -1 : undefined);
    if (of.length <= 1) return { type: "action", action, of: of[0] ?? "", nth: counted ? Number(last) : 1 };
  }
  throw new Error(`step="${text}": a number, idle, change, event REASON, condition KIND/NAME TYPE, or an action (${Object.keys(ACTIONS).join(", ")}) with an actor's or object's name and a count`);
}
