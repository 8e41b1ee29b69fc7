import { lazy, useMemo, useSyncExternalStore } from "react";
import type { Command } from "../ui/commands";
import { Fetched } from "../ui/Fetched";

const TimelineDialog = lazy(() => import("./TimelineDialog"));

/** Whose studies are shown, and what to do with one of them. */
export interface Asked {
  uid: string;
  title: string;
  /** Opens a study beside the one asked for. */
  compare: (study: string) => void;
}

let asked: Asked | null = null;
const listeners = new Set<() => void>();

function become(next: Asked | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function showTimeline(next: Asked): void {
  become(next);
}

/** The one place of the patient timeline; its code comes when it is wanted. */
export function Timeline() {
  const wanted = useSyncExternalStore(subscribe, () => asked);
  if (!wanted) return null;
  const close = () => become(null);
  return (
    <Fetched key={wanted.uid} letGo={close}>
      <TimelineDialog asked={wanted} close={close} />
    </Fetched>
  );
}

/** All studies of a patient, as a command. */
export function useTimelineCommands(next: Asked | undefined, group: string): readonly Command[] {
  return useMemo(
    () => [
      {
        id: "timeline",
        title: "All studies of this patient",
        group,
        keys: ["J"],
        run: () => next && showTimeline(next),
        isPossible: next !== undefined,
      },
    ],
    [next, group],
  );
}
