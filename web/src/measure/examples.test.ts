import { describe, expect, test } from "vitest";
import examples from "./examples.json";
import { measureDrawn } from "./figures";
import type { InstanceCalibration, Quantity, ToolName } from "./model";
import { TOOL, type ToolSpec } from "./tools";

interface Case {
  name: string;
  tool: ToolName;
  quantity?: Quantity;
  places: [number, number][];
  /** Null: the tool must refuse. */
  expected: number | null;
  halfPixel?: number;
}
interface Example {
  name: string;
  calibration: InstanceCalibration;
  cases: Case[];
}

/** Phantoms of known geometry and pictures of real scanners; a test of the server writes the file. */
describe.each(examples as unknown as Example[])("$name", ({ calibration, cases }) => {
  test.each(cases)("$tool: $name", (example) => {
    const outcome = measureDrawn(
      TOOL.get(example.tool) as ToolSpec,
      example.places.map(([x, y]) => ({ x, y })),
      { sopInstanceUID: calibration.sopInstanceUID, frame: 1 },
      calibration,
      undefined,
    );
    if (example.expected === null) {
      expect(outcome.ok).toBe(false);
      return;
    }
    const read = outcome.ok ? outcome.drawn.values.find((it) => it.quantity === example.quantity)?.number : undefined;
    expect(read).toBeTypeOf("number");
    expect(Math.abs((read ?? NaN) - example.expected)).toBeLessThanOrEqual(example.halfPixel ?? 0);
  });
});
