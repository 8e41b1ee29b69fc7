import { expect, test } from "vitest";
import { stillListed, toggled, upTo } from "./picked";

const ORDER = ["a", "b", "c", "d"];

test("a study is picked, and let go by the same act", () => {
  expect([...toggled(new Set(["a"]), "b")]).toEqual(["a", "b"]);
  expect([...toggled(new Set(["a"]), "a")]).toEqual([]);
});

test("a range goes either way and keeps what was picked before", () => {
  expect([...upTo(new Set(["d", "a"]), ORDER, "a", "c")].sort()).toEqual(["a", "b", "c", "d"]);
  expect([...upTo(new Set(["c"]), ORDER, "c", "a")].sort()).toEqual(["a", "b", "c"]);
  expect([...upTo(new Set(), ORDER, undefined, "b")]).toEqual(["b"]);
});

test("what left the list is not picked any more", () => {
  const picked = new Set(["a", "x"]);
  expect([...stillListed(picked, ORDER)]).toEqual(["a"]);
  const all = new Set(["a", "b"]);
  expect(stillListed(all, ORDER)).toBe(all);
});
