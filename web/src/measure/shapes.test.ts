import { expect, test } from "vitest";
import { angle, area, cutIntoDisks, disksVolume, ellipseCircumference, perimeter, secondAxis } from "./shapes";

const SQUARE = [{ x: 0, y: 0 }, { x: 2, y: 0 }, { x: 2, y: 2 }, { x: 0, y: 2 }];

test("a square has its area and perimeter, whichever way it is traced", () => {
  expect(area(SQUARE)).toBe(4);
  expect(area([...SQUARE].reverse())).toBe(4);
  expect(perimeter(SQUARE)).toBe(8);
});

test("a circle's circumference is exact, and an ellipse's within a millionth", () => {
  expect(ellipseCircumference(10, 10)).toBeCloseTo(10 * Math.PI, 12);
  expect(ellipseCircumference(8, 6)).toBeCloseTo(22.1034921, 6);
});

test("angles are the inner ones", () => {
  expect(angle({ x: 1, y: 0 }, { x: 0, y: 0 }, { x: 0, y: 1 })).toBeCloseTo(90);
  expect(angle({ x: -1, y: 0.001 }, { x: 0, y: 0 }, { x: -1, y: -0.001 })).toBeCloseTo(0.1146, 3);
});

test("the second axis lies across the first in the body, not in the pixels", () => {
  const scale = { x: 0.01, y: 0.02 };
  const [c, d] = secondAxis({ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 80, y: 10 }, scale);
  expect(c.x).toBeCloseTo(50);
  expect(Math.abs(c.y)).toBeCloseTo(10);
  expect(d.y).toBeCloseTo(-c.y);
  const [e, f] = secondAxis({ x: 0, y: 0 }, { x: 100, y: 50 }, { x: 0, y: 50 }, scale);
  const across = { x: (f.x - e.x) * scale.x, y: (f.y - e.y) * scale.y };
  expect(across.x * 1 + across.y * 1).toBeCloseTo(0);
});

test("disks of a cylinder and of half an ellipsoid are the worked examples", () => {
  expect(disksVolume({ length: 8, diameters: Array(20).fill(4) })).toBeCloseTo(100.53, 2);
  const shape = Array.from({ length: 20 }, (_, i) => Math.sqrt(1 - ((i + 0.5) / 20) ** 2));
  const volume = disksVolume({ length: 9, diameters: shape.map((s) => 5 * s) }, shape.map((s) => 4.6 * s));
  expect(volume).toBeCloseTo(108.42, 2);
});

test("a traced half ellipse is cut into the disks of half an ellipsoid, however it lies", () => {
  const traced = Array.from({ length: 401 }, (_, i) => {
    const t = (i * Math.PI) / 400;
    const [x, y] = [2.5 * Math.cos(t), 9 * Math.sin(t)];
    return { x: 5 + x * Math.cos(0.7) - y * Math.sin(0.7), y: 3 + x * Math.sin(0.7) + y * Math.cos(0.7) };
  });
  const disks = cutIntoDisks(traced);
  expect(disks?.length).toBeCloseTo(9, 6);
  expect(disks && disksVolume(disks)).toBeCloseTo((2 / 3) * Math.PI * 2.5 * 2.5 * 9, 0);
});

test("what holds no area is not cut", () => {
  expect(cutIntoDisks([])).toBeUndefined();
  expect(cutIntoDisks([{ x: 0, y: 0 }, { x: 1, y: 1 }, { x: 2, y: 2 }])).toBeUndefined();
});
