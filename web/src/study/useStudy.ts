import { useCallback, useEffect, useRef, useState } from "react";
import { useChanges } from "../api/changes";
import { api, bodyOf, Refusal, type StudyDetail } from "../api/client";
import { expectPicture } from "./firstPicture";

export interface OpenedStudy {
  detail: StudyDetail | undefined;
  /** Why the last question failed; an earlier answer stays on screen. */
  problem: Error | undefined;
  /** The archive no longer has it. */
  isGone: boolean;
  again: () => void;
}

const SETTLE_MS = 250;

/**
 * Opens a study and follows it while it still arrives; `arrived` is called with the first answer, before the
 * page is drawn with it.
 */
export function useStudy(uid: string, arrived: (detail: StudyDetail) => void): OpenedStudy {
  const [detail, setDetail] = useState<StudyDetail>();
  const [problem, setProblem] = useState<Error>();
  const isFirst = useRef(true);
  const load = useCallback(async () => {
    try {
      const next = bodyOf(
        await api.GET("/api/studies/{study_instance_uid}", {
          params: { path: { study_instance_uid: uid } },
        }),
      );
      if (isFirst.current) arrived(next);
      isFirst.current = false;
      setDetail((before) => (before ? merged(before, next) : next));
      setProblem(undefined);
    } catch (error) {
      setProblem(error instanceof Error ? error : new Error(String(error)));
    }
  }, [uid, arrived]);
  useEffect(() => {
    isFirst.current = true;
    expectPicture();
    setDetail(undefined);
    void load();
  }, [load]);
  useEffect(() => {
    const again = () => void load();
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, [load]);
  const [waiting] = useState<{ timer?: number }>({});
  useChanges(
    useCallback(
      (study: string) => {
        if (study !== uid && study !== "") return;
        window.clearTimeout(waiting.timer);
        waiting.timer = window.setTimeout(() => void load(), SETTLE_MS);
      },
      [uid, load, waiting],
    ),
  );
  return {
    detail,
    problem,
    isGone: problem instanceof Refusal && problem.status === 404,
    again: () => void load(),
  };
}

/** Objects that were here already keep their identity, so that nothing playing starts again. */
function merged(before: StudyDetail, next: StudyDetail): StudyDetail {
  const known = new Map(
    before.series.flatMap((series) => series.instances.map((one) => [one.sopInstanceUID, one])),
  );
  return {
    ...next,
    series: next.series.map((series) => ({
      ...series,
      instances: series.instances.map((one) => known.get(one.sopInstanceUID) ?? one),
    })),
  };
}
