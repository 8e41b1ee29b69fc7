import type { FrameSource } from "./messages";
import { partsOf } from "./multipart";

/** Frames asked for in one request: long loops arrive in pieces, so that the first plays soon. */
const FRAMES_PER_REQUEST = 60;
const RENDERED_PER_REQUEST = 4;
const RENDERED_AT_ONCE = 2;

export type Arrived = (frame: number, picture: Blob) => void;

/** A refusal of the server while frames were fetched. */
export class FetchProblem extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Fetches every frame, beginning with `first`, and hands each over as it arrives. */
export async function fetchFrames(
  source: FrameSource,
  first: number,
  arrived: Arrived,
  signal: AbortSignal,
): Promise<void> {
  if (source.presentation === "stored-jpeg") await fetchStored(source, first, arrived, signal);
  else await fetchRendered(source, first, arrived, signal);
}

/** Frame numbers from 0 in the order in which they are wanted. */
export function fetchOrder(numberOfFrames: number, first: number): number[] {
  return Array.from({ length: numberOfFrames }, (_, at) => (first + at) % numberOfFrames);
}

/** Splits an order into requests; the first is short, so that a picture shows at once. */
export function batches(order: readonly number[], size: number): number[][] {
  const cut: number[][] = [];
  for (let at = 0; at < order.length; at += at === 0 ? 1 : size) {
    cut.push(order.slice(at, at + (at === 0 ? 1 : size)));
  }
  return cut;
}

/** As stored: the browser's own JPEG decoder shows exactly what the scanner made. */
async function fetchStored(
  source: FrameSource,
  first: number,
  arrived: Arrived,
  signal: AbortSignal,
): Promise<void> {
  const [one = [], ...others] = batches(fetchOrder(source.numberOfFrames, first), FRAMES_PER_REQUEST);
  // The picture to begin with has the server to itself: it is what a person waits for.
  for (const frames of [one, ...others]) await fetchParts(source, frames, "", "image/jpeg", arrived, signal);
}

/** What a browser cannot decode is drawn by the server. */
async function fetchRendered(
  source: FrameSource,
  first: number,
  arrived: Arrived,
  signal: AbortSignal,
): Promise<void> {
  const waiting = batches(fetchOrder(source.numberOfFrames, first), RENDERED_PER_REQUEST);
  const runner = async () => {
    for (let frames = waiting.shift(); frames; frames = waiting.shift()) {
      await fetchParts(source, frames, "/rendered", source.renderedType, arrived, signal);
    }
  };
  await Promise.all(Array.from({ length: RENDERED_AT_ONCE }, runner));
}

/** One frame without loss, for looking closely at a loop that plays in a lossy form. */
export async function fetchExact(source: FrameSource, frame: number, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(`${source.path}/frames/${frame + 1}/rendered`, {
    headers: { Accept: "image/png" },
    signal,
  });
  if (!response.ok) throw new FetchProblem(`The server answered ${response.status}.`, response.status);
  return response.blob();
}

async function fetchParts(
  source: FrameSource,
  frames: readonly number[],
  suffix: string,
  mediaType: string,
  arrived: Arrived,
  signal: AbortSignal,
): Promise<void> {
  const list = frames.map((frame) => frame + 1).join(",");
  const response = await fetch(`${source.path}/frames/${list}${suffix}`, {
    headers: { Accept: `multipart/related; type="${mediaType}"` },
    signal,
  });
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new FetchProblem(problem.detail ?? `The server answered ${response.status}.`, response.status);
  }
  let at = 0;
  for await (const picture of partsOf(response)) {
    const frame = frames[at++];
    if (frame !== undefined) arrived(frame, picture);
  }
  if (at < frames.length) throw new FetchProblem("The connection ended before every frame was here.", 0);
}
