import { useEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { api, bodyOf, type InstanceAddress, instancePath, type StudyDetail } from "../api/client";
import { calendarDay, clockTime, count, personName } from "../ui/words";
import { captionOf, markedPictures, pagesOf, printable, representative, SHEETS, type SheetName, type SheetPicture } from "./sheet";
import { wordsOf } from "./useShare";
import "./print.css";

interface Props {
  detail: StudyDetail;
  /** What the viewports show now, with the frame of each (from 1). */
  onScreen: readonly { uid: string; frame: number }[];
  close: () => void;
}

type Choice = "key images" | "on screen" | "all";

/** A sheet of pictures with the patient's header on every page, for the browser to print. */
export function PrintSheet({ detail, onScreen, close }: Props) {
  const [sheet, setSheet] = useState<SheetName>("2×3");
  const [choice, setChoice] = useState<Choice>();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [ready, setReady] = useState<ReadonlySet<string>>(new Set());
  const { marked, problem } = useMarked(detail);
  const sources = useSources(detail, onScreen, marked ?? []);
  const chosen: Choice = choice ?? ((marked?.length ?? 0) > 0 ? "key images" : "on screen");
  const pictures = sources[chosen].filter((picture) => !left.has(keyOf(picture)));
  const pages = pagesOf(pictures, sheet);
  const isReady = pictures.length > 0 && pictures.every((picture) => ready.has(keyOf(picture)));
  const dialog = useRef<HTMLDialogElement>(null);
  useAloneOnPage(dialog);
  const addresses = useMemo(() => addressesOf(detail), [detail]);
  return createPortal(
    <dialog
      ref={dialog}
      className="print-desk"
      aria-label="Print sheet"
      onClose={close}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <header className="print-bar">
        <h2>Print sheet</h2>
        <label>
          Pictures
          <select autoFocus value={chosen} onChange={(event) => setChoice(event.target.value as Choice)}>
            <option value="key images">Key images ({sources["key images"].length})</option>
            <option value="on screen">On screen ({sources["on screen"].length})</option>
            <option value="all">All ({sources.all.length})</option>
          </select>
        </label>
        <label>
          On a page
          <select value={sheet} onChange={(event) => setSheet(event.target.value as SheetName)}>
            {Object.keys(SHEETS).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <span role="status">
          {problem || (pictures.length === 0 ? "No picture is chosen" : `${count(pictures.length, "picture")} on ${count(pages.length, "page")}`)}
        </span>
        {left.size > 0 && (
          <button type="button" className="quiet" onClick={() => setLeft(new Set())}>
            Take all again
          </button>
        )}
        <button type="button" className="main" disabled={!isReady} onClick={() => window.print()}>
          Print
        </button>
        <button type="button" onClick={close}>
          Close
        </button>
      </header>
      {pictures.length === 0 && (
        <p className="print-none">{chosen === "key images" ? "No image of this study is marked. Mark one with * in the viewer, or choose other pictures." : "There is nothing to print here."}</p>
      )}
      {pages.map((page, at) => (
        <section key={at} className="sheet" aria-label={`Page ${at + 1}`}>
          <SheetHead detail={detail} page={at + 1} pages={pages.length} />
          <div className={`sheet-grid ${sheet === "2×3" ? "two" : "three"}`}>
            {page.map((picture) => {
              const key = keyOf(picture);
              const address = addresses.get(picture.instance.sopInstanceUID);
              return (
                <figure key={key}>
                  {address && (
                    <img
                      src={`${instancePath(address)}/frames/${picture.frame}/rendered`}
                      alt={captionOf(picture)}
                      onLoad={() => setReady((before) => new Set(before).add(key))}
                    />
                  )}
                  <figcaption>{captionOf(picture)}</figcaption>
                  <button type="button" className="leave-out" onClick={() => setLeft((before) => new Set(before).add(key))}>
                    Leave out
                  </button>
                </figure>
              );
            })}
          </div>
        </section>
      ))}
    </dialog>,
    document.body,
  );
}

function SheetHead({ detail: { study }, page, pages }: { detail: StudyDetail; page: number; pages: number }) {
  const born = study.patientBirthDate ? `born ${calendarDay(study.patientBirthDate)}` : "";
  const taken = [calendarDay(study.studyDate), clockTime(study.studyTime)].filter(Boolean).join(" ");
  return (
    <header className="sheet-head">
      <div>
        <strong>{personName(study.patientName)}</strong>
        <span>{[study.patientID, study.patientSex, born].filter(Boolean).join(" · ")}</span>
      </div>
      <div>
        <span>{[study.studyDescription, taken, study.accessionNumber && `accession ${study.accessionNumber}`].filter(Boolean).join(" · ")}</span>
        <span>
          Page {page} of {pages}
        </span>
      </div>
    </header>
  );
}

/** Opens over the page, which takes no key and no pointer meanwhile. A modal would be cut at one printed page. */
function useAloneOnPage(dialog: React.RefObject<HTMLDialogElement | null>): void {
  useEffect(() => {
    const page = document.getElementById("root");
    const before = document.activeElement;
    dialog.current?.show();
    page?.setAttribute("inert", "");
    return () => {
      page?.removeAttribute("inert");
      if (before instanceof HTMLElement) before.focus();
    };
  }, [dialog]);
}

function useMarked(detail: StudyDetail) {
  const study = detail.study.studyInstanceUID;
  const [marked, setMarked] = useState<SheetPicture[]>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    api
      .GET("/api/studies/{study_instance_uid}/key-images", { params: { path: { study_instance_uid: study } } })
      .then((answer) => setMarked(markedPictures(instancesOf(detail), bodyOf(answer).selections)))
      .catch((error: unknown) => setProblem(`Key images could not be loaded: ${wordsOf(error)}`));
  }, [study, detail]);
  return { marked, problem };
}

function useSources(detail: StudyDetail, onScreen: Props["onScreen"], marked: SheetPicture[]): Record<Choice, SheetPicture[]> {
  return useMemo(() => {
    const all = printable(instancesOf(detail));
    return {
      "key images": marked,
      "on screen": onScreen.flatMap(({ uid, frame }) => {
        const instance = all.find((one) => one.sopInstanceUID === uid);
        return instance ? { instance, frame, reason: "" } : [];
      }),
      all: all.map((instance) => ({ instance, frame: representative(instance), reason: "" })),
    };
  }, [detail, onScreen, marked]);
}

function instancesOf(detail: StudyDetail) {
  return detail.series.flatMap((series) => series.instances);
}

function addressesOf(detail: StudyDetail): ReadonlyMap<string, InstanceAddress> {
  const study = detail.study.studyInstanceUID;
  return new Map(
    detail.series.flatMap(({ seriesInstanceUID: series, instances }) =>
      instances.map(({ sopInstanceUID: instance }) => [instance, { study, series, instance }] as const),
    ),
  );
}

function keyOf({ instance, frame }: SheetPicture): string {
  return `${instance.sopInstanceUID} ${frame}`;
}
