import { useState } from "react";
import { Link } from "wouter";
import { studyThumbnail, type StudySummary } from "../api/client";
import { ago, calendarDay, clockTime, count, personName } from "../ui/words";

interface Props {
  id: string;
  study: StudySummary;
  chosen: boolean;
}

export function StudyRow({ id, study, chosen }: Props) {
  const [pictured, setPictured] = useState(true);
  return (
    <li id={id} className={chosen ? "study chosen" : "study"}>
      <Link href={`/studies/${study.studyInstanceUID}`} aria-current={chosen ? "true" : undefined}>
        <span className="thumb">
          {pictured && (
            <img
              src={studyThumbnail(study.studyInstanceUID)}
              alt=""
              loading="lazy"
              onError={() => setPictured(false)}
            />
          )}
        </span>
        <span className="who">
          <strong>{personName(study.patientName)}</strong>
          <span>
            {[study.patientID, study.patientSex, calendarDay(study.patientBirthDate)]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </span>
        <span className="what">
          <strong>{study.studyDescription || "No description"}</strong>
          <span>
            {[study.modalities.join(" "), study.accessionNumber && `Accession ${study.accessionNumber}`]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </span>
        <span className="when">
          <strong>
            {calendarDay(study.studyDate) || "No date"} {clockTime(study.studyTime)}
          </strong>
          <span>
            {count(study.numberOfInstances, "object")} · received {ago(study.receivedAt)}
          </span>
        </span>
      </Link>
    </li>
  );
}
