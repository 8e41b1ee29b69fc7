import type { InstanceDetail } from "../api/client";
import type { Clip } from "../frames/clip";
import type { FrameClock, Ticking } from "./clock";
import { frameAtTime, type Pass, passOver, placeAt, startOf, type Trim } from "./playback";

/** Frames decoded before they are due. */
const AHEAD = 6;

export interface CineState {
  /** From 0. */
  frame: number;
  isPlaying: boolean;
  loaded: number;
  problem: string;
  isUndecodable: boolean;
}

export interface Playing {
  speed: number;
  bounces: boolean;
  trim: Trim;
}

/** Tells a follower which clip time is due; null while there is nothing to follow. */
export type Phase = (nowMs: number) => number | null;

/** Draws a picture; the canvas takes its size. */
export type Draw = (picture: ImageBitmap) => void;

/**
 * Plays one clip at its own frame times.
 *
 * Real time is kept: a frame that is not decoded when due is skipped and counted as late. While
 * frames are still on their way from the server the clock waits for them.
 */
export class Cine implements Ticking {
  /**
   * Frames that were due since the loop began to play, and how many of them were late: not drawn in
   * the turn of the clock in which they were due, or passed over because that turn came too late.
   */
  readonly tally = { due: 0, late: 0 };
  shrink = 1;
  private pass: Pass;
  private wanted: number;
  private drawn = -1;
  private drawnShrink = 0;
  private startedAt = 0;
  private isPlaying = false;
  private lastDue = -1;
  /** Which of all frames since the beginning was due last; -1 after the beginning was moved. */
  private ordinal = -1;
  private readonly listeners = new Set<() => void>();
  private state: CineState;
  private readonly stopListening: () => void;
  private phase: Phase | undefined;

  constructor(
    private readonly clock: FrameClock,
    readonly clip: Clip,
    readonly instance: InstanceDetail,
    private readonly draw: Draw,
    private playing: Playing,
  ) {
    this.pass = passOver(instance, playing.trim, playing.bounces);
    this.wanted = playing.trim.first;
    this.state = this.look();
    this.stopListening = clip.subscribe(this.clipChanged);
    this.prepare();
    this.drawIfReady();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): CineState => this.state;

  play(): void {
    if (this.instance.numberOfFrames < 2) return;
    this.startAt(this.wanted);
    if (!this.isPlaying) {
      this.isPlaying = true;
      this.clock.add(this);
    }
    this.tell();
  }

  pause(): void {
    this.isPlaying = false;
    this.clock.remove(this);
    this.prepare();
    this.drawIfReady();
    this.tell();
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /** Stops on one frame (from 0). */
  go(frame: number): void {
    this.wanted = Math.min(Math.max(frame, 0), this.instance.numberOfFrames - 1);
    this.pause();
  }

  /** Stops, and goes on by some frames, round and round within the trims. */
  step(by: number): void {
    const { first, last } = this.playing.trim;
    const length = last - first + 1;
    this.go(first + ((((this.wanted - first + by) % length) + length) % length));
  }

  change(playing: Playing): void {
    const elapsed = this.isPlaying ? this.wanted : -1;
    this.playing = playing;
    this.pass = passOver(this.instance, playing.trim, playing.bounces);
    if (elapsed >= 0) this.startAt(this.wanted);
    else if (this.wanted < playing.trim.first || this.wanted > playing.trim.last) this.go(playing.trim.first);
  }

  /** Follows others: the phase replaces this clip's own time while it plays. */
  follow(phase: Phase | undefined): void {
    this.phase = phase;
    if (!phase && this.isPlaying) this.startAt(this.wanted);
  }

  get frame(): number {
    return this.wanted;
  }

  get plays(): boolean {
    return this.isPlaying;
  }

  /** The decoded picture now due, for a magnifier; undefined while it is not here. */
  get picture(): ImageBitmap | undefined {
    return this.clip.anyPicture(this.wanted);
  }

  setShrink(shrink: number): void {
    this.shrink = shrink;
    this.prepare();
    this.drawIfReady();
  }

  close(): void {
    this.isPlaying = false;
    this.clock.remove(this);
    this.stopListening();
    this.listeners.clear();
  }

  readonly tick = (nowMs: number): void => {
    const due = this.due(nowMs);
    if (due === this.lastDue) {
      if (due !== this.drawn) this.drawIfReady();
      return;
    }
    if (!this.clip.arrived[due] && !this.clip.undecodable.has(due)) {
      if (!this.phase) this.startAt(this.wanted);
      return;
    }
    const missed = this.missedAt(nowMs);
    this.lastDue = due;
    this.wanted = due;
    this.prepare();
    this.drawIfReady();
    this.tally.due += missed + 1;
    this.tally.late += missed + (this.drawn === due ? 0 : 1);
    this.tell();
  };

  /** Frames that no turn of the clock came for; in step with others the pace is theirs, and leaves frames out. */
  private missedAt(nowMs: number): number {
    if (this.phase) return 0;
    const elapsed = (nowMs - this.startedAt) * this.playing.speed;
    const { lengthMs, frames } = this.pass;
    const ordinal = Math.floor(elapsed / lengthMs) * frames.length + placeAt(this.pass, elapsed);
    const missed = this.ordinal < 0 ? 0 : Math.max(0, ordinal - this.ordinal - 1);
    this.ordinal = ordinal;
    return missed;
  }

  private due(nowMs: number): number {
    const phase = this.phase?.(nowMs);
    if (phase !== undefined && phase !== null) return frameAtTime(this.instance, phase);
    const elapsed = (nowMs - this.startedAt) * this.playing.speed;
    return this.pass.frames[placeAt(this.pass, elapsed)] ?? 0;
  }

  private startAt(frame: number): void {
    this.ordinal = -1;
    this.startedAt = performance.now() - startOf(this.pass, frame) / this.playing.speed;
  }

  private readonly clipChanged = (): void => {
    this.prepare();
    this.drawIfReady();
    this.tell();
  };

  /** A playing loop may be drawn smaller; a frame that stands is drawn exactly. */
  private get wantedShrink(): number {
    return this.isPlaying ? this.shrink : this.clip.standing;
  }

  private prepare(): void {
    const { clip } = this;
    clip.current = this.wanted;
    clip.want(this.wanted, this.wantedShrink);
    if (!this.isPlaying && this.instance.numberOfFrames > 1) {
      clip.want((this.wanted + 1) % this.instance.numberOfFrames, clip.standing);
      return;
    }
    const place = this.pass.frames.indexOf(this.wanted);
    for (let ahead = 1; ahead <= Math.min(AHEAD, this.pass.frames.length - 1); ahead++) {
      const frame = this.pass.frames[(place + ahead) % this.pass.frames.length];
      if (frame !== undefined) clip.want(frame, this.shrink);
    }
  }

  private drawIfReady(): void {
    const shrink = this.wantedShrink;
    if (this.drawn === this.wanted && this.drawnShrink === shrink) return;
    const exact = this.clip.picture(this.wanted, shrink);
    const picture = exact ?? (this.drawn === this.wanted ? undefined : this.clip.anyPicture(this.wanted));
    if (!picture) return;
    this.draw(picture);
    this.drawn = this.wanted;
    this.drawnShrink = exact ? shrink : 0;
  }

  private look(): CineState {
    return {
      frame: this.wanted,
      isPlaying: this.isPlaying,
      loaded: this.clip.loaded,
      problem: this.clip.problem,
      isUndecodable: this.clip.undecodable.has(this.wanted),
    };
  }

  private tell(): void {
    const next = this.look();
    const { state } = this;
    if (
      next.frame === state.frame &&
      next.isPlaying === state.isPlaying &&
      next.loaded === state.loaded &&
      next.problem === state.problem &&
      next.isUndecodable === state.isUndecodable
    ) {
      return;
    }
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}
