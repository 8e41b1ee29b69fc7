import type { ShownFrame, Tool, ToolPointer } from "../viewer/tools";
import { distance } from "./shapes";
import type { Canvas, MeasureStore } from "./store";

/** Screen pixels: a shorter movement is a click, and a place this near closes an outline. */
const CLICK_PX = 6;
const CLOSE_PX = 10;

export function canvasOf({ instance, frame }: ShownFrame): Canvas {
  return {
    sopInstanceUID: instance.sopInstanceUID,
    frame,
    pixelAspectRatio: instance.pixelAspectRatio,
  };
}

/** The viewer's tool that stands for whatever the store measures with. */
export function hostTool(store: MeasureStore): Tool {
  let pressed: ToolPointer | null = null;
  const isDrawing = () => {
    const { tool } = store.snapshot();
    return tool !== null && tool !== "edit";
  };
  return {
    id: "measure",
    label: "Measure",
    cursor: "crosshair",
    pauses: true,
    pointerDown: (pointer, shown) => {
      if (!isDrawing()) {
        store.select(null);
        return false;
      }
      pressed = pointer;
      if (closesOutline(store, pointer, shown)) store.finish();
      else store.place(canvasOf(shown), pointer.image);
      return true;
    },
    pointerMove: (pointer, shown) => {
      if (!isDrawing()) return;
      if (pressed && distance(pressed.screen, pointer.screen) > CLICK_PX) store.sweep(canvasOf(shown), pointer.image);
      else if (!pressed) store.hover(canvasOf(shown), pointer.image);
    },
    pointerUp: (pointer, shown) => {
      const start = pressed;
      pressed = null;
      if (!start || distance(start.screen, pointer.screen) <= CLICK_PX) return;
      // A press, a movement and a release place both ends; a swept outline is whole on release.
      if (store.isDrawingPath()) store.finish();
      else if (store.snapshot().draft?.places.length === 1) store.place(canvasOf(shown), pointer.image);
    },
    doubleClick: () => {
      if (!isDrawing()) return false;
      store.finish();
      return true;
    },
  };
}

function closesOutline(store: MeasureStore, pointer: ToolPointer, shown: ShownFrame): boolean {
  const { draft } = store.snapshot();
  const [first] = draft?.places ?? [];
  if (!draft || !first || !store.isDrawingPath() || draft.places.length < 3) return false;
  return distance(shown.transform.imageToScreen(first), pointer.screen) < CLOSE_PX;
}
