import { expect, test } from "vitest";
import { orderedValues, quantityText, weeksText } from "./words";

test.each([
  [4.4632, "cm", "4.46 cm"],
  [69.9, "{H.B.}/min", "70 bpm"],
  [70.56, "mm[Hg]", "70.6 mmHg"],
  [90, "deg", "90.0°"],
  [3, "{lines}", "3"],
  [1.25, "{ratio}", "1.25"],
  [100.531, "ml", "100.5 mL"],
])("%f %s reads %s", (number, unit, text) => {
  expect(quantityText(number, unit)).toBe(text);
});

test("the number that carries the label comes first", () => {
  const label = { key: "AC", name: "", group: "", quantity: "circumference", tools: ["area"], code: "", scheme: "", meaning: "" } as const;
  const values = [{ quantity: "area", number: 1 }, { quantity: "circumference", number: 2 }] as const;
  expect(orderedValues(values, { ...label, tools: ["area"] })[0]?.number).toBe(2);
});

test("153 days are 21 weeks and 6 days", () => {
  expect(weeksText(153)).toBe("21w 6d");
});
