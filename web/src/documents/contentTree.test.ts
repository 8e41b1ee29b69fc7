import { expect, test } from "vitest";
import { contentTree } from "./contentTree";
import type { DataSet } from "./dicomJson";

function code(value: string, meaning: string): DataSet {
  return { "00080100": { vr: "SH", Value: [value] }, "00080104": { vr: "LO", Value: [meaning] } };
}

function item(kind: string, name: string, more: DataSet): DataSet {
  return {
    "0040A040": { vr: "CS", Value: [kind] },
    "0040A043": { vr: "SQ", Value: [code("x", name)] },
    ...more,
  };
}

test("a number is read with its unit", () => {
  const measured: DataSet = {
    "004008EA": { vr: "SQ", Value: [code("mm[Hg]", "mmHg")] },
    "0040A30A": { vr: "DS", Value: ["12.3400001"] },
  };
  expect(contentTree(item("NUM", "Gradient", { "0040A300": { vr: "SQ", Value: [measured] } })).value).toBe(
    "12.34 mmHg",
  );
});

test("a number that was not measured says so", () => {
  expect(contentTree(item("NUM", "Gradient", {})).value).toBe("not measured");
});

test("containers hold their items in order", () => {
  const tree = contentTree(
    item("CONTAINER", "Report", {
      "0040A730": {
        vr: "SQ",
        Value: [
          item("TEXT", "Finding", { "0040A160": { vr: "UT", Value: ["Normal."] } }),
          item("CODE", "Side", { "0040A168": { vr: "SQ", Value: [code("L", "Left")] } }),
        ],
      },
    }),
  );
  expect(tree.children.map((child) => [child.name, child.value])).toEqual([
    ["Finding", "Normal."],
    ["Side", "Left"],
  ]);
});

test("an image item names the object it points to", () => {
  const reference: DataSet = {
    "00081150": { vr: "UI", Value: ["1.2.3"] },
    "00081155": { vr: "UI", Value: ["4.5.6"] },
    "00081160": { vr: "IS", Value: ["7"] },
  };
  expect(
    contentTree(item("IMAGE", "", { "00081199": { vr: "SQ", Value: [reference] } })).references,
  ).toEqual([{ sopClassUID: "1.2.3", sopInstanceUID: "4.5.6", frames: [7] }]);
});
