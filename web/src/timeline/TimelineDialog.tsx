import { type KeyboardEvent, useCallback, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { useChanges } from "../api/changes";
import { kindsOf } from "../study/kinds";
import { StudyPicture } from "../study/StudyPicture";
import { calendarDay, clockTime, count } from "../ui/words";
import type { Asked } from "./Timeline";
import { distance, glancesAt, priorOf, type TimelineStudy, useTimeline } from "./timeline";
import "./timeline.css";

const SETTLE_MS = 2000;

/** All studies of one patient in time, newest first: one opens instead of another, or beside it. */
export default function TimelineDialog({ asked, close }: { asked: Asked; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const { timeline, problem, again } = useTimeline(asked.uid);
  const studies = timeline?.studies ?? [];
  useEffect(() => dialog.current?.showModal(), []);
  useFollowing(again);
  const [, go] = useLocation();
  const isThere = timeline !== undefined;
  useEffect(() => {
    // The study that somebody most likely wants stands ready for Enter.
    const wanted = priorOf(timeline?.studies ?? [], asked.uid)?.study.studyInstanceUID ?? asked.uid;
    if (isThere) list.current?.querySelector<HTMLElement>(`[data-study="${wanted}"] a`)?.focus();
  }, [isThere]);
  const current = studies.find(({ study }) => study.studyInstanceUID === asked.uid);
  const open = (study: string) => {
    close();
    go(`/studies/${study}`);
  };
  const compare = (study: string) => {
    close();
    asked.compare(study);
  };
  const pressed = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const at = document.activeElement?.closest<HTMLElement>("[data-study]");
    if (by) step(list.current, at, by);
    else if (event.key === "c" && at?.dataset.study && at.dataset.study !== asked.uid) compare(at.dataset.study);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      className="patient-timeline"
      aria-labelledby="timeline-title"
      onClose={close}
      onKeyDown={pressed}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <header>
        <h2 id="timeline-title">{asked.title}</h2>
        <span role="status">{timeline ? count(studies.length, "study", "studies") + (timeline.hasMore ? ", and more" : "") : ""}</span>
        <button type="button" className="quiet" onClick={close}>
          Close
        </button>
      </header>
      {problem && !timeline && (
        <p className="timeline-note" role="alert">
          The studies could not be loaded.{" "}
          <button type="button" onClick={again}>
            Try again
          </button>
        </p>
      )}
      {!timeline && !problem && <p className="timeline-note looking">Looking for studies…</p>}
      <ol ref={list}>
        {studies.map((one) => (
          <TimelineRow key={one.study.studyInstanceUID} one={one} current={current} open={open} compare={compare} />
        ))}
      </ol>
      <footer>
        <kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> open <kbd>c</kbd> compare <kbd>Esc</kbd> close
      </footer>
    </dialog>
  );
}

/** Asks again once the archive has been quiet for a moment after a change. */
function useFollowing(again: () => void): void {
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  useChanges(
    useCallback(() => {
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(again, SETTLE_MS);
    }, [again]),
  );
}

function step(list: HTMLElement | null, from: HTMLElement | null | undefined, by: number): void {
  const links = [...(list?.querySelectorAll<HTMLElement>("[data-study] a") ?? [])];
  const at = links.findIndex((link) => from?.contains(link));
  links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}

interface RowProps {
  one: TimelineStudy;
  current: TimelineStudy | undefined;
  open: (study: string) => void;
  compare: (study: string) => void;
}

function TimelineRow({ one, current, open, compare }: RowProps) {
  const { study } = one;
  const uid = study.studyInstanceUID;
  const isCurrent = one === current;
  const far = isCurrent ? "" : distance(current?.study.studyDate ?? null, study.studyDate);
  const what = study.studyDescription || kindsOf(study) || "No description";
  const day = calendarDay(study.studyDate) || "No date";
  return (
    <li
      data-study={uid}
      className={isCurrent ? "current" : ""}
      aria-current={isCurrent ? "true" : undefined}
      onClick={(event) => {
        // The link serves keyboards, screen readers and new tabs.
        if (!(event.target as Element).closest("a, button")) open(uid);
      }}
    >
      <div className="timeline-when">
        <strong>{day}</strong>
        <span>{clockTime(study.studyTime)}</span>
        <span>{far}</span>
      </div>
      <StudyPicture study={study} />
      <div className="timeline-what">
        <Link
          href={`/studies/${uid}`}
          aria-label={`Open ${what}, ${day}${isCurrent ? ", this study" : ""}`}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            open(uid);
          }}
        >
          {what}
        </Link>
        <span className="timeline-facts">
          {[kindsOf(study), count(one.numberOfImages, "image")].filter(Boolean).join(" · ")}
        </span>
        <span className="glances">
          {isCurrent && <span className="glance here">This study</span>}
          {glancesAt(one).map(({ kind, words }) => (
            <span key={words} className={`glance ${kind}`}>
              {words}
            </span>
          ))}
        </span>
      </div>
      {!isCurrent && current && (
        <button type="button" onClick={() => compare(uid)} aria-label={`Compare with ${what}, ${day}`}>
          Compare
        </button>
      )}
    </li>
  );
}
