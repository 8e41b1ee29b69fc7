import { useEffect, useSyncExternalStore } from "react";

/** One thing a person can do: it has words, perhaps keys, and is found in the palette. */
export interface Command {
  id: string;
  title: string;
  group: string;
  /** As `keyOf` spells them: `"Space"`, `"Shift+ArrowLeft"`, `"i"`, `"Ctrl+k"`. */
  keys?: readonly string[];
  run: () => void;
  /** False greys the command out and frees its keys. */
  isPossible?: boolean;
  /** Shown ticked in the palette. */
  isOn?: boolean;
}

let registered: readonly (readonly Command[])[] = [];
let flat: readonly Command[] = [];
const listeners = new Set<() => void>();

function changed(next: readonly (readonly Command[])[]): void {
  registered = next;
  flat = next.flat();
  for (const listener of listeners) listener();
}

/** Offers commands while the component lives; memoise the list. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    changed([...registered, commands]);
    return () => changed(registered.filter((list) => list !== commands));
  }, [commands]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(subscribe, () => flat);
}

/** Writes a key press as commands name it. */
export function keyOf(event: KeyboardEvent): string {
  // Shift and a digit print different signs on different keyboards: the digit is meant.
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  const name = event.key === " " ? "Space" : event.shiftKey && digit ? digit : event.key;
  const isLetter = name.length === 1 && !(event.shiftKey && digit);
  const parts = [
    event.ctrlKey || event.metaKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    // A printed sign such as "?" or "I" already says that Shift was held.
    event.shiftKey && !isLetter ? "Shift" : "",
    name,
  ];
  return parts.filter(Boolean).join("+");
}

/** The most recently registered command wins a key, so a panel can take over from the page. */
export function commandFor(key: string): Command | undefined {
  return flat.findLast((command) => command.isPossible !== false && command.keys?.includes(key));
}
