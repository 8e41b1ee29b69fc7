import { expect, test } from "vitest";
import type { InstanceDetail } from "../api/client";
import { captionOf, markedPictures, pagesOf, printable, representative } from "./sheet";

function instance(sopInstanceUID: string, change: Partial<InstanceDetail> = {}): InstanceDetail {
  return {
    sopInstanceUID,
    instanceNumber: 4,
    presentation: "rendered",
    numberOfFrames: 30,
    firstShown: 0,
    lastShown: 29,
    stageName: "",
    viewName: "PLAX",
    ...change,
  } as InstanceDetail;
}

const STUDY = [instance("a"), instance("b", { numberOfFrames: 1, lastShown: 0 }), instance("c", { presentation: "none" })];

function marked(reason: string, ...images: [string, number | null][]) {
  return {
    documentUID: reason,
    markedAt: "",
    markedBy: "",
    reason,
    description: "",
    images: images.map(([sopInstanceUID, frame]) => ({ sopInstanceUID, frame })),
  };
}

test("key images come in the order of the study, each frame once", () => {
  const found = markedPictures(STUDY, [marked("Of interest", ["b", null], ["a", 9], ["c", null]), marked("For teaching", ["a", 9], ["a", 3])]);
  expect(found.map(({ instance: one, frame, reason }) => [one.sopInstanceUID, frame, reason])).toEqual([
    ["a", 3, "For teaching"],
    ["a", 9, "For teaching"],
    ["b", 1, "Of interest"],
  ]);
});

test("reports and videos are not printed here", () => {
  expect(printable([...STUDY, instance("d", { presentation: "video" })]).map((one) => one.sopInstanceUID)).toEqual(["a", "b"]);
});

test("a loop is represented by the middle of what it shows", () => {
  expect(representative(instance("a", { firstShown: 10, lastShown: 20 }))).toBe(16);
});

test("a caption says which image and frame it is, and why it was marked", () => {
  expect(captionOf({ instance: instance("a"), frame: 9, reason: "Of interest" })).toBe("Image 4 · PLAX · frame 9 of 30 · Of interest");
  expect(captionOf({ instance: instance("b", { numberOfFrames: 1 }), frame: 1, reason: "" })).toBe("Image 4 · PLAX");
});

test("pages are filled in turn", () => {
  expect(pagesOf([...Array(7).keys()], "2×3").map((page) => page.length)).toEqual([6, 1]);
  expect(pagesOf([], "3×4")).toEqual([]);
});
