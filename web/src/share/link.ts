/**
 * What is on screen as the fragment of a link.
 *
 * A browser keeps the fragment to itself: no server and no log sees it. Images are named by short
 * keys of ours, which mean something only to somebody who has the study open.
 */

import { FITTED } from "../viewer/geometry";
import { PALETTES, PLAIN, type Look } from "../viewer/look";
import { type Cell, cellCount, EMPTY_CELL, LAYOUT_NAMES, type Workspace } from "../viewer/workspace";

/** One viewport of a link: its cell, and the frame (from 0) it stands at; null where it plays. */
export interface LinkedCell {
  cell: Cell;
  frame: number | null;
}

export interface LinkedView {
  workspace: Pick<Workspace, "layout" | "active">;
  cells: LinkedCell[];
}

const START = "#view=";

/** The fragment that opens this view again. */
export function fragmentOf(
  workspace: Pick<Workspace, "layout" | "active" | "cells">,
  frameAt: (index: number) => number | null,
): string {
  const cells = workspace.cells.slice(0, cellCount(workspace.layout)).map((cell, at) => wordOf(cell, frameAt(at)));
  return `${START}${[LAYOUT_NAMES.indexOf(workspace.layout), workspace.active, ...cells].join(",")}`;
}

/** Reads a fragment; null where it is none of ours, or of another version. */
export function viewOf(fragment: string, uids: readonly string[]): LinkedView | null {
  if (!fragment.startsWith(START)) return null;
  const [layoutAt, activeAt, ...words] = fragment.slice(START.length).split(",");
  const layout = LAYOUT_NAMES[Number(layoutAt)];
  const active = Number(activeAt);
  if (!layout || words.length !== cellCount(layout) || !(active >= 0 && active < words.length)) return null;
  const byKey = new Map(uids.map((uid) => [keyOfImage(uid), uid]));
  return { workspace: { layout, active }, cells: words.map((word) => cellOf(word, byKey)) };
}

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;

/** A name for an image, short and the same in every browser: FNV-1a of its UID, in 64 bits. */
export function keyOfImage(uid: string): string {
  let hash = FNV_OFFSET;
  for (const sign of uid) hash = BigInt.asUintN(64, (hash ^ BigInt(sign.charCodeAt(0))) * FNV_PRIME);
  return hash.toString(36);
}

function wordOf(cell: Cell, frame: number | null): string {
  if (cell.uid === null) return "";
  const { look, view } = cell;
  return [
    keyOfImage(cell.uid),
    frame === null ? "" : frame + 1,
    PALETTES.indexOf(look.palette),
    Math.round(look.brightness * 100),
    Math.round(look.contrast * 100),
    look.inverted ? 1 : 0,
    view.quarterTurns,
    view.flipped ? 1 : 0,
  ].join("~");
}

function cellOf(word: string, byKey: ReadonlyMap<string, string>): LinkedCell {
  const [key = "", frame = "", ...numbers] = word.split("~");
  const uid = byKey.get(key);
  if (!uid) return { cell: EMPTY_CELL, frame: null };
  const [palette = 0, brightness = 0, contrast = 100, inverted = 0, turns = 0, flipped = 0] = numbers.map(Number);
  const look: Look = {
    ...PLAIN,
    palette: PALETTES[palette] ?? "grey",
    brightness: within(brightness / 100, -1, 1, 0),
    contrast: within(contrast / 100, 0.2, 5, 1),
    inverted: inverted === 1,
  };
  const quarterTurns = turns === 1 || turns === 2 || turns === 3 ? turns : 0;
  const at = Number(frame) - 1;
  return {
    cell: { ...EMPTY_CELL, uid, look, view: { ...FITTED, quarterTurns, flipped: flipped === 1 } },
    frame: frame !== "" && Number.isInteger(at) && at >= 0 ? at : null,
  };
}

function within(value: number, least: number, most: number, otherwise: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, least), most) : otherwise;
}
