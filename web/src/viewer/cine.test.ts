import { beforeEach, expect, test, vi } from "vitest";
import type { InstanceDetail } from "../api/client";
import { Clip } from "../frames/clip";
import { Cine } from "./cine";
import { FrameClock } from "./clock";

const FRAMES = 4;
const FRAME_MS = 100;

let now = 0;
let beat: ((nowMs: number) => void) | undefined;

beforeEach(() => {
  now = 0;
  beat = undefined;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});

/** A loop of which some frames are decoded, and what was drawn of it. */
function loop(decoded: readonly number[]) {
  const clip = new Clip(
    0,
    { path: "", numberOfFrames: FRAMES, columns: 1, rows: 1, presentation: "stored-jpeg", renderedType: "image/png" },
    () => undefined,
  );
  for (let frame = 0; frame < FRAMES; frame++) clip.hear({ kind: "arrived", clip: 0, frame, bytes: 1 });
  const decode = (frame: number) =>
    clip.hear({ kind: "decoded", clip: 0, frame, shrink: 1, picture: { close: () => undefined } as ImageBitmap });
  decoded.forEach(decode);
  const frameStartsMs = Array.from({ length: FRAMES }, (_, at) => at * FRAME_MS);
  const instance = { numberOfFrames: FRAMES, frameStartsMs, loopLengthMs: FRAMES * FRAME_MS } as InstanceDetail;
  const clock = new FrameClock((callback) => {
    beat = callback;
    return 1;
  });
  const draw = vi.fn();
  const cine = new Cine(clock, clip, instance, draw, { speed: 1, bounces: false, trim: { first: 0, last: FRAMES - 1 } });
  cine.play();
  return { cine, draw, decode };
}

function turn(atMs: number): void {
  now = atMs;
  beat?.(atMs);
}

test("frames drawn in the turn in which they are due are not late", () => {
  const { cine } = loop([0, 1, 2, 3]);
  for (let at = 0; at <= 800; at += 50) turn(at);
  expect(cine.tally).toEqual({ due: 9, late: 0 });
});

test("a frame that is decoded too late is late, and drawn all the same", () => {
  const { cine, draw, decode } = loop([0, 2]);
  turn(0);
  turn(110);
  expect(cine.tally).toEqual({ due: 2, late: 1 });
  draw.mockClear();
  decode(1);
  expect(draw).toHaveBeenCalledOnce();
});

test("frames for which the page had no time are late, also when a whole pass goes by", () => {
  const { cine } = loop([0, 1, 2, 3]);
  turn(0);
  turn(310);
  expect(cine.tally).toEqual({ due: 4, late: 2 });
  turn(1010);
  expect(cine.tally).toEqual({ due: 11, late: 8 });
});
