import type { Box, FrameSource, FromWorker, ToWorker } from "./messages";

/** Stands for "exact" where a loop is fetched in a lossy form for playing. */
export const EXACT = 0;

/** Decoded pictures of one clip, and which of its frames are here at all. */
export class Clip {
  readonly arrived: boolean[];
  readonly undecodable = new Set<number>();
  loaded = 0;
  encodedBytes = 0;
  problem = "";
  status = 0;
  /** Viewports that show this clip now; 0 makes it the first to be forgotten. */
  holders = 0;
  lastUsed = 0;
  /** Frame that its viewport shows: eviction keeps what comes soon after it. */
  current = 0;
  readonly pictures = new Map<string, ImageBitmap>();
  private readonly asked = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private readonly looking: ((strips: readonly Uint8Array[]) => void)[] = [];

  constructor(
    readonly number: number,
    readonly source: FrameSource,
    private readonly send: (message: ToWorker) => void,
    first = 0,
  ) {
    // Its worker decodes this one by itself.
    this.asked.add(keyOf(first, 1));
    this.arrived = new Array<boolean>(source.numberOfFrames).fill(false);
  }

  get isComplete(): boolean {
    return this.loaded === this.source.numberOfFrames;
  }

  picture(frame: number, shrink: number): ImageBitmap | undefined {
    return this.pictures.get(keyOf(frame, shrink));
  }

  /** How a frame that stands still is wanted: exactly as stored. */
  get standing(): number {
    const { presentation, renderedType } = this.source;
    return presentation === "rendered" && renderedType === "image/jpeg" ? EXACT : 1;
  }

  /** The picture at any size, the sharpest first. */
  anyPicture(frame: number): ImageBitmap | undefined {
    return this.picture(frame, EXACT) ?? this.picture(frame, 1) ?? this.picture(frame, 2) ?? this.picture(frame, 4);
  }

  /** Asks for a decoded frame unless it is here, on its way, or cannot be had. */
  want(frame: number, shrink: number): void {
    const key = keyOf(frame, shrink);
    if (!this.arrived[frame] || this.pictures.has(key) || this.asked.has(key)) return;
    if (this.undecodable.has(frame)) return;
    this.asked.add(key);
    this.send({ kind: "decode", clip: this.number, frame, shrink });
  }

  /** Brightness of one part of some frames, once they are here; none where they cannot be decoded. */
  look(box: Box, frames: readonly number[]): Promise<readonly Uint8Array[]> {
    return new Promise((resolve) => {
      this.looking.push(resolve);
      this.send({ kind: "look", clip: this.number, box, frames });
    });
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes in what its worker says. */
  hear(message: FromWorker): void {
    if (message.kind === "arrived") {
      this.arrived[message.frame] = true;
      this.loaded++;
      this.encodedBytes += message.bytes;
    } else if (message.kind === "decoded") {
      const key = keyOf(message.frame, message.shrink);
      this.asked.delete(key);
      this.pictures.get(key)?.close();
      this.pictures.set(key, message.picture);
    } else if (message.kind === "seen") {
      this.looking.shift()?.(message.strips);
    } else if (message.kind === "undecodable") {
      this.asked.delete(keyOf(message.frame, message.shrink));
      this.undecodable.add(message.frame);
    } else {
      this.problem = message.problem;
      this.status = message.status;
    }
    for (const listener of this.listeners) listener();
  }

  /** Forgets the picture needed last; returns the bytes set free, 0 when none is left. */
  forgetFarthest(keep: number): number {
    let farthest = "";
    let distance = -1;
    const count = this.source.numberOfFrames;
    for (const key of this.pictures.keys()) {
      const ahead = (frameOf(key) - this.current + count) % count;
      if (ahead > distance && ahead >= keep) {
        distance = ahead;
        farthest = key;
      }
    }
    const picture = this.pictures.get(farthest);
    if (!picture) return 0;
    const bytes = sizeOf(picture);
    picture.close();
    this.pictures.delete(farthest);
    return bytes;
  }

  close(): void {
    for (const picture of this.pictures.values()) picture.close();
    this.pictures.clear();
    this.send({ kind: "close", clip: this.number });
  }
}

function keyOf(frame: number, shrink: number): string {
  return `${frame}/${shrink}`;
}

function frameOf(key: string): number {
  return Number.parseInt(key, 10);
}

export function sizeOf(picture: { width: number; height: number }): number {
  return 4 * picture.width * picture.height;
}
