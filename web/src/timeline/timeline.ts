import { useCallback, useEffect, useRef, useState } from "react";
import { api, bodyOf } from "../api/client";
import type { components } from "../api/schema";
import { afterFirstPicture } from "../study/firstPicture";
import { isUnread, isUrgent } from "../study/marks";

export type PatientTimeline = components["schemas"]["PatientTimeline"];
export type TimelineStudy = components["schemas"]["TimelineStudy"];

export interface OpenedTimeline {
  timeline: PatientTimeline | undefined;
  problem: Error | undefined;
  again: () => void;
}

/** All studies of a study's patient, in one request; null asks for none. */
export function useTimeline(uid: string | null): OpenedTimeline {
  const [timeline, setTimeline] = useState<PatientTimeline>();
  const [problem, setProblem] = useState<Error>();
  const leaving = useRef<AbortController>(null);
  const ask = useCallback(async () => {
    leaving.current?.abort();
    if (uid === null) return;
    const { signal } = (leaving.current = new AbortController());
    try {
      const path = { study_instance_uid: uid };
      await afterFirstPicture();
      if (signal.aborted) return;
      const next = bodyOf(await api.GET("/api/studies/{study_instance_uid}/timeline", { params: { path }, signal }));
      setTimeline(next);
      setProblem(undefined);
    } catch (error) {
      if (!signal.aborted) setProblem(error instanceof Error ? error : new Error(String(error)));
    }
  }, [uid]);
  useEffect(() => {
    void ask();
    return () => leaving.current?.abort();
  }, [ask]);
  const again = useCallback(() => void ask(), [ask]);
  return { timeline, problem, again };
}

/** The study to compare with: the one before, else the one after; studies come newest first. */
export function priorOf(studies: readonly TimelineStudy[], uid: string): TimelineStudy | undefined {
  const at = studies.findIndex(({ study }) => study.studyInstanceUID === uid);
  return at < 0 ? undefined : (studies[at + 1] ?? studies[at - 1]);
}

const DAYS_A_MONTH = 30.44;
const FEW_DAYS = 45;
const FEW_MONTHS = 24;

/** How far one calendar day lies from another: `3 months before`; empty where one is not known. */
export function distance(from: string | null, to: string | null): string {
  const days = Math.round((Date.parse(to ?? "") - Date.parse(from ?? "")) / 86_400_000);
  if (Number.isNaN(days)) return "";
  if (days === 0) return "same day";
  const long = Math.abs(days);
  const months = Math.round(long / DAYS_A_MONTH);
  const [many, unit] =
    long <= FEW_DAYS ? [long, "day"] : months < FEW_MONTHS ? [months, "month"] : [Math.round(long / 365.25), "year"];
  return `${many} ${unit}${many === 1 ? "" : "s"} ${days < 0 ? "before" : "after"}`;
}

/** What a glance at one study tells, in words; `kind` chooses how it looks. */
export interface Glance {
  kind: "unread" | "urgent" | "plain";
  words: string;
}

/** What people say of a study, and what lies in it besides pictures. */
export function glancesAt(one: TimelineStudy): Glance[] {
  const mark = one.mark ?? undefined;
  const glances: (Glance | false)[] = [
    isUrgent(mark) && isUnread(mark) && { kind: "urgent", words: "Urgent" },
    isUnread(mark) && { kind: "unread", words: mark?.readAt ? "More came" : "Unread" },
    one.hasMeasurements && { kind: "plain", words: "Measurements" },
    one.hasKeyImages && { kind: "plain", words: "Key images" },
    one.hasDocument && { kind: "plain", words: "Report" },
    one.isTeaching && { kind: "plain", words: "Teaching" },
  ];
  return glances.filter((glance) => glance !== false);
}
