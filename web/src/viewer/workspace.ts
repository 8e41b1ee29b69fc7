import { FITTED, type View } from "./geometry";
import { type Look, PLAIN } from "./look";
import type { Trim } from "./playback";

/** What is on the table: which object lies where and how it is looked at. Plain values. */

export const LAYOUTS = {
  "1×1": { rows: 1, columns: 1 },
  "1×2": { rows: 1, columns: 2 },
  "2×2": { rows: 2, columns: 2 },
  "2×3": { rows: 2, columns: 3 },
  "3×3": { rows: 3, columns: 3 },
  "4×4": { rows: 4, columns: 4 },
} as const;

export type LayoutName = keyof typeof LAYOUTS;
export const LAYOUT_NAMES = Object.keys(LAYOUTS) as LayoutName[];
export const MOST_CELLS = 16;

export type Sync = "off" | "beat" | "stage" | "time";

/** One viewport's content. */
export interface Cell {
  /** SOP Instance UID, or none. */
  uid: string | null;
  view: View;
  look: Look;
  speed: number;
  /** Forth and back; null: as the object prefers. */
  bounces: boolean | null;
  /** Null: as the object prefers. */
  trim: Trim | null;
  /** The beat, from 0, that alone is played. */
  beat: number | null;
}

/** How the screens of this table come about. */
export type HangingKind = "as taken" | "stress by view" | "stress by stage" | "compare";

export interface Workspace {
  layout: LayoutName;
  hanging: HangingKind;
  /** Which screen of that hanging, from 0. */
  screen: number;
  cells: readonly Cell[];
  active: number;
  isMaximised: boolean;
  sync: Sync;
}

export const EMPTY_CELL: Cell = {
  uid: null,
  view: FITTED,
  look: PLAIN,
  speed: 1,
  bounces: null,
  trim: null,
  beat: null,
};

export const SPEEDS = [0.1, 0.25, 0.5, 1, 1.5, 2] as const;

export function emptyWorkspace(layout: LayoutName): Workspace {
  return {
    layout,
    hanging: "as taken",
    screen: 0,
    cells: Array.from({ length: MOST_CELLS }, () => EMPTY_CELL),
    active: 0,
    isMaximised: false,
    sync: "off",
  };
}

export function cellCount(layout: LayoutName): number {
  const { rows, columns } = LAYOUTS[layout];
  return rows * columns;
}

/** Puts objects into cells in reading order, beginning afresh. */
export function hung(workspace: Workspace, layout: LayoutName, uids: readonly (string | null)[]): Workspace {
  return {
    ...workspace,
    layout,
    isMaximised: false,
    active: 0,
    cells: workspace.cells.map((cell, at) => {
      const uid = uids[at] ?? null;
      return uid === cell.uid ? cell : { ...EMPTY_CELL, uid, look: cell.look };
    }),
  };
}

/** Puts one object into a cell; how another was looked at does not carry over, its look does. */
export function placed(workspace: Workspace, at: number, uid: string): Workspace {
  const cells = workspace.cells.map((cell, here) =>
    here === at && cell.uid !== uid ? { ...EMPTY_CELL, uid, look: cell.look } : cell,
  );
  return { ...workspace, cells, active: at };
}

/** A smaller layout keeps the active object in sight. */
export function laidOut(workspace: Workspace, layout: LayoutName): Workspace {
  const count = cellCount(layout);
  if (workspace.active < count) return { ...workspace, layout, isMaximised: false };
  const cells = [...workspace.cells];
  const active = cells[workspace.active] ?? EMPTY_CELL;
  cells[workspace.active] = cells[count - 1] ?? EMPTY_CELL;
  cells[count - 1] = active;
  return { ...workspace, layout, cells, active: count - 1, isMaximised: false };
}

export function changedCell(workspace: Workspace, at: number, change: Partial<Cell>): Workspace {
  return {
    ...workspace,
    cells: workspace.cells.map((cell, here) => (here === at ? { ...cell, ...change } : cell)),
  };
}

const LONGEST_HISTORY = 100;
const ONE_GESTURE_MS = 800;

/** Holds the workspace, and takes steps back: nothing here needs a question before it is done. */
export class WorkspaceStore {
  private past: Workspace[] = [];
  private future: Workspace[] = [];
  private lastGesture = "";
  private lastAt = 0;
  private readonly listeners = new Set<() => void>();

  constructor(
    private present: Workspace,
    private readonly now: () => number = () => performance.now(),
  ) {}

  readonly snapshot = (): Workspace => this.present;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Changes the workspace; changes of one gesture, quickly after each other, are one step back. */
  change(next: Workspace, gesture = ""): void {
    if (next === this.present) return;
    const continues = gesture !== "" && gesture === this.lastGesture && this.now() - this.lastAt < ONE_GESTURE_MS;
    if (!continues) {
      this.past = [...this.past.slice(-LONGEST_HISTORY), this.present];
      this.future = [];
    }
    this.lastGesture = gesture;
    this.lastAt = this.now();
    this.set(next);
  }

  /** Changes what is no step of its own: which viewport is active. */
  touch(next: Workspace): void {
    this.set(next);
  }

  undo(): void {
    const back = this.past.pop();
    if (!back) return;
    this.future.push(this.present);
    this.lastGesture = "";
    this.set(back);
  }

  redo(): void {
    const forth = this.future.pop();
    if (!forth) return;
    this.past.push(this.present);
    this.lastGesture = "";
    this.set(forth);
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  private set(next: Workspace): void {
    this.present = next;
    for (const listener of this.listeners) listener();
  }
}
