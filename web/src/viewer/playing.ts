import type { InstanceDetail } from "../api/client";
import type { Playing } from "./cine";
import type { Clip } from "../frames/clip";
import { rWavesOf } from "./paintedECG";
import { beatsOf, framesOfBeat } from "./playback";
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

type Beats = ReturnType<typeof beatsOf>;

const known = new WeakMap<InstanceDetail, Beats>();
const read = new WeakSet<InstanceDetail>();

/** The beats of an instance, found once. */
export function beatsOfInstance(instance: InstanceDetail): Beats {
  const before = known.get(instance);
  if (before) return before;
  const found = beatsOf(instance, instance.rWavesMs, instance.heartRate);
  known.set(instance, found);
  return found;
}

/** Frames looked at to tell the moving bar from the trace. */
const LOOKED_AT = 12;

/** Reads R-waves from the ECG that is painted into a loop; true when its beats are known better now. */
export async function readPaintedECG(clip: Clip, instance: InstanceDetail): Promise<boolean> {
  const { paintedECG: box, numberOfFrames: count, frameStartsMs, loopLengthMs } = instance;
  if (!box || count < 2 || read.has(instance)) return false;
  read.add(instance);
  const frames = [...new Set(Array.from({ length: LOOKED_AT }, (_, at) => Math.round((at * (count - 1)) / (LOOKED_AT - 1))))];
  const seen = await clip.look(box, frames);
  const strips = seen.map((pixels, at) => ({ pixels, startMs: frameStartsMs[frames[at] ?? 0] ?? 0 }));
  const waves = rWavesOf(strips, box, loopLengthMs);
  if (waves.length === 0) return false;
  known.set(instance, beatsOf(instance, waves, instance.heartRate, "painted ECG"));
  return true;
}
