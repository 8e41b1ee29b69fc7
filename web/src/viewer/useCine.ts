import { useEffect, useSyncExternalStore } from "react";
import type { Cine, CineState } from "./cine";

/** Follows one plain value of a player: a component that does not show the frame is not drawn for each. */
export function useCine<T extends string | number | boolean>(cine: Cine, select: (state: CineState) => T): T {
  return useSyncExternalStore(cine.subscribe, () => select(cine.snapshot()));
}

/**
 * Writes each frame into elements that are there already. Sixteen loops change 480 times a second;
 * React would take longer for that than drawing the pictures does.
 */
export function useEachFrame(cine: Cine, write: (frame: number) => void): void {
  useEffect(() => {
    const now = () => write(cine.frame);
    now();
    return cine.subscribe(now);
  }, [cine, write]);
}
