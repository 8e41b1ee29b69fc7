import { expect, test } from "vitest";
import { rWavesOf, type Strip, type TraceBox } from "./paintedECG";

const BOX: TraceBox = { left: 0, top: 0, width: 200, height: 30, secondsPerColumn: 0.005 };
const FRAME_MS = 33;
const BRIGHT = 160;

/** A flat trace with narrow peaks at some columns, and a bar where the loop stands. */
function painted(frame: number, peaks: readonly number[], barAt: (ms: number) => number | null): Strip {
  const startMs = frame * FRAME_MS;
  const pixels = new Uint8Array(BOX.width * BOX.height);
  for (let column = 0; column < BOX.width; column++) {
    const away = Math.min(...peaks.map((peak) => Math.abs(column - peak)));
    const height = Math.max(3, 27 - 8 * away);
    for (let row = BOX.height - height; row < BOX.height - height + 2; row++) pixels[row * BOX.width + column] = BRIGHT;
  }
  const bar = barAt(startMs);
  for (let row = 0; bar !== null && row < BOX.height; row++) {
    for (let column = bar; column < bar + 3; column++) pixels[row * BOX.width + column] = 200;
  }
  return { startMs, pixels };
}

const FRAMES = [0, 3, 6, 9, 12, 15, 18, 21, 24, 27];
const along = (from: number) => (ms: number) => from + Math.round(ms / 5);

test("R-waves lie where the moving bar meets the peaks", () => {
  const strips = FRAMES.map((frame) => painted(frame, [20, 120], along(10)));
  const waves = rWavesOf(strips, BOX, 950);
  expect(waves).toHaveLength(2);
  expect(Math.abs((waves[0] ?? 0) - 50)).toBeLessThan(8);
  expect(Math.abs((waves[1] ?? 0) - 550)).toBeLessThan(8);
});

test("peaks before the first frame and after the last are not of this loop", () => {
  const strips = FRAMES.map((frame) => painted(frame, [5, 105, 195], along(10)));
  expect(rWavesOf(strips, BOX, 700)).toHaveLength(1);
});

test("without a bar, or with one that does not go with the loop, nothing is claimed", () => {
  expect(rWavesOf(FRAMES.map((frame) => painted(frame, [20, 120], () => null)), BOX, 950)).toEqual([]);
  const jumping = FRAMES.map((frame, at) => painted(frame, [20, 120], () => (at % 2 ? 10 : 150)));
  expect(rWavesOf(jumping, BOX, 950)).toEqual([]);
});

test("a flat line has no R-waves", () => {
  expect(rWavesOf(FRAMES.map((frame) => painted(frame, [-500], along(10))), BOX, 950)).toEqual([]);
});
