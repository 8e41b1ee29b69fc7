import { instancePath } from "../api/client";
import type { Shown } from "../viewer/Viewport";

interface Props {
  shown: Shown;
  /** Shows another object in the same place. */
  open: (uid: string) => void;
}

/** Shows what is no picture: reports, documents, waveforms; or says why it cannot. */
export default function DocumentCell({ shown }: Props) {
  return <Unreadable shown={shown} reason="This kind of object has no picture." />;
}

export function Unreadable({ shown, reason }: { shown: Shown; reason: string }) {
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
