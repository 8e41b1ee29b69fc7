import { expect, test } from "vitest";
import { FrameClock, momentOf } from "./clock";

test("everything that moves is told the same moment, and an idle clock stands still", () => {
  const waiting: ((nowMs: number) => void)[] = [];
  const clock = new FrameClock(
    (callback) => waiting.push(callback),
    () => waiting.pop(),
  );
  const heard: number[] = [];
  const one = { tick: (ms: number) => void heard.push(ms) };
  const other = { tick: (ms: number) => void heard.push(ms) };
  clock.add(one);
  clock.add(other);
  expect(waiting).toHaveLength(1);
  waiting.shift()?.(16);
  expect(heard).toEqual([16, 16]);
  clock.remove(one);
  clock.remove(other);
  expect(waiting).toHaveLength(0);
});

test("a loop and a trace of one moment meet, whatever the zone", () => {
  const frame = momentOf("2026-11-23T09:30:00", 120);
  const trace = momentOf("2026-11-23T09:29:59.500", 0);
  expect((frame ?? 0) - (trace ?? 0)).toBe(620);
  expect(momentOf(null, 0)).toBeNull();
  expect(momentOf("no time", 0)).toBeNull();
});
