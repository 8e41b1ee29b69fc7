import { expect, test } from "vitest";
import type { DataSet } from "./dicomJson";
import { applies, readPresentationState } from "./presentationState";

const REFERENCE: DataSet = {
  "00081155": { vr: "UI", Value: ["1.2"] },
  "00081160": { vr: "IS", Value: [3] },
};

const STATE: DataSet = {
  "00700080": { vr: "CS", Value: ["MARKED"] },
  "00081115": { vr: "SQ", Value: [{ "00081140": { vr: "SQ", Value: [REFERENCE] } }] },
  "00700042": { vr: "US", Value: [270] },
  "00700041": { vr: "CS", Value: ["Y"] },
  "20500020": { vr: "CS", Value: ["INVERSE"] },
  "00283110": { vr: "SQ", Value: [{ "00281050": { vr: "DS", Value: ["127.5"] }, "00281051": { vr: "DS", Value: ["255"] } }] },
  "00700001": {
    vr: "SQ",
    Value: [
      {
        "00700009": {
          vr: "SQ",
          Value: [
            {
              "00700005": { vr: "CS", Value: ["PIXEL"] },
              "00700023": { vr: "CS", Value: ["POLYLINE"] },
              "00700022": { vr: "FL", Value: [1, 2, 3, 4] },
            },
          ],
        },
        "00700008": {
          vr: "SQ",
          Value: [
            {
              "00700004": { vr: "CS", Value: ["DISPLAY"] },
              "00700014": { vr: "FL", Value: [0.5, 0.25] },
              "00700006": { vr: "ST", Value: ["Look here"] },
            },
          ],
        },
      },
    ],
  },
};

test("drawings and words are read with their units", () => {
  const { marks } = readPresentationState(STATE);
  expect(marks.map(({ kind, units, points, words }) => ({ kind, units, points, words }))).toEqual([
    { kind: "line", units: "PIXEL", points: [{ x: 1, y: 2 }, { x: 3, y: 4 }], words: "" },
    { kind: "text", units: "DISPLAY", points: [{ x: 0.5, y: 0.25 }], words: "Look here" },
  ]);
});

test("a window over all 8-bit values changes nothing but what is inverted", () => {
  const { look, view } = readPresentationState(STATE);
  expect(look).toMatchObject({ contrast: 1, brightness: 0, inverted: true });
  expect(view).toMatchObject({ quarterTurns: 1, flipped: true });
});

test("a mark without images of its own belongs to those of the state, in the frames named", () => {
  const { images, marks } = readPresentationState(STATE);
  const [mark] = marks;
  expect(applies(mark?.images ?? new Map(), images, "1.2", 3)).toBe(true);
  expect(applies(mark?.images ?? new Map(), images, "1.2", 4)).toBe(false);
  expect(applies(mark?.images ?? new Map(), images, "9.9", 3)).toBe(false);
});
