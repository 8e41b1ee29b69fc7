/** Which frame is due when: one pass over a clip, beats, and phases. No clock of its own. */

/** One pass: frames in the order they are shown, and when each begins. Times in ms. */
export interface Pass {
  frames: readonly number[];
  startsMs: readonly number[];
  lengthMs: number;
}

/** A stretch of a clip in the clip's own time, from R-wave to R-wave where they are known. */
export interface Beat {
  startMs: number;
  endMs: number;
}

/** What a clip says about its time. */
export interface ClipTiming {
  frameStartsMs: readonly number[];
  loopLengthMs: number;
}

export interface Trim {
  first: number;
  last: number;
}

/** Lays out one pass over the frames from `first` to `last`, and back again when it bounces. */
export function passOver(timing: ClipTiming, { first, last }: Trim, bounces: boolean): Pass {
  const forth: number[] = [];
  for (let frame = first; frame <= last; frame++) forth.push(frame);
  const frames = bounces && forth.length > 2 ? [...forth, ...forth.slice(1, -1).reverse()] : forth;
  const startsMs: number[] = [];
  let at = 0;
  for (const frame of frames) {
    startsMs.push(at);
    at += durationMs(timing, frame);
  }
  return { frames, startsMs, lengthMs: at };
}

/** How long a frame stays on screen. */
export function durationMs(timing: ClipTiming, frame: number): number {
  const start = timing.frameStartsMs[frame] ?? 0;
  return Math.max(0.1, (timing.frameStartsMs[frame + 1] ?? timing.loopLengthMs) - start);
}

/** The place in the pass that is due `elapsedMs` after it began; a late caller skips frames. */
export function placeAt(pass: Pass, elapsedMs: number): number {
  if (pass.frames.length < 2 || pass.lengthMs <= 0) return 0;
  return lastNotAfter(pass.startsMs, modulo(elapsedMs, pass.lengthMs));
}

/** Begin of the first place in the pass that shows `frame`. */
export function startOf(pass: Pass, frame: number): number {
  const place = pass.frames.indexOf(frame);
  return place < 0 ? 0 : (pass.startsMs[place] ?? 0);
}

/** The frame of a clip that is on screen at a moment of the clip's own time. */
export function frameAtTime(timing: ClipTiming, ms: number): number {
  return lastNotAfter(timing.frameStartsMs, ms);
}

/** What the beats of a clip are known by, the best first. */
export type BeatSource = "R-waves" | "painted ECG" | "heart rate" | "whole clip";

/**
 * Splits a clip into heart beats: between R-waves; else by heart rate; else the clip is one.
 *
 * A part before the first R-wave or after the last is left out when a whole beat exists.
 */
export function beatsOf(
  timing: ClipTiming,
  rWavesMs: readonly number[],
  heartRate: number | null,
  wavesFrom: BeatSource = "R-waves",
): { beats: Beat[]; source: BeatSource } {
  const peaks = rWavesMs.filter((ms) => ms >= 0 && ms <= timing.loopLengthMs);
  const between = peaks.slice(1).map((endMs, at) => ({ startMs: peaks[at] ?? 0, endMs }));
  if (between.length > 0) return { beats: between, source: wavesFrom };
  const wholeMs = timing.loopLengthMs;
  if (heartRate && heartRate > 0) {
    const beatMs = 60_000 / heartRate;
    const from = peaks[0] ?? 0;
    const count = Math.floor((wholeMs - from + 0.1 * beatMs) / beatMs);
    if (count >= 1) {
      const beats = Array.from({ length: count }, (_, at) => ({
        startMs: from + at * beatMs,
        endMs: Math.min(wholeMs, from + (at + 1) * beatMs),
      }));
      return { beats, source: "heart rate" };
    }
  }
  return { beats: [{ startMs: 0, endMs: wholeMs }], source: "whole clip" };
}

/** The clip time at a phase: `beat` counts on and wraps, `part` is 0 at one R-wave, 1 at the next. */
export function timeAtPhase(beats: readonly Beat[], beat: number, part: number): number {
  const chosen = beats[modulo(Math.floor(beat), beats.length)] ?? { startMs: 0, endMs: 0 };
  return chosen.startMs + part * (chosen.endMs - chosen.startMs);
}

/** The frames that lie in a beat. */
export function framesOfBeat(timing: ClipTiming, beat: Beat): Trim {
  const first = timing.frameStartsMs.findIndex((ms) => ms >= beat.startMs - 1);
  const after = timing.frameStartsMs.findIndex((ms) => ms >= beat.endMs - 1);
  const last = after < 0 ? timing.frameStartsMs.length - 1 : after - 1;
  return { first: Math.max(0, first), last: Math.max(first, last, 0) };
}

export function meanBeatMs(beats: readonly Beat[]): number {
  const sum = beats.reduce((total, beat) => total + beat.endMs - beat.startMs, 0);
  return Math.max(1, sum / Math.max(1, beats.length));
}

function lastNotAfter(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = Math.max(0, ascending.length - 1);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ascending[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function modulo(value: number, length: number): number {
  return ((value % length) + length) % length;
}
