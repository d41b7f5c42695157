// The pause between two slices of work.

export function frame(): Promise<void> {
  // A page in the background gets no animation frames; a run goes on there all the same.
  return new Promise((resolve) => (document.hidden ? setTimeout(resolve, 0) : requestAnimationFrame(() => resolve())));
}
