import { beforeEach, expect, test } from "vitest";
import type { InstanceCalibration, Label, Measurement, StudyMeasurements } from "./model";
import { type Canvas, MeasureStore, type Surroundings, type Unsaved } from "./store";

const LABELS: Label[] = [
  { key: "LVIDd", name: "", group: "", quantity: "length", tools: ["distance"], code: "29436-3", scheme: "LN", meaning: "" },
];
const CALIBRATION: InstanceCalibration = {
  sopInstanceUID: "1.2",
  rows: 100,
  columns: 100,
  doubts: [],
  regions: [
    {
      spatialFormat: "2D",
      minColumn: 0,
      minRow: 0,
      maxColumn: 79,
      maxRow: 79,
      unitX: "cm",
      unitY: "cm",
      deltaX: 0.1,
      deltaY: 0.1,
      baselineRow: null,
      velocityPerRow: null,
      isEcg: false,
      isScalingProtected: false,
      doubts: [],
    },
  ],
};
const PICTURE: Canvas = { sopInstanceUID: "1.2", frame: 1, pixelAspectRatio: 1 };
const BARE: Canvas = { ...PICTURE, sopInstanceUID: "1.3" };

/** A server in memory, with versions as the real one has. */
class Server {
  version = 0;
  measurements: Measurement[] = [];
  isDown = false;

  answer(): StudyMeasurements {
    return {
      version: this.version,
      documentUID: null,
      savedAt: null,
      observer: "This workstation",
      measurements: structuredClone(this.measurements),
      means: [],
      derived: [],
    };
  }

  save(version: number, measurements: Measurement[]): StudyMeasurements | null {
    if (this.isDown) throw new Error("down");
    if (version !== this.version) return null;
    this.version += 1;
    this.measurements = structuredClone(measurements);
    return this.answer();
  }
}

class Tab {
  readonly store: MeasureStore;
  unsaved: Unsaved | null = null;
  private waiting: (() => void)[] = [];
  private static names = 0;

  constructor(server: Server, unsaved: Unsaved | null = null) {
    this.unsaved = unsaved;
    const around: Surroundings = {
      load: async () => server.answer(),
      save: async (version, measurements) => server.save(version, measurements),
      calibrations: async () => [CALIBRATION],
      labels: async () => LABELS,
      now: () => new Date("2026-11-23T18:00:00Z"),
      newUID: () => `2.25.${++Tab.names}`,
      later: (act) => void this.waiting.push(act),
      keep: (work) => {
        this.unsaved = work;
      },
      kept: () => this.unsaved,
    };
    this.store = new MeasureStore(around);
  }

  async open(): Promise<this> {
    await this.store.load();
    return this;
  }

  /** Lets planned saves happen, as often as they are planned anew. */
  async rest(turns = 6): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      for (const act of this.waiting.splice(0)) act();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  caliper(from: [number, number], to: [number, number], canvas = PICTURE): void {
    if (this.store.snapshot().tool !== "distance") this.store.choose("distance");
    this.store.place(canvas, { x: from[0], y: from[1] });
    this.store.place(canvas, { x: to[0], y: to[1] });
  }

  get lengths(): (number | undefined)[] {
    return this.store.snapshot().measurements.map((it) => it.values[0]?.number);
  }
}

let server: Server;
let tab: Tab;

beforeEach(async () => {
  server = new Server();
  tab = await new Tab(server).open();
});

test("two places make a distance, which is saved at once and selected", async () => {
  tab.caliper([10, 10], [40, 50]);
  expect(tab.lengths).toEqual([5]);
  await tab.rest();
  expect(server.measurements).toHaveLength(1);
  expect(tab.store.snapshot()).toMatchObject({ saving: "saved", selection: { handle: 1 } });
  expect(tab.unsaved).toBeNull();
});

test("the value is there while the second end is still moving", () => {
  tab.store.choose("distance");
  tab.store.place(PICTURE, { x: 0, y: 0 });
  tab.store.hover(PICTURE, { x: 30, y: 40 });
  const live = tab.store.live();
  expect(live?.ok && live.drawn.values[0]?.number).toBeCloseTo(5);
});

test("a chosen label picks its tool and is given to the measurement", () => {
  tab.store.chooseLabel("LVIDd");
  expect(tab.store.snapshot().tool).toBe("distance");
  tab.caliper([0, 0], [50, 0]);
  tab.caliper([0, 0], [60, 0]);
  expect(tab.store.snapshot().measurements.map((it) => it.label)).toEqual(["LVIDd", "LVIDd"]);
});

test("a distance over the border is refused with words, and nothing is measured", () => {
  tab.caliper([10, 10], [90, 10]);
  expect(tab.store.snapshot().refused?.reason).toMatch(/leaves its calibrated region/);
  expect(tab.lengths).toEqual([]);
});

test("a picture without calibration is calibrated by hand, and says so in the measurement", () => {
  tab.caliper([0, 0], [10, 0], BARE);
  expect(tab.store.snapshot().refused?.canCalibrate).toBe(true);
  tab.store.choose("calibrate");
  tab.store.place(BARE, { x: 0, y: 0 });
  tab.store.place(BARE, { x: 0, y: 50 });
  tab.store.calibrate(5);
  tab.caliper([0, 0], [20, 0], BARE);
  expect(tab.lengths[0]).toBeCloseTo(2);
  expect(tab.store.snapshot().measurements[0]?.manualScale).toEqual({ cmPerColumn: 0.1, cmPerRow: 0.1 });
});

test("keys alone place, nudge and delete", () => {
  const size = { columns: 60, rows: 60 };
  tab.store.choose("distance");
  tab.store.placeAtCursor(PICTURE, size);
  tab.store.placeAtCursor(PICTURE, size);
  tab.store.moveCursor(PICTURE, size, { x: 10, y: 0 });
  tab.store.placeAtCursor(PICTURE, size);
  expect(tab.lengths[0]).toBeCloseTo(1);
  tab.store.nudge(1, 0);
  expect(tab.lengths[0]).toBeCloseTo(1.1);
  tab.store.nextHandle(1);
  tab.store.nudge(-10, 0);
  expect(tab.lengths[0]).toBeCloseTo(2.1);
  tab.store.remove();
  expect(tab.lengths).toEqual([]);
});

test("undo and redo go through every step, and a drag is one", () => {
  tab.caliper([0, 0], [10, 0]);
  const uid = tab.store.snapshot().measurements[0]?.trackingUID ?? "";
  tab.store.move(uid, 1, { x: 20, y: 0 }, false);
  tab.store.move(uid, 1, { x: 30, y: 0 }, true);
  expect(tab.lengths[0]).toBeCloseTo(3);
  tab.store.undo();
  expect(tab.lengths[0]).toBeCloseTo(1);
  tab.store.undo();
  expect(tab.lengths).toEqual([]);
  expect(tab.store.snapshot().canUndo).toBe(false);
  tab.store.redo();
  tab.store.redo();
  expect(tab.lengths[0]).toBeCloseTo(3);
});

test("undo leaves alone what another tab saved meanwhile", async () => {
  const other = await new Tab(server).open();
  tab.caliper([0, 0], [10, 0]);
  await tab.rest();
  other.caliper([0, 0], [20, 0]);
  await other.rest();
  await tab.store.refresh();
  tab.store.undo();
  await tab.rest();
  expect(server.measurements.map((it) => it.values[0]?.number)).toEqual([2]);
});

test("two tabs that save at once lose nothing", async () => {
  const other = await new Tab(server).open();
  tab.caliper([0, 0], [10, 0]);
  other.caliper([0, 0], [20, 0]);
  await Promise.all([tab.rest(), other.rest()]);
  await tab.rest();
  await other.rest();
  expect(server.measurements.map((it) => it.values[0]?.number).sort()).toEqual([1, 2]);
});

test("work stays in the browser while the server is down, and is saved by the next visit", async () => {
  server.isDown = true;
  tab.caliper([0, 0], [10, 0]);
  await tab.rest();
  expect(tab.store.snapshot().problem).toMatch(/kept here/);
  expect(tab.unsaved?.mine).toHaveLength(1);
  server.isDown = false;
  const next = await new Tab(server, tab.unsaved).open();
  expect(next.lengths).toEqual([1]);
  await next.rest();
  expect(server.measurements).toHaveLength(1);
  expect(next.unsaved).toBeNull();
});

test("a path grows by a sweep, ends when told, and is refused where it leaves its region", () => {
  tab.store.choose("area");
  tab.store.place(PICTURE, { x: 10, y: 10 });
  for (const [x, y] of [[30, 10], [30, 10.5], [30, 30], [10, 30]] as const) tab.store.sweep(PICTURE, { x, y });
  expect(tab.store.snapshot().draft?.places).toHaveLength(4);
  tab.store.sweep(PICTURE, { x: 95, y: 30 });
  expect(tab.store.snapshot().refused).not.toBeNull();
  tab.store.finish();
  expect(tab.lengths[0]).toBeCloseTo(4);
});

test("an ellipse keeps its second axis across the first when an end moves", () => {
  tab.store.choose("ellipse");
  for (const [x, y] of [[10, 40], [50, 40], [30, 30]] as const) tab.store.place(PICTURE, { x, y });
  const [ellipse] = tab.store.snapshot().measurements;
  expect(ellipse?.figures[0]?.points).toHaveLength(4);
  expect(ellipse?.values.find((it) => it.quantity === "area")?.number).toBeCloseTo(2 * Math.PI);
  tab.store.move(ellipse?.trackingUID ?? "", 1, { x: 70, y: 40 });
  const [moved] = tab.store.snapshot().measurements;
  const [, , c, d] = moved?.figures[0]?.points ?? [];
  expect(c?.[0]).toBeCloseTo(40);
  expect(d?.[0]).toBeCloseTo(40);
});

test("escape lets go step by step", () => {
  tab.store.choose("distance");
  tab.store.place(PICTURE, { x: 1, y: 1 });
  expect(tab.store.cancel()).toBe(true);
  expect(tab.store.snapshot().draft).toBeNull();
  expect(tab.store.cancel()).toBe(true);
  expect(tab.store.snapshot().tool).toBeNull();
  expect(tab.store.cancel()).toBe(false);
});

test("a mark keeps its words", async () => {
  tab.store.choose("arrow");
  tab.store.place(BARE, { x: 1, y: 1 });
  tab.store.place(BARE, { x: 9, y: 9 });
  tab.store.name(tab.store.snapshot().measurements[0]?.trackingUID ?? "", { text: "Flail leaflet" });
  await tab.rest();
  expect(server.measurements[0]?.text).toBe("Flail leaflet");
});

test("what is taken back before it was saved leaves nothing to save", async () => {
  tab.caliper([0, 0], [10, 0]);
  tab.store.undo();
  await tab.rest();
  expect(server.version).toBe(0);
  expect(tab.store.snapshot().saving).toBe("saved");
  expect(tab.unsaved).toBeNull();
});

test("a change told while a save was on its way is not missed", async () => {
  const other = await new Tab(server).open();
  tab.caliper([0, 0], [10, 0]);
  const saving = tab.store.save();
  void tab.store.refresh();
  await saving;
  other.caliper([0, 0], [20, 0]);
  await other.rest();
  await tab.rest();
  await tab.store.refresh();
  expect([...tab.lengths].sort()).toEqual([1, 2]);
});
