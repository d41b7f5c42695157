// Turns: so that a page with many elements stays responsive, one of them works at a time, and a frame passes between two.

let last: Promise<void> = Promise.resolve();

/** Resolves when it is the caller's turn to do one piece of work. */
export function turn(): Promise<void> {
  last = last.then(frame);
  return last;
}

function frame(): Promise<void> {
  // A page in the background gets no frames. After a frame's drawing there is the most room for work.
  return new Promise((resolve) => (document.hidden ? setTimeout(resolve, 0) : requestAnimationFrame(() => setTimeout(resolve, 0))));
}
