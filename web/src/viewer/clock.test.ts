import { expect, test } from "vitest";
import { FrameClock } from "./clock";

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
