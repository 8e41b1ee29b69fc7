import { useEffect, useMemo } from "react";
import { instancePath, type InstanceDetail, type StudyDetail } from "../api/client";
import { kindsOf } from "../study/kinds";
import type { TimelineStudy } from "../timeline/timeline";
import { HoverClip, useResting } from "../ui/HoverClip";
import { usePictured } from "../ui/usePictured";
import { calendarDay } from "../ui/words";
import { DRAGGED } from "./Viewport";

interface Props {
  studies: readonly StudyDetail[];
  /** All studies of the patient, this one among them, newest first. */
  priors: readonly TimelineStudy[];
  /** Absent for whoever may see this one study alone. */
  showTimeline: (() => void) | undefined;
  openUid: string;
  selected: string | undefined;
  /** Thumbnails may be fetched. */
  isPictured: boolean;
  /** UIDs on the table. */
  onScreen: ReadonlySet<string>;
  select: (uid: string) => void;
  place: (uid: string) => void;
  togglePrior: (study: string) => void;
}

/** The patient's studies in time and their pictures: click to show, drag to place. */
export function Filmstrip({ studies, priors, showTimeline, openUid, selected, isPictured, onScreen, select, place, togglePrior }: Props) {
  useEffect(() => {
    if (selected) document.getElementById(`shot-${selected}`)?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const others = priors.filter(({ study }) => study.studyInstanceUID !== openUid);
  return (
    <nav className="filmstrip" aria-label="Images of the patient">
      {showTimeline && (
        <button type="button" className="quiet all-studies" title="All studies of this patient (J)" onClick={showTimeline}>
          All studies<span>{priors.length > 0 ? priors.length : ""}</span>
        </button>
      )}
      {studies.map((detail) => (
        <section key={detail.study.studyInstanceUID}>
          <h2 className={detail.study.studyInstanceUID === openUid ? "" : "prior"}>
            {calendarDay(detail.study.studyDate) || "No date"}
            <span>{detail.study.studyInstanceUID === openUid ? "this study" : "earlier or other"}</span>
          </h2>
          <ul>
            {detail.series.flatMap((series) =>
              series.instances.map((instance) => (
                <li key={instance.sopInstanceUID}>
                  <Shot
                    instance={instance}
                    study={detail.study.studyInstanceUID}
                    series={series.seriesInstanceUID}
                    mayLoad={isPictured}
                    isSelected={instance.sopInstanceUID === selected}
                    isShown={onScreen.has(instance.sopInstanceUID)}
                    select={select}
                    place={place}
                  />
                </li>
              )),
            )}
          </ul>
        </section>
      ))}
      {others.length > 0 && (
        <section>
          <h2>
            Other studies<span>{others.length}</span>
          </h2>
          <ul className="timeline">
            {others.map(({ study }) => {
              const isOpen = studies.some((one) => one.study.studyInstanceUID === study.studyInstanceUID);
              return (
                <li key={study.studyInstanceUID}>
                  <button
                    type="button"
                    aria-pressed={isOpen}
                    className={isOpen ? "prior-study on" : "prior-study"}
                    onClick={() => togglePrior(study.studyInstanceUID)}
                  >
                    <strong>{calendarDay(study.studyDate) || "No date"}</strong>
                    <span>{study.studyDescription || kindsOf(study)}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </nav>
  );
}

interface ShotProps {
  instance: InstanceDetail;
  study: string;
  series: string;
  mayLoad: boolean;
  isSelected: boolean;
  isShown: boolean;
  select: (uid: string) => void;
  place: (uid: string) => void;
}

function Shot({ instance, study, series, mayLoad, isSelected, isShown, select, place }: ShotProps) {
  const [isPictured, notPictured] = usePictured(instance.presentation !== "none");
  const uid = instance.sopInstanceUID;
  const address = useMemo(() => ({ study, series, instance: uid }), [study, series, uid]);
  const [isResting, resting] = useResting();
  const kind = instance.numberOfFrames > 1 ? `${instance.numberOfFrames}` : "";
  return (
    <button
      type="button"
      id={`shot-${uid}`}
      className={`shot${isSelected ? " chosen" : ""}${isShown ? " shown" : ""}`}
      aria-pressed={isShown}
      aria-current={isSelected ? "true" : undefined}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED, uid);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onFocus={() => select(uid)}
      onClick={() => {
        select(uid);
        place(uid);
      }}
    >
      <span className="thumb" {...resting}>
        {isPictured ? (
          <img src={mayLoad ? `${instancePath(address)}/thumbnail` : undefined} alt="" loading="lazy" draggable={false} onError={notPictured} />
        ) : (
          <span className="kind">{instance.title || instance.sopClassName}</span>
        )}
        {isResting && isPictured && kind && !isShown && <HoverClip address={address} instance={instance} />}
        {kind && <span className="badge">▸ {kind}</span>}
        {instance.imageMode && instance.imageMode !== "2D" && <span className="mode">{instance.imageMode}</span>}
      </span>
      <span className="caption">
        <b>{instance.instanceNumber ?? "–"}</b>{" "}
        {[instance.viewName, instance.stageName].filter(Boolean).join(" · ") ||
          (isPictured ? "" : instance.sopClassName)}
      </span>
    </button>
  );
}
