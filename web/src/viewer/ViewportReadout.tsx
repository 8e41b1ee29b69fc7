import { useCallback, useEffect, useRef } from "react";
import { store, usePresence } from "../account/session";
import { useChanges } from "../api/changes";
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

const NOT_SIGNED_IN = 401;
/** The server did not answer, or not to the end. */
const UNREACHABLE = 0;

/** Asks again by itself once the network is back, the archive answers, or somebody signed in again. */
function useComingBack(cine: Cine, isMissing: boolean, retry: () => void): void {
  const { kind } = usePresence();
  const wasLost = useRef(false);
  useEffect(() => {
    if (isMissing && cine.clip.status === NOT_SIGNED_IN && !wasLost.current) store.noteRefusal();
    if (isMissing && kind === "in" && wasLost.current) retry();
    wasLost.current = kind === "lost";
  }, [cine, isMissing, kind, retry]);
  useEffect(() => {
    if (!isMissing) return;
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  }, [isMissing, retry]);
  useChanges(useCallback((study: string) => isMissing && study === "" && retry(), [isMissing, retry]));
}

/** Why a picture is missing, and what can be done. */
export function ViewportNotice({ cine, shown, retry }: { cine: Cine; shown: Shown; retry: () => void }) {
  const problem = useCine(cine, (state) => state.problem);
  const undecodable = useCine(cine, (state) => (state.isUndecodable ? state.frame : -1));
  const isEmpty = useCine(cine, (state) => state.loaded === 0);
  useComingBack(cine, problem !== "", retry);
  if (problem && shown.instance.presentation === "video") return <VideoPlayer shown={shown} problem={problem} />;
  if (problem) {
    return (
      <div className="viewport-notice" role="alert">
        <strong>The pictures did not arrive</strong>
        <span>{cine.clip.status === UNREACHABLE ? "The archive cannot be reached. They come by themselves once it answers." : problem}</span>
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
