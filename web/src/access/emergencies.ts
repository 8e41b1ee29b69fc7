import { useEffect, useSyncExternalStore } from "react";
import { useSession } from "../account/session";
import { api, bodyOf, Refusal } from "../api/client";
import { type Grant, NO_TARGET } from "./words";

const LOOK_AGAIN_MS = 30_000;
const BREAKERS = new Set(["sonographer", "reading_physician", "referring_clinician", "administrator"]);

let mine: readonly Grant[] = [];
const listeners = new Set<() => void>();

/** Asks which emergencies of mine hold. */
export async function refreshEmergencies(): Promise<void> {
  const answer = await api.GET("/api/break-glass/mine").catch(() => undefined);
  if (!answer?.data) return;
  mine = answer.data.grants;
  for (const one of listeners) one();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the role of whoever works here breaks the glass. */
export function useMayBreakGlass(): boolean {
  return useSession()?.roles.some((role) => BREAKERS.has(role)) ?? false;
}

/** My emergencies that hold, asked again now and then. */
export function useEmergencies(): readonly Grant[] {
  const may = useMayBreakGlass();
  useEffect(() => {
    if (!may) return;
    void refreshEmergencies();
    const timer = window.setInterval(() => void refreshEmergencies(), LOOK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [may]);
  return useSyncExternalStore(subscribe, () => mine);
}

/** Opens what has exactly this number, whichever number that is. */
export async function breakGlass(number: string, why: string): Promise<void> {
  const targets = [{ patientID: number }, { accessionNumber: number }, { studyInstanceUID: number }];
  for (const [at, target] of targets.entries()) {
    try {
      bodyOf(await api.POST("/api/break-glass", { body: { target: { ...NO_TARGET, ...target }, why } }));
      break;
    } catch (error) {
      const isLast = at === targets.length - 1;
      if (isLast || !(error instanceof Refusal) || error.status !== 404) throw error;
    }
  }
  await refreshEmergencies();
}

export async function endEmergency(grant: Grant): Promise<void> {
  bodyOf(await api.DELETE("/api/break-glass/{grant_ref}", { params: { path: { grant_ref: grant.grantRef } } }));
  await refreshEmergencies();
}
