import { useSyncExternalStore } from "react";
import { MeasureStore, type State } from "./store";

/** The store of the study that is open: panel, layers and keys share it. */
let current: MeasureStore | null = null;
const listeners = new Set<() => void>();

export function setCurrent(store: MeasureStore | null): void {
  current = store;
  for (const listener of [...listeners]) listener();
}

export function currentStore(): MeasureStore | null {
  return current;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useCurrentStore(): MeasureStore | null {
  return useSyncExternalStore(subscribe, currentStore);
}

const NEVER = () => () => undefined;
const NOTHING = () => null;

export function useMeasureState(store: MeasureStore | null): State | null {
  return useSyncExternalStore<State | null>(store?.subscribe ?? NEVER, store?.snapshot ?? NOTHING);
}
