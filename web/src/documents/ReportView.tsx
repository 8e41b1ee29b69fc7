import { instancePath } from "../api/client";
import { calendarDay, clockTime, personName } from "../ui/words";
import type { Shown } from "../viewer/Viewport";
import { type ContentItem, contentTree, type Reference } from "./contentTree";
import { type DataSet, text } from "./dicomJson";

interface Props {
  shown: Shown;
  set: DataSet;
  open: (uid: string) => void;
  isHere: (uid: string) => boolean;
}

const COMPLETION: Record<string, string> = { COMPLETE: "complete", PARTIAL: "partial: not all content is here" };
const VERIFICATION: Record<string, string> = { VERIFIED: "verified", UNVERIFIED: "not verified" };

/** A structured report or key object note, laid out as a document to read. */
export function ReportView({ shown, set, open, isHere }: Props) {
  const tree = contentTree(set);
  const state = [COMPLETION[text(set, "0040A491")], VERIFICATION[text(set, "0040A493")]].filter(Boolean);
  return (
    <article className="report" tabIndex={0}>
      <header>
        <h2>{tree.name || shown.instance.sopClassName}</h2>
        <p>
          {[personName(text(set, "00100010")), text(set, "00100020")].filter(Boolean).join(" · ")}
        </p>
        <p className="soft">
          {[
            dayOf(text(set, "00080023")),
            clockTime(timeOf(text(set, "00080033"))),
            text(set, "00080070"),
            ...state,
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </header>
      {tree.children.length === 0 && <p>The report is empty.</p>}
      <Items items={tree.children} level={3} open={open} isHere={isHere} />
      <footer>
        <a href={instancePath(shown.address)} download>
          Download the DICOM file
        </a>
      </footer>
    </article>
  );
}

interface ItemsProps {
  items: readonly ContentItem[];
  level: number;
  open: (uid: string) => void;
  isHere: (uid: string) => boolean;
}

function Items({ items, level, open, isHere }: ItemsProps) {
  return (
    <ul className="content-items">
      {items.map((item, at) => (
        <Item key={at} {...{ item, level, open, isHere }} />
      ))}
    </ul>
  );
}

function Item({ item, level, open, isHere }: Omit<ItemsProps, "items"> & { item: ContentItem }) {
  const Heading = `h${Math.min(level, 6)}` as "h3";
  const inner = item.children.length > 0 && (
    <Items items={item.children} level={level + 1} open={open} isHere={isHere} />
  );
  if (item.kind === "CONTAINER") {
    return (
      <li className="section">
        {item.name && <Heading>{item.name}</Heading>}
        {inner}
      </li>
    );
  }
  const isContext = item.relation === "HAS OBS CONTEXT" || item.relation === "HAS CONCEPT MOD";
  const isLong = item.kind === "TEXT" && item.value.length > 60;
  return (
    <li className={[isContext ? "context" : "", isLong ? "long" : "", item.kind === "NUM" ? "number" : ""].filter(Boolean).join(" ")}>
      <span className="name">{item.name || KINDS[item.kind] || item.kind.toLowerCase()}</span>
      <span className="value">
        {item.value}
        {item.references.map((reference) => (
          <Pointer key={reference.sopInstanceUID} reference={reference} open={open} isHere={isHere} />
        ))}
      </span>
      {inner}
    </li>
  );
}

const KINDS: Record<string, string> = {
  IMAGE: "Image",
  COMPOSITE: "Object",
  WAVEFORM: "Waveform",
  SCOORD: "Outline",
  SCOORD3D: "Outline",
  TCOORD: "Time",
};

function Pointer({ reference, open, isHere }: { reference: Reference; open: (uid: string) => void; isHere: (uid: string) => boolean }) {
  const frames = reference.frames.length ? `, frame ${reference.frames.join(", ")}` : "";
  if (!isHere(reference.sopInstanceUID)) return <em>image of another study{frames}</em>;
  return (
    <button type="button" className="pointer" onClick={() => open(reference.sopInstanceUID)}>
      Show the image{frames}
    </button>
  );
}

function dayOf(date: string): string {
  return date.length === 8 ? calendarDay(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`) : date;
}

function timeOf(time: string): string {
  return time.length >= 4 ? `${time.slice(0, 2)}:${time.slice(2, 4)}` : "";
}
