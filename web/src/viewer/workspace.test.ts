import { expect, test } from "vitest";
import { changedCell, emptyWorkspace, hung, laidOut, placed, WorkspaceStore } from "./workspace";

const SIX = hung(emptyWorkspace("2×3"), "2×3", ["a", "b", "c", "d", "e", "f"]);

test("a smaller layout keeps the active object in sight", () => {
  const one = laidOut({ ...SIX, active: 4 }, "1×1");
  expect(one.cells[0]?.uid).toBe("e");
  expect(one.active).toBe(0);
});

test("placing an object keeps every other where it is", () => {
  const after = placed(SIX, 1, "z");
  expect(after.cells.slice(0, 6).map((cell) => cell.uid)).toEqual(["a", "z", "c", "d", "e", "f"]);
  expect(after.cells[0]).toBe(SIX.cells[0]);
});

test("one gesture is one step back", () => {
  let now = 0;
  const store = new WorkspaceStore(SIX, () => now);
  for (let at = 1; at <= 5; at++) {
    now += 20;
    store.change(changedCell(store.snapshot(), 0, { speed: at }), "drag");
  }
  store.undo();
  expect(store.snapshot()).toBe(SIX);
  store.redo();
  expect(store.snapshot().cells[0]?.speed).toBe(5);
});

test("a pause between two gestures parts them", () => {
  let now = 0;
  const store = new WorkspaceStore(SIX, () => now);
  store.change(changedCell(store.snapshot(), 0, { speed: 2 }), "drag");
  now = 5000;
  store.change(changedCell(store.snapshot(), 0, { speed: 3 }), "drag");
  store.undo();
  expect(store.snapshot().cells[0]?.speed).toBe(2);
});
