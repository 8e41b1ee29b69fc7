import { manualScale } from "./calibration";
import { measureDrawn, moveHandle, type OnFrame, type Outcome } from "./figures";
import { merge, sameAll } from "./merge";
import type {
  InstanceCalibration,
  Label,
  ManualScale,
  Measurement,
  Place,
  StudyMeasurements,
  ToolName,
} from "./model";
import { placesOf } from "./model";
import { fewest, TOOL, type ToolSpec } from "./tools";

/** What the store needs from the outside: the server, time, names and a place for unsaved work. */
export interface Surroundings {
  load: () => Promise<StudyMeasurements>;
  /** Null: somebody else saved first. */
  save: (version: number, measurements: Measurement[]) => Promise<StudyMeasurements | null>;
  calibrations: () => Promise<InstanceCalibration[]>;
  labels: () => Promise<Label[]>;
  now: () => Date;
  newUID: () => string;
  later: (act: () => void, ms: number) => void;
  keep: (unsaved: Unsaved | null) => void;
  kept: () => Unsaved | null;
}

/** Work that is not on the server yet. */
export interface Unsaved {
  base: Measurement[];
  mine: Measurement[];
}

/** The image under the hand. */
export interface Canvas extends OnFrame {
  pixelAspectRatio: number;
}

export interface Draft extends Canvas {
  tool: ToolName | "calibrate";
  places: Place[];
  /** Where the next place would be. */
  next: Place | null;
}

export interface Selection {
  trackingUID: string;
  handle: number;
}

export interface Refused {
  reason: string;
  canCalibrate: boolean;
}

export interface State {
  isLoaded: boolean;
  problem: string;
  saving: "saved" | "saving" | "waiting";
  measurements: readonly Measurement[];
  saved: StudyMeasurements | null;
  labels: readonly Label[];
  tool: ToolName | "calibrate" | "edit" | null;
  label: string;
  draft: Draft | null;
  selection: Selection | null;
  refused: Refused | null;
  /** Where keys place the next point, while no pointer does. */
  cursor: (OnFrame & { place: Place }) | null;
  /** A known distance was drawn and waits for its length. */
  known: (Canvas & { places: [Place, Place] }) | null;
  canUndo: boolean;
  canRedo: boolean;
}

interface Step {
  before: readonly Measurement[];
  after: readonly Measurement[];
}

const PAUSE_MS = 400;
const RETRY_MS = 4000;
const FREEHAND_PX = 2;
const LONGEST_PATH = 2000;

const EMPTY: State = {
  isLoaded: false,
  problem: "",
  saving: "saved",
  measurements: [],
  saved: null,
  labels: [],
  tool: null,
  label: "",
  draft: null,
  selection: null,
  refused: null,
  cursor: null,
  known: null,
  canUndo: false,
  canRedo: false,
};

/** Everything about the measurements of one study; draws nothing. */
export class MeasureStore {
  private state: State = EMPTY;
  private readonly listeners = new Set<() => void>();
  private base: readonly Measurement[] = [];
  private version = 0;
  private calibrations = new Map<string, InstanceCalibration>();
  private readonly manual = new Map<string, ManualScale>();
  private done: Step[] = [];
  private undone: Step[] = [];
  private isSaving = false;
  private isPlanned = false;
  private hasMissedChange = false;
  private isClosed = false;

  constructor(private readonly around: Surroundings) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): State => this.state;

  private set(change: Partial<State>): void {
    this.state = { ...this.state, ...change, canUndo: this.done.length > 0, canRedo: this.undone.length > 0 };
    for (const listener of [...this.listeners]) listener();
  }

  // --- The server -----------------------------------------------------------------------------

  async load(): Promise<void> {
    try {
      const [saved, calibrations, labels] = await Promise.all([
        this.around.load(),
        this.around.calibrations(),
        this.around.labels(),
      ]);
      this.calibrations = new Map(calibrations.map((one) => [one.sopInstanceUID, one]));
      this.set({ labels, isLoaded: true, problem: "" });
      const unsaved = this.around.kept();
      if (unsaved && !this.state.saved) {
        this.base = unsaved.base;
        this.set({ measurements: unsaved.mine });
      }
      this.take(saved);
      if (!sameAll(this.base, this.state.measurements)) this.saveSoon();
    } catch (error) {
      this.set({ problem: `Measurements could not be loaded: ${wordsOf(error)}` });
      this.around.later(() => !this.isClosed && !this.state.isLoaded && void this.load(), RETRY_MS);
    }
  }

  /** Another page saved: take its changes in, and keep ours. */
  async refresh(): Promise<void> {
    if (!this.state.isLoaded) return;
    if (this.isSaving) {
      // What our own save answers may be older than what was told meanwhile.
      this.hasMissedChange = true;
      return;
    }
    try {
      const [saved, calibrations] = await Promise.all([this.around.load(), this.around.calibrations()]);
      this.calibrations = new Map(calibrations.map((one) => [one.sopInstanceUID, one]));
      if (!this.isSaving && saved.version !== this.version) this.take(saved);
    } catch {
      // The next change, or the next save, asks again.
    }
  }

  private take(saved: StudyMeasurements): void {
    const mine = this.state.measurements;
    const joined = sameAll(this.base, mine)
      ? saved.measurements
      : merge(this.base, mine, saved.measurements, this.around.newUID);
    this.base = saved.measurements;
    this.version = saved.version;
    const selection = joined.some((one) => one.trackingUID === this.state.selection?.trackingUID)
      ? this.state.selection
      : null;
    this.set({ saved, measurements: joined, selection });
  }

  private saveSoon(): void {
    this.around.keep({ base: [...this.base], mine: [...this.state.measurements] });
    this.set({ saving: "waiting" });
    if (this.isPlanned) return;
    this.isPlanned = true;
    this.around.later(() => {
      this.isPlanned = false;
      void this.save();
    }, PAUSE_MS);
  }

  /** Saves now what is not saved. */
  async save(): Promise<void> {
    if (this.isSaving || !this.state.isLoaded) return;
    if (sameAll(this.base, this.state.measurements)) return this.rest();
    this.isSaving = true;
    this.set({ saving: "saving" });
    try {
      const sent = this.state.measurements;
      const saved = await this.around.save(this.version, [...sent]);
      if (saved) {
        this.base = sent;
        this.take(saved);
        this.set({ problem: "" });
      } else {
        this.take(await this.around.load());
      }
      this.isSaving = false;
      if (sameAll(this.base, this.state.measurements)) this.rest();
      else this.saveSoon();
      if (this.hasMissedChange) {
        this.hasMissedChange = false;
        void this.refresh();
      }
    } catch (error) {
      this.isSaving = false;
      this.set({ saving: "waiting", problem: `Not saved yet, and kept here: ${wordsOf(error)}` });
      if (!this.isClosed) this.around.later(() => void this.save(), RETRY_MS);
    }
  }

  /** All is saved, or was taken back before it could be. */
  private rest(): void {
    this.around.keep(null);
    if (this.state.saving !== "saved") this.set({ saving: "saved", problem: "" });
  }

  close(): void {
    this.isClosed = true;
    void this.save();
  }

  // --- Changes and their history --------------------------------------------------------------

  private change(after: readonly Measurement[], rest: Partial<State> = {}): void {
    this.done = [...this.done.slice(-199), { before: this.state.measurements, after }];
    this.undone = [];
    this.set({ measurements: after, ...rest });
    this.saveSoon();
  }

  undo(): void {
    if (this.state.draft) {
      this.cancel();
      return;
    }
    const step = this.done.at(-1);
    if (!step) return;
    this.done = this.done.slice(0, -1);
    this.undone = [...this.undone, step];
    this.turn(step.after, step.before);
  }

  redo(): void {
    const step = this.undone.at(-1);
    if (!step) return;
    this.undone = this.undone.slice(0, -1);
    this.done = [...this.done, step];
    this.turn(step.before, step.after);
  }

  /** Turns one state into another, and leaves alone what others changed since. */
  private turn(from: readonly Measurement[], to: readonly Measurement[]): void {
    const joined = merge(from, to, this.state.measurements, this.around.newUID);
    this.set({ measurements: joined, selection: null, refused: null });
    this.saveSoon();
  }

  // --- Drawing --------------------------------------------------------------------------------

  choose(tool: State["tool"]): void {
    const label = this.state.labels.find((one) => one.key === this.state.label);
    const keeps = tool !== null && label?.tools.includes(tool as ToolName);
    const selection = tool === "edit" ? this.state.selection : null;
    this.set({ tool, selection, draft: null, refused: null, known: null, label: keeps ? this.state.label : "" });
  }

  /** Chooses what is measured next, and the tool that measures it. */
  chooseLabel(key: string): void {
    const label = this.state.labels.find((one) => one.key === key);
    const [first] = label?.tools ?? [];
    if (!label || !first) return this.set({ label: "" });
    const { tool } = this.state;
    const fits = tool !== null && label.tools.includes(tool as ToolName);
    this.set({ label: key, tool: fits ? tool : first, selection: null, draft: null, refused: null, known: null });
  }

  /** Where the pointer would place the next point. */
  hover(canvas: Canvas, place: Place): void {
    const { draft, cursor } = this.state;
    if (draft && isOn(draft, canvas)) this.set({ draft: { ...draft, next: place }, cursor: null });
    else if (cursor) this.set({ cursor: null });
  }

  /** Moves the cursor of the keyboard by pixels; it begins in the middle of the picture. */
  moveCursor(canvas: Canvas, size: { columns: number; rows: number }, by: Place): void {
    const { cursor, draft } = this.state;
    const drawn = draft && isOn(draft, canvas) ? draft : null;
    const middle = { x: Math.floor(size.columns / 2) + 0.5, y: Math.floor(size.rows / 2) + 0.5 };
    const here = cursor && isOn(cursor, canvas) ? cursor.place : (drawn?.next ?? drawn?.places.at(-1));
    const from = here ?? { x: middle.x - by.x, y: middle.y - by.y };
    const place = {
      x: Math.min(Math.max(from.x + by.x, 0), size.columns),
      y: Math.min(Math.max(from.y + by.y, 0), size.rows),
    };
    this.set({
      cursor: { sopInstanceUID: canvas.sopInstanceUID, frame: canvas.frame, place },
      ...(drawn ? { draft: { ...drawn, next: place } } : {}),
    });
  }

  /** Places a point where the cursor of the keyboard is. */
  placeAtCursor(canvas: Canvas, size: { columns: number; rows: number }): void {
    const { cursor } = this.state;
    if (cursor && isOn(cursor, canvas)) this.place(canvas, cursor.place);
    else this.moveCursor(canvas, size, { x: 0, y: 0 });
  }

  /** Adds a place; the last one makes the measurement. */
  place(canvas: Canvas, place: Place): void {
    const { tool, draft } = this.state;
    if (tool === null || tool === "edit") return;
    const places = draft && isOn(draft, canvas) ? [...draft.places, place] : [place];
    const next: Draft = { ...canvas, tool, places, next: null };
    if (tool === "calibrate") {
      const [a, b] = places;
      if (a && b) this.set({ known: { ...canvas, places: [a, b] }, draft: null });
      else this.set({ draft: next, selection: null, refused: null });
      return;
    }
    const spec = TOOL.get(tool) as ToolSpec;
    const outcome = this.measure(spec, next);
    if (!outcome.ok && outcome.reason) return this.refuse(outcome);
    if (spec.drawing.kind === "places" && places.length === spec.drawing.count) return this.finish(next);
    this.set({ draft: next, selection: null, refused: null });
  }

  /** Adds a place of a line drawn in one sweep. */
  sweep(canvas: Canvas, place: Place): void {
    const { draft } = this.state;
    if (!draft || !isOn(draft, canvas) || draft.tool === "calibrate") return;
    if (TOOL.get(draft.tool)?.drawing.kind !== "path") return this.hover(canvas, place);
    const last = draft.places.at(-1);
    if (draft.places.length >= LONGEST_PATH) return;
    if (last && Math.hypot(place.x - last.x, place.y - last.y) < FREEHAND_PX) return;
    this.place(canvas, place);
  }

  isDrawingPath(): boolean {
    const { draft } = this.state;
    return draft !== null && draft.tool !== "calibrate" && TOOL.get(draft.tool)?.drawing.kind === "path";
  }

  /** Ends a path or a count, or a drawing that is whole. */
  finish(drawn: Draft | null = this.state.draft): void {
    if (!drawn || drawn.tool === "calibrate") return;
    const spec = TOOL.get(drawn.tool) as ToolSpec;
    const outcome = this.measure(spec, drawn);
    if (!outcome.ok) {
      if (outcome.reason) this.refuse(outcome);
      return;
    }
    const label = this.state.labels.find((one) => one.key === this.state.label);
    const isLabelled = label?.tools.includes(spec.name) && outcome.drawn.values.some((it) => it.quantity === label.quantity);
    const measurement: Measurement = {
      trackingUID: this.around.newUID(),
      tool: spec.name,
      label: isLabelled ? this.state.label : "",
      figures: outcome.drawn.figures,
      values: outcome.drawn.values,
      measuredAt: this.around.now().toISOString(),
      measuredBy: this.state.saved?.observer ?? "This workstation",
      text: "",
      manualScale: outcome.drawn.manualScale,
    };
    this.change([...this.state.measurements, measurement], {
      draft: null,
      refused: outcome.warnings[0] ? { reason: outcome.warnings[0], canCalibrate: false } : null,
      selection: { trackingUID: measurement.trackingUID, handle: drawn.places.length - 1 },
    });
  }

  /** Takes back the last place of a drawing. */
  takeBack(): void {
    const { draft } = this.state;
    if (!draft) return;
    const places = draft.places.slice(0, -1);
    this.set({ draft: places.length > 0 ? { ...draft, places } : null });
  }

  /** Lets go: of the drawing, else of the selection, else of the tool. True when there was any. */
  cancel(): boolean {
    const { draft, known, selection, tool, refused } = this.state;
    if (draft || known) this.set({ draft: null, known: null, refused: null });
    else if (selection || refused) this.set({ selection: null, refused: null });
    else if (tool) this.set({ tool: null, label: "" });
    else return false;
    return true;
  }

  /** What a drawing measures so far, with the place under the pointer; undefined while not whole. */
  live(): Outcome | undefined {
    const { draft } = this.state;
    if (!draft || draft.tool === "calibrate") return undefined;
    const spec = TOOL.get(draft.tool) as ToolSpec;
    const places = draft.next ? [...draft.places, draft.next] : draft.places;
    return places.length >= fewest(spec) ? this.measure(spec, { ...draft, places }) : undefined;
  }

  private measure(spec: ToolSpec, draft: Draft): Outcome {
    const { sopInstanceUID, frame } = draft;
    return measureDrawn(
      spec,
      draft.places,
      { sopInstanceUID, frame },
      this.calibrations.get(sopInstanceUID),
      this.manual.get(sopInstanceUID),
    );
  }

  private refuse({ reason, canCalibrate }: Refused): void {
    this.set({ refused: { reason, canCalibrate } });
  }

  /** Gives the picture a scale by the distance that was drawn. */
  calibrate(knownCm: number): void {
    const { known } = this.state;
    if (!known) return;
    const scale = manualScale(known.places[0], known.places[1], knownCm, known.pixelAspectRatio);
    if (!scale) return this.refuse({ reason: "A known distance is a number of centimetres above nought.", canCalibrate: false });
    this.manual.set(known.sopInstanceUID, scale);
    this.set({ known: null, refused: null, tool: "distance" });
  }

  // --- What is there --------------------------------------------------------------------------

  select(selection: Selection | null): void {
    this.set({ selection, refused: null });
  }

  /** Goes to the next handle of what is selected. */
  nextHandle(by: number): void {
    const measurement = this.selected();
    const { selection } = this.state;
    if (!measurement || !selection) return;
    const count = measurement.figures[0]?.points.length ?? 1;
    this.set({ selection: { ...selection, handle: (selection.handle + by + count) % count } });
  }

  selected(): Measurement | undefined {
    return this.state.measurements.find((one) => one.trackingUID === this.state.selection?.trackingUID);
  }

  /** Moves a handle; what would not be measurable stays where it was, with the reason. */
  move(trackingUID: string, handle: number, to: Place, isOneGesture = false): void {
    const measurement = this.state.measurements.find((one) => one.trackingUID === trackingUID);
    const [figure] = measurement?.figures ?? [];
    if (!measurement || !figure) return;
    const outcome = moveHandle(measurement, handle, to, this.calibrations.get(figure.sopInstanceUID));
    if (!outcome.ok) return this.refuse(outcome);
    const moved: Measurement = {
      ...measurement,
      ...outcome.drawn,
      measuredAt: this.around.now().toISOString(),
      measuredBy: this.state.saved?.observer ?? measurement.measuredBy,
    };
    const after = this.state.measurements.map((one) => (one === measurement ? moved : one));
    const step = this.done.at(-1);
    const selection = { trackingUID, handle };
    if (isOneGesture && step && sameAll(step.after, this.state.measurements)) {
      // A drag, or several presses of an arrow, is one thing to undo.
      this.done = [...this.done.slice(0, -1), { before: step.before, after }];
      this.set({ measurements: after, selection, refused: null });
      this.saveSoon();
    } else {
      this.change(after, { selection, refused: null });
    }
  }

  /** Moves the selected handle by pixels. */
  nudge(columns: number, rows: number): void {
    const measurement = this.selected();
    const { selection } = this.state;
    if (!measurement || !selection) return;
    const place = placesOf(measurement.figures[0])[selection.handle];
    if (place) this.move(selection.trackingUID, selection.handle, { x: place.x + columns, y: place.y + rows });
  }

  remove(trackingUID = this.state.selection?.trackingUID): void {
    if (!this.state.measurements.some((one) => one.trackingUID === trackingUID)) return;
    this.change(this.state.measurements.filter((one) => one.trackingUID !== trackingUID), { selection: null });
  }

  /** Says what a measurement is, or the words of a mark. */
  name(trackingUID: string, { label, text }: { label?: string; text?: string }): void {
    const after = this.state.measurements.map((one) =>
      one.trackingUID === trackingUID
        ? { ...one, label: label ?? one.label, text: text?.slice(0, 1024) ?? one.text ?? "" }
        : one,
    );
    if (!sameAll(after, this.state.measurements)) this.change(after);
  }
}

function isOn(draft: OnFrame, canvas: OnFrame): boolean {
  return draft.sopInstanceUID === canvas.sopInstanceUID && draft.frame === canvas.frame;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
