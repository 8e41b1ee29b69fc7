import { expect, test } from "vitest";
import { EMPTY_CELL, emptyWorkspace, hung, type Workspace } from "../viewer/workspace";
import { fragmentOf, keyOfImage, viewOf } from "./link";

const UIDS = ["1.2.840.1.1", "1.2.840.1.2", "1.2.840.1.3"];
const LOOK = { palette: "amber", brightness: 0.12, contrast: 1.5, inverted: true } as const;

function table(): Workspace {
  const workspace = hung(emptyWorkspace("1×2"), "1×2", [UIDS[1] ?? null, UIDS[0] ?? null]);
  const cells = workspace.cells.map((cell, at) => (at === 1 ? { ...cell, look: LOOK, view: { ...cell.view, quarterTurns: 3 as const, flipped: true } } : cell));
  return { ...workspace, cells, active: 1 };
}

test("a link opens layout, images, frames and looks again", () => {
  const view = viewOf(fragmentOf(table(), (at) => (at === 1 ? 16 : null)), UIDS);
  expect(view?.workspace).toEqual({ layout: "1×2", active: 1 });
  expect(view?.cells.map(({ cell, frame }) => [cell.uid, frame])).toEqual([
    [UIDS[1], null],
    [UIDS[0], 16],
  ]);
  expect(view?.cells[1]?.cell.look).toEqual(LOOK);
  expect(view?.cells[1]?.cell.view).toMatchObject({ quarterTurns: 3, flipped: true });
});

test("a link holds no UID", () => {
  const fragment = fragmentOf(table(), () => 0);
  for (const uid of UIDS) expect(fragment).not.toContain(uid);
  expect(new Set(UIDS.map(keyOfImage)).size).toBe(UIDS.length);
});

test("an image that the study no longer has leaves its place empty", () => {
  const view = viewOf(fragmentOf(table(), () => 0), UIDS.slice(1));
  expect(view?.cells[1]).toEqual({ cell: EMPTY_CELL, frame: null });
});

test.each(["", "#", "#view=", "#view=99,0,", "#view=1,7,,", "#view=0,0,,,", "#token"])("%s is no view", (fragment) => {
  expect(viewOf(fragment, UIDS)).toBeNull();
});

test("numbers that make no sense are brought within bounds", () => {
  const view = viewOf(`#view=0,0,${keyOfImage(UIDS[0] ?? "")}~x~99~9999~-5~2~9~`, UIDS);
  expect(view?.cells[0]?.cell.look).toEqual({ palette: "grey", brightness: 1, contrast: 0.2, inverted: false });
  expect(view?.cells[0]?.frame).toBeNull();
});
