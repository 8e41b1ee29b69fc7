import { expect, test } from "vitest";
import { between, middleOf, withSide } from "./rectangle";

const SHAPE = { rows: 100, columns: 200 };

test("two corners in any order make one rectangle of whole pixels", () => {
  const drawn = { left: 10, top: 20, right: 59, bottom: 79 };
  expect(between({ x: 10.4, y: 20.2 }, { x: 59.6, y: 79.5 }, SHAPE)).toEqual(drawn);
  expect(between({ x: 59.6, y: 20.2 }, { x: 10.4, y: 79.5 }, SHAPE)).toEqual(drawn);
});

test("a rectangle ends where the picture ends", () => {
  expect(between({ x: -30, y: -30 }, { x: 900, y: 900 }, SHAPE)).toEqual({ left: 0, top: 0, right: 199, bottom: 99 });
});

test("a click draws nothing", () => {
  expect(between({ x: 10, y: 10 }, { x: 12, y: 11 }, SHAPE)).toBeNull();
});

test("a side moves alone and never past the other", () => {
  const before = { left: 10, top: 20, right: 59, bottom: 79 };
  expect(withSide(before, "bottom", 500, SHAPE)).toEqual({ ...before, bottom: 99 });
  expect(withSide(before, "left", 60, SHAPE)).toEqual(before);
  expect(withSide(before, "left", Number.NaN, SHAPE)).toEqual(before);
});

test("the middle lies within", () => {
  expect(middleOf(SHAPE)).toEqual({ left: 30, top: 15, right: 169, bottom: 84 });
});
