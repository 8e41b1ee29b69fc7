import { useMemo, useSyncExternalStore } from "react";
import { api } from "../api/client";
import type { components } from "../api/schema";
import type { Command } from "../ui/commands";

export type OtherViewers = components["schemas"]["OtherViewers"];

const NONE: OtherViewers = { ohif: false, weasis: false };

let known = NONE;
let isAsked = false;
const listeners = new Set<() => void>();

/** Asked once for each page load: viewers are installed seldom. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!isAsked) {
    isAsked = true;
    void api
      .GET("/api/viewers")
      .then(({ data }) => {
        if (data) known = data;
        for (const one of listeners) one();
      })
      .catch(() => undefined);
  }
  return () => listeners.delete(listener);
}

/** The viewers of others that are offered here. */
export function useOtherViewers(): OtherViewers {
  return useSyncExternalStore(subscribe, () => known);
}

/** Where OHIF opens a study. */
export function ohifAddress(study: string): string {
  return `/ohif/viewer?StudyInstanceUIDs=${encodeURIComponent(study)}`;
}

/** A way of opening a study elsewhere. */
export interface WayOut {
  id: string;
  title: string;
  open: (study: string) => void;
}

/** Lists the ways by which a study can be opened in a viewer of others. */
export function waysOut({ ohif, weasis }: OtherViewers): WayOut[] {
  return [
    ...(ohif ? [{ id: "ohif", title: "Open in OHIF", open: openInOHIF }] : []),
    ...(weasis ? [{ id: "weasis", title: "Open in Weasis", open: (study: string) => void openInWeasis(study) }] : []),
  ];
}

function openInOHIF(study: string): void {
  window.open(ohifAddress(study), "_blank", "noopener");
}

/** The link holds a token of some minutes, so it is made when it is wanted. */
async function openInWeasis(study: string): Promise<void> {
  const { data } = await api.POST("/api/studies/{study_instance_uid}/weasis", {
    params: { path: { study_instance_uid: study } },
  });
  if (data) window.location.assign(data.address);
}

/** The same as commands; `study` is undefined while none is chosen. */
export function useWayOutCommands(study: string | undefined, group: string): readonly Command[] {
  const viewers = useOtherViewers();
  return useMemo(
    () =>
      waysOut(viewers).map(({ id, title, open }) => ({
        id: `open in ${id}`,
        title,
        group,
        run: () => study && open(study),
        isPossible: study !== undefined,
      })),
    [viewers, study, group],
  );
}
