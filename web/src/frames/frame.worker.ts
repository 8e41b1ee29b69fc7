import { EXACT } from "./clip";
import { fetchExact, FetchProblem, fetchFrames } from "./fetchFrames";
import type { Box, FrameSource, FromWorker, ToWorker } from "./messages";
import { Video } from "./video";

/** Fetches and decodes for some clips, away from the page's own thread. */

const DECODING_AT_ONCE = 3;
/** The network's own hiccups are tried again before a person is told. */
const PATIENCE_MS = [400, 1500, 4000];

interface OpenClip {
  source: FrameSource;
  frames: (Blob | undefined)[];
  /** What the frames of a video are decoded from. */
  video: Video | undefined;
  leaving: AbortController;
  /** Looks that wait until all their frames are here. */
  looks: { box: Box; frames: readonly number[] }[];
}

interface Order {
  clip: number;
  frame: number;
  shrink: number;
}

const clips = new Map<number, OpenClip>();
const orders: Order[] = [];
let decoding = 0;

function tell(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

async function open(clip: number, source: FrameSource, first: number): Promise<void> {
  const opened: OpenClip = {
    source,
    frames: new Array<Blob | undefined>(source.numberOfFrames),
    video: undefined,
    leaving: new AbortController(),
    looks: [],
  };
  clips.set(clip, opened);
  const arrived = (frame: number, picture: Blob) => {
    if (opened.frames[frame]) return;
    opened.frames[frame] = picture;
    tell({ kind: "arrived", clip, frame, bytes: picture.size });
    // The page may be busy being drawn: the picture to begin with is decoded without being asked for.
    if (frame === first) order({ clip, frame, shrink: 1 });
    void lookAt(clip, opened);
  };
  const known = new Set<number>();
  for (let attempt = 0; ; attempt++) {
    try {
      if (source.presentation === "video") await fetchVideo(clip, opened, first, known);
      else await fetchFrames(source, first, arrived, opened.leaving.signal);
      return;
    } catch (error) {
      if (opened.leaving.signal.aborted) return;
      const status = error instanceof FetchProblem ? error.status : 0;
      const wait = status === 0 || status === 503 ? PATIENCE_MS[attempt] : undefined;
      if (wait === undefined) {
        tell({ kind: "failed", clip, problem: error instanceof Error ? error.message : String(error), status });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** A video is fetched anew when it is tried again; what had arrived is not told twice. */
async function fetchVideo(clip: number, opened: OpenClip, first: number, known: Set<number>): Promise<void> {
  const { path, numberOfFrames } = opened.source;
  opened.video?.close();
  opened.video = new Video(path, numberOfFrames, (frame, bytes) => {
    if (known.has(frame)) return;
    known.add(frame);
    tell({ kind: "arrived", clip, frame, bytes });
    if (frame === first) order({ clip, frame, shrink: 1 });
  });
  await opened.video.fetch(opened.leaving.signal);
}

function order(wanted: Order): void {
  orders.push(wanted);
  if (decoding < DECODING_AT_ONCE) void decodeNext();
}

async function decodeNext(): Promise<void> {
  const next = orders.shift();
  if (!next) return;
  decoding++;
  const { clip, frame, shrink } = next;
  const opened = clips.get(clip);
  const blob = opened?.frames[frame];
  try {
    if (!opened || !(blob ?? opened.video)) throw new Error("not here");
    const picture = blob ? await decode(blob, opened, frame, shrink) : await drawn(opened, frame, shrink);
    tell({ kind: "decoded", clip, frame, shrink, picture }, [picture]);
  } catch {
    tell({ kind: "undecodable", clip, frame, shrink });
  }
  decoding--;
  void decodeNext();
}

async function decode(blob: Blob, { source, leaving }: OpenClip, frame: number, shrink: number): Promise<ImageBitmap> {
  if (shrink === EXACT) {
    const exact = await fetchExact(source, frame, leaving.signal).catch(() => blob);
    return createImageBitmap(exact);
  }
  return shrink === 1 ? createImageBitmap(blob) : decodeSmall(blob, source, shrink);
}

/** A frame of a video, as large as it is wanted. */
async function drawn({ video, source }: OpenClip, frame: number, shrink: number): Promise<ImageBitmap> {
  if (!video) throw new Error("not here");
  const picture = await video.frame(frame);
  try {
    if (shrink <= 1) return await createImageBitmap(picture);
    const resizeWidth = Math.max(1, Math.round(source.columns / shrink));
    const resizeHeight = Math.max(1, Math.round(source.rows / shrink));
    return await createImageBitmap(picture, { resizeWidth, resizeHeight, resizeQuality: "medium" });
  } finally {
    picture.close();
  }
}

/**
 * Decodes to a half or quarter of the rows and columns: small viewports hold many loops in memory.
 *
 * A JPEG decoder that is told the size leaves out the work for the rest: measured five times
 * as fast as decoding all and making it smaller.
 */
async function decodeSmall(blob: Blob, source: FrameSource, shrink: number): Promise<ImageBitmap> {
  const width = Math.max(1, Math.round(source.columns / shrink));
  const height = Math.max(1, Math.round(source.rows / shrink));
  if (blob.type === "image/jpeg" && "ImageDecoder" in self) {
    const decoder = new ImageDecoder({
      type: "image/jpeg",
      data: await blob.arrayBuffer(),
      desiredWidth: width,
      desiredHeight: height,
    });
    try {
      const { image } = await decoder.decode();
      const picture = await createImageBitmap(image);
      image.close();
      return picture;
    } finally {
      decoder.close();
    }
  }
  const whole = await createImageBitmap(blob);
  const smaller = await createImageBitmap(whole, {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: "medium",
  });
  whole.close();
  return smaller;
}

/** Answers the looks whose frames are all here. */
async function lookAt(clip: number, opened: OpenClip): Promise<void> {
  const isDue = ({ frames }: OpenClip["looks"][number]) => frames.every((frame) => opened.frames[frame]);
  const due = opened.looks.filter(isDue);
  opened.looks = opened.looks.filter((look) => !isDue(look));
  for (const { box, frames } of due) {
    const strips = await Promise.all(frames.map((frame) => brightnessOf(opened.frames[frame], box))).catch(() => []);
    tell({ kind: "seen", clip, strips });
  }
}

/** The brightness of a part of a picture, row by row: the largest of red, green and blue. */
async function brightnessOf(blob: Blob | undefined, { left, top, width, height }: Box): Promise<Uint8Array> {
  if (!blob) throw new Error("not here");
  const part = await createImageBitmap(blob, left, top, width, height);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.drawImage(part, 0, 0);
  part.close();
  const { data } = context.getImageData(0, 0, width, height);
  const brightness = new Uint8Array(width * height);
  for (let at = 0; at < brightness.length; at++) {
    brightness[at] = Math.max(data[4 * at] ?? 0, data[4 * at + 1] ?? 0, data[4 * at + 2] ?? 0);
  }
  return brightness;
}

self.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  if (message.kind === "open") void open(message.clip, message.source, message.first);
  else if (message.kind === "decode") order(message);
  else if (message.kind === "look") {
    const opened = clips.get(message.clip);
    opened?.looks.push(message);
    if (opened) void lookAt(message.clip, opened);
  } else {
    clips.get(message.clip)?.leaving.abort();
    clips.get(message.clip)?.video?.close();
    clips.delete(message.clip);
  }
};
