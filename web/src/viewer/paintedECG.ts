/**
 * R-waves read from a painted ECG: the trace stands still and a bar goes along it with the loop.
 *
 * Ultrasound objects have no ECG of their own, only pixels in a region (PS3.3 C.8.5.5, Region Data
 * Type 10). A trace that scrolls, or is swept without a bar, is not understood here.
 */

/** The trace's part of one frame. */
export interface Strip {
  /** When the frame begins, in the loop's own time. */
  startMs: number;
  /** Brightness of each pixel, row by row: the largest of red, green and blue. */
  pixels: Uint8Array;
}

/** Where in the picture the trace lies. */
export interface TraceBox {
  left: number;
  top: number;
  width: number;
  height: number;
  secondsPerColumn: number;
}

/** How much brighter than the trace alone a column under the bar is. */
const BAR_RISE = 60;
/** The widest QRS complex, at half its height. */
const LONGEST_WAVE_S = 0.16;
/** 250 beats a minute. */
const SHORTEST_BEAT_S = 0.24;
const LEAST_BRIGHTNESS = 50;
/** Strips must agree about where the bar is at which time. */
const MOST_DISAGREEMENT_MS = 50;
const FEWEST_STRIPS = 4;
/** Text beside the trace, and its ends, are no waves. */
const LEAST_RISE_PX = 4;

/** Finds the R-waves of a loop, in ms from its first frame; none where the trace is not understood. */
export function rWavesOf(strips: readonly Strip[], box: TraceBox, loopLengthMs: number): number[] {
  if (strips.length < FEWEST_STRIPS || !(box.secondsPerColumn > 0)) return [];
  const still = stillPixels(strips, box);
  const origin = loopStart(strips, still, box);
  if (origin === undefined) return [];
  const msPerColumn = 1000 * box.secondsPerColumn;
  return peaksOf(still, box)
    .map((column) => origin + column * msPerColumn)
    .filter((ms) => ms > -0.5 * msPerColumn && ms <= loopLengthMs)
    .map((ms) => Math.max(0, ms));
}

/** What all strips share: the middle value of each pixel, so that the bar is gone. */
function stillPixels(strips: readonly Strip[], { width, height }: TraceBox): Uint8Array {
  const still = new Uint8Array(width * height);
  const values = new Array<number>(strips.length);
  for (let at = 0; at < still.length; at++) {
    strips.forEach(({ pixels }, strip) => (values[strip] = pixels[at] ?? 0));
    values.sort((one, other) => one - other);
    still[at] = values[(values.length - 1) >> 1] ?? 0;
  }
  return still;
}

/** The time of column 0: the loop's time goes on as the bar does; undefined: there is no such bar. */
function loopStart(strips: readonly Strip[], still: Uint8Array, box: TraceBox): number | undefined {
  const origins: number[] = [];
  for (const { startMs, pixels } of strips) {
    const column = barOf(pixels, still, box);
    if (column !== undefined) origins.push(startMs - 1000 * column * box.secondsPerColumn);
  }
  if (origins.length < FEWEST_STRIPS) return undefined;
  const middle = medianOf(origins);
  const agreeing = origins.filter((origin) => Math.abs(origin - middle) <= MOST_DISAGREEMENT_MS);
  return agreeing.length >= Math.max(FEWEST_STRIPS, 0.7 * strips.length) ? medianOf(agreeing) : undefined;
}

/** The first column of what is bright over most of the height in this strip alone. */
function barOf(pixels: Uint8Array, still: Uint8Array, { width, height }: TraceBox): number | undefined {
  for (let column = 0; column < width; column++) {
    let risen = 0;
    for (let row = 0; row < height; row++) {
      const at = row * width + column;
      if ((pixels[at] ?? 0) - (still[at] ?? 0) > BAR_RISE) risen++;
    }
    if (risen > 0.6 * height) return column;
  }
  return undefined;
}

/** Columns of the peaks that stand out upwards, narrow as an R-wave. */
function peaksOf(still: Uint8Array, box: TraceBox): number[] {
  const heights = traceHeights(still, box);
  const known = heights.filter((height) => height >= 0);
  if (known.length < 0.3 * box.width) return [];
  const base = medianOf(known);
  const rise = Math.max(...known) - base;
  if (rise < LEAST_RISE_PX) return [];
  const peaks: number[] = [];
  let from = -1;
  for (let column = 0; column <= box.width; column++) {
    const isHigh = column < box.width && (heights[column] ?? -1) > base + 0.55 * rise;
    if (isHigh && from < 0) from = column;
    if (isHigh || from < 0) continue;
    const width = (column - from) * box.secondsPerColumn;
    const peak = highestBetween(heights, from, column);
    const last = peaks.at(-1);
    const isApart = last === undefined || (peak - last) * box.secondsPerColumn >= SHORTEST_BEAT_S;
    if (width <= LONGEST_WAVE_S && isApart) peaks.push(peak);
    from = -1;
  }
  return peaks;
}

/** How high above the strip's lower edge the trace is in each column; -1 where there is none. */
function traceHeights(still: Uint8Array, { width, height }: TraceBox): number[] {
  const brightest = still.reduce((most, value) => Math.max(most, value), 0);
  const threshold = Math.max(LEAST_BRIGHTNESS, 0.45 * brightest);
  return Array.from({ length: width }, (_, column) => {
    for (let row = 0; row < height; row++) {
      if ((still[row * width + column] ?? 0) >= threshold) return height - 1 - row;
    }
    return -1;
  });
}

/** The middle of the highest columns: a clipped peak is flat. */
function highestBetween(heights: readonly number[], from: number, to: number): number {
  const most = Math.max(...heights.slice(from, to));
  const at = heights.slice(from, to).flatMap((height, column) => (height === most ? [from + column] : []));
  return at.reduce((sum, column) => sum + column, 0) / at.length;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? 0;
}
