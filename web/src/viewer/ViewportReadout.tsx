import { useSyncExternalStore } from "react";
import type { Cine } from "./cine";
import type { ImageTransform } from "./geometry";
import type { Shown } from "./Viewport";
import type { Cell } from "./workspace";

interface StripProps {
  cine: Cine;
  shown: Shown;
  cell: Cell;
  transform: ImageTransform;
}

/** What an image is, below it: nothing is ever written over pixels. */
export function ViewportStrip({ cine, shown, cell, transform }: StripProps) {
  const { frame, loaded } = useSyncExternalStore(cine.subscribe, cine.snapshot);
  const { instance } = shown;
  const count = instance.numberOfFrames;
  const rate = Math.round((10_000 * count) / instance.loopLengthMs) / 10;
  const zoom = Math.round(transform.scaleY * devicePixelRatio * 100);
  const mode = instance.imageMode === "2D" ? "" : instance.imageMode;
  return (
    <div className="strip">
      {count > 1 && (
        <div className="progress" aria-hidden="true">
          <div className="loaded" style={{ width: `${(100 * loaded) / count}%` }} />
          <div className="at" style={{ left: `${(100 * frame) / Math.max(1, count - 1)}%` }} />
        </div>
      )}
      {shown.studyLabel && <strong className="prior">{shown.studyLabel}</strong>}
      <strong>{[instance.stageName, instance.viewName].filter(Boolean).join(" · ")}</strong>
      <span className="strip-mode">{mode}</span>
      {instance.heartRate !== null && <span className="strip-more">{instance.heartRate} bpm</span>}
      {cell.look.palette !== "grey" && <span className="strip-more">{cell.look.palette}</span>}
      <span className="strip-more">{zoom} %</span>
      {count > 1 && (
        <>
          <span className="strip-more" title={`Timing from ${instance.timingSource}`}>
            {rate} fps{instance.timingSource === "assumed" ? " assumed" : ""}
            {cell.speed !== 1 && ` × ${cell.speed}`}
          </span>
          <span className="frame-number">
            {frame + 1}/{count}
          </span>
        </>
      )}
    </div>
  );
}

/** Why a picture is missing, and what can be done. */
export function ViewportNotice({ cine, retry }: { cine: Cine; retry: () => void }) {
  const { problem, isUndecodable, loaded, frame } = useSyncExternalStore(cine.subscribe, cine.snapshot);
  if (problem) {
    return (
      <div className="viewport-notice" role="alert">
        <strong>The pictures did not arrive</strong>
        <span>{problem}</span>
        <button type="button" onClick={retry}>
          Try again
        </button>
      </div>
    );
  }
  if (isUndecodable) {
    return (
      <div className="viewport-notice small" role="alert">
        <strong>Frame {frame + 1} cannot be decoded</strong>
        <span>The other frames are not affected.</span>
      </div>
    );
  }
  return loaded === 0 ? <div className="viewport-notice waiting">Loading…</div> : null;
}
