// From where a run stands to a moment that an author wrote.
import type { Session } from "../app/session";
import type { ObjectRef, RunEnd, RunUntil, StepLine } from "../wasm/kubestep.js";
import type { Moment } from "./moment";

/** Runs on (or goes back) to it; how that ended. */
export async function runTo(session: Session, moment: Moment): Promise<RunEnd | "stopped"> {
  switch (moment.type) {
    case "step":
      if (moment.step <= session.view.length) {
        session.seek(moment.step);
        return "reached";
      }
      return session.runUntil({ type: "step", step: moment.step });
    case "action": {
      let left = moment.nth;
      const found = await session.stepUntil((line) => line.action.kind === moment.action && concerns(line, moment.of) && --left === 0);
      return found ? "reached" : "idle";
    }
    case "condition": {
      const object = named(session, moment.object);
      if (!object) throw new Error(`${moment.object}: there is no such object`);
      return session.runUntil({ type: "condition", object, condition: moment.condition, status: moment.status });
    }
    default:
      return session.runUntil(untilOf(moment));
  }
}

function untilOf(moment: Extract<Moment, { type: "idle" | "change" | "event" }>): RunUntil {
  if (moment.type === "event") return { type: "event", reason: moment.reason };
  return moment.type === "idle" ? { type: "idle" } : { type: "objectChange", object: undefined };
}

/** Whether a step was done by this actor, or is about this object, kind or resource. */
function concerns(line: StepLine, of: string): boolean {
  if (of === "" || line.actor.name === of) return true;
  const resource = line.action.values.some(({ name, value }) => name === "resource" && value.type === "text" && value.value.split(".")[0] === of);
  return resource || line.action.objects.some((object) => [object.name, object.kind.toLowerCase(), object.resource].includes(of) || object.name.startsWith(`${of}-`));
}

/** `job/pi`, by kind or resource. */
function named(session: Session, text: string): ObjectRef | undefined {
  const [kind = "", name = ""] = text.toLowerCase().split("/");
  const rows = session.ask((engine) => engine.objects("", "", 500))?.rows.items ?? [];
  return rows.map((row) => row.object).find((object) => object.name === name && (object.kind.toLowerCase() === kind || object.resource.split(".")[0] === kind));
}
