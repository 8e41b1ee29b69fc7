import { expect, test } from "vitest";
import { kindsOf } from "./kinds";

test("a study is of the kind of its pictures, whatever was written about them", () => {
  expect(kindsOf({ modalities: ["PR", "SR", "US"] })).toBe("US");
  expect(kindsOf({ modalities: ["ECG", "US"] })).toBe("ECG US");
});

test("a study without pictures is of the kind of its documents", () => {
  expect(kindsOf({ modalities: ["KO", "SR"] })).toBe("KO SR");
  expect(kindsOf({ modalities: [] })).toBe("");
});
