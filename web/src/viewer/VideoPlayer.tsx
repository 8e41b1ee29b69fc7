import { useState } from "react";
import { instancePath } from "../api/client";
import type { Shown } from "./Viewport";

interface Props {
  shown: Shown;
  /** Why its frames cannot be had one by one. */
  problem: string;
}

/** A video whose frames cannot be named is at least played, by the browser's own player; nothing is measured on it. */
export function VideoPlayer({ shown, problem }: Props) {
  const [refusal, setRefusal] = useState("");
  const path = instancePath(shown.address);
  if (refusal) {
    return (
      <div className="viewport-notice" role="alert">
        <strong>This browser cannot play this video</strong>
        <span>{problem}</span>
        <a href={path} download>
          Download the DICOM file
        </a>
      </div>
    );
  }
  return (
    <div className="video-player">
      <video
        className="video"
        src={`${path}/rendered?accept=video/mp4`}
        controls
        autoPlay
        loop
        muted
        playsInline
        onError={(event) => setRefusal(event.currentTarget.error?.message || "Its coding is unknown here.")}
      />
      <p className="video-note" role="status">
        {problem} It is played as a whole: single frames cannot be shown or measured.
      </p>
    </div>
  );
}
