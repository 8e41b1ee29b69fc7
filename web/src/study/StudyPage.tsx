import { useCallback, useEffect, useMemo, useState } from "react";
import { Link, useLocation } from "wouter";
import { useChanges } from "../api/changes";
import { api, bodyOf, type InstanceDetail, Refusal, type StudyDetail } from "../api/client";
import { Player } from "../player/Player";
import { useKeys } from "../ui/keys";
import { calendarDay, clockTime, personName } from "../ui/words";
import { Filmstrip } from "./Filmstrip";
import { NotPlayable } from "./NotPlayable";

export interface Shown {
  series: string;
  instance: InstanceDetail;
}

export function StudyPage({ uid }: { uid: string }) {
  const [detail, setDetail] = useState<StudyDetail>();
  const [problem, setProblem] = useState<Refusal | Error>();
  const [chosen, setChosen] = useState<string>();
  const [, go] = useLocation();

  const load = useCallback(async () => {
    try {
      setDetail(bodyOf(await api.GET("/api/studies/{study_instance_uid}", {
        params: { path: { study_instance_uid: uid } },
      })));
      setProblem(undefined);
    } catch (error) {
      setProblem(error instanceof Error ? error : new Error(String(error)));
    }
  }, [uid]);
  useEffect(() => void load(), [load]);
  useChanges(useCallback((study: string) => (study === uid || study === "") && void load(), [uid, load]));

  const all = useMemo<Shown[]>(
    () =>
      detail?.series.flatMap((series) =>
        series.instances.map((instance) => ({ series: series.seriesInstanceUID, instance })),
      ) ?? [],
    [detail],
  );
  const found = all.findIndex((shown) => shown.instance.sopInstanceUID === chosen);
  const at = found < 0 ? 0 : found;
  const shown = all[at];

  const keys = useMemo(() => {
    const move = (by: number) =>
      setChosen(all[Math.min(Math.max(at + by, 0), all.length - 1)]?.instance.sopInstanceUID);
    return {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      j: () => move(1),
      k: () => move(-1),
      Escape: () => go("/"),
    };
  }, [all, at, go]);
  useKeys(keys);

  const series = shown?.series;
  const instance = shown?.instance;
  const address = useMemo(
    () => (series && instance ? { study: uid, series, instance: instance.sopInstanceUID } : undefined),
    [uid, series, instance],
  );

  if (problem && !detail) {
    const gone = problem instanceof Refusal && problem.status === 404;
    return (
      <main className="notice" role="alert">
        <h1>{gone ? "This study is not here" : "The study could not be loaded"}</h1>
        <p>{problem.message}</p>
        {!gone && (
          <button type="button" onClick={() => void load()}>
            Try again
          </button>
        )}
        <p>
          <Link href="/">Back to the study list</Link>
        </p>
      </main>
    );
  }
  if (!detail) return <main className="notice" aria-busy="true">Loading…</main>;
  const { study } = detail;
  return (
    <main className="study-page">
      <div className="study-head">
        <Link href="/" className="back">
          ‹ Studies
        </Link>
        <h1>{personName(study.patientName)}</h1>
        <span>
          {[study.patientID, study.patientSex, calendarDay(study.patientBirthDate)].filter(Boolean).join(" · ")}
        </span>
        <span>
          {[study.studyDescription, calendarDay(study.studyDate), clockTime(study.studyTime)]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <span className="hint">
          <kbd>Space</kbd> play <kbd>←</kbd>
          <kbd>→</kbd> frame <kbd>↑</kbd>
          <kbd>↓</kbd> next <kbd>Esc</kbd> list
        </span>
      </div>
      <Filmstrip detail={detail} chosen={instance?.sopInstanceUID} choose={setChosen} />
      <section className="stage" aria-label="Image">
        {instance && address ? (
          instance.presentation === "none" ? (
            <NotPlayable address={address} instance={instance} />
          ) : (
            <Player key={instance.sopInstanceUID} address={address} instance={instance} />
          )
        ) : (
          <p className="waiting">This study holds no objects.</p>
        )}
      </section>
    </main>
  );
}
