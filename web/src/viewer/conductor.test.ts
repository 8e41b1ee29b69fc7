import { expect, test } from "vitest";
import { phaseOf } from "./conductor";
import { timeAtPhase } from "./playback";

const SLOW = [
  { startMs: 50, endMs: 1050 },
  { startMs: 1050, endMs: 2050 },
];
const FAST = [{ startMs: 0, endMs: 400 }];

test("a phase found in a slow heart is the same phase in a fast one", () => {
  const { beat, part } = phaseOf(SLOW, 1300);
  expect({ beat, part }).toEqual({ beat: 1, part: 0.25 });
  expect(timeAtPhase(FAST, beat, part)).toBe(100);
});

test("what lies outside every beat counts to the nearest end", () => {
  expect(phaseOf(SLOW, 0)).toEqual({ beat: 0, part: 0 });
  expect(phaseOf(SLOW, 9999)).toEqual({ beat: 1, part: 1 });
});
