import {
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from "react";
import type { Cine } from "./cine";
import { type ImageTransform, type Point, type Size, zoomedAt } from "./geometry";
import { type ShownFrame, type ToolPointer, useToolHost } from "./tools";
import type { ViewportProps } from "./Viewport";

interface Surroundings extends ViewportProps {
  cine: Cine | null;
  frame: RefObject<HTMLDivElement | null>;
  transform: ImageTransform;
  size: Size;
}

type Drag = "tool" | "pan" | "look" | "pinch";

const ZOOM_STEP = 1.15;
const TAP_PX = 5;
/** A full turn of brightness or contrast over this many pixels. */
const LOOK_TRAVEL_PX = 300;

/**
 * The pointer on an image: left or one finger belongs to the active tool, else pans; right drags
 * brightness and contrast; middle pans; two fingers zoom; the wheel goes through frames, or zooms
 * with Ctrl.
 */
export function usePointer(here: Surroundings) {
  const { tool } = useToolHost();
  const [over, setOver] = useState<Point | null>(null);
  const drag = useRef<{ kind: Drag; from: Point; start: Point; moved: boolean } | null>(null);
  const fingers = useRef(new Map<number, Point>());
  const latest = useRef(here);
  latest.current = here;

  const placeOf = (event: { clientX: number; clientY: number }): Point => {
    const box = here.frame.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const shown = (): ShownFrame => ({
    viewport: here.index,
    isActive: here.isActive,
    address: here.shown.address,
    instance: here.shown.instance,
    frame: (here.cine?.frame ?? 0) + 1,
    isPlaying: here.cine?.plays ?? false,
    transform: here.transform,
    size: here.size,
  });
  const toolPointer = (event: ReactPointerEvent | React.MouseEvent): ToolPointer => {
    const screen = placeOf(event);
    return {
      screen,
      image: here.transform.screenToImage(screen),
      pointerType: "pointerType" in event ? event.pointerType : "mouse",
      button: event.button,
      shiftKey: event.shiftKey,
      altKey: event.altKey,
      ctrlKey: event.ctrlKey || event.metaKey,
    };
  };

  useWheel(latest);

  const down = (event: ReactPointerEvent<HTMLDivElement>) => {
    if (event.target instanceof Element && event.target.closest("button, input, [data-own-pointer]")) return;
    const at = placeOf(event);
    here.activate();
    fingers.current.set(event.pointerId, at);
    if (fingers.current.size === 2) {
      drag.current = { kind: "pinch", from: at, start: at, moved: true };
      return;
    }
    let kind: Drag = event.button === 2 || (here.adjusts && event.button === 0) ? "look" : "pan";
    if (event.button === 0 && tool && !here.adjusts) {
      if (tool.pauses) here.cine?.pause();
      if (tool.pointerDown?.(toolPointer(event), shown())) kind = "tool";
    }
    drag.current = { kind, from: at, start: at, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };

  const move = (event: ReactPointerEvent<HTMLDivElement>) => {
    const at = placeOf(event);
    if (here.magnifies) setOver(at);
    const held = drag.current;
    if (!held) {
      tool?.pointerMove?.(toolPointer(event), shown());
      return;
    }
    if (held.kind === "pinch") {
      pinch(event.pointerId, at);
      return;
    }
    if (held.kind === "tool") {
      tool?.pointerMove?.(toolPointer(event), shown());
      return;
    }
    const by = { x: at.x - held.from.x, y: at.y - held.from.y };
    if (!held.moved && Math.hypot(at.x - held.start.x, at.y - held.start.y) < TAP_PX) return;
    held.moved = true;
    held.from = at;
    if (held.kind === "pan") pan(by);
    else relook(by);
  };

  const pan = (by: Point) => {
    const { view } = here.cell;
    here.change({ view: { ...view, pan: { x: view.pan.x + by.x, y: view.pan.y + by.y } } }, `pan ${here.index}`);
  };
  const relook = (by: Point) => {
    const { look } = here.cell;
    const brightness = Math.min(Math.max(look.brightness - by.y / LOOK_TRAVEL_PX, -1), 1);
    const contrast = Math.min(Math.max(look.contrast * Math.exp(by.x / LOOK_TRAVEL_PX), 0.2), 5);
    here.change({ look: { ...look, brightness, contrast } }, `look ${here.index}`);
  };
  const pinch = (finger: number, at: Point) => {
    const [one, other] = [...fingers.current.values()];
    if (!one || !other) return;
    const before = Math.hypot(one.x - other.x, one.y - other.y);
    fingers.current.set(finger, at);
    const [newOne, newOther] = [...fingers.current.values()];
    if (!newOne || !newOther || before < 1) return;
    const after = Math.hypot(newOne.x - newOther.x, newOne.y - newOther.y);
    const middle = { x: (newOne.x + newOther.x) / 2, y: (newOne.y + newOther.y) / 2 };
    const zoomed = zoomedAt(here.shown.instance, here.size, here.cell.view, after / before, middle);
    here.change({ view: zoomed }, `zoom ${here.index}`);
  };

  const up = (event: ReactPointerEvent<HTMLDivElement>) => {
    fingers.current.delete(event.pointerId);
    const held = drag.current;
    if (!held || fingers.current.size > 0) return;
    drag.current = null;
    if (held.kind === "tool") tool?.pointerUp?.(toolPointer(event), shown());
    else if (!held.moved && event.pointerType === "touch") {
      here.cine?.toggle();
      here.moved(here.index);
    }
  };

  return {
    over,
    cursor: tool?.cursor ?? (here.adjusts ? "move" : "default"),
    handlers: {
      onPointerDown: down,
      onPointerMove: move,
      onPointerUp: up,
      onPointerCancel: up,
      onPointerLeave: () => {
        setOver(null);
        tool?.pointerLeave?.(shown());
      },
      onContextMenu: (event: React.MouseEvent) => event.preventDefault(),
      onDoubleClick: (event: React.MouseEvent) => {
        if (event.target instanceof Element && event.target.closest("button, input")) return;
        if (!tool?.doubleClick?.(toolPointer(event), shown()) && !tool?.pointerDown) here.maximise();
      },
    },
  };
}

/** React listens to wheels passively; a page must not scroll or zoom under an image. */
function useWheel(latest: RefObject<Surroundings>): void {
  useEffect(() => {
    const element = latest.current.frame.current;
    if (!element) return;
    const turned = (event: WheelEvent) => {
      event.preventDefault();
      const { cine, cell, shown, size, change, index, frame, moved, activate } = latest.current;
      activate();
      if (event.ctrlKey || event.metaKey || shown.instance.numberOfFrames < 2) {
        const box = frame.current?.getBoundingClientRect();
        const at = { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
        const factor = event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP;
        change({ view: zoomedAt(shown.instance, size, cell.view, factor, at) }, `zoom ${index}`);
      } else {
        cine?.step(event.deltaY < 0 ? -1 : 1);
        moved(index);
      }
    };
    element.addEventListener("wheel", turned, { passive: false });
    return () => element.removeEventListener("wheel", turned);
  }, [latest]);
}
