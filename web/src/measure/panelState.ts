import { useSyncExternalStore } from "react";

/** Whether the measuring panel is open; this browser remembers. */
const KEY = "sonarium.measure.panel";
const listeners = new Set<() => void>();
let isOpen = read();

/** Where nobody chose, a small window keeps its room for the picture. */
function read(): boolean {
  try {
    return (localStorage.getItem(KEY) ?? (innerWidth > 760 ? "open" : "closed")) === "open";
  } catch {
    return true;
  }
}

export function showPanel(open: boolean): void {
  if (open === isOpen) return;
  isOpen = open;
  try {
    localStorage.setItem(KEY, open ? "open" : "closed");
  } catch {
    // The next visit begins with the panel open.
  }
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function isPanelOpen(): boolean {
  return isOpen;
}

export function usePanelOpen(): boolean {
  return useSyncExternalStore(subscribe, isPanelOpen);
}
