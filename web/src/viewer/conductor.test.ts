import { expect, test, vi } from "vitest";
import type { Cine, Phase } from "./cine";
import { Conductor, phaseOf } from "./conductor";
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

function player(stageName: string, beatMs: number) {
  const followed: { phase?: Phase | undefined } = {};
  const instance = { stageName, frameStartsMs: [0, beatMs / 2], loopLengthMs: beatMs };
  const cine = {
    frame: 0,
    instance,
    go: vi.fn(),
    follow: (phase: Phase | undefined) => (followed.phase = phase),
  } as unknown as Cine;
  return { cine, beats: [{ startMs: 0, endMs: beatMs }], followed };
}

test("by beat all stages go at the leader's heart rate, by stage each at its own", () => {
  const rest = player("Rest", 1000);
  const peak = player("Peak", 400);
  const other = player("peak", 500);
  const conductor = new Conductor();
  const after = (ms: number) => performance.now() + ms;
  conductor.lead("beat", [rest, peak, other], rest, 1);
  expect(peak.followed.phase?.(after(500))).toBeCloseTo(200, -1);
  conductor.lead("stage", [rest, peak, other], rest, 1);
  expect(rest.followed.phase?.(after(500))).toBeCloseTo(500, -1);
  expect(peak.followed.phase?.(after(200))).toBeCloseTo(200, -1);
  expect(other.followed.phase?.(after(200))).toBeCloseTo(250, -1);
  conductor.alignTo(peak);
  expect(other.cine.go).toHaveBeenCalled();
  expect(rest.cine.go).not.toHaveBeenCalled();
});
