import { expect, test } from "vitest";
import { chosenColumns, movedColumn, withColumn } from "./columns";

test("a column that no longer exists is left out", () => {
  expect(chosenColumns(["patient", "gone", "date"]).map((column) => column.id)).toEqual(["patient", "date"]);
});

test("a hidden column comes back as the last", () => {
  const hidden = withColumn(["patient", "date"], "patient");
  expect(hidden).toEqual(["date"]);
  expect(withColumn(hidden, "patient")).toEqual(["date", "patient"]);
});

test("a column moves by one place and no further than the edge", () => {
  expect(movedColumn(["a", "b", "c"], "c", -1)).toEqual(["a", "c", "b"]);
  expect(movedColumn(["a", "b"], "a", -1)).toEqual(["a", "b"]);
});
