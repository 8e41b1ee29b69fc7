import { useEffect } from "react";

type Listener = (study: string) => void;

const listeners = new Set<Listener>();
const REFUSED_AGAIN_MS = 5000;
let events: EventSource | null = null;
let mayHaveMissed = false;
let isDeaf = false;

/** For visitors, to whom the archive tells no changes. */
export function hearNothing(): void {
  isDeaf = true;
}

function open(): EventSource {
  const stream = new EventSource("/api/changes");
  const tell = (study: string) => {
    for (const one of [...listeners]) one(study);
  };
  stream.addEventListener("study", (event) => tell((event as MessageEvent<string>).data));
  stream.addEventListener("open", () => {
    if (mayHaveMissed) tell("");
    mayHaveMissed = false;
  });
  stream.addEventListener("error", () => {
    mayHaveMissed = true;
    // A browser asks again by itself unless it was refused, as when a session has ended.
    if (stream.readyState !== EventSource.CLOSED || events !== stream) return;
    window.setTimeout(() => {
      if (events === stream) events = open();
    }, REFUSED_AGAIN_MS);
  });
  return stream;
}

/** One stream for the whole page: a browser opens only six connections to a server. */
function listen(listener: Listener): () => void {
  if (isDeaf) return () => undefined;
  listeners.add(listener);
  events ??= open();
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
