import { useEffect, useState, useSyncExternalStore } from "react";
import { Link } from "wouter";
import type { StudyDetail } from "../api/client";
import { showLinks, showWho } from "../access/StudyAccess";
import { useSession } from "../account/session";
import { AliasMark } from "../study/AliasMark";
import { DemoMark } from "../ui/DemoMark";
import { Icon } from "../ui/icons";
import { OfflineMark } from "../ui/OfflineMark";
import { keepFocus } from "../ui/useCommandKeys";
import { calendarDay, clockTime, personName } from "../ui/words";
import type { Desk } from "./desk";
import { ScreenCheck } from "./ScreenCheck";

/** Whose images these are, in one line that never moves. */
export function StudyHead({ detail, desk }: { detail: StudyDetail; desk: Desk }) {
  const { study } = detail;
  const isVisitor = Boolean(useSession()?.visitedStudy);
  const title = [personName(study.patientName), study.studyDescription, calendarDay(study.studyDate)].filter(Boolean).join(" · ");
  const meant = { uid: study.studyInstanceUID, title };
  const { hanging, screen } = useSyncExternalStore(desk.store.subscribe, desk.store.snapshot);
  return (
    <header className="study-head" onMouseDown={keepFocus}>
      {!isVisitor && (
        <Link href="/" className="back" aria-label="Back to the study list" title="Study list (Esc)">
          <Icon name="back" />
        </Link>
      )}
      <h1>{personName(study.patientName)}</h1>
      <AliasMark confidentiality={study.confidentiality} />
      <span>{[study.patientID, study.patientSex, born(study.patientBirthDate)].filter(Boolean).join(" · ")}</span>
      <span className="study-what">
        <Arrivals detail={detail} />
        {[study.studyDescription, calendarDay(study.studyDate), clockTime(study.studyTime)].filter(Boolean).join(" · ")}
      </span>
      <OfflineMark />
      <ScreenCheck />
      <DemoMark />
      {isVisitor ? (
        <span>Shared with you, to look</span>
      ) : (
        <>
          <button type="button" className="quiet" onClick={() => showWho(meant)}>
            Who sees it
          </button>
          <button type="button" className="quiet" onClick={() => showLinks(meant)}>
            Link
          </button>
        </>
      )}
      <span className="screens">
        <button type="button" className="tool" aria-label="Previous screen" title="Previous screen (Page Up)" onClick={() => desk.turnScreen(-1)}>
          <Icon name="back" />
        </button>
        <span className="screen-name" aria-live="polite">
          {desk.screenTitle(hanging, screen)}
        </span>
        <button type="button" className="tool" aria-label="Next screen" title="Next screen (Page Down)" onClick={() => desk.turnScreen(1)}>
          <Icon name="forward" />
        </button>
      </span>
    </header>
  );
}

const ARRIVED_SHOWN_MS = 8000;

/** Says that the study still grows, for a while after each arrival of pictures; what is saved here is none. */
function Arrivals({ detail }: { detail: StudyDetail }) {
  const count = detail.series.flatMap((series) => series.instances).filter((one) => one.presentation !== "none").length;
  const [before, setBefore] = useState(count);
  useEffect(() => {
    if (count === before) return;
    const timer = window.setTimeout(() => setBefore(count), ARRIVED_SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [count, before]);
  const more = count - before;
  return (
    <span className="arrivals" role="status">
      {more > 0 ? `Still arriving: ${more} more ${more === 1 ? "image" : "images"} · ` : ""}
    </span>
  );
}

function born(date: string | null): string {
  return date ? `born ${calendarDay(date)}` : "";
}
