import {
  createContext,
  type ComponentType,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import type { InstanceAddress, InstanceDetail } from "../api/client";
import type { ImageTransform, Point, Size } from "./geometry";

/** One frame of one object as a viewport shows it now. */
export interface ShownFrame {
  /** Which viewport, counted from 0 in reading order. */
  viewport: number;
  isActive: boolean;
  address: InstanceAddress;
  instance: InstanceDetail;
  /** The frame on screen, counted from 1 as DICOM does. */
  frame: number;
  isPlaying: boolean;
  transform: ImageTransform;
  size: Size;
}

/** A pointer over an image; `image` is in image pixels (see `Point`), `screen` in CSS pixels. */
export interface ToolPointer {
  image: Point;
  screen: Point;
  pointerType: string;
  button: number;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
}

/**
 * What the left button (or one finger) does on an image.
 *
 * While a tool is active every handler gets the pointer in image coordinates and the frame it
 * was over. A tool that returns true from `pointerDown` gets the pointer until it is lifted; the
 * viewport first stops a playing loop when `pauses` is set. Right and middle button and wheel
 * stay with the viewport (brightness, pan, zoom).
 */
export interface Tool {
  id: string;
  label: string;
  cursor?: string;
  /** Stop a playing loop, and show the exact frame, before the tool gets the pointer. */
  pauses?: boolean;
  pointerDown?: (pointer: ToolPointer, shown: ShownFrame) => boolean;
  pointerMove?: (pointer: ToolPointer, shown: ShownFrame) => void;
  pointerUp?: (pointer: ToolPointer, shown: ShownFrame) => void;
  pointerLeave?: (shown: ShownFrame) => void;
  doubleClick?: (pointer: ToolPointer, shown: ShownFrame) => boolean;
  /** A key pressed while the tool is active; true when the tool has used it up. */
  key?: (event: KeyboardEvent, shown: ShownFrame | undefined) => boolean;
}

/**
 * Paints over every image: rendered inside an `<svg>` as large as the viewport, in CSS pixels;
 * place things with `shown.transform.imageToScreen`. Pointer events reach shapes that set
 * `pointerEvents`; the rest goes on to the tool.
 */
export type Overlay = ComponentType<{ shown: ShownFrame }>;

/** A layer, and whether it has anything for the frames of an object: else it is not drawn for each. */
export interface Layer {
  Overlay: Overlay;
  drawsOn: (sopInstanceUID: string) => boolean;
}

export interface ToolHost {
  tool: Tool | null;
  /** Makes a tool the active one; null gives the left button back to the viewer. */
  choose: (tool: Tool | null) => void;
  layers: readonly Layer[];
  /** Adds a layer over all images; call the answer to take it away. */
  addLayer: (layer: Layer) => () => void;
  /** What the active viewport shows; undefined while it is empty. */
  shown: ShownFrame | undefined;
  report: (shown: ShownFrame | undefined) => void;
}

const Host = createContext<ToolHost | null>(null);

/** Holds the active tool and the layers for everything inside. */
export function ToolHostProvider({ children }: { children: ReactNode }) {
  const [tool, choose] = useState<Tool | null>(null);
  const [layers, setLayers] = useState<readonly Layer[]>([]);
  const [shown, report] = useState<ShownFrame>();
  const addLayer = useCallback((layer: Layer) => {
    setLayers((before) => [...before, layer]);
    return () => setLayers((before) => before.filter((one) => one !== layer));
  }, []);
  useEffect(() => {
    if (!tool?.key) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.closest("input, textarea, select, dialog")) return;
      if (!tool.key?.(event, shown)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    // Before the page's own commands.
    window.addEventListener("keydown", pressed, { capture: true });
    return () => window.removeEventListener("keydown", pressed, { capture: true });
  }, [tool, shown]);
  const host = useMemo<ToolHost>(
    () => ({ tool, choose, layers, addLayer, shown, report }),
    [tool, layers, addLayer, shown],
  );
  return <Host.Provider value={host}>{children}</Host.Provider>;
}

export function useToolHost(): ToolHost {
  const host = useContext(Host);
  if (!host) throw new Error("useToolHost needs a ToolHostProvider above it.");
  return host;
}

/** Shows a layer over all images for as long as the component lives. */
export function useOverlay(Overlay: Overlay, drawsOn: Layer["drawsOn"]): void {
  const { addLayer } = useToolHost();
  useEffect(() => addLayer({ Overlay, drawsOn }), [addLayer, Overlay, drawsOn]);
}
