import { expect, test } from "vitest";
import { isPlain, PALETTES, PLAIN, tablesOf } from "./look";

test("a plain look leaves every value as it is", () => {
  expect(isPlain(PLAIN)).toBe(true);
  const [red, green, blue] = tablesOf(PLAIN);
  red.forEach((value, at) => expect(value).toBeCloseTo(at / (red.length - 1), 3));
  expect(green).toEqual(red);
  expect(blue).toEqual(red);
});

test("inverting exchanges black and white", () => {
  const [red] = tablesOf({ ...PLAIN, inverted: true });
  expect(red[0]).toBe(1);
  expect(red.at(-1)).toBe(0);
});

test.each(PALETTES)("the palette %s goes from black towards white and never darkens", (palette) => {
  const [red, green, blue] = tablesOf({ ...PLAIN, palette });
  const luminance = red.map((value, at) => 0.3 * value + 0.59 * (green[at] ?? 0) + 0.11 * (blue[at] ?? 0));
  expect(luminance[0]).toBe(0);
  expect(luminance.at(-1)).toBeGreaterThan(0.85);
  luminance.slice(1).forEach((value, at) => expect(value).toBeGreaterThanOrEqual((luminance[at] ?? 0) - 1e-6));
});

test("contrast turns about the middle grey", () => {
  const [red] = tablesOf({ ...PLAIN, contrast: 2 });
  expect(red[0]).toBe(0);
  expect(red.at(-1)).toBe(1);
  expect(red[Math.round(red.length * 0.25)]).toBeLessThan(0.05);
});
