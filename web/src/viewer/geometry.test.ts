import { expect, test } from "vitest";
import { FITTED, mirrored, transformOf, turned, zoomedAt, type View } from "./geometry";

const IMAGE = { columns: 800, rows: 600, pixelAspectRatio: 1 };
const VIEWPORT = { width: 400, height: 400 };

test("a fitted image is centred and wholly inside its viewport", () => {
  const { imageToScreen, scaleX } = transformOf(IMAGE, VIEWPORT, FITTED);
  expect(scaleX).toBe(0.5);
  expect(imageToScreen({ x: 0, y: 0 })).toEqual({ x: 0, y: 50 });
  expect(imageToScreen({ x: 800, y: 600 })).toEqual({ x: 400, y: 350 });
});

test("tall pixels make a narrower picture", () => {
  const { imageToScreen } = transformOf({ columns: 480, rows: 430, pixelAspectRatio: 2 }, VIEWPORT, FITTED);
  const left = imageToScreen({ x: 0, y: 0 });
  const right = imageToScreen({ x: 480, y: 0 });
  expect((right.x - left.x) / 400).toBeCloseTo(240 / 430);
});

test.each<View>([
  FITTED,
  { zoom: 3, pan: { x: 11, y: -7 }, quarterTurns: 1, flipped: true },
  { zoom: 0.4, pan: { x: -90, y: 3 }, quarterTurns: 2, flipped: false },
  { zoom: null, pan: { x: 0, y: 0 }, quarterTurns: 3, flipped: true },
])("what goes to the screen comes back to the same pixel (%o)", (view) => {
  const { imageToScreen, screenToImage } = transformOf(IMAGE, VIEWPORT, view);
  const there = screenToImage(imageToScreen({ x: 123.4, y: 56.7 }));
  expect(there.x).toBeCloseTo(123.4);
  expect(there.y).toBeCloseTo(56.7);
});

test("zooming keeps the pixel under the pointer", () => {
  const at = { x: 300, y: 120 };
  const before = transformOf(IMAGE, VIEWPORT, FITTED).screenToImage(at);
  const after = transformOf(IMAGE, VIEWPORT, zoomedAt(IMAGE, VIEWPORT, FITTED, 2.5, at)).screenToImage(at);
  expect(after.x).toBeCloseTo(before.x);
  expect(after.y).toBeCloseTo(before.y);
});

test("a quarter turn brings the left edge to the top", () => {
  const { imageToScreen } = transformOf(IMAGE, VIEWPORT, turned(FITTED));
  expect(imageToScreen({ x: 0, y: 300 }).y).toBeLessThan(imageToScreen({ x: 800, y: 300 }).y);
});

test.each([FITTED, turned(FITTED), turned(turned(turned(FITTED)))])(
  "a mirror exchanges left and right as they are seen (%o)",
  (view) => {
    const point = { x: 10, y: 20 };
    const before = transformOf(IMAGE, VIEWPORT, view).imageToScreen(point);
    const after = transformOf(IMAGE, VIEWPORT, mirrored(view)).imageToScreen(point);
    expect(after.x).toBeCloseTo(VIEWPORT.width - before.x);
    expect(after.y).toBeCloseTo(before.y);
  },
);
