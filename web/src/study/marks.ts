import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useChanges } from "../api/changes";
import { api, bodyOf } from "../api/client";
import type { components } from "../api/schema";
import { offerUndo, tell } from "../ui/Undo";
import { count } from "../ui/words";
import { afterFirstPicture } from "./firstPicture";

export type StudyMark = components["schemas"]["StudyMarkDetail"];
export type MarkChange = { isRead: boolean } | { isUrgent: boolean };

/** Asked in one request; a longer list is asked in several. */
const ASKED_AT_ONCE = 60;
const SETTLE_MS = 300;

/** Nobody has read it as it is now. */
export function isUnread(mark: StudyMark | undefined): boolean {
  return !mark?.readAt || mark.hasGrown;
}

export function isUrgent(mark: StudyMark | undefined): boolean {
  return Boolean(mark?.urgentAt);
}

export interface StudyMarks {
  of: (uid: string) => StudyMark | undefined;
  /** Marks studies for everybody, and offers to take it back. */
  change: (uids: readonly string[], change: MarkChange) => Promise<void>;
}

/** The marks of some studies, kept as the archive has them. */
export function useStudyMarks(uids: readonly string[]): StudyMarks {
  const [marks, setMarks] = useState<ReadonlyMap<string, StudyMark>>(new Map());
  const key = uids.join(" ");
  const take = useCallback((asked: readonly string[], found: readonly StudyMark[]) => {
    setMarks((before) => {
      const next = new Map(before);
      for (const uid of asked) next.delete(uid);
      for (const mark of found) next.set(mark.studyInstanceUID, mark);
      return next;
    });
  }, []);
  const ask = useCallback(async () => {
    const wanted = key ? key.split(" ") : [];
    for (let at = 0; at < wanted.length; at += ASKED_AT_ONCE) {
      const study = wanted.slice(at, at + ASKED_AT_ONCE);
      const answer = await api.GET("/api/study-marks", { params: { query: { study } } }).catch(() => undefined);
      if (answer?.data) take(study, answer.data.marks);
    }
  }, [key, take]);
  useEffect(() => void afterFirstPicture().then(ask), [ask]);
  const timer = useRef(0);
  useChanges(
    useCallback(() => {
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => void ask(), SETTLE_MS);
    }, [ask]),
  );
  const set = useCallback(
    async (studies: readonly string[], change: MarkChange) => {
      const body = { studyInstanceUIDs: [...studies], ...change };
      const answer = bodyOf(await api.PUT("/api/study-marks", { body }));
      take(studies, answer.marks);
    },
    [take],
  );
  const change = useCallback(
    async (studies: readonly string[], wanted: MarkChange) => {
      if (studies.length === 0) return;
      try {
        await set(studies, wanted);
        offerUndo(wordsFor(studies.length, wanted), () => void set(studies, opposite(wanted)));
      } catch (error) {
        tell(`Not marked: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    [set],
  );
  return useMemo(() => ({ of: (uid: string) => marks.get(uid), change }), [marks, change]);
}

function opposite(change: MarkChange): MarkChange {
  return "isRead" in change ? { isRead: !change.isRead } : { isUrgent: !change.isUrgent };
}

export function wordsFor(studies: number, change: MarkChange): string {
  const how = "isRead" in change ? (change.isRead ? "read" : "unread") : change.isUrgent ? "urgent" : "not urgent";
  return `${count(studies, "study", "studies")} marked as ${how}.`;
}
