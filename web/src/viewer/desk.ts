import type { InstanceDetail } from "../api/client";
import type { Cine } from "./cine";
import { momentOf } from "./clock";
import { Conductor, type Player } from "./conductor";
import { actualSize, FITTED, mirrored, turned, type View, zoomedAt } from "./geometry";
import type { LinkedView } from "../share/link";
import type { Screen } from "./hanging";
import { PALETTES, PLAIN, type Look } from "./look";
import { beatsOfInstance, playingOf, readPaintedECG } from "./playing";
import type { Engine, Shown } from "./Viewport";
import {
  type Cell,
  cellCount,
  changedCell,
  EMPTY_CELL,
  type HangingKind,
  hung,
  laidOut,
  type LayoutName,
  MOST_CELLS,
  placed,
  SPEEDS,
  type Sync,
  type Workspace,
  WorkspaceStore,
} from "./workspace";

/** Finds the screens of a hanging in the studies now open. */
export type ScreensOf = (hanging: HangingKind, layout: LayoutName) => Screen[];

const SYNC_ORDER: readonly Sync[] = ["off", "beat", "stage", "time"];

/** Everything a person can do with the images on the table. */
export class Desk {
  readonly store: WorkspaceStore;
  private readonly cines = new Map<number, Cine>();
  private readonly conductor = new Conductor();
  private readonly listeners = new Set<() => void>();
  private version = 0;

  constructor(
    readonly engine: Engine,
    start: Workspace,
    private readonly find: (uid: string) => Shown | undefined,
    private readonly screensOf: ScreensOf,
    readonly takesOf: (instance: InstanceDetail) => readonly InstanceDetail[],
  ) {
    this.store = new WorkspaceStore(start);
  }

  // --- What is where -------------------------------------------------------------------------

  get workspace(): Workspace {
    return this.store.snapshot();
  }

  get active(): Cell {
    return this.workspace.cells[this.workspace.active] ?? EMPTY_CELL;
  }

  get activeShown(): Shown | undefined {
    return this.active.uid === null ? undefined : this.find(this.active.uid);
  }

  get activeCine(): Cine | undefined {
    return this.cines.get(this.workspace.active);
  }

  cineAt(index: number): Cine | undefined {
    return this.cines.get(index);
  }

  /** For `useSyncExternalStore`: changes whenever a player comes or goes. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): number => this.version;

  readonly attach = (index: number, cine: Cine | null): void => {
    if (cine) this.cines.set(index, cine);
    else this.cines.delete(index);
    this.tell();
    if (cine) void readPaintedECG(cine.clip, cine.instance).then((isBetter) => isBetter && this.beatsChanged());
    // All viewports of one screen attach in one turn; they are put under one phase after it.
    if (cine && this.workspace.sync !== "off") queueMicrotask(() => this.resync());
  };

  private tell(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }

  private beatsChanged(): void {
    this.tell();
    if (this.workspace.sync !== "off") this.resync();
  }

  activate(index: number): void {
    if (index !== this.workspace.active) this.store.touch({ ...this.workspace, active: index });
  }

  activateNext(by: number): void {
    const count = cellCount(this.workspace.layout);
    this.activate((this.workspace.active + by + count) % count);
  }

  /** Puts an object into a viewport, perhaps to be looked at in a certain way. */
  place(index: number, uid: string, as: Partial<Cell> = {}): void {
    if (index >= cellCount(this.workspace.layout)) return;
    this.store.change(changedCell(placed(this.workspace, index, uid), index, as));
  }

  /** Shows one frame (from 1) of an object: where it hangs already, else in the active viewport. */
  show(uid: string, frame: number): void {
    const { cells, layout, active } = this.workspace;
    const hangs = cells.findIndex((cell, at) => at < cellCount(layout) && cell.uid === uid);
    if (hangs >= 0) this.activate(hangs);
    else this.place(active, uid);
    const go = (): boolean => {
      const cine = this.activeCine;
      if (cine?.instance.sopInstanceUID !== uid) return false;
      // A loop that has just been placed begins to play: stop it after that.
      queueMicrotask(() => cine.go(frame - 1));
      return true;
    };
    if (go()) return;
    const stop = this.subscribe(() => go() && stop());
  }

  /** Lays the table as somebody left it; a loop that stood at a frame stands there again. */
  restore({ workspace, cells }: LinkedView): void {
    const laid = Array.from({ length: MOST_CELLS }, (_, at) => cells[at]?.cell ?? EMPTY_CELL);
    const start = { hanging: "as taken", screen: 0, isMaximised: false, sync: "off" } as const;
    this.store.change({ ...start, ...workspace, cells: laid });
    const waiting = new Map(cells.flatMap(({ cell, frame }, at) => (cell.uid && frame !== null ? [[at, { uid: cell.uid, frame }]] : [])));
    const settle = () => {
      for (const [at, { uid, frame }] of waiting) {
        const cine = this.cines.get(at);
        if (cine?.instance.sopInstanceUID !== uid) continue;
        waiting.delete(at);
        // It begins to play once it has been placed: stop it after that.
        queueMicrotask(() => cine.go(frame));
      }
      if (waiting.size === 0) stop();
    };
    const stop = this.subscribe(settle);
    settle();
  }

  lay(layout: LayoutName): void {
    const { workspace } = this;
    if (workspace.hanging !== "as taken") {
      this.store.change(laidOut(workspace, layout));
      return;
    }
    // More room is filled with what comes next, as it was taken.
    const uid = workspace.cells[0]?.uid;
    const all = this.screensOf("as taken", "1×1").flatMap((screen) => screen.uids);
    const from = Math.max(0, all.indexOf(uid ?? null));
    const next = laidOut(workspace, layout);
    const cells = next.cells.map((cell, at) =>
      cell.uid === null && at < cellCount(layout) && all[from + at]
        ? { ...EMPTY_CELL, uid: all[from + at] ?? null }
        : cell,
    );
    this.store.change({ ...next, cells });
  }

  hang(hanging: HangingKind, screen: number): void {
    const screens = this.screensOf(hanging, this.workspace.layout);
    const shown = screens[Math.min(Math.max(screen, 0), screens.length - 1)];
    if (!shown) return;
    const stress = hanging === "stress by view" || hanging === "stress by stage";
    const next = hung(this.workspace, shown.layout, shown.uids);
    const sync = stress || hanging === "compare" ? "beat" : hanging === this.workspace.hanging ? next.sync : "off";
    this.store.change({ ...next, hanging, screen: screens.indexOf(shown), sync });
    queueMicrotask(() => this.resync());
  }

  /** What the present screen is called, and which of how many it is. */
  screenTitle(hanging: HangingKind, screen: number): string {
    const screens = this.screensOf(hanging, this.workspace.layout);
    const title = screens[screen]?.title ?? "";
    return hanging === "as taken" ? title : `${title} (${screen + 1}/${screens.length})`;
  }

  /** Shows the next take of the same view in the same stage, where the active one hangs. */
  nextTake(): void {
    const shown = this.activeShown;
    if (!shown) return;
    const takes = this.takesOf(shown.instance);
    const next = takes[(takes.indexOf(shown.instance) + 1) % takes.length];
    if (next && next !== shown.instance) this.place(this.workspace.active, next.sopInstanceUID);
  }

  turnScreen(by: number): void {
    this.hang(this.workspace.hanging, this.workspace.screen + by);
  }

  maximise(): void {
    this.store.change({ ...this.workspace, isMaximised: !this.workspace.isMaximised });
  }

  // --- How it is looked at -------------------------------------------------------------------

  change(change: Partial<Cell>, gesture = ""): void {
    this.changeAt(this.workspace.active, change, gesture);
  }

  changeAt(index: number, change: Partial<Cell>, gesture = ""): void {
    this.store.change(changedCell(this.workspace, index, change), gesture);
  }

  view(change: (view: View) => View, gesture = ""): void {
    this.change({ view: change(this.active.view) }, gesture);
  }

  zoom(factor: number): void {
    const { activeShown } = this;
    const size = this.sizeOfActive();
    if (!activeShown || !size) return;
    const middle = { x: size.width / 2, y: size.height / 2 };
    this.view((view) => zoomedAt(activeShown.instance, size, view, factor, middle), "zoom keys");
  }

  pan(x: number, y: number): void {
    this.view((view) => ({ ...view, pan: { x: view.pan.x + x, y: view.pan.y + y } }), "pan keys");
  }

  fit(): void {
    this.view((view) => ({ ...view, zoom: null, pan: { x: 0, y: 0 } }));
  }

  actualSize(): void {
    this.view((view) => actualSize(view, devicePixelRatio));
  }

  rotate(): void {
    this.view(turned);
  }

  flip(): void {
    this.view(mirrored);
  }

  look(change: Partial<Look>, gesture = ""): void {
    this.change({ look: { ...this.active.look, ...change } }, gesture);
  }

  brighten(by: number): void {
    const brightness = Math.round(100 * Math.min(Math.max(this.active.look.brightness + by, -1), 1)) / 100;
    this.look({ brightness }, "brightness keys");
  }

  harden(factor: number): void {
    this.look({ contrast: Math.min(Math.max(this.active.look.contrast * factor, 0.2), 5) }, "contrast keys");
  }

  nextPalette(): void {
    const at = PALETTES.indexOf(this.active.look.palette);
    this.look({ palette: PALETTES[(at + 1) % PALETTES.length] ?? "grey" });
  }

  reset(): void {
    this.change({ ...EMPTY_CELL, uid: this.active.uid, view: FITTED, look: PLAIN });
  }

  // --- How it plays --------------------------------------------------------------------------

  toggle(): void {
    if (this.workspace.sync === "off") this.activeCine?.toggle();
    else if (this.activeCine?.plays) this.pauseAll();
    else this.playAll();
  }

  toggleAll(): void {
    if ([...this.cines.values()].some((cine) => cine.plays)) this.pauseAll();
    else this.playAll();
  }

  step(by: number): void {
    if (this.workspace.sync !== "off") for (const cine of this.cines.values()) if (cine.plays) cine.pause();
    this.activeCine?.step(by);
    this.moved();
  }

  go(frame: number): void {
    this.activeCine?.go(frame);
    this.moved();
  }

  /** After the active loop was moved by hand, those in step with it follow. */
  moved(): void {
    const leader = this.leader();
    if (leader && this.workspace.sync !== "off") this.conductor.alignTo(leader);
  }

  faster(by: number): void {
    const at = SPEEDS.findIndex((speed) => speed >= this.active.speed);
    this.setSpeed(SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)] ?? 1);
  }

  setSpeed(speed: number): void {
    this.change({ speed });
    this.resync();
  }

  bounce(): void {
    const shown = this.activeShown;
    if (!shown) return;
    this.change({ bounces: !playingOf(this.active, shown.instance).bounces });
  }

  /** One beat after the other, then the whole loop again. */
  nextBeat(): void {
    const shown = this.activeShown;
    if (!shown) return;
    const { beats } = beatsOfInstance(shown.instance);
    const next = this.active.beat === null ? 0 : this.active.beat + 1;
    this.change({ beat: next < beats.length ? next : null });
  }

  trimTo(end: "first" | "last"): void {
    const shown = this.activeShown;
    const frame = this.activeCine?.frame;
    if (!shown || frame === undefined) return;
    const { trim } = playingOf(this.active, shown.instance);
    const next = { ...trim, [end]: frame };
    if (next.first > next.last) return;
    this.change({ trim: next, beat: null });
  }

  untrim(): void {
    const shown = this.activeShown;
    if (!shown) return;
    this.change({ trim: { first: 0, last: shown.instance.numberOfFrames - 1 }, beat: null });
  }

  setSync(sync: Sync): void {
    this.store.change({ ...this.workspace, sync });
    this.resync();
  }

  nextSync(): void {
    const at = SYNC_ORDER.indexOf(this.workspace.sync);
    this.setSync(SYNC_ORDER[(at + 1) % SYNC_ORDER.length] ?? "off");
  }

  playAll(): void {
    for (const cine of this.cines.values()) cine.play();
    this.resync();
  }

  pauseAll(): void {
    for (const cine of this.cines.values()) cine.pause();
    this.moved();
  }

  /** Frames due and late since their loops began, over all viewports. */
  tally(): { due: number; late: number } {
    return [...this.cines.values()].reduce(
      (sum, { tally }) => ({ due: sum.due + tally.due, late: sum.late + tally.late }),
      { due: 0, late: 0 },
    );
  }

  private resync(): void {
    const players = [...this.cines.values()]
      .filter((cine) => cine.instance.numberOfFrames > 1)
      .map((cine) => ({ cine, beats: beatsOfInstance(cine.instance).beats }));
    this.conductor.lead(this.workspace.sync, players, this.leader() ?? players[0], this.active.speed);
  }

  /** The moment at which what is on screen was taken: of the active loop, else of one that hangs. */
  readonly moment = (): number | null => {
    const cine = this.activeCine ?? this.cines.values().next().value;
    if (!cine || cine.instance.numberOfFrames < 2) return null;
    return momentOf(cine.instance.acquiredAt, cine.instance.frameStartsMs[cine.frame] ?? 0);
  };

  private leader(): Player | undefined {
    const cine = this.activeCine;
    if (!cine || cine.instance.numberOfFrames < 2) return undefined;
    return { cine, beats: beatsOfInstance(cine.instance).beats };
  }

  private sizeOfActive(): { width: number; height: number } | undefined {
    const element = document.querySelector<HTMLElement>(".viewport.active");
    return element ? { width: element.clientWidth, height: element.clientHeight } : undefined;
  }
}
