import { useEffect, useRef } from "react";
import type { StudySummary } from "../api/client";
import type { WayOut } from "../study/otherViewers";
import { personName } from "../ui/words";

/** Where a person asked for a study's menu. */
export interface MenuPlace {
  study: StudySummary;
  x: number;
  y: number;
}

interface Act {
  id: string;
  title: string;
  run: (study: StudySummary) => void;
}

interface Props {
  place: MenuPlace;
  ways: readonly WayOut[];
  acts: readonly Act[];
  open: (study: StudySummary) => void;
  close: () => void;
}

/** What else can be done with a study of the list: right click, long press or the menu key. */
export function StudyMenu({ place, ways, acts, open, close }: Props) {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = menu;
    current?.showPopover();
    current?.querySelector("button")?.focus();
  }, [place]);
  const { study, x, y } = place;
  const done = (act: () => void) => () => {
    close();
    act();
  };
  return (
    <div
      ref={menu}
      popover="auto"
      className="popup study-menu"
      role="group"
      aria-label={`What to do with the study of ${personName(study.patientName)}`}
      style={{ left: `min(${x}px, 100vw - 14rem)`, top: `min(${y}px, 100vh - 14rem)` }}
      onToggle={(event) => event.newState === "closed" && close()}
    >
      <button type="button" className="quiet" onClick={done(() => open(study))}>
        Open
      </button>
      {ways.map((way) => (
        <button key={way.id} type="button" className="quiet" onClick={done(() => way.open(study.studyInstanceUID))}>
          {way.title}
        </button>
      ))}
      {acts.map((act) => (
        <button key={act.id} type="button" className="quiet" onClick={done(() => act.run(study))}>
          {act.title}
        </button>
      ))}
    </div>
  );
}
