import { expect, test } from "vitest";
import { calibrate, manualScale, regionAt } from "./calibration";
import type { InstanceCalibration, Region } from "./model";

const PICTURE: Region = {
  spatialFormat: "2D",
  minColumn: 0,
  minRow: 0,
  maxColumn: 399,
  maxRow: 299,
  unitX: "cm",
  unitY: "cm",
  deltaX: 0.02,
  deltaY: 0.03,
  baselineRow: 0,
  velocityPerRow: null,
  isEcg: false,
  isScalingProtected: false,
  doubts: [],
};
const SPECTRUM: Region = {
  ...PICTURE,
  spatialFormat: "spectral",
  minRow: 300,
  maxRow: 599,
  unitX: "s",
  unitY: "cm/s",
  deltaX: 0.005,
  deltaY: -0.5,
  baselineRow: 450,
  velocityPerRow: 0.5,
};
const BLOCKED = { kind: "absurd scale", sentence: "The depth that this scale implies is not that of a patient.", blocks: true };

function pictured(...regions: Region[]): InstanceCalibration {
  return { sopInstanceUID: "1.2", rows: 600, columns: 800, regions, doubts: [] };
}
const BOTH = pictured(PICTURE, SPECTRUM);

test("each axis keeps its own scale", () => {
  const found = calibrate(BOTH, [{ x: 1, y: 1 }, { x: 9, y: 9 }], "distance", undefined);
  expect(found).toMatchObject({ ok: true, scale: { x: 0.02, y: 0.03, manual: null } });
});

test("the smallest region that fits serves where regions overlap", () => {
  const inner = { ...PICTURE, minColumn: 10, maxColumn: 50, minRow: 10, maxRow: 50, deltaX: 0.01 };
  expect(regionAt([PICTURE, inner, { ...inner, spatialFormat: "other" }], { x: 20, y: 20 }, "distance")).toBe(inner);
});

test.each([
  ["crosses into another region", { x: 5, y: 5 }, { x: 5, y: 400 }, /leaves its calibrated region/],
  ["is in a spectral trace", { x: 5, y: 400 }, { x: 9, y: 410 }, /spectral Doppler trace.*centimetres on both axes/],
  ["lies outside all regions", { x: 700, y: 5 }, { x: 710, y: 5 }, /outside every calibrated region/],
])("a distance that %s is refused with the reason", (_, start, end, reason) => {
  const found = calibrate(BOTH, [start, end], "distance", undefined);
  expect(found.ok).toBe(false);
  expect(!found.ok && found.reason).toMatch(reason);
});

test("a velocity in a two-dimensional picture is refused, and a scale by hand does not help", () => {
  const found = calibrate(BOTH, [{ x: 5, y: 5 }], "velocity", { cmPerColumn: 1, cmPerRow: 1 });
  expect(found).toMatchObject({ ok: false, canCalibrate: false });
});

test("two regions of one scale measure together, two of different scales do not", () => {
  const right = { ...PICTURE, minColumn: 400, maxColumn: 799 };
  const places = [{ x: 390, y: 5 }, { x: 410, y: 5 }];
  expect(calibrate(pictured(PICTURE, right), places, "distance", undefined).ok).toBe(true);
  const found = calibrate(pictured(PICTURE, { ...right, deltaX: 0.04 }), places, "distance", undefined);
  expect(!found.ok && found.reason).toMatch(/different scale/);
});

test("a region that would lie is refused until a person calibrates it", () => {
  const stale = pictured({ ...PICTURE, doubts: [BLOCKED] });
  const places = [{ x: 1, y: 1 }, { x: 9, y: 9 }];
  expect(calibrate(stale, places, "distance", undefined)).toEqual({ ok: false, reason: BLOCKED.sentence, canCalibrate: true });
  const byHand = { cmPerColumn: 0.05, cmPerRow: 0.05 };
  expect(calibrate(stale, places, "distance", byHand)).toMatchObject({ ok: true, scale: { x: 0.05, y: 0.05, manual: byHand } });
});

test("a picture without regions offers calibration by hand, a protected one does not", () => {
  const places = [{ x: 1, y: 1 }];
  expect(calibrate(undefined, places, "distance", undefined)).toMatchObject({ ok: false, canCalibrate: true });
  const barred = pictured({ ...PICTURE, unitX: "other", unitY: "other", isScalingProtected: true });
  expect(calibrate(barred, places, "distance", { cmPerColumn: 1, cmPerRow: 1 })).toMatchObject({ ok: false, canCalibrate: false });
});

test("marks need no scale", () => {
  expect(calibrate(undefined, [{ x: 1, y: 1 }], "none", undefined).ok).toBe(true);
});

test("a known distance gives both axes their scale, whatever the shape of a pixel", () => {
  expect(manualScale({ x: 0, y: 0 }, { x: 0, y: 100 }, 5, 1)).toEqual({ cmPerRow: 0.05, cmPerColumn: 0.05 });
  const tall = manualScale({ x: 0, y: 0 }, { x: 100, y: 0 }, 5, 2);
  expect(tall?.cmPerColumn).toBeCloseTo(0.05);
  expect(tall?.cmPerRow).toBeCloseTo(0.1);
  expect(manualScale({ x: 3, y: 3 }, { x: 3, y: 3 }, 5, 1)).toBeUndefined();
  expect(manualScale({ x: 0, y: 0 }, { x: 0, y: 9 }, Number.NaN, 1)).toBeUndefined();
});
