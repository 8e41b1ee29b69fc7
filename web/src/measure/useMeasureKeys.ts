import { useEffect, useMemo, useRef } from "react";
import { type Command, keyOf, useCommands } from "../ui/commands";
import type { ShownFrame } from "../viewer/tools";
import { canvasOf } from "./hostTool";
import type { MeasureStore, State } from "./store";
import { TOOLS } from "./tools";

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Far steps, with Shift. */
const FAR_PX = 10;

/** Offers every tool as a command with its key, and takes the keys of drawing while one is used. */
export function useMeasureKeys(store: MeasureStore | null, state: State | null, shown: ShownFrame | undefined): void {
  const latest = useRef({ store, shown });
  latest.current = { store, shown };
  useCommands(useMemo(() => (store && state ? commands(store, state) : []), [store, state?.tool, state?.selection, state?.canUndo, state?.canRedo]));
  useEffect(() => {
    // Before the page's own keys: while something is drawn, arrows move it and not the loop.
    const pressed = (event: KeyboardEvent) => {
      const { store: here, shown: on } = latest.current;
      if (!here || isTyping(event.target) || document.querySelector("dialog[open]")) return;
      if (!press(here, on, event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("keydown", pressed, { capture: true });
    return () => window.removeEventListener("keydown", pressed, { capture: true });
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
}

/** Acts on a key; true when it was used up. */
function press(store: MeasureStore, shown: ShownFrame | undefined, event: KeyboardEvent): boolean {
  const { tool, draft, selection, known } = store.snapshot();
  const isActive = tool !== null || selection !== null || known !== null;
  const key = keyOf(event);
  const isButton = event.target instanceof HTMLElement && event.target.closest("button, a, [role=dialog]") !== null;
  if (key === "Escape") return store.cancel();
  if (!isActive) return false;
  if (key === "Ctrl+z") {
    store.undo();
    return true;
  }
  if (["Ctrl+y", "Ctrl+Z", "Ctrl+Shift+z"].includes(key)) {
    store.redo();
    return true;
  }
  if (key === "Delete" || key === "Backspace") {
    if (draft) store.takeBack();
    else store.remove();
    return true;
  }
  const arrow = ARROWS[event.key];
  if (arrow && !event.ctrlKey && !event.altKey && shown) {
    const by = event.shiftKey ? FAR_PX : 1;
    if (selection && !draft) store.nudge(arrow[0] * by, arrow[1] * by);
    else if (tool !== null && tool !== "edit") {
      store.moveCursor(canvasOf(shown), shown.instance, { x: arrow[0] * by, y: arrow[1] * by });
    } else return false;
    return true;
  }
  if (isButton) return false;
  if (selection && !draft && (key === "Tab" || key === "Shift+Tab")) {
    store.nextHandle(key === "Tab" ? 1 : -1);
    return true;
  }
  if (key === "Enter" && tool !== null && tool !== "edit" && shown) {
    const spec = TOOLS.find((one) => one.name === tool);
    const endsByEnter = draft && spec && spec.drawing.kind !== "places";
    const cursor = store.snapshot().cursor;
    if (selection) store.select(null);
    else if (endsByEnter && !cursor) store.finish();
    else if (endsByEnter && cursor && isLast(draft.places, cursor.place)) store.finish();
    else store.placeAtCursor(canvasOf(shown), shown.instance);
    return true;
  }
  return false;
}

/** Enter twice at one place ends a path that is drawn by keys. */
function isLast(places: readonly { x: number; y: number }[], place: { x: number; y: number }): boolean {
  const last = places.at(-1);
  return last !== undefined && last.x === place.x && last.y === place.y;
}

function commands(store: MeasureStore, state: State): Command[] {
  return [
    ...TOOLS.map((spec) => ({
      id: `measure ${spec.name}`,
      title: spec.title,
      group: "Measure",
      keys: [spec.key],
      run: () => store.choose(spec.name),
      isOn: state.tool === spec.name,
    })),
    {
      id: "measure calibrate",
      title: "Calibrate by a known distance",
      group: "Measure",
      keys: ["C"],
      run: () => store.choose("calibrate"),
      isOn: state.tool === "calibrate",
    },
    {
      id: "measure delete",
      title: "Delete the selected measurement",
      group: "Measure",
      keys: ["Delete"],
      run: () => store.remove(),
      isPossible: state.selection !== null,
    },
    { id: "measure undo", title: "Undo a measurement", group: "Measure", run: () => store.undo(), isPossible: state.canUndo },
    { id: "measure redo", title: "Redo a measurement", group: "Measure", run: () => store.redo(), isPossible: state.canRedo },
  ];
}
