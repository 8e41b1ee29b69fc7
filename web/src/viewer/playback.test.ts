import { expect, test } from "vitest";
import { beatsOf, frameAtTime, framesOfBeat, passOver, placeAt, timeAtPhase } from "./playback";

const EVEN = { frameStartsMs: [0, 40, 80, 120], loopLengthMs: 160 };
const WHOLE = { first: 0, last: 3 };

test("a late caller skips frames and never slows the loop", () => {
  const pass = passOver(EVEN, WHOLE, false);
  expect([0, 39, 40, 119, 160, 161, 285].map((ms) => placeAt(pass, ms))).toEqual([0, 0, 1, 2, 0, 0, 3]);
});

test("uneven frames keep their own times", () => {
  const pass = passOver({ frameStartsMs: [0, 10, 100], loopLengthMs: 120 }, { first: 0, last: 2 }, false);
  expect([9, 10, 99, 100].map((ms) => placeAt(pass, ms))).toEqual([0, 1, 1, 2]);
});

test("a bouncing loop comes back without showing its ends twice", () => {
  const pass = passOver(EVEN, WHOLE, true);
  expect(pass.frames).toEqual([0, 1, 2, 3, 2, 1]);
  expect(pass.lengthMs).toBe(240);
});

test("a trimmed loop plays only what lies between its trims", () => {
  const pass = passOver(EVEN, { first: 1, last: 2 }, false);
  expect(pass.frames[placeAt(pass, 0)]).toBe(1);
  expect(pass.frames[placeAt(pass, 85)]).toBe(1);
});

test("beats lie between R-waves", () => {
  const { beats, source } = beatsOf({ frameStartsMs: [0], loopLengthMs: 2000 }, [100, 900, 1800], 70);
  expect(source).toBe("R-waves");
  expect(beats).toEqual([
    { startMs: 100, endMs: 900 },
    { startMs: 900, endMs: 1800 },
  ]);
});

test("without R-waves the heart rate divides a clip", () => {
  const { beats, source } = beatsOf({ frameStartsMs: [0], loopLengthMs: 2050 }, [], 60);
  expect(source).toBe("heart rate");
  expect(beats.map((beat) => beat.endMs)).toEqual([1000, 2000]);
});

test("without either a clip is one beat", () => {
  expect(beatsOf(EVEN, [], null).beats).toEqual([{ startMs: 0, endMs: 160 }]);
});

test("a phase finds the same part of every beat, whatever its length", () => {
  const beats = [
    { startMs: 100, endMs: 900 },
    { startMs: 900, endMs: 1900 },
  ];
  expect(timeAtPhase(beats, 0, 0.5)).toBe(500);
  expect(timeAtPhase(beats, 1, 0.5)).toBe(1400);
  expect(timeAtPhase(beats, 2, 0.25)).toBe(300);
});

test("a beat names its frames", () => {
  expect(framesOfBeat(EVEN, { startMs: 40, endMs: 120 })).toEqual({ first: 1, last: 2 });
  expect(frameAtTime(EVEN, 85)).toBe(2);
});
