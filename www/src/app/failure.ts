// What a thrown thing means: the module failed, or it refused.

/** A trap of the module or a broken promise of its memory, as against a refusal with a code. */
export function crashed(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || (error instanceof Error && !("code" in error));
}

/** The module's second half was needed, and could not be had (its own kind of error lies with the module). */
export function halved(error: unknown): boolean {
  return error instanceof Error && error.name === "SecondHalfMissing";
}

/** The message for a page that could not start. */
export function noEngine(error: unknown): string {
  return halved(error) ? "notice-no-second-start" : "notice-no-engine";
}

export function faultMessage(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return String(error);
}

/** Frees an engine. One that failed cannot be freed: it went with its instance, or goes with the page. */
export function letGo(engine: { free(): void }): void {
  try {
    engine.free();
  } catch {
    // There is nothing left to free.
  }
}
