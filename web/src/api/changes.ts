import { useEffect } from "react";

type Listener = (study: string) => void;

const listeners = new Set<Listener>();
let events: EventSource | null = null;

/** One stream for the whole page: a browser opens only six connections to a server. */
function listen(listener: Listener): () => void {
  listeners.add(listener);
  if (!events) {
    events = new EventSource("/api/changes");
    events.addEventListener("study", (event) => {
      for (const one of [...listeners]) one((event as MessageEvent<string>).data);
    });
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    events?.close();
    events = null;
  };
}

/** Calls `changed` whenever the archive says that a study came, grew or went. */
export function useChanges(changed: Listener): void {
  useEffect(() => listen(changed), [changed]);
}
