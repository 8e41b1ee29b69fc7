import type { ComponentType } from "react";
import { measuring } from "../measure";

/**
 * A part of the reading room that lives outside `viewer/`: it is rendered inside the tool host,
 * so it can use `useToolHost`, `useOverlay` and `useCommands`.
 */
export interface ViewerExtension {
  id: string;
  /** Rendered once beside the images; may return null and only register tools and layers. */
  Panel: ComponentType<{
    studyInstanceUID: string;
    /** Brings one frame (from 1) of an object on screen. */
    show: (sopInstanceUID: string, frame: number) => void;
  }>;
  /** Rendered in the toolbar after the viewer's own tools. */
  Toolbar?: ComponentType;
}

/** Add one line for each part. */
export const extensions: readonly ViewerExtension[] = [measuring];
