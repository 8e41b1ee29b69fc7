import { Link } from "wouter";
import type { StudySummary } from "../api/client";
import { personName } from "../ui/words";
import { aliasWord } from "../study/AliasMark";
import { isUnread, type StudyMark } from "../study/marks";
import { StudyPicture } from "../study/StudyPicture";
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
