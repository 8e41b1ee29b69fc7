import { calibrate, type Calibrated } from "./calibration";
import {
  type Figure,
  type InstanceCalibration,
  kept,
  type ManualScale,
  type Measurement,
  type Place,
  placesOf,
  type Value,
} from "./model";
import { secondAxis } from "./shapes";
import { fewest, TOOL, type ToolSpec } from "./tools";

/** From what was drawn to a measurement, and from a measurement back to its handles. */

export interface Drawn {
  figures: Figure[];
  values: Value[];
  manualScale: ManualScale | null;
}

export type Outcome =
  | { ok: true; drawn: Drawn; warnings: string[] }
  | { ok: false; reason: string; canCalibrate: boolean };

/** Where something is drawn. */
export interface OnFrame {
  sopInstanceUID: string;
  frame: number;
}

/** Measures what was drawn so far; `ok` false with an empty reason while it is not whole. */
export function measureDrawn(
  tool: ToolSpec,
  places: readonly Place[],
  on: OnFrame,
  calibration: InstanceCalibration | undefined,
  manual: ManualScale | undefined,
): Outcome {
  const found: Calibrated = calibrate(calibration, places, tool.axes, manual);
  if (!found.ok) return found;
  if (places.length < fewest(tool)) return { ok: false, reason: "", canCalibrate: false };
  const [a, b, c] = places;
  const whole = tool.name === "ellipse" && a && b && c && places.length === 3
    ? [a, b, ...secondAxis(a, b, c, found.scale)]
    : places;
  const points = whole.map(kept);
  const values = tool.measure(points.map(([x, y]) => ({ x, y })), found.scale);
  const isMark = tool.name === "arrow" || tool.name === "note";
  if (values.length === 0 && !isMark) {
    return { ok: false, reason: "Both ends are at the same place or time.", canCalibrate: false };
  }
  if (values.some(({ number }) => !Number.isFinite(number))) {
    return { ok: false, reason: "This cannot be measured here.", canCalibrate: false };
  }
  return {
    ok: true,
    warnings: found.warnings,
    drawn: {
      figures: [{ ...on, graphicType: tool.graphicType, points }],
      values,
      manualScale: found.scale.manual,
    },
  };
}

/** Moves one handle and measures anew. */
export function moveHandle(
  measurement: Measurement,
  handle: number,
  to: Place,
  calibration: InstanceCalibration | undefined,
): Outcome {
  const tool = TOOL.get(measurement.tool);
  const [figure] = measurement.figures;
  if (!tool || !figure) return { ok: false, reason: "This cannot be edited.", canCalibrate: false };
  const places = placesOf(figure);
  places[handle] = to;
  const manual = measurement.manualScale ?? undefined;
  const drawn = tool.name === "ellipse" ? ellipsePlaces(places, handle) : places;
  return measureDrawn(tool, drawn, figure, calibration, manual);
}

/** An ellipse follows three of its places: both ends of one axis, and one side. */
function ellipsePlaces(places: readonly Place[], handle: number): Place[] {
  const [a, b, c, d] = places as [Place, Place, Place, Place];
  if (handle === 3) return [a, b, d];
  return [a, b, c];
}
