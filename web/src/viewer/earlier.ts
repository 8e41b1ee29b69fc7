import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api, bodyOf, type StudyDetail } from "../api/client";
import { tell } from "../ui/Undo";

/** Other studies of the patient, opened beside the one that is read. */
export interface Earlier {
  /** The study that is read, then the others in the order in which they were opened. */
  studies: readonly StudyDetail[];
  /** Opens a study, or gives the one that is open; undefined where it cannot be had. */
  load: (uid: string) => Promise<StudyDetail | undefined>;
  /** Opens a study, or puts it away. */
  toggle: (uid: string) => void;
}

export function useEarlier(detail: StudyDetail): Earlier {
  const [others, setOthers] = useState<readonly StudyDetail[]>([]);
  const studies = useMemo(() => [detail, ...others], [detail, others]);
  const load = useCallback(
    async (uid: string) => {
      const known = others.find((one) => one.study.studyInstanceUID === uid);
      if (known) return known;
      const next = await api
        .GET("/api/studies/{study_instance_uid}", { params: { path: { study_instance_uid: uid } } })
        .then(bodyOf)
        .catch(() => undefined);
      if (next) setOthers((before) => [...before.filter((one) => one.study.studyInstanceUID !== uid), next]);
      return next;
    },
    [others],
  );
  const toggle = useCallback(
    (uid: string) => {
      if (others.some((one) => one.study.studyInstanceUID === uid)) {
        setOthers((before) => before.filter((one) => one.study.studyInstanceUID !== uid));
      } else void load(uid);
    },
    [others, load],
  );
  return { studies, load, toggle };
}

export interface Comparing {
  /** The study that comparing screens put beside the one that is read. */
  compared: string | undefined;
  compareWith: (uid: string) => void;
}

/** Puts another study beside the one that is read, as soon as its objects can be hung. */
export function useComparing(earlier: Earlier, hang: () => void): Comparing {
  const { studies, load } = earlier;
  const [wanted, setWanted] = useState<{ uid: string; isDue: boolean }>();
  const latest = useRef(hang);
  latest.current = hang;
  useEffect(() => {
    if (!wanted?.isDue || !studies.some((one) => one.study.studyInstanceUID === wanted.uid)) return;
    setWanted({ ...wanted, isDue: false });
    latest.current();
  }, [wanted, studies]);
  const compareWith = useCallback(
    (uid: string) => {
      setWanted({ uid, isDue: true });
      void load(uid).then((found) => found ?? tell("That study could not be opened."));
    },
    [load],
  );
  return { compared: wanted?.uid, compareWith };
}
