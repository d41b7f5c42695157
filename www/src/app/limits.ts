// How much a session shows, runs and waits for at once.

/** How many items of a list a panel shows. */
export const LIMIT = 12;
export const MARKS = 240;
/** A frame has 16 ms; the engine may use half of it. */
export const SLICE_MS = 8;
/** A run is shown this often: the eye needs no more, and drawing costs more than running. */
export const SHOW_MS = 100;
export const MAX_FILE = 1 << 20;
/** Who looks for a step gives up after so many. */
export const MOST_STEPS = 20_000;
/** A failure so soon after the last one has the same cause. */
export const AGAIN_MS = 2_000;
export const SPEEDS = [0.5, 1, 2, 5, 20];
