import type { Axes, Scale } from "./calibration";
import type { GraphicType, Place, Quantity, ToolName, Value } from "./model";
import {
  angle,
  area,
  cutIntoDisks,
  disksVolume,
  distance,
  ellipseCircumference,
  perimeter,
  toPhysical,
} from "./shapes";

/** How a person draws: a fixed number of places, a path of any length, or any number of places. */
export type Drawing = { kind: "places"; count: number } | { kind: "path"; closed: boolean } | { kind: "many" };

export interface ToolSpec {
  name: ToolName;
  title: string;
  /** What the next place is, in words, by how many there are. */
  steps: readonly string[];
  group: "Picture" | "M-mode and ECG" | "Doppler" | "Marks";
  key: string;
  axes: Axes;
  drawing: Drawing;
  graphicType: GraphicType;
  measure: (places: readonly Place[], scale: Scale) => Value[];
}

/** From a velocity in cm/s to a pressure in mmHg (simplified Bernoulli). */
export function gradient(velocity: number): number {
  return 4 * (velocity / 100) ** 2;
}

/** Speed in cm/s at a place of a spectral trace; direction is the screen's business. */
export function speedAt({ y }: Place, { baselineRow, velocityPerRow }: Scale): number {
  // The baseline is told for the centre of its pixel, a place from the pixel's corner.
  return Math.abs((y - 0.5 - (baselineRow ?? 0)) * (velocityPerRow ?? 0));
}

const HALF_TIME_OF_DECELERATION = 0.29;

function value(quantity: Quantity, number: number): Value {
  return { quantity, number };
}

function seconds(a: Place, b: Place, scale: Scale): number {
  return Math.abs((b.x - a.x) * scale.x);
}

function pair(places: readonly Place[]): [Place, Place] {
  const [a, b] = places;
  if (!a || !b) throw new Error("This measurement needs two places.");
  return [a, b];
}

function length(places: readonly Place[], scale: Scale): Value[] {
  const [a, b] = pair(toPhysical(places, scale));
  return [value("length", distance(a, b))];
}

function ellipse(places: readonly Place[], scale: Scale): Value[] {
  const [a, b, c, d] = toPhysical(places, scale);
  if (!a || !b || !c || !d) return [];
  const axes = [distance(a, b), distance(c, d)];
  const major = Math.max(...axes);
  const minor = Math.min(...axes);
  return [
    value("circumference", ellipseCircumference(major, minor)),
    value("area", (Math.PI / 4) * major * minor),
    value("major-axis", major),
    value("minor-axis", minor),
  ];
}

function tracedArea(places: readonly Place[], scale: Scale): Value[] {
  const outline = toPhysical(places, scale);
  return [value("area", area(outline)), value("circumference", perimeter(outline))];
}

function corner(places: readonly Place[], scale: Scale): Value[] {
  const [a, b, c] = toPhysical(places, scale);
  return a && b && c ? [value("angle", angle(a, b, c))] : [];
}

function cavity(places: readonly Place[], scale: Scale): Value[] {
  const outline = toPhysical(places, scale);
  const disks = cutIntoDisks(outline);
  if (!disks) return [];
  return [value("volume", disksVolume(disks)), value("length", disks.length), value("area", area(outline))];
}

function depth(places: readonly Place[], scale: Scale): Value[] {
  const [a, b] = pair(places);
  return [value("length", Math.abs((b.y - a.y) * scale.y))];
}

function time(places: readonly Place[], scale: Scale): Value[] {
  const [a, b] = pair(places);
  return [value("time", 1000 * seconds(a, b, scale))];
}

function heartRate(places: readonly Place[], scale: Scale): Value[] {
  const [a, b] = pair(places);
  const interval = seconds(a, b, scale);
  return interval > 0 ? [value("heart-rate", 60 / interval), value("time", 1000 * interval)] : [];
}

function slope(places: readonly Place[], scale: Scale): Value[] {
  const [a, b] = pair(places);
  const elapsed = (b.x - a.x) * scale.x;
  return elapsed === 0 ? [] : [value("slope", ((b.y - a.y) * scale.y) / elapsed)];
}

function velocity(places: readonly Place[], scale: Scale): Value[] {
  const [place] = places;
  if (!place) return [];
  const speed = speedAt(place, scale);
  return [value("velocity", speed), value("peak-gradient", gradient(speed))];
}

/** From the peak along the slope; the slope is followed to the baseline. */
function deceleration(places: readonly Place[], scale: Scale): Value[] {
  const [a, b] = pair(places);
  const elapsed = seconds(a, b, scale);
  const [first, second] = [speedAt(a, scale), speedAt(b, scale)];
  const peak = Math.max(first, second);
  const fall = Math.abs(first - second);
  if (elapsed === 0 || fall === 0) return [];
  const rate = fall / elapsed;
  const decelerationTime = (1000 * peak) / rate;
  return [
    value("deceleration-time", decelerationTime),
    value("half-time", HALF_TIME_OF_DECELERATION * decelerationTime),
    value("deceleration", rate),
    value("velocity", peak),
    value("peak-gradient", gradient(peak)),
  ];
}

/** Trapezoids along the trace, from left to right; a step back in time is left out. */
function envelope(places: readonly Place[], scale: Scale): Value[] {
  const trace = [...places].sort((a, b) => a.x - b.x);
  let integral = 0;
  let pressure = 0;
  let duration = 0;
  for (let at = 1; at < trace.length; at++) {
    const [a, b] = pair(trace.slice(at - 1, at + 1));
    const elapsed = seconds(a, b, scale);
    const [first, second] = [speedAt(a, scale), speedAt(b, scale)];
    duration += elapsed;
    integral += (elapsed * (first + second)) / 2;
    pressure += (elapsed * (gradient(first) + gradient(second))) / 2;
  }
  if (duration === 0) return [];
  const peak = Math.max(...trace.map((place) => speedAt(place, scale)));
  return [
    value("vti", integral),
    value("velocity", peak),
    value("mean-velocity", integral / duration),
    value("peak-gradient", gradient(peak)),
    value("mean-gradient", pressure / duration),
    value("duration", 1000 * duration),
  ];
}

const TWO: Drawing = { kind: "places", count: 2 };
const ENDS = ["Place the first end", "Place the second end"];

export const TOOLS: readonly ToolSpec[] = [
  { name: "distance", title: "Distance", key: "d", group: "Picture", axes: "distance", drawing: TWO, graphicType: "POLYLINE", steps: ENDS, measure: length },
  { name: "ellipse", title: "Ellipse", key: "e", group: "Picture", axes: "distance", drawing: { kind: "places", count: 3 }, graphicType: "ELLIPSE", steps: [...ENDS, "Place one side"], measure: ellipse },
  { name: "area", title: "Traced area", key: "a", group: "Picture", axes: "distance", drawing: { kind: "path", closed: true }, graphicType: "POLYLINE", steps: ["Trace the border; Enter or a double click ends"], measure: tracedArea },
  { name: "angle", title: "Angle", key: "A", group: "Picture", axes: "distance", drawing: { kind: "places", count: 3 }, graphicType: "POLYLINE", steps: ["Place one arm", "Place the corner", "Place the other arm"], measure: corner },
  { name: "volume", title: "Volume by disks", key: "V", group: "Picture", axes: "distance", drawing: { kind: "path", closed: true }, graphicType: "POLYLINE", steps: ["Trace from one side of the base over the apex to the other; Enter ends"], measure: cavity },
  { name: "depth", title: "M-mode distance", key: "M", group: "M-mode and ECG", axes: "m-mode", drawing: TWO, graphicType: "POLYLINE", steps: ENDS, measure: depth },
  { name: "time", title: "Time", key: "T", group: "M-mode and ECG", axes: "time", drawing: TWO, graphicType: "POLYLINE", steps: ENDS, measure: time },
  { name: "heart-rate", title: "Heart rate", key: "H", group: "M-mode and ECG", axes: "time", drawing: TWO, graphicType: "POLYLINE", steps: ["Place one R-wave", "Place the next R-wave"], measure: heartRate },
  { name: "slope", title: "M-mode slope", key: "S", group: "M-mode and ECG", axes: "m-mode", drawing: TWO, graphicType: "POLYLINE", steps: ENDS, measure: slope },
  { name: "velocity", title: "Velocity", key: "v", group: "Doppler", axes: "velocity", drawing: { kind: "places", count: 1 }, graphicType: "POINT", steps: ["Place it on the peak"], measure: velocity },
  { name: "deceleration", title: "Deceleration and half-time", key: "u", group: "Doppler", axes: "velocity", drawing: TWO, graphicType: "POLYLINE", steps: ["Place the peak", "Place the end of the slope"], measure: deceleration },
  { name: "envelope", title: "Spectral envelope", key: "w", group: "Doppler", axes: "velocity", drawing: { kind: "path", closed: false }, graphicType: "POLYLINE", steps: ["Trace the envelope of one beat; Enter or a double click ends"], measure: envelope },
  { name: "b-lines", title: "Count B-lines", key: "B", group: "Marks", axes: "none", drawing: { kind: "many" }, graphicType: "MULTIPOINT", steps: ["Mark each line; Enter ends"], measure: (places) => [value("count", places.length)] },
  { name: "arrow", title: "Arrow", key: "G", group: "Marks", axes: "none", drawing: TWO, graphicType: "POLYLINE", steps: ["Place the tail", "Place the tip"], measure: () => [] },
  { name: "note", title: "Note", key: "E", group: "Marks", axes: "none", drawing: { kind: "places", count: 1 }, graphicType: "POINT", steps: ["Place the note"], measure: () => [] },
];

export const TOOL: ReadonlyMap<ToolName, ToolSpec> = new Map(TOOLS.map((tool) => [tool.name, tool]));

/** The fewest places with which a drawing is whole. */
export function fewest(tool: ToolSpec): number {
  switch (tool.drawing.kind) {
    case "places":
      return tool.drawing.count;
    case "path":
      return tool.drawing.closed ? 3 : 2;
    case "many":
      return 1;
  }
}
