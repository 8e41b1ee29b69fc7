import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FetchProblem } from "./fetchFrames";
import { film } from "./madeMp4";
import { Video } from "./video";

const FRAMES = 240;
const GROUP = 60;
/** A decoder holds back this many pictures, to give them out in the order in which they are shown. */
const HELD = 2;

/** A decoder that behaves as a browser's does, and counts what it is asked. */
class FakeDecoder {
  static known = true;
  static made: FakeDecoder[] = [];
  static broken = false;
  static open = 0;
  static isConfigSupported = () => Promise.resolve({ supported: FakeDecoder.known });
  state = "unconfigured";
  decodeQueueSize = 0;
  readonly decoded: number[] = [];
  private readonly held: number[] = [];
  private dequeued: () => void = () => undefined;

  constructor(private readonly told: { output: (picture: unknown) => void; error: () => void }) {
    FakeDecoder.made.push(this);
  }

  configure(): void {
    this.state = "configured";
  }

  addEventListener(_: string, listener: () => void): void {
    this.dequeued = listener;
  }

  decode({ type, timestamp, data }: { type: string; timestamp: number; data: Uint8Array }): void {
    if (this.decoded.length === 0) expect(type).toBe("key");
    this.decoded.push(data[0] ?? -1);
    this.decodeQueueSize++;
    queueMicrotask(() => {
      this.decodeQueueSize--;
      if (this.state === "closed") return;
      if (FakeDecoder.broken) return this.fail();
      else this.held.push(timestamp);
      this.give(HELD);
      this.dequeued();
    });
  }

  /** An error closes a decoder (WebCodecs, 4.6). */
  private fail(): void {
    this.state = "closed";
    this.told.error();
  }

  async flush(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.give(0);
  }

  close(): void {
    this.state = "closed";
  }

  private give(kept: number): void {
    while (this.held.length > kept) {
      this.held.sort((one, other) => one - other);
      const timestamp = this.held.shift();
      FakeDecoder.open++;
      this.told.output({ timestamp, close: () => FakeDecoder.open-- });
    }
  }
}

function answers(bytes: Uint8Array<ArrayBuffer>, piece = bytes.length): void {
  const body = () =>
    new ReadableStream<Uint8Array>({
      async start(controller) {
        for (let at = 0; at < bytes.length; at += piece) {
          controller.enqueue(bytes.slice(at, at + piece));
          await new Promise((resolve) => setTimeout(resolve));
        }
        controller.close();
      },
    });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body())));
}

async function opened(frames = FRAMES): Promise<Video> {
  const video = new Video("/instance", frames, () => undefined);
  await video.fetch(new AbortController().signal);
  return video;
}

/** Takes a frame and tells which it is. */
async function taken(video: Video, frame: number): Promise<number> {
  const picture = await video.frame(frame);
  picture.close();
  return picture.timestamp / 1_000_000;
}

beforeEach(() => {
  Object.assign(FakeDecoder, { known: true, made: [], broken: false, open: 0 });
  vi.stubGlobal("self", globalThis);
  vi.stubGlobal("VideoDecoder", FakeDecoder);
  vi.stubGlobal("EncodedVideoChunk", class { constructor(told: object) { Object.assign(this, told); } });
  answers(film(FRAMES, GROUP));
});
afterEach(() => vi.unstubAllGlobals());

test("each frame is the one that was asked for, wherever the last one was", async () => {
  const video = await opened();
  for (const frame of [0, 1, 2, 61, 60, 59, 58, 120, 119, 239, 0, 238, 239, 5, 100]) {
    expect(await taken(video, frame)).toBe(frame);
  }
});

test("playing on needs one decoder, and each picture is decoded once", async () => {
  const video = await opened();
  for (let frame = 0; frame < FRAMES; frame++) expect(await taken(video, frame)).toBe(frame);
  expect(FakeDecoder.made.length).toBe(1);
  expect(FakeDecoder.made[0]?.decoded.length).toBe(FRAMES);
});

test("who steps back from a frame that was sought finds the ones before it at hand", async () => {
  const video = await opened();
  await taken(video, 100);
  for (const frame of [99, 98, 97]) expect(await taken(video, frame)).toBe(frame);
  expect(FakeDecoder.made.length).toBe(1);
});

test("a frame far ahead is reached from the key frame before it", async () => {
  const video = await opened();
  await taken(video, 0);
  await taken(video, 200);
  expect(FakeDecoder.made.at(-1)?.decoded[0]).toBe(180);
});

test("a frame that has not arrived is waited for", async () => {
  answers(film(FRAMES, GROUP), 400);
  const arrived: number[] = [];
  const video = new Video("/instance", FRAMES, (frame) => arrived.push(frame));
  const fetched = video.fetch(new AbortController().signal);
  expect(await taken(video, 30)).toBe(30);
  await fetched;
  expect(new Set(arrived).size).toBe(FRAMES);
});

test("no picture is left open once a video is closed", async () => {
  const video = await opened();
  for (const frame of [50, 10, 130]) await taken(video, frame);
  expect(FakeDecoder.open).toBeGreaterThan(0);
  video.close();
  expect(FakeDecoder.open).toBe(0);
});

test("a decoder that gives up is told of, and the next frame has a new one", async () => {
  const video = await opened();
  FakeDecoder.broken = true;
  await expect(video.frame(7)).rejects.toThrow("gave up");
  FakeDecoder.broken = false;
  expect(await taken(video, 7)).toBe(7);
});

test.each<[string, () => void, number]>([
  ["holds fewer frames than its object counts", () => answers(film(100, GROUP)), FRAMES],
  ["holds many more", () => answers(film(FRAMES, GROUP)), 200],
  ["is coded in a way that the browser does not know", () => (FakeDecoder.known = false), FRAMES],
  ["is no MP4", () => answers(Uint8Array.from([0, 0, 0, 40, ...new Array<number>(64).fill(255)])), FRAMES],
])("a video that %s is not taken apart", async (_, arrange, frames) => {
  arrange();
  const refused = opened(frames);
  await expect(refused).rejects.toBeInstanceOf(FetchProblem);
  await expect(refused).rejects.toMatchObject({ status: 415 });
});

test("what the server says is passed on", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"detail":"Not now."}', { status: 503 })));
  await expect(opened()).rejects.toMatchObject({ message: "Not now.", status: 503 });
});
