import { beforeEach, expect, test, vi } from "vitest";
import { listedAfter, rememberListed } from "./listed";

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => kept.set(key, text),
  });
});

test("reading goes on down the list as it was last seen, and ends with it", () => {
  rememberListed(["1", "2", "3"]);
  expect(listedAfter("2", 1)).toBe("3");
  expect(listedAfter("2", -1)).toBe("1");
  expect(listedAfter("3", 1)).toBeUndefined();
  expect(listedAfter("4", 1)).toBeUndefined();
});

test("a list that was spoilt is no list", () => {
  sessionStorage.setItem("sonarium.listed", "{");
  expect(listedAfter("1", 1)).toBeUndefined();
});
