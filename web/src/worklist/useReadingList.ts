import { useCallback, useEffect, useState } from "react";
import { useChanges } from "../api/changes";
import { api, type StudySummary } from "../api/client";
import { type StudyMarks, useStudyMarks } from "../study/marks";
import { type StudySearch, useStudySearch } from "./useStudySearch";

/** Which studies of the search are shown. */
export type Only = "all" | "unread" | "urgent";

export interface ReadingList {
  search: StudySearch;
  studies: readonly StudySummary[];
  urgent: readonly StudySummary[];
  marks: StudyMarks;
}

/** The studies to be listed: what was searched, what nobody has read, or what is urgent. */
export function useReadingList(text: string, only: Only): ReadingList {
  const search = useStudySearch(text, only === "unread" ? "unread" : "all");
  const urgent = useUrgent();
  const studies = only === "urgent" ? urgent : search.studies;
  const marks = useStudyMarks(studies.map((study) => study.studyInstanceUID));
  return { search, studies, urgent, marks };
}

/** Urgent studies that nobody has read, wherever the search would have found them. */
function useUrgent(): readonly StudySummary[] {
  const [urgent, setUrgent] = useState<readonly StudySummary[]>([]);
  const ask = useCallback(() => {
    void api
      .GET("/api/urgent-studies")
      .then(({ data }) => data && setUrgent(data.studies))
      .catch(() => undefined);
  }, []);
  useEffect(ask, [ask]);
  useChanges(ask);
  return urgent;
}
