import type { Cine, Phase } from "./cine";
import { type Beat, frameAtTime, meanBeatMs, timeAtPhase } from "./playback";
import type { Sync } from "./workspace";

export interface Player {
  cine: Cine;
  beats: readonly Beat[];
}

/** Where a leader's clip time stands: whole beats gone by and the part of the present one. */
export interface PhasePoint {
  beat: number;
  part: number;
}

/** Finds the phase of a moment of a clip's own time. */
export function phaseOf(beats: readonly Beat[], ms: number): PhasePoint {
  const found = beats.findIndex((beat) => ms < beat.endMs);
  const beat = found < 0 ? beats.length - 1 : found;
  const { startMs, endMs } = beats[beat] ?? { startMs: 0, endMs: 1 };
  const part = (ms - startMs) / Math.max(1, endMs - startMs);
  return { beat, part: Math.min(Math.max(part, 0), 1) };
}

/** Makes loops move together: by heart beat, whatever the rate of each heart, or by time. */
export class Conductor {
  private startedAt = 0;
  private periodMs = 1000;
  private lengthMs = 1000;
  private mode: Sync = "off";
  private players: readonly Player[] = [];

  /** Puts these players under one phase; the leader's beat gives the pace. */
  lead(mode: Sync, players: readonly Player[], leader: Player | undefined, speed: number): void {
    this.mode = mode;
    this.players = players;
    if (mode === "off" || !leader) {
      for (const { cine } of players) cine.follow(undefined);
      return;
    }
    const at = phaseOf(leader.beats, leader.cine.instance.frameStartsMs[leader.cine.frame] ?? 0);
    this.periodMs = meanBeatMs(leader.beats) / speed;
    this.lengthMs = leader.cine.instance.loopLengthMs / speed;
    const now = performance.now();
    this.startedAt =
      mode === "beat"
        ? now - (at.beat + at.part) * this.periodMs
        : now - (leader.cine.instance.frameStartsMs[leader.cine.frame] ?? 0) / speed;
    for (const player of players) player.cine.follow(this.phaseFor(player, speed));
  }

  /** After the leader was stopped or moved by hand: the others show the same phase. */
  alignTo(leader: Player): void {
    if (this.mode === "off") return;
    const ms = leader.cine.instance.frameStartsMs[leader.cine.frame] ?? 0;
    const at = phaseOf(leader.beats, ms);
    for (const player of this.players) {
      if (player.cine === leader.cine) continue;
      const there = this.mode === "beat" ? timeAtPhase(player.beats, at.beat, at.part) : ms;
      player.cine.go(frameAtTime(player.cine.instance, there));
    }
  }

  private phaseFor(player: Player, speed: number): Phase {
    if (this.mode === "beat") {
      return (now) => {
        const beats = (now - this.startedAt) / this.periodMs;
        return timeAtPhase(player.beats, Math.floor(beats), beats - Math.floor(beats));
      };
    }
    const last = player.cine.instance.loopLengthMs - 0.01;
    return (now) => Math.min(last, ((now - this.startedAt) % this.lengthMs) * speed);
  }
}
