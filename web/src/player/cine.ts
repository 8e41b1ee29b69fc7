import { frameAt, type Timeline } from "./timeline";

/** Decoded pictures kept ready, in bytes; the rest is decoded again when its turn comes. */
const DECODED_BUDGET = 256 * 2 ** 20;
const AHEAD = 12;

export interface CineState {
  frame: number;
  playing: boolean;
  loaded: number;
  /** Frames that were due and not yet decoded. */
  late: number;
}

/**
 * Plays one multi-frame instance on a canvas at its own frame times.
 *
 * Real time is kept: a frame that is not ready when due is skipped, never shown late.
 * While frames are still arriving the clock waits for them.
 */
export class Cine {
  private readonly pictures: (Blob | undefined)[];
  private readonly decoded = new Map<number, ImageBitmap>();
  private readonly decoding = new Set<number>();
  private readonly context: CanvasRenderingContext2D;
  private shown = -1;
  private wanted = 0;
  private playing = false;
  private loaded = 0;
  private late = 0;
  private startedAt = 0;
  private speed = 1;
  private turn = 0;
  private readonly capacity: number;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly timeline: Timeline,
    private readonly changed: (state: CineState) => void,
    private readonly failed: (problem: string) => void,
  ) {
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("This browser cannot draw.");
    this.context = context;
    this.pictures = new Array<Blob | undefined>(timeline.startsMs.length);
    this.capacity = Math.max(
      AHEAD + 2,
      Math.floor(DECODED_BUDGET / Math.max(1, canvas.width * canvas.height * 4)),
    );
  }

  arrive(frame: number, picture: Blob): void {
    this.pictures[frame] = picture;
    this.loaded++;
    if (frame === this.wanted) this.show(frame);
    else this.prepare();
    this.tell();
  }

  play(speed = this.speed): void {
    this.speed = speed;
    this.startAt(this.wanted);
    if (!this.playing && this.timeline.startsMs.length > 1) {
      this.playing = true;
      this.turn = requestAnimationFrame(this.tick);
    }
    this.tell();
  }

  pause(): void {
    this.playing = false;
    cancelAnimationFrame(this.turn);
    this.tell();
  }

  /** Pauses on one frame; beyond either end it goes round. */
  go(frame: number): void {
    this.pause();
    const count = this.timeline.startsMs.length;
    this.show(((frame % count) + count) % count);
  }

  step(by: number): void {
    this.go(this.wanted + by);
  }

  get isPlaying(): boolean {
    return this.playing;
  }

  close(): void {
    this.pause();
    for (const picture of this.decoded.values()) picture.close();
    this.decoded.clear();
  }

  private startAt(frame: number): void {
    this.startedAt = performance.now() - (this.timeline.startsMs[frame] ?? 0) / this.speed;
  }

  private readonly tick = (now: number): void => {
    if (!this.playing) return;
    const due = frameAt(this.timeline, (now - this.startedAt) * this.speed);
    if (this.pictures[due]) this.show(due);
    else this.startAt(this.wanted);
    this.turn = requestAnimationFrame(this.tick);
  };

  private show(frame: number): void {
    this.wanted = frame;
    if (frame !== this.shown) {
      const picture = this.decoded.get(frame);
      if (picture) this.draw(frame, picture);
      else if (this.playing) this.late++;
    }
    this.prepare();
  }

  private draw(frame: number, picture: ImageBitmap): void {
    this.context.drawImage(picture, 0, 0, this.canvas.width, this.canvas.height);
    this.shown = frame;
    this.tell();
  }

  /** Decodes the wanted frame and the next ones; lets the farthest go. */
  private prepare(): void {
    const count = this.timeline.startsMs.length;
    for (let ahead = 0; ahead <= Math.min(AHEAD, count - 1); ahead++) {
      void this.decode((this.wanted + ahead) % count);
    }
    for (const [frame, picture] of this.decoded) {
      if (this.decoded.size <= this.capacity) break;
      if ((frame - this.wanted + count) % count > AHEAD) {
        picture.close();
        this.decoded.delete(frame);
      }
    }
  }

  private async decode(frame: number): Promise<void> {
    const bytes = this.pictures[frame];
    if (!bytes || this.decoded.has(frame) || this.decoding.has(frame)) return;
    this.decoding.add(frame);
    try {
      const picture = await createImageBitmap(bytes);
      this.decoded.set(frame, picture);
      if (frame === this.wanted && frame !== this.shown) this.draw(frame, picture);
    } catch {
      this.pictures[frame] = undefined;
      this.failed(`Frame ${frame + 1} could not be decoded.`);
    } finally {
      this.decoding.delete(frame);
    }
  }

  private tell(): void {
    this.changed({ frame: this.wanted, playing: this.playing, loaded: this.loaded, late: this.late });
  }
}
