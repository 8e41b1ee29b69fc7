import type { Label, Measurement, Quantity, Value } from "./model";
import { TOOL } from "./tools";

/** Numbers as people read them. */

const UNIT_SIGNS: Record<string, string> = {
  cm2: "cm²",
  "cm/s2": "cm/s²",
  ml: "mL",
  deg: "°",
  "mm[Hg]": "mmHg",
  "{H.B.}/min": "bpm",
  "{ratio}": "",
  "{lines}": "",
  wk: "weeks",
  d: "days",
  "l/min": "L/min",
  "l/min/m2": "L/min/m²",
  "g/m2": "g/m²",
  "ml/m2": "mL/m²",
  "cm2/m2": "cm²/m²",
};

const UNIT_OF: Record<Quantity, string> = {
  length: "cm",
  "major-axis": "cm",
  "minor-axis": "cm",
  area: "cm2",
  circumference: "cm",
  angle: "deg",
  volume: "ml",
  time: "ms",
  "heart-rate": "{H.B.}/min",
  slope: "cm/s",
  velocity: "cm/s",
  "peak-gradient": "mm[Hg]",
  deceleration: "cm/s2",
  "deceleration-time": "ms",
  "half-time": "ms",
  vti: "cm",
  "mean-velocity": "cm/s",
  "mean-gradient": "mm[Hg]",
  duration: "ms",
  count: "{lines}",
};

export const QUANTITY_WORDS: Record<Quantity, string> = {
  length: "length",
  "major-axis": "long axis",
  "minor-axis": "short axis",
  area: "area",
  circumference: "circumference",
  angle: "angle",
  volume: "volume",
  time: "time",
  "heart-rate": "heart rate",
  slope: "slope",
  velocity: "velocity",
  "peak-gradient": "peak gradient",
  deceleration: "deceleration",
  "deceleration-time": "deceleration time",
  "half-time": "half-time",
  vti: "VTI",
  "mean-velocity": "mean velocity",
  "mean-gradient": "mean gradient",
  duration: "duration",
  count: "count",
};

/** What stands before a number on the picture, where several stand together. */
const SHORT: Partial<Record<Quantity, string>> = {
  length: "L",
  "major-axis": "D1",
  "minor-axis": "D2",
  area: "A",
  circumference: "C",
  volume: "Vol",
  time: "t",
  velocity: "v",
  "peak-gradient": "PG",
  "deceleration-time": "DT",
  "half-time": "PHT",
  vti: "VTI",
  "mean-velocity": "mean v",
  "mean-gradient": "MG",
  duration: "t",
};

/** A number with its short name, for the picture. */
export function shortText(value: Value): string {
  const name = SHORT[value.quantity];
  return name ? `${name} ${valueText(value)}` : valueText(value);
}

const DECIMALS: Record<string, number> = {
  cm: 2,
  cm2: 2,
  ml: 1,
  deg: 1,
  ms: 0,
  "{H.B.}/min": 0,
  "cm/s": 1,
  "cm/s2": 0,
  "mm[Hg]": 1,
  "%": 1,
  "{ratio}": 2,
  "{lines}": 0,
  g: 0,
  wk: 1,
  d: 0,
};

/** Writes a number with its unit (UCUM). */
export function quantityText(number: number, unit: string): string {
  const sign = UNIT_SIGNS[unit] ?? unit;
  const digits = number.toFixed(DECIMALS[unit] ?? 2);
  return sign === "" || sign === "°" ? `${digits}${sign}` : `${digits} ${sign}`;
}

export function valueText(value: Value): string {
  return quantityText(value.number, UNIT_OF[value.quantity]);
}

/** The label's own number first. */
export function orderedValues(values: readonly Value[], label: Label | undefined): Value[] {
  if (!label) return [...values];
  return [...values].sort(
    (a, b) => Number(b.quantity === label.quantity) - Number(a.quantity === label.quantity),
  );
}

export function titleOf(measurement: Measurement): string {
  if (measurement.text) return measurement.text;
  return measurement.label || (TOOL.get(measurement.tool)?.title ?? measurement.tool);
}

/** Age as people write it: 153 days are 21w 6d. */
export function weeksText(days: number): string {
  const whole = Math.round(days);
  return `${Math.floor(whole / 7)}w ${whole % 7}d`;
}
