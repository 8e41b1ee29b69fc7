/** Which pictures a printed sheet holds, and on which page: plain values. */

import type { InstanceDetail } from "../api/client";
import type { components } from "../api/schema";

type Selections = components["schemas"]["StudyKeyImages"]["selections"];

export const SHEETS = {
  "2×3": { columns: 2, rows: 3 },
  "3×4": { columns: 3, rows: 4 },
} as const;

export type SheetName = keyof typeof SHEETS;

export interface SheetPicture {
  instance: InstanceDetail;
  /** From 1. */
  frame: number;
  /** Why it was marked; empty otherwise. */
  reason: string;
}

/** Objects whose frames can be drawn on paper. */
export function printable(instances: readonly InstanceDetail[]): InstanceDetail[] {
  return instances.filter((one) => one.presentation === "rendered" || one.presentation === "stored-jpeg");
}

/** Key images in the order of the study; one that was marked twice is printed once. */
export function markedPictures(instances: readonly InstanceDetail[], selections: Selections): SheetPicture[] {
  const marked = selections.flatMap((selection) =>
    selection.images.map((image) => ({ ...image, reason: [selection.reason, selection.description].filter(Boolean).join(": ") })),
  );
  return printable(instances).flatMap((instance) => {
    const frames = new Map<number, string>();
    for (const { sopInstanceUID, frame, reason } of marked) {
      if (sopInstanceUID === instance.sopInstanceUID) frames.set(frame ?? representative(instance), reason);
    }
    return [...frames].sort(([one], [other]) => one - other).map(([frame, reason]) => ({ instance, frame, reason }));
  });
}

/** The frame, from 1, that stands for an object: the middle of a loop. */
export function representative(instance: InstanceDetail): number {
  return Math.floor((instance.firstShown + instance.lastShown) / 2) + 1;
}

/** What stands below a picture. */
export function captionOf({ instance, frame, reason }: SheetPicture): string {
  const place = instance.numberOfFrames > 1 ? `frame ${frame} of ${instance.numberOfFrames}` : "";
  const number = instance.instanceNumber === null ? "" : `Image ${instance.instanceNumber}`;
  return [number, instance.stageName, instance.viewName, place, reason].filter(Boolean).join(" · ");
}

export function pagesOf<T>(pictures: readonly T[], sheet: SheetName): T[][] {
  const { columns, rows } = SHEETS[sheet];
  const pages: T[][] = [];
  for (let at = 0; at < pictures.length; at += columns * rows) pages.push(pictures.slice(at, at + columns * rows));
  return pages;
}
