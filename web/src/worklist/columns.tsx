import type { ReactNode } from "react";
import type { StudySummary } from "../api/client";
import { AliasMark } from "../study/AliasMark";
import { kindsOf } from "../study/kinds";
import { isUnread, isUrgent, type StudyMark } from "../study/marks";
import { ago, calendarDay, clockTime, personName } from "../ui/words";

/** What a line of the study list can say. */
export interface Column {
  id: string;
  title: string;
  /** A share of the width, or a fixed one. */
  width: string;
  isNumber?: boolean;
  show: (study: StudySummary, mark: StudyMark | undefined) => ReactNode;
}

/** What people say of a study, in a word and a colour. */
function State({ mark }: { mark: StudyMark | undefined }) {
  if (isUrgent(mark) && isUnread(mark)) return <span className="state urgent">Urgent</span>;
  if (mark?.readAt && mark.hasGrown) return <span className="state unread">More came</span>;
  if (mark?.readAt) return <span className="state" title={`Read by ${mark.readBy}`}>Read</span>;
  return <span className="state unread">Unread</span>;
}

export const COLUMNS: readonly Column[] = [
  {
    id: "patient",
    title: "Patient",
    width: "minmax(170px, 3fr)",
    show: (study) => (
      <>
        <strong>{personName(study.patientName)}</strong>{" "}
        <AliasMark confidentiality={study.confidentiality} isListed />
      </>
    ),
  },
  { id: "state", title: "State", width: "92px", show: (_, mark) => <State mark={mark} /> },
  { id: "id", title: "Patient ID", width: "minmax(100px, 1fr)", show: (study) => study.patientID },
  { id: "born", title: "Born", width: "124px", show: (study) => calendarDay(study.patientBirthDate) },
  { id: "sex", title: "Sex", width: "40px", show: (study) => study.patientSex },
  {
    id: "date",
    title: "Date",
    width: "160px",
    show: (study) => `${calendarDay(study.studyDate)} ${clockTime(study.studyTime)}`.trim() || "No date",
  },
  {
    id: "description",
    title: "Study",
    width: "minmax(150px, 2.2fr)",
    show: (study) => study.studyDescription || <span className="faint">No description</span>,
  },
  { id: "modality", title: "Kind", width: "64px", show: kindsOf },
  { id: "accession", title: "Accession", width: "minmax(122px, 0.8fr)", show: (study) => study.accessionNumber },
  { id: "series", title: "Series", width: "56px", isNumber: true, show: (study) => study.numberOfSeries },
  { id: "objects", title: "Objects", width: "64px", isNumber: true, show: (study) => study.numberOfInstances },
  { id: "received", title: "Received", width: "104px", show: (study) => ago(study.receivedAt) },
];

const USUAL = ["patient", "state", "id", "born", "sex", "date", "description", "modality", "accession", "objects", "received"];

const USUAL_NARROW = ["patient", "state", "id", "date", "description", "modality", "objects"];

/** Below this width the usual columns are fewer. */
export const NARROW = "(max-width: 1150px)";

/** The chosen columns in the chosen order; names that no longer exist are left out. */
export function chosenColumns(ids: readonly string[] | null, isNarrow = false): Column[] {
  const wanted = ids ?? (isNarrow ? USUAL_NARROW : USUAL);
  return wanted.flatMap((id) => COLUMNS.find((column) => column.id === id) ?? []);
}

/** Shows or hides a column; a shown one comes last. */
export function withColumn(ids: readonly string[] | null, id: string): string[] {
  const shown = ids ?? USUAL;
  return shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id];
}

/** Moves a column by one place. */
export function movedColumn(ids: readonly string[] | null, id: string, by: 1 | -1): string[] {
  const shown = [...(ids ?? USUAL)];
  const from = shown.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= shown.length) return shown;
  shown.splice(to, 0, ...shown.splice(from, 1));
  return shown;
}
