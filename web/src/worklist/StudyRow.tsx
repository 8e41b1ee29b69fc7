import { useEffect, useState } from "react";
import { Link } from "wouter";
import { api, type InstanceAddress, type InstanceDetail, studyThumbnail, type StudySummary } from "../api/client";
import { HoverClip, useResting } from "../ui/HoverClip";
import { personName } from "../ui/words";
import { aliasWord } from "../study/AliasMark";
import { isUnread, type StudyMark } from "../study/marks";
import type { Column } from "./columns";
import type { MenuPlace } from "./StudyMenu";

interface Props {
  id: string;
  study: StudySummary;
  columns: readonly Column[];
  mark: StudyMark | undefined;
  chosen: boolean;
  /** Among those that are marked together. */
  isPicked: boolean;
  pick: (uid: string, isRange: boolean) => void;
  open: (study: StudySummary) => void;
  showMenu: (place: MenuPlace) => void;
}

export function StudyRow({ id, study, columns, mark, chosen, isPicked, pick, open, showMenu }: Props) {
  const uid = study.studyInstanceUID;
  return (
    <tr
      id={id}
      className={["study", chosen && "chosen", isPicked && "picked", isUnread(mark) && "unread"].filter(Boolean).join(" ")}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
          event.preventDefault();
          pick(uid, event.shiftKey);
          return;
        }
        // The link in the row serves keyboards, screen readers and new tabs.
        if (!(event.target as Element).closest("a") && !window.getSelection()?.toString()) open(study);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        // The menu key names no place.
        const isPointed = event.clientX > 0 || event.clientY > 0;
        showMenu({ study, x: isPointed ? event.clientX : left, y: isPointed ? event.clientY : bottom });
      }}
    >
      <td className="pictured">
        <input
          type="checkbox"
          className="pick"
          checked={isPicked}
          aria-label={`Pick the study of ${personName(study.patientName)}`}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            pick(uid, event.shiftKey);
          }}
          onChange={() => undefined}
        />
        <StudyPicture study={study} />
      </td>
      {columns.map((column, at) => (
        <td key={column.id} className={column.isNumber ? "number" : ""}>
          {at === 0 ? (
            <Link
              href={`/studies/${uid}`}
              className="whole-row"
              aria-current={chosen ? "true" : undefined}
              aria-label={`Open ${[personName(study.patientName), aliasWord(study.confidentiality)].filter(Boolean).join(" ")}, ${study.studyDescription || "study"}`}
            >
              {column.show(study, mark)}
            </Link>
          ) : (
            <span>{column.show(study, mark)}</span>
          )}
        </td>
      ))}
    </tr>
  );
}

/** The study's picture; it plays while the pointer rests on it. */
function StudyPicture({ study }: { study: StudySummary }) {
  const [isPictured, setPictured] = useState(true);
  const [isResting, resting] = useResting();
  return (
    <span className="thumb" {...resting}>
      {isPictured ? (
        <img
          src={studyThumbnail(study.studyInstanceUID)}
          alt=""
          loading="lazy"
          onError={() => setPictured(false)}
        />
      ) : (
        <span className="kind">{study.modalities.join(" ")}</span>
      )}
      {isResting && isPictured && <FirstLoop study={study.studyInstanceUID} />}
    </span>
  );
}

function FirstLoop({ study }: { study: string }) {
  const [loop, setLoop] = useState<{ address: InstanceAddress; instance: InstanceDetail }>();
  useEffect(() => {
    const leaving = new AbortController();
    void api
      .GET("/api/studies/{study_instance_uid}", {
        params: { path: { study_instance_uid: study } },
        signal: leaving.signal,
      })
      .then(({ data: detail }) => {
        for (const series of detail?.series ?? []) {
          const instance = series.instances.find((one) => one.numberOfFrames > 1 && one.presentation !== "none");
          if (!instance) continue;
          const address = { study, series: series.seriesInstanceUID, instance: instance.sopInstanceUID };
          setLoop({ address, instance });
          return;
        }
      })
      .catch(() => undefined);
    return () => leaving.abort();
  }, [study]);
  return loop ? <HoverClip address={loop.address} instance={loop.instance} /> : null;
}
