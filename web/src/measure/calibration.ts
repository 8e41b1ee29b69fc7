import type { InstanceCalibration, ManualScale, Place, Region } from "./model";

/**
 * The one calibration model of the browser: from places in a picture to what they measure, or to
 * the reason why they cannot be measured. The server reads the regions (PS3.3 C.8.5.5); this file
 * decides which region serves. It never guesses a scale.
 */

/** What a tool needs: both axes in centimetres; seconds by centimetres; and so on. */
export type Axes = "distance" | "m-mode" | "velocity" | "time" | "none";

/** What one pixel measures where a measurement lies. */
export interface Scale {
  /** Physical units for one column and one row, with their signs. */
  x: number;
  y: number;
  baselineRow: number | null;
  velocityPerRow: number | null;
  /** Set where a person gave the scale. */
  manual: ManualScale | null;
}

export type Calibrated =
  | { ok: true; scale: Scale; warnings: string[] }
  | { ok: false; reason: string; canCalibrate: boolean };

const PLAIN_SCALE: Scale = { x: 1, y: 1, baselineRow: null, velocityPerRow: null, manual: null };

const NEEDED: Record<Exclude<Axes, "none">, string> = {
  distance: "centimetres on both axes",
  "m-mode": "time across and centimetres down, as an M-mode trace has",
  velocity: "time across and velocity down, as a spectral Doppler trace has",
  time: "time across, as a trace has",
};

const FORMAT_WORDS: Record<Region["spatialFormat"], string> = {
  "2D": "a two-dimensional picture",
  "M-mode": "an M-mode trace",
  spectral: "a spectral Doppler trace",
  waveform: "a waveform, such as an ECG",
  other: "not a calibrated picture",
};

/** Tells what a measurement at these places would measure, or why it cannot be measured. */
export function calibrate(
  calibration: InstanceCalibration | undefined,
  places: readonly Place[],
  axes: Axes,
  manual: ManualScale | undefined,
): Calibrated {
  if (axes === "none") return { ok: true, scale: PLAIN_SCALE, warnings: [] };
  const regions = calibration?.regions ?? [];
  const found = places.map((place) => regionAt(regions, place, axes));
  if (found.length > 0 && found.every((region) => region !== undefined)) {
    const region = sharedRegion(found as Region[], places, axes);
    if (!region) {
      return refusal(
        "The measurement crosses from one calibrated region into another that has a different scale. Measure inside one region.",
        false,
      );
    }
    const blocking = region.doubts.find((doubt) => doubt.blocks);
    if (!blocking) return { ok: true, scale: scaleOf(region), warnings: warningsOf(region) };
    return manualOr(manual, axes, blocking.sentence, !region.isScalingProtected);
  }
  const lost = places.findIndex((_, at) => found[at] === undefined);
  const place = places[lost];
  const here = place ? smallestAt(regions, place) : undefined;
  if (found.some((region) => region !== undefined)) {
    return refusal(
      "The measurement leaves its calibrated region. Measure inside one region.",
      false,
    );
  }
  const isProtected = here?.isScalingProtected ?? false;
  return manualOr(manual, axes, reasonFor(regions, here, axes), !isProtected);
}

/** A scale from a distance that a person knows; `pixelAspectRatio` is height by width. */
export function manualScale(
  start: Place,
  end: Place,
  knownCm: number,
  pixelAspectRatio: number,
): ManualScale | undefined {
  // In units of a pixel's height, which is what one row measures.
  const length = Math.hypot((end.x - start.x) / pixelAspectRatio, end.y - start.y);
  if (!(length > 0) || !(knownCm > 0) || !Number.isFinite(knownCm)) return undefined;
  const cmPerRow = knownCm / length;
  return { cmPerRow, cmPerColumn: cmPerRow / pixelAspectRatio };
}

/** The smallest region at a place whose axes have the units that are needed. */
export function regionAt(regions: readonly Region[], place: Place, axes: Axes): Region | undefined {
  return smallest(regions.filter((region) => contains(region, place) && fits(region, axes)));
}

function smallestAt(regions: readonly Region[], place: Place): Region | undefined {
  return smallest(regions.filter((region) => contains(region, place)));
}

function smallest(regions: readonly Region[]): Region | undefined {
  let best: Region | undefined;
  for (const region of regions) if (!best || sizeOf(region) < sizeOf(best)) best = region;
  return best;
}

/** Bounds are whole pixels and inclusive; a place counts from their outer corner. */
function contains(region: Region, { x, y }: Place): boolean {
  return (
    x >= region.minColumn && x <= region.maxColumn + 1 && y >= region.minRow && y <= region.maxRow + 1
  );
}

function sizeOf(region: Region): number {
  return (region.maxColumn - region.minColumn + 1) * (region.maxRow - region.minRow + 1);
}

function fits(region: Region, axes: Axes): boolean {
  if (region.spatialFormat === "other") return false;
  const across = region.deltaX !== 0;
  const down = region.deltaY !== 0;
  switch (axes) {
    case "distance":
      return across && down && region.unitX === "cm" && region.unitY === "cm";
    case "m-mode":
      return across && down && region.unitX === "s" && region.unitY === "cm";
    case "velocity":
      return across && region.unitX === "s" && region.baselineRow !== null && region.velocityPerRow !== null;
    case "time":
      return across && region.unitX === "s";
    case "none":
      return true;
  }
}

/** One region that holds all places, or several of one scale (a split screen). */
function sharedRegion(found: readonly Region[], places: readonly Place[], axes: Axes): Region | undefined {
  const whole = smallest(found.filter((region) => places.every((place) => contains(region, place))));
  if (whole) return whole;
  const first = found[0];
  if (!first || axes === "velocity") return undefined;
  const same = found.every(
    (region) =>
      region.unitX === first.unitX &&
      region.unitY === first.unitY &&
      region.deltaX === first.deltaX &&
      region.deltaY === first.deltaY,
  );
  return same ? first : undefined;
}

function scaleOf(region: Region): Scale {
  return {
    x: region.deltaX,
    y: region.deltaY,
    baselineRow: region.baselineRow,
    velocityPerRow: region.velocityPerRow,
    manual: null,
  };
}

/** Doubts that leave lengths right are told, except those that only concern display. */
function warningsOf(region: Region): string[] {
  return region.doubts
    .filter((doubt) => doubt.kind === "reference maybe absolute")
    .map((doubt) => doubt.sentence);
}

function manualOr(
  manual: ManualScale | undefined,
  axes: Axes,
  reason: string,
  canCalibrate: boolean,
): Calibrated {
  if (axes !== "distance" || !canCalibrate) return refusal(reason, axes === "distance" && canCalibrate);
  if (!manual) return refusal(reason, true);
  return {
    ok: true,
    scale: { ...PLAIN_SCALE, x: manual.cmPerColumn, y: manual.cmPerRow, manual },
    warnings: ["Calibrated by hand."],
  };
}

function reasonFor(regions: readonly Region[], here: Region | undefined, axes: Axes): string {
  const needs = `This tool needs ${NEEDED[axes as Exclude<Axes, "none">]}.`;
  if (regions.length === 0) return `The scanner gave this picture no calibration. ${needs}`;
  if (!here) return `This place lies outside every calibrated region of the picture. ${needs}`;
  if (here.spatialFormat === "other" || here.unitX === "other") {
    return `This region of the picture has no calibration. ${needs}`;
  }
  return `Here is ${FORMAT_WORDS[here.spatialFormat]}. ${needs}`;
}

function refusal(reason: string, canCalibrate: boolean): Calibrated {
  return { ok: false, reason, canCalibrate };
}
