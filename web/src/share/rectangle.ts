/** Rectangles that a person draws around what may be seen: plain values, in image pixels. */

import type { components } from "../api/schema";

export type Rectangle = components["schemas"]["PixelRectangle"];

interface Place {
  x: number;
  y: number;
}

interface Shape {
  rows: number;
  columns: number;
}

/** Fewer pixels a side than this are a click and no rectangle. */
const SMALLEST = 8;

/** The whole pixels between two places, within the picture; null where that is next to nothing. */
export function between(one: Place, other: Place, { rows, columns }: Shape): Rectangle | null {
  const left = clamp(Math.floor(Math.min(one.x, other.x)), columns);
  const right = clamp(Math.ceil(Math.max(one.x, other.x)) - 1, columns);
  const top = clamp(Math.floor(Math.min(one.y, other.y)), rows);
  const bottom = clamp(Math.ceil(Math.max(one.y, other.y)) - 1, rows);
  return right - left + 1 < SMALLEST || bottom - top + 1 < SMALLEST ? null : { left, top, right, bottom };
}

/** Moves one side; the others stay where they are. */
export function withSide(before: Rectangle, side: keyof Rectangle, at: number, { rows, columns }: Shape): Rectangle {
  if (!Number.isFinite(at)) return before;
  const upright = side === "top" || side === "bottom";
  const next = { ...before, [side]: clamp(Math.round(at), upright ? rows : columns) };
  return next.left > next.right || next.top > next.bottom ? before : next;
}

/** The middle of a picture: where somebody begins who draws with the keyboard. */
export function middleOf({ rows, columns }: Shape): Rectangle {
  return {
    left: Math.round(columns * 0.15),
    top: Math.round(rows * 0.15),
    right: Math.round(columns * 0.85) - 1,
    bottom: Math.round(rows * 0.85) - 1,
  };
}

function clamp(at: number, count: number): number {
  return Math.min(Math.max(at, 0), count - 1);
}
