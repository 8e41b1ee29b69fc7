import { useCallback, useSyncExternalStore } from "react";
import type { LayoutName } from "../viewer/workspace";

/** What a person's browser remembers between visits. */
export interface Settings {
  theme: "dark" | "light";
  /** Null: as many as the study and the screen ask for. */
  layout: LayoutName | null;
  autoplay: boolean;
  filmstrip: boolean;
  columns: string[] | null;
  filters: { name: string; text: string }[];
  /** When somebody last saw that this screen shows all steps of grey. */
  screenCheckedAt: string | null;
}

const DEFAULTS: Settings = {
  theme: "dark",
  layout: null,
  autoplay: true,
  filmstrip: true,
  columns: null,
  filters: [],
  screenCheckedAt: null,
};

const KEY = "sonarium.settings";
const listeners = new Set<() => void>();
let present: Settings = read();

function read(): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>) };
  } catch {
    return DEFAULTS;
  }
}

export function settings(): Settings {
  return present;
}

export function remember(change: Partial<Settings>): void {
  present = { ...present, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(present));
  } catch {
    // A full or forbidden store only means that the next visit begins with defaults.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSettings(): [Settings, (change: Partial<Settings>) => void] {
  return [useSyncExternalStore(subscribe, settings), useCallback(remember, [])];
}
