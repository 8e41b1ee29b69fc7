import { FetchProblem, fetchFrames } from "./fetchFrames";
import type { FromWorker, ToWorker } from "./messages";

/** Fetches and decodes for some clips, away from the page's own thread. */

const DECODING_AT_ONCE = 3;
/** The network's own hiccups are tried again before a person is told. */
const PATIENCE_MS = [400, 1500, 4000];

interface OpenClip {
  frames: (Blob | undefined)[];
  leaving: AbortController;
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

async function open(clip: number, source: Parameters<typeof fetchFrames>[0], first: number): Promise<void> {
  const opened: OpenClip = {
    frames: new Array<Blob | undefined>(source.numberOfFrames),
    leaving: new AbortController(),
  };
  clips.set(clip, opened);
  const arrived = (frame: number, picture: Blob) => {
    if (opened.frames[frame]) return;
    opened.frames[frame] = picture;
    tell({ kind: "arrived", clip, frame, bytes: picture.size });
  };
  for (let attempt = 0; ; attempt++) {
    try {
      await fetchFrames(source, first, arrived, opened.leaving.signal);
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

async function decodeNext(): Promise<void> {
  const order = orders.shift();
  if (!order) return;
  decoding++;
  const { clip, frame, shrink } = order;
  const blob = clips.get(clip)?.frames[frame];
  try {
    if (!blob) throw new Error("not here");
    const picture = await decode(blob, shrink);
    tell({ kind: "decoded", clip, frame, shrink, picture }, [picture]);
  } catch {
    tell({ kind: "undecodable", clip, frame, shrink });
  }
  decoding--;
  void decodeNext();
}

/** `shrink` 2 gives half as many rows and columns: small viewports hold many loops in memory. */
async function decode(blob: Blob, shrink: number): Promise<ImageBitmap> {
  const whole = await createImageBitmap(blob);
  if (shrink === 1) return whole;
  const smaller = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.round(whole.width / shrink)),
    resizeHeight: Math.max(1, Math.round(whole.height / shrink)),
    resizeQuality: "medium",
  });
  whole.close();
  return smaller;
}

self.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  if (message.kind === "open") void open(message.clip, message.source, message.first);
  else if (message.kind === "decode") {
    orders.push(message);
    if (decoding < DECODING_AT_ONCE) void decodeNext();
  } else {
    clips.get(message.clip)?.leaving.abort();
    clips.delete(message.clip);
  }
};
