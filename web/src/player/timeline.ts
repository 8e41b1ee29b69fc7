/** When each frame of a loop is on screen. All times in milliseconds from the loop's start. */
export interface Timeline {
  /** Start of every frame, ascending, first 0. */
  startsMs: number[];
  /** Length of one pass, the last frame's own time included. */
  lengthMs: number;
  /** Forth and back instead of over again (Preferred Playback Sequencing 1). */
  sweeps: boolean;
}

/** The frame that is due `elapsedMs` after the loop began; late callers skip frames. */
export function frameAt(timeline: Timeline, elapsedMs: number): number {
  const { startsMs, lengthMs, sweeps } = timeline;
  if (startsMs.length < 2 || lengthMs <= 0) return 0;
  let time = elapsedMs % (sweeps ? 2 * lengthMs : lengthMs);
  if (time >= lengthMs) time = Math.max(0, 2 * lengthMs - time - 1e-6);
  let low = 0;
  let high = startsMs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((startsMs[middle] ?? 0) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
