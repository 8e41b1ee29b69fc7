import { expect, test } from "vitest";
import { merge, sameAll } from "./merge";
import type { Measurement } from "./model";

function one(uid: string, number = 1, label = ""): Measurement {
  return {
    trackingUID: uid,
    tool: "distance",
    label,
    figures: [{ sopInstanceUID: "1.2", frame: 1, graphicType: "POLYLINE", points: [[0, 0], [number, 0]] }],
    values: [{ quantity: "length", number }],
    measuredAt: "2026-11-23T18:00:00.000Z",
    measuredBy: "This workstation",
    text: "",
    manualScale: null,
  };
}

let names = 0;
const newUID = () => `new ${++names}`;
const uids = (all: readonly Measurement[]) => all.map((it) => it.trackingUID);

test("what both sides added is kept", () => {
  expect(uids(merge([one("a")], [one("a"), one("b")], [one("a"), one("c")], newUID))).toEqual(["a", "b", "c"]);
});

test("what one side changed is taken from it", () => {
  const joined = merge([one("a"), one("b")], [one("a", 2), one("b")], [one("a"), one("b", 3)], newUID);
  expect(joined).toEqual([one("a", 2), one("b", 3)]);
});

test("what one side deleted and the other left alone goes", () => {
  expect(uids(merge([one("a"), one("b")], [one("b")], [one("a"), one("b")], newUID))).toEqual(["b"]);
  expect(uids(merge([one("a"), one("b")], [one("a"), one("b")], [one("b")], newUID))).toEqual(["b"]);
});

test("what one side deleted and the other changed stays", () => {
  expect(merge([one("a")], [], [one("a", 2)], newUID)).toEqual([one("a", 2)]);
  expect(merge([one("a")], [one("a", 2)], [], newUID)).toEqual([one("a", 2)]);
});

test("where both changed one measurement both versions stay", () => {
  const joined = merge([one("a")], [one("a", 2)], [one("a", 3)], newUID);
  expect(joined[0]).toEqual(one("a", 2));
  expect(joined[1]).toEqual({ ...one("a", 3), trackingUID: joined[1]?.trackingUID });
  expect(joined[1]?.trackingUID).not.toBe("a");
});

test("a time that comes back written otherwise is no change", () => {
  const back = { ...one("a"), measuredAt: "2026-11-23T18:00:00+00:00" };
  expect(sameAll([one("a")], [back])).toBe(true);
  expect(sameAll([one("a")], [{ ...back, label: "LA" }])).toBe(false);
});
