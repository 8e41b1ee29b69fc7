import { useCallback, useEffect, useRef, useState } from "react";
import { api, bodyOf, type StudySummary } from "../api/client";
import { useChanges } from "../api/changes";

const PAGE = 60;

export interface StudySearch {
  studies: StudySummary[];
  hasMore: boolean;
  state: "searching" | "ready" | "failed";
  problem: string;
  more: () => void;
  again: () => void;
}

/** Searches as the person types; the newest question wins, and live changes ask it again. */
export function useStudySearch(text: string, listed: "all" | "unread"): StudySearch {
  const [studies, setStudies] = useState<StudySummary[]>([]);
  const [hasMore, setHasMore] = useState(false);
  const [state, setState] = useState<StudySearch["state"]>("searching");
  const [problem, setProblem] = useState("");
  const asking = useRef<AbortController>(null);

  const ask = useCallback(
    async (offset: number, limit: number) => {
      asking.current?.abort();
      const controller = new AbortController();
      asking.current = controller;
      try {
        const page = bodyOf(
          await api.GET("/api/studies", {
            params: { query: { q: text, limit, offset, listed } },
            signal: controller.signal,
          }),
        );
        setStudies((shown) => (offset ? [...shown.slice(0, offset), ...page.studies] : page.studies));
        setHasMore(page.hasMore);
        setState("ready");
      } catch (error) {
        if (controller.signal.aborted) return;
        setProblem(error instanceof Error ? error.message : "The server did not answer.");
        setState("failed");
      }
    },
    [text, listed],
  );

  const again = useCallback(() => void ask(0, PAGE), [ask]);
  useEffect(again, [again]);

  const waiting = useRef<number>(undefined);
  const refresh = useCallback(() => {
    window.clearTimeout(waiting.current);
    waiting.current = window.setTimeout(() => void ask(0, Math.max(PAGE, studies.length)), 300);
  }, [ask, studies.length]);
  useChanges(refresh);

  const more = useCallback(() => void ask(studies.length, PAGE), [ask, studies.length]);
  return { studies, hasMore, state, problem, more, again };
}
