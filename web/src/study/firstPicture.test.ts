import { beforeEach, expect, test, vi } from "vitest";
import { afterFirstPicture, expectPicture, pictureShown } from "./firstPicture";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
});

async function isPast(): Promise<boolean> {
  return Promise.race([afterFirstPicture().then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

test("nothing waits while no study opens", async () => {
  expect(await isPast()).toBe(true);
});

test("what is less urgent waits for the picture, and not for ever", async () => {
  expectPicture();
  expect(await isPast()).toBe(false);
  pictureShown();
  expect(await isPast()).toBe(true);
  expectPicture();
  expect(await isPast()).toBe(false);
  vi.advanceTimersByTime(1500);
  expect(await isPast()).toBe(true);
});

test("who waited for a study that was left does not wait for ever", async () => {
  expectPicture();
  const before = afterFirstPicture();
  expectPicture();
  await expect(before).resolves.toBeUndefined();
});
