import { expect, test } from "vitest";
import type { Scale } from "./calibration";
import type { Place, Quantity, ToolName } from "./model";
import { TOOL, TOOLS } from "./tools";

function measured(tool: ToolName, places: readonly Place[], scale: Partial<Scale>): Map<Quantity, number> {
  const whole: Scale = { x: 1, y: 1, baselineRow: null, velocityPerRow: null, manual: null, ...scale };
  const values = TOOL.get(tool)?.measure(places, whole) ?? [];
  return new Map(values.map(({ quantity, number }) => [quantity, number]));
}

test("every tool has a key of its own", () => {
  expect(new Set(TOOLS.map((tool) => tool.key)).size).toBe(TOOLS.length);
});

test("an HP still's pixels are not square: 4.463 cm, and not 5.151", () => {
  // Worked example: (100,100) to (200,250) with the two deltas that the file gives.
  const [x, y] = [0.028620, 0.022805];
  expect(measured("distance", [{ x: 100, y: 100 }, { x: 200, y: 250 }], { x, y }).get("length")).toBeCloseTo(
    Math.hypot(100 * x, 150 * y),
    12,
  );
});

test("a Toshiba M-mode strip reads 2.662 cm over 50 rows and 69.9 bpm over 206 columns", () => {
  const scale = { x: 0.858 / 206, y: 2.662 / 50 };
  expect(measured("depth", [{ x: 5, y: 10 }, { x: 90, y: 60 }], scale).get("length")).toBeCloseTo(2.662, 3);
  const rate = measured("heart-rate", [{ x: 10, y: 0 }, { x: 216, y: 9 }], scale);
  expect(rate.get("heart-rate")).toBeCloseTo(69.9, 1);
  expect(rate.get("time")).toBeCloseTo(858, 0);
});

test("a velocity counts from the baseline to the middle of its row", () => {
  const scale = { baselineRow: 352, velocityPerRow: 20 / 112 };
  const peak = measured("velocity", [{ x: 7, y: 240.5 }], scale);
  expect(peak.get("velocity")).toBeCloseTo(20, 9);
  expect(measured("velocity", [{ x: 7, y: 464.5 }], scale).get("velocity")).toBeCloseTo(20, 9);
});

test("4.2 m/s are 70.56 mmHg", () => {
  const scale = { baselineRow: -0.5, velocityPerRow: 1 };
  expect(measured("velocity", [{ x: 0, y: 420 }], scale).get("peak-gradient")).toBeCloseTo(70.56, 9);
});

test("the mean gradient is the mean of 4v², 22.0 and not 16.0", () => {
  const trace = [0, 1, 2, 3, 4, 3, 2, 1, 0].map((speed, at) => ({ x: at, y: -100 * speed }));
  const found = measured("envelope", trace, { x: 0.05, baselineRow: -0.5, velocityPerRow: 1 });
  expect(found.get("mean-gradient")).toBeCloseTo(22, 9);
  expect(found.get("vti")).toBeCloseTo(80, 9);
  expect(found.get("velocity")).toBe(400);
  expect(found.get("mean-velocity")).toBeCloseTo(200, 9);
  expect(found.get("duration")).toBeCloseTo(400, 9);
});

test("an envelope traced from right to left measures the same", () => {
  const trace = [{ x: 0, y: 0 }, { x: 4, y: -80 }, { x: 9, y: 0 }];
  const scale = { x: 0.05, baselineRow: -0.5, velocityPerRow: 1 };
  expect(measured("envelope", [...trace].reverse(), scale)).toEqual(measured("envelope", trace, scale));
});

test("a deceleration is followed to the baseline: 620 ms give a half-time of 179.8 ms", () => {
  const scale = { x: 0.001, baselineRow: -0.5, velocityPerRow: 1 };
  const found = measured("deceleration", [{ x: 0, y: -100 }, { x: 310, y: -50 }], scale);
  expect(found.get("deceleration-time")).toBeCloseTo(620, 6);
  expect(found.get("half-time")).toBeCloseTo(179.8, 6);
  expect(found.get("deceleration")).toBeCloseTo(50 / 0.31, 6);
});

test("a slope falls and rises by its sign", () => {
  expect(measured("slope", [{ x: 0, y: 0 }, { x: 50, y: 20 }], { x: 0.01, y: 0.1 }).get("slope")).toBeCloseTo(4);
  expect(measured("slope", [{ x: 0, y: 20 }, { x: 50, y: 0 }], { x: 0.01, y: 0.1 }).get("slope")).toBeCloseTo(-4);
});

test("B-lines are counted", () => {
  expect(measured("b-lines", [{ x: 1, y: 1 }, { x: 2, y: 2 }, { x: 3, y: 3 }], {}).get("count")).toBe(3);
});

test("what takes no time has no rate", () => {
  expect(measured("heart-rate", [{ x: 5, y: 1 }, { x: 5, y: 2 }], {}).size).toBe(0);
  expect(measured("slope", [{ x: 5, y: 1 }, { x: 5, y: 2 }], {}).size).toBe(0);
  expect(measured("envelope", [{ x: 5, y: 1 }, { x: 5, y: 2 }], {}).size).toBe(0);
});
