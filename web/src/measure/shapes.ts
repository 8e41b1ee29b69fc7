import type { Place } from "./model";

/** Lengths, areas and disks of shapes. The plane is flat: pixels, or centimetres after `toPhysical`. */

export function toPhysical(places: readonly Place[], scale: { x: number; y: number }): Place[] {
  return places.map(({ x, y }) => ({ x: x * scale.x, y: y * scale.y }));
}

export function distance(a: Place, b: Place): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

export function pathLength(path: readonly Place[]): number {
  let sum = 0;
  for (let at = 1; at < path.length; at++) sum += distance(path[at - 1] as Place, path[at] as Place);
  return sum;
}

export function perimeter(outline: readonly Place[]): number {
  const [first] = outline;
  return first ? pathLength([...outline, first]) : 0;
}

/** The area of a closed outline; the last place joins the first. */
export function area(outline: readonly Place[]): number {
  let doubled = 0;
  outline.forEach((a, at) => {
    const b = outline[(at + 1) % outline.length] as Place;
    doubled += a.x * b.y - b.x * a.y;
  });
  return Math.abs(doubled / 2);
}

/** The angle at `corner`, in degrees from 0 to 180. */
export function angle(arm: Place, corner: Place, other: Place): number {
  const a = Math.atan2(arm.y - corner.y, arm.x - corner.x);
  const b = Math.atan2(other.y - corner.y, other.x - corner.x);
  const between = Math.abs(a - b);
  return (180 / Math.PI) * Math.min(between, 2 * Math.PI - between);
}

/** Ramanujan's second approximation, from the two whole axes. */
export function ellipseCircumference(axis: number, other: number): number {
  const a = axis / 2;
  const b = other / 2;
  if (a + b === 0) return 0;
  const h = ((a - b) / (a + b)) ** 2;
  return Math.PI * (a + b) * (1 + (3 * h) / (10 + Math.sqrt(4 - 3 * h)));
}

/**
 * The ends of an ellipse's second axis: across the first at its middle, as wide as `beside` lies
 * away from the first. Computed in physical units, because pixels need not be square.
 */
export function secondAxis(
  start: Place,
  end: Place,
  beside: Place,
  scale: { x: number; y: number },
): [Place, Place] {
  const [a, b, c] = toPhysical([start, end, beside], scale) as [Place, Place, Place];
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  const length = distance(a, b) || 1;
  const across = { x: -(b.y - a.y) / length, y: (b.x - a.x) / length };
  const half = (c.x - middle.x) * across.x + (c.y - middle.y) * across.y;
  const ends = [half, -half].map((by) => ({
    x: (middle.x + across.x * by) / scale.x,
    y: (middle.y + across.y * by) / scale.y,
  }));
  return ends as [Place, Place];
}

export const DISKS = 20;

export interface Disks {
  length: number;
  diameters: number[];
}

/**
 * Cuts a cavity into twenty disks across its long axis. The first and last places are the ends of
 * its base; the long axis goes from the base's middle to the place farthest from it.
 */
export function cutIntoDisks(outline: readonly Place[]): Disks | undefined {
  const first = outline[0];
  const last = outline.at(-1);
  if (!first || !last || outline.length < 3) return undefined;
  const base = { x: (first.x + last.x) / 2, y: (first.y + last.y) / 2 };
  const apex = outline.reduce((far, place) => (distance(place, base) > distance(far, base) ? place : far));
  const length = distance(apex, base);
  if (length === 0) return undefined;
  const along = { x: (apex.x - base.x) / length, y: (apex.y - base.y) / length };
  const turned = [...outline, first].map((place) => {
    const x = place.x - base.x;
    const y = place.y - base.y;
    return { x: x * along.y - y * along.x, y: x * along.x + y * along.y };
  });
  const diameters = Array.from({ length: DISKS }, (_, disk) => widthAt(turned, ((disk + 0.5) * length) / DISKS));
  return diameters.some((width) => width > 0) ? { length, diameters } : undefined;
}

/** Volume of elliptical disks of equal height; one plane: give its disks twice. */
export function disksVolume({ length, diameters }: Disks, other: readonly number[] = diameters): number {
  const products = diameters.reduce((sum, diameter, at) => sum + diameter * (other[at] ?? 0), 0);
  return ((Math.PI / 4) * products * length) / diameters.length;
}

function widthAt(closed: readonly Place[], height: number): number {
  let least = Infinity;
  let most = -Infinity;
  for (let at = 1; at < closed.length; at++) {
    const a = closed[at - 1] as Place;
    const b = closed[at] as Place;
    if (a.y <= height !== b.y <= height) {
      const x = a.x + ((height - a.y) / (b.y - a.y)) * (b.x - a.x);
      least = Math.min(least, x);
      most = Math.max(most, x);
    }
  }
  return most > least ? most - least : 0;
}
