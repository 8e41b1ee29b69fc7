import { lazy, Suspense } from "react";
import { instancePath } from "../api/client";
import type { Shown } from "../viewer/Viewport";
import { isPresentationState } from "../viewer/PresentationLayer";
import type { Cell } from "../viewer/workspace";
import { ReportView } from "./ReportView";
import { StateView } from "./StateView";
import { useDataSet } from "./useDataSet";
import { WaveformView } from "./WaveformView";
import "./documents.css";

const PdfView = lazy(() => import("./PdfView").then(({ PdfView: View }) => ({ default: View })));

const ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1";

interface Props {
  shown: Shown;
  /** Shows another object in the same place, perhaps in a certain way. */
  open: (uid: string, as?: Partial<Cell>) => void;
  isHere: (uid: string) => boolean;
  /** When what the loop beside it shows was taken. */
  moment: () => number | null;
}

/** Shows what is no picture: reports, documents, waveforms; or says why it cannot. */
export default function DocumentCell({ shown, open, isHere, moment }: Props) {
  const { set, problem } = useDataSet(shown.address);
  if (problem) return <Unreadable shown={shown} reason={`It could not be read: ${problem}`} />;
  if (!set) return <p className="empty">Loading…</p>;
  if (set["0040A730"]) return <ReportView {...{ shown, set, open, isHere }} />;
  if (isPresentationState(shown)) return <StateView {...{ shown, set, open, isHere }} />;
  if (set["54000100"]) return <WaveformView shown={shown} set={set} moment={moment} />;
  if (shown.instance.sopClassUID === ENCAPSULATED_PDF) {
    return (
      <Suspense fallback={<p className="empty">Loading…</p>}>
        <PdfView shown={shown} set={set} />
      </Suspense>
    );
  }
  return <Unreadable shown={shown} reason={reasonFor(shown)} />;
}

/** Why an object has nothing to look at, in a reader's words. */
function reasonFor({ instance }: Shown): string {
  if (/Image|Volume/.test(instance.sopClassName)) return "It should be an image, but no pixels were sent with it.";
  if (/Raw Data/.test(instance.sopClassName)) return "Only its maker's own program can read raw data.";
  return "This kind of object has no picture, and Sonarium cannot lay it out as a page.";
}

function Unreadable({ shown, reason }: { shown: Shown; reason: string }) {
  return (
    <div className="notice">
      <h2>{shown.instance.title || shown.instance.sopClassName}</h2>
      <p>{reason} It is kept as it was sent.</p>
      <p>
        <a href={instancePath(shown.address)} download>
          Download the DICOM file
        </a>
      </p>
    </div>
  );
}
