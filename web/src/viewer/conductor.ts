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

/** How fast loops go that move together, and when they began. */
interface Pace {
  startedAt: number;
  periodMs: number;
  lengthMs: number;
}

/**
 * Makes loops move together: by heart beat, whatever the rate of each heart; by time; or by heart
 * beat within each stage of a stress study, so that every stage keeps its own heart rate.
 */
export class Conductor {
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
    const now = performance.now();
    const paces = new Map<string, Pace>();
    for (const player of players) {
      const group = this.groupOf(player);
      const pace = paces.get(group) ?? this.paceOf(group === this.groupOf(leader) ? leader : player, now, speed);
      paces.set(group, pace);
      player.cine.follow(this.phaseFor(player, pace, speed));
    }
  }

  /** After the leader was stopped or moved by hand: the others show the same phase. */
  alignTo(leader: Player): void {
    if (this.mode === "off") return;
    const ms = leader.cine.instance.frameStartsMs[leader.cine.frame] ?? 0;
    const at = phaseOf(leader.beats, ms);
    for (const player of this.players) {
      if (player.cine === leader.cine || this.groupOf(player) !== this.groupOf(leader)) continue;
      const there = this.mode === "time" ? ms : timeAtPhase(player.beats, at.beat, at.part);
      player.cine.go(frameAtTime(player.cine.instance, there));
    }
  }

  /** Players of one group share one pace. */
  private groupOf({ cine }: Player): string {
    return this.mode === "stage" ? cine.instance.stageName.toUpperCase() : "";
  }

  private paceOf({ cine, beats }: Player, now: number, speed: number): Pace {
    const ms = cine.instance.frameStartsMs[cine.frame] ?? 0;
    const at = phaseOf(beats, ms);
    const periodMs = meanBeatMs(beats) / speed;
    const gone = this.mode === "time" ? ms / speed : (at.beat + at.part) * periodMs;
    return { startedAt: now - gone, periodMs, lengthMs: cine.instance.loopLengthMs / speed };
  }

  private phaseFor(player: Player, { startedAt, periodMs, lengthMs }: Pace, speed: number): Phase {
    if (this.mode !== "time") {
      return (now) => {
        const beats = (now - startedAt) / periodMs;
        return timeAtPhase(player.beats, Math.floor(beats), beats - Math.floor(beats));
      };
    }
    const last = player.cine.instance.loopLengthMs - 0.01;
    return (now) => Math.min(last, ((now - startedAt) % lengthMs) * speed);
  }
}
