import { useEffect, useState, useSyncExternalStore } from "react";

interface Done {
  words: string;
  /** Absent where there is nothing to take back. */
  undo?: () => void;
}

const SHOWN_MS = 10_000;

let done: Done | null = null;
const listeners = new Set<() => void>();

function become(next: Done | null): void {
  done = next;
  for (const listener of listeners) listener();
}

/** Tells what was done and offers to take it back; an earlier offer ends. */
export function offerUndo(words: string, undo: () => void): void {
  become({ words, undo });
}

/** Says something for a while, in the same place. */
export function tell(words: string): void {
  become({ words });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The one place in which undoing is offered. */
export function UndoOffer() {
  const offer = useSyncExternalStore(subscribe, () => done);
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (!offer || isHeld) return;
    const timer = window.setTimeout(() => become(null), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [offer, isHeld]);
  return (
    <div
      className="undo"
      role="status"
      hidden={!offer}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
    >
      {offer && (
        <>
          <span>{offer.words}</span>
          <button
            type="button"
            onClick={() => {
              become(null);
              offer.undo?.();
            }}
          >
            {offer.undo ? "Undo" : "Close"}
          </button>
        </>
      )}
    </div>
  );
}
