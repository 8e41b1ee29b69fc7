import { useState } from "react";
import { instancePath } from "../api/client";
import type { Shown } from "./Viewport";

/** A video syntax goes through the browser's own player, which asks for the ranges it needs. */
export function VideoCell({ shown }: { shown: Shown }) {
  const [problem, setProblem] = useState("");
  const path = instancePath(shown.address);
  if (problem) {
    return (
      <div className="notice">
        <h2>This browser cannot play this video</h2>
        <p>{problem}</p>
        <p>
          <a href={path} download>
            Download the DICOM file
          </a>
        </p>
      </div>
    );
  }
  return (
    <video
      className="video"
      src={`${path}/rendered?accept=video/mp4`}
      controls
      autoPlay
      loop
      muted
      playsInline
      onError={(event) => setProblem(event.currentTarget.error?.message || "Its coding is unknown here.")}
    />
  );
}
