import { useSyncExternalStore } from "react";
import type { Cine } from "./cine";
import type { ImageTransform } from "./geometry";
import type { Shown } from "./Viewport";
import type { Cell } from "./workspace";

interface Props {
  cine: Cine;
  shown: Shown;
  cell: Cell;
  transform: ImageTransform;
  retry: () => void;
}

/** What stands in the corners of an image, and why a picture is missing. */
export function ViewportReadout({ cine, shown, cell, transform, retry }: Props) {
  const state = useSyncExternalStore(cine.subscribe, cine.snapshot);
  const { instance } = shown;
  const count = instance.numberOfFrames;
  const rate = Math.round((10_000 * count) / instance.loopLengthMs) / 10;
  const zoom = Math.round(transform.scaleY * devicePixelRatio * 100);
  return (
    <>
      <div className="corner top-left">
        {shown.studyLabel && <strong className="prior">{shown.studyLabel}</strong>}
        <strong>{[instance.stageName, instance.viewName].filter(Boolean).join(" · ")}</strong>
      </div>
      <div className="corner top-right">
        {instance.heartRate !== null && <span>{instance.heartRate} bpm</span>}
      </div>
      <div className="corner bottom-left">
        {cell.look.palette !== "grey" && <span>{cell.look.palette}</span>}
        <span>{zoom} %</span>
      </div>
      {count > 1 && (
        <div className="corner bottom-right">
          <span>
            {rate} fps{instance.timingSource === "assumed" ? " assumed" : ""}
            {cell.speed !== 1 && ` × ${cell.speed}`}
          </span>
          <span className="frame-number">
            {state.frame + 1}/{count}
          </span>
        </div>
      )}
      {count > 1 && (
        <div className="progress" aria-hidden="true">
          <div className="loaded" style={{ width: `${(100 * state.loaded) / count}%` }} />
          <div className="at" style={{ left: `${(100 * state.frame) / Math.max(1, count - 1)}%` }} />
        </div>
      )}
      {state.problem ? (
        <div className="viewport-notice" role="alert">
          <strong>The pictures did not arrive</strong>
          <span>{state.problem}</span>
          <button type="button" onClick={retry}>
            Try again
          </button>
        </div>
      ) : state.isUndecodable ? (
        <div className="viewport-notice small" role="alert">
          <strong>Frame {state.frame + 1} cannot be decoded</strong>
          <span>The other frames are not affected.</span>
        </div>
      ) : state.loaded === 0 ? (
        <div className="viewport-notice waiting">Loading…</div>
      ) : null}
    </>
  );
}
