import { expect, test } from "vitest";
import type { DataSet } from "./dicomJson";
import { pathOf, readGroup } from "./waveform";

const LEAD = (label: string, sensitivity: string): DataSet => ({
  "003A0203": { vr: "SH", Value: [label] },
  "003A0210": { vr: "DS", Value: [sensitivity] },
  "003A0211": { vr: "SQ", Value: [{ "00080100": { vr: "SH", Value: ["uV"] } }] },
  "003A0212": { vr: "DS", Value: ["1"] },
  "003A0213": { vr: "DS", Value: ["0"] },
});

test("samples of all channels come in turn and take their sensitivity", () => {
  const group: DataSet = {
    "54001006": { vr: "CS", Value: ["SS"] },
    "003A0010": { vr: "UL", Value: [2] },
    "003A001A": { vr: "DS", Value: ["500"] },
    "003A0200": { vr: "SQ", Value: [LEAD("I", "2.5"), LEAD("II", "1")] },
  };
  const bytes = new Uint8Array(new Int16Array([4, -1, 8, -2]).buffer);
  const { channels, samplesPerSecond } = readGroup(group, bytes);
  expect(samplesPerSecond).toBe(500);
  expect(channels.map(({ label, unit, samples }) => [label, unit, [...samples]])).toEqual([
    ["I", "uV", [10, 20]],
    ["II", "uV", [-1, -2]],
  ]);
});

test("a narrow drawing keeps every peak", () => {
  const samples = new Float32Array(1000);
  samples[503] = 10;
  expect(pathOf(samples, 10, 100, 0, 10)).toContain("L5 0.0L5 100.0");
});
