import { expect, test } from "vitest";
import { batches, fetchOrder } from "./fetchFrames";

test("frames are fetched from the wanted one on and then from the beginning", () => {
  expect(fetchOrder(5, 3)).toEqual([3, 4, 0, 1, 2]);
});

test("the first request is for one frame", () => {
  expect(batches([0, 1, 2, 3, 4, 5], 4)).toEqual([[0], [1, 2, 3, 4], [5]]);
});
