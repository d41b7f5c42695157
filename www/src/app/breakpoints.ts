// Places in a component's work where a run stops, and which of them a step passed.
import type { BreakpointView, NoteView, StepView } from "../wasm/kubestep.js";

/** What a mark at this note of a step would be: an event handler belongs to the controller that it names, a phase to whoever acted. */
export function placeOf(record: StepView, note: NoteView): BreakpointView | undefined {
  const text = (name: string): string => {
    const value = note.values.find((v) => v.name === name)?.value;
    return value?.type === "text" ? value.value : "";
  };
  if (note.phase === "handler") return { controller: text("controller"), place: text("handler") };
  return record.line.action.kind === "reconcile" ? { controller: record.line.actor.name, place: note.phase } : undefined;
}

export function same(a: BreakpointView, b: BreakpointView): boolean {
  return a.controller === b.controller && a.place === b.place;
}

/** The first marked place that a step passed. */
export function passed(record: StepView, marked: BreakpointView[]): BreakpointView | undefined {
  if (marked.length === 0) return undefined;
  const places = record.notes.map((note) => placeOf(record, note)).filter((place) => place !== undefined);
  return marked.find((mark) => places.some((place) => place.place === mark.place && (mark.controller === "" || mark.controller === place.controller)));
}
