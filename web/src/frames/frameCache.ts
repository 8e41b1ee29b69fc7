import { instancePath, type InstanceAddress, type InstanceDetail } from "../api/client";
import { Clip, sizeOf } from "./clip";
import type { FrameSource, FromWorker, ToWorker } from "./messages";

/** Decoded pictures kept over all clips, in bytes: less on a device that says it has little. */
const DECODED_BUDGET =
  Math.min(640, 128 * ((navigator as { deviceMemory?: number }).deviceMemory ?? 4)) * 2 ** 20;
/** Frames kept as they arrived, over all clips that nobody shows, in bytes. */
const ENCODED_BUDGET = 512 * 2 ** 20;
/** Pictures right ahead of the one on screen are never forgotten. */
const KEPT_AHEAD = 4;
/** Longer rendered loops come as JPEG; the exact picture is fetched when they stop. */
const LONGEST_EXACT_LOOP = 40;

/** All clips of the page: shared by viewports, bounded in memory, decoded in workers. */
export class FrameCache {
  private readonly workers: Worker[];
  private readonly byKey = new Map<string, Clip>();
  private readonly byNumber = new Map<number, Clip>();
  private next = 0;
  private decodedBytes = 0;

  constructor() {
    const count = Math.min(4, Math.max(2, navigator.hardwareConcurrency - 1 || 2));
    this.workers = Array.from({ length: count }, () => {
      const worker = new Worker(new URL("./frame.worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = ({ data: message }: MessageEvent<FromWorker>) => this.hear(message);
      return worker;
    });
  }

  /** Returns the clip of an instance, opening it when nobody has; `release` it afterwards. */
  hold(address: InstanceAddress, instance: InstanceDetail, first = 0): Clip {
    const clip = this.find(address, instance, first);
    clip.holders++;
    clip.lastUsed = performance.now();
    return clip;
  }

  release(clip: Clip): void {
    clip.holders--;
    clip.lastUsed = performance.now();
    if (clip.holders <= 0 && clip.problem) this.drop(clip);
    this.makeRoom();
  }

  /** Fetches an object that is, or may be, asked for next. */
  prefetch(address: InstanceAddress, instance: InstanceDetail, first = 0): void {
    const { presentation } = instance;
    if (presentation !== "none" && presentation !== "video") this.find(address, instance, first);
    this.makeRoom();
  }

  /** Decoded pictures now held, in bytes. */
  get heldBytes(): number {
    return this.decodedBytes;
  }

  close(): void {
    for (const clip of this.byNumber.values()) clip.close();
    for (const worker of this.workers) worker.terminate();
  }

  private find(address: InstanceAddress, instance: InstanceDetail, first: number): Clip {
    const found = this.byKey.get(instance.sopInstanceUID);
    if (found && !found.problem) return found;
    const number = this.next++;
    const worker = this.workers[number % this.workers.length];
    const clip = new Clip(number, sourceOf(address, instance), (message: ToWorker) => worker?.postMessage(message), first);
    this.byKey.set(instance.sopInstanceUID, clip);
    this.byNumber.set(number, clip);
    worker?.postMessage({ kind: "open", clip: number, source: clip.source, first } satisfies ToWorker);
    return clip;
  }

  private hear(message: FromWorker): void {
    const clip = this.byNumber.get(message.clip);
    if (!clip) {
      if (message.kind === "decoded") message.picture.close();
      return;
    }
    if (message.kind === "decoded") {
      const before = clip.picture(message.frame, message.shrink);
      if (before) this.decodedBytes -= sizeOf(before);
      this.decodedBytes += sizeOf(message.picture);
      this.makeRoom();
    }
    clip.hear(message);
  }

  private makeRoom(): void {
    const idle = [...this.byNumber.values()]
      .filter((clip) => clip.holders <= 0)
      .sort((one, other) => one.lastUsed - other.lastUsed);
    let encoded = idle.reduce((sum, clip) => sum + clip.encodedBytes, 0);
    for (const clip of idle) {
      if (encoded <= ENCODED_BUDGET) break;
      encoded -= clip.encodedBytes;
      this.drop(clip);
    }
    if (this.decodedBytes <= DECODED_BUDGET) return;
    for (const clip of idle) {
      while (this.decodedBytes > DECODED_BUDGET && this.forgetOne(clip, 0));
    }
    const shown = [...this.byNumber.values()].filter((clip) => clip.holders > 0);
    for (let forgot = true; forgot && this.decodedBytes > DECODED_BUDGET; ) {
      forgot = false;
      for (const clip of shown) forgot = this.forgetOne(clip, KEPT_AHEAD) || forgot;
    }
  }

  private forgetOne(clip: Clip, keep: number): boolean {
    const freed = clip.forgetFarthest(keep);
    this.decodedBytes -= freed;
    return freed > 0;
  }

  private drop(clip: Clip): void {
    for (const picture of clip.pictures.values()) this.decodedBytes -= sizeOf(picture);
    clip.close();
    this.byNumber.delete(clip.number);
    for (const [key, held] of this.byKey) if (held === clip) this.byKey.delete(key);
  }
}

function sourceOf(address: InstanceAddress, instance: InstanceDetail): FrameSource {
  return {
    path: instancePath(address),
    numberOfFrames: instance.numberOfFrames,
    columns: instance.columns,
    rows: instance.rows,
    presentation: instance.presentation === "none" ? "rendered" : instance.presentation,
    renderedType: instance.numberOfFrames <= LONGEST_EXACT_LOOP ? "image/png" : "image/jpeg",
  };
}
