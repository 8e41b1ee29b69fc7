import type { InstanceDetail } from "../api/client";
import type { Playing } from "./cine";
import { beatsOf, framesOfBeat, type Beat } from "./playback";
import type { Cell } from "./workspace";

export type { Playing } from "./cine";

/** How a cell's loop is to play: what the person chose, else what the object asks for. */
export function playingOf(cell: Cell, instance: InstanceDetail): Playing {
  const { beats } = beatsOfInstance(instance);
  const beat = cell.beat === null ? undefined : beats[cell.beat % beats.length];
  return {
    speed: cell.speed,
    bounces: cell.bounces ?? instance.playback === "sweep",
    trim: beat ? framesOfBeat(instance, beat) : (cell.trim ?? storedTrim(instance)),
  };
}

export function storedTrim(instance: InstanceDetail): { first: number; last: number } {
  return { first: instance.firstShown, last: instance.lastShown };
}

const known = new WeakMap<InstanceDetail, ReturnType<typeof beatsOf>>();

/** The beats of an instance, found once. */
export function beatsOfInstance(instance: InstanceDetail): { beats: Beat[]; source: string } {
  const before = known.get(instance);
  if (before) return before;
  const found = beatsOf(instance, instance.rWavesMs, instance.heartRate);
  known.set(instance, found);
  return found;
}
