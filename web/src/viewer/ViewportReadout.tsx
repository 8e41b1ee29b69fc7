import { useCallback, useRef } from "react";
import type { Cine } from "./cine";
import type { ImageTransform } from "./geometry";
import { useCine, useEachFrame } from "./useCine";
import type { Shown } from "./Viewport";
import { VideoPlayer } from "./VideoPlayer";
import type { Cell } from "./workspace";

interface StripProps {
  cine: Cine;
  shown: Shown;
  cell: Cell;
  transform: ImageTransform;
}

/** What an image is, below it: nothing is ever written over pixels. */
export function ViewportStrip({ cine, shown, cell, transform }: StripProps) {
  const loaded = useCine(cine, (state) => state.loaded);
  const { instance } = shown;
  const count = instance.numberOfFrames;
  const at = useRef<HTMLDivElement>(null);
  const number = useRef<HTMLSpanElement>(null);
  useEachFrame(
    cine,
    useCallback(
      (frame: number) => {
        if (at.current) at.current.style.translate = `${(100 * frame) / Math.max(1, count - 1)}%`;
        if (number.current) number.current.textContent = `${frame + 1}/${count}`;
      },
      [count],
    ),
  );
  const rate = Math.round((10_000 * count) / instance.loopLengthMs) / 10;
  const zoom = Math.round(transform.scaleY * devicePixelRatio * 100);
  const mode = instance.imageMode === "2D" ? "" : instance.imageMode;
  return (
    <div className="strip">
      {count > 1 && (
        <div className="progress" aria-hidden="true">
          <div className="loaded" style={{ width: `${(100 * loaded) / count}%` }} />
          <div ref={at} className="at" />
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
          <span ref={number} className="frame-number" />
        </>
      )}
    </div>
  );
}

/** Why a picture is missing, and what can be done. */
export function ViewportNotice({ cine, shown, retry }: { cine: Cine; shown: Shown; retry: () => void }) {
  const problem = useCine(cine, (state) => state.problem);
  const undecodable = useCine(cine, (state) => (state.isUndecodable ? state.frame : -1));
  const isEmpty = useCine(cine, (state) => state.loaded === 0);
  if (problem && shown.instance.presentation === "video") return <VideoPlayer shown={shown} problem={problem} />;
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
  if (undecodable >= 0) {
    return (
      <div className="viewport-notice small" role="alert">
        <strong>Frame {undecodable + 1} cannot be decoded</strong>
        <span>The other frames are not affected.</span>
      </div>
    );
  }
  return isEmpty ? <div className="viewport-notice waiting">Loading…</div> : null;
}
