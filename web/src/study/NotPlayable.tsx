import { instancePath, type InstanceAddress, type InstanceDetail } from "../api/client";

/** Reports, documents and waveforms are kept and handed out; the reading room will open them. */
export function NotPlayable({ address, instance }: { address: InstanceAddress; instance: InstanceDetail }) {
  return (
    <div className="notice">
      <h2>{instance.sopClassName}</h2>
      <p>This object is kept safely, but it is not a picture that this page can show.</p>
      <p>
        <a href={instancePath(address)} download>
          Download the DICOM file
        </a>
      </p>
    </div>
  );
}
