import { expect, test } from "vitest";
import { frameAt, type Timeline } from "./timeline";

const EVEN: Timeline = { startsMs: [0, 40, 80, 120], lengthMs: 160, sweeps: false };
const UNEVEN: Timeline = { startsMs: [0, 10, 100], lengthMs: 140, sweeps: false };

test("frames follow their own times", () => {
  expect([0, 9, 10, 99, 100, 139].map((t) => frameAt(UNEVEN, t))).toEqual([0, 0, 1, 1, 2, 2]);
});
test("a loop begins again", () => expect(frameAt(EVEN, 165)).toBe(0));
test("a late caller skips frames and keeps real time", () => expect(frameAt(EVEN, 160 * 10 + 85)).toBe(2));
test("a sweep runs back", () => {
  const sweep = { ...EVEN, sweeps: true };
  expect([150, 170, 230, 319].map((t) => frameAt(sweep, t))).toEqual([3, 3, 2, 0]);
});
test("a still has one frame", () => expect(frameAt({ startsMs: [0], lengthMs: 0, sweeps: false }, 99)).toBe(0));
