// What a thrown thing means: the module failed, or it refused.

/** A trap of the module or a broken promise of its memory, as against a refusal with a code. */
export function crashed(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || (error instanceof Error && !("code" in error));
}

export function faultMessage(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return String(error);
}
