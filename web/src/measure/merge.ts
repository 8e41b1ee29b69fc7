import type { Measurement } from "./model";

/**
 * Joins what this page did with what somebody else saved meanwhile; nothing is lost.
 *
 * What only one side changed is taken from that side. Where both changed one measurement, mine
 * stays in its place and theirs is kept beside it under a name of its own.
 */
export function merge(
  base: readonly Measurement[],
  mine: readonly Measurement[],
  theirs: readonly Measurement[],
  newUID: () => string,
): Measurement[] {
  const before = byUID(base);
  const ours = byUID(mine);
  const others = byUID(theirs);
  const joined: Measurement[] = [];
  for (const measurement of mine) {
    const uid = measurement.trackingUID;
    const original = before.get(uid);
    const other = others.get(uid);
    const iChanged = !original || !same(original, measurement);
    if (!other) {
      // Deleted there: it goes, unless it is new or was changed here.
      if (iChanged) joined.push(measurement);
      continue;
    }
    const theyChanged = !original || !same(original, other);
    joined.push(iChanged ? measurement : other);
    if (iChanged && theyChanged && !same(measurement, other)) {
      joined.push({ ...other, trackingUID: newUID() });
    }
  }
  for (const other of theirs) {
    if (ours.has(other.trackingUID)) continue;
    const original = before.get(other.trackingUID);
    // Deleted here: it stays away, unless it is new or was changed there.
    if (!original || !same(original, other)) joined.push(other);
  }
  return joined;
}

export function same(a: Measurement, b: Measurement): boolean {
  return a === b || JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

export function sameAll(a: readonly Measurement[], b: readonly Measurement[]): boolean {
  return a.length === b.length && a.every((one, at) => same(one, b[at] as Measurement));
}

/** What a person can see of a measurement; a time may come back written otherwise. */
function plain(it: Measurement): unknown {
  return [
    it.tool,
    it.label,
    it.figures.map((figure) => [figure.sopInstanceUID, figure.frame, figure.graphicType, figure.points]),
    it.values.map(({ quantity, number }) => `${quantity} ${rounded(number)}`).sort(),
    Date.parse(it.measuredAt),
    it.measuredBy,
    it.text ?? "",
    it.manualScale ? [rounded(it.manualScale.cmPerColumn), rounded(it.manualScale.cmPerRow)] : null,
  ];
}

/** A number may lose its last bits on the way through other units. */
function rounded(number: number): string {
  return number.toPrecision(12);
}

function byUID(measurements: readonly Measurement[]): Map<string, Measurement> {
  return new Map(measurements.map((measurement) => [measurement.trackingUID, measurement]));
}
