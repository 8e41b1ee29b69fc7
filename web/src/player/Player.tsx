import { type CSSProperties, useEffect, useMemo, useRef, useState } from "react";
import type { InstanceAddress, InstanceDetail } from "../api/client";
import { useKeys } from "../ui/keys";
import { Cine, type CineState } from "./cine";
import { loadFrames } from "./frameSource";

interface Props {
  address: InstanceAddress;
  instance: InstanceDetail;
}

const SPEEDS = [0.25, 0.5, 1, 2];
const IDLE: CineState = { frame: 0, playing: false, loaded: 0, late: 0 };

/** Shows one instance: a still at once, a loop as soon as its first frame is here. */
export function Player({ address, instance }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const cine = useRef<Cine>(null);
  const [state, setState] = useState(IDLE);
  const [problem, setProblem] = useState("");
  const [speed, setSpeed] = useState(1);
  const isLoop = instance.numberOfFrames > 1;

  useEffect(() => {
    if (!canvas.current) return;
    setState(IDLE);
    setProblem("");
    const controller = new AbortController();
    const player = new Cine(
      canvas.current,
      {
        startsMs: instance.frameStartsMs,
        lengthMs: instance.loopLengthMs,
        sweeps: instance.playback === "sweep",
      },
      setState,
      setProblem,
    );
    cine.current = player;
    if (isLoop) player.play(1);
    loadFrames(address, instance, (frame, picture) => player.arrive(frame, picture), controller.signal).catch(
      (error: unknown) => {
        if (!controller.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      controller.abort();
      player.close();
    };
  }, [address, instance, isLoop]);

  const toggle = () => (cine.current?.isPlaying ? cine.current.pause() : cine.current?.play());
  const faster = (by: number) => {
    const next = SPEEDS[Math.min(Math.max(SPEEDS.indexOf(speed) + by, 0), SPEEDS.length - 1)] ?? 1;
    setSpeed(next);
    cine.current?.play(next);
  };
  const keys = useMemo(
    () =>
      isLoop
        ? {
            " ": toggle,
            ArrowLeft: () => cine.current?.step(-1),
            ArrowRight: () => cine.current?.step(1),
            "-": () => faster(-1),
            "+": () => faster(1),
          }
        : {},
    [isLoop, speed],
  );
  useKeys(keys);

  const rate = Math.round((10000 * instance.numberOfFrames) / instance.loopLengthMs) / 10;
  return (
    <figure className="player">
      <div className="screen">
        <canvas
          ref={canvas}
          width={instance.columns}
          height={instance.rows}
          style={{ "--ratio": instance.columns / (instance.rows * instance.pixelAspectRatio) } as CSSProperties}
          role="img"
          aria-label={`${instance.sopClassName}, ${isLoop ? "loop" : "still"}`}
        />
        {state.loaded === 0 && !problem && <p className="waiting">Loading…</p>}
        {problem && (
          <p className="waiting" role="alert">
            {problem}
          </p>
        )}
      </div>
      {isLoop && (
        <figcaption className="controls">
          <button type="button" onClick={toggle} aria-keyshortcuts="Space">
            {state.playing ? "Pause" : "Play"}
          </button>
          <button type="button" onClick={() => cine.current?.step(-1)} aria-label="One frame back">
            ‹
          </button>
          <input
            type="range"
            min={1}
            max={instance.numberOfFrames}
            value={state.frame + 1}
            onChange={(event) => cine.current?.go(Number(event.target.value) - 1)}
            aria-label="Frame"
          />
          <button type="button" onClick={() => cine.current?.step(1)} aria-label="One frame on">
            ›
          </button>
          <span className="counter">
            {state.frame + 1} / {instance.numberOfFrames}
          </span>
          <button type="button" className="quiet" onClick={() => faster(speed === 2 ? -3 : 1)}>
            {speed}×
          </button>
          <span className="rate" title={`Timing from ${instance.timingSource}`}>
            {rate} frames/s{instance.timingSource === "assumed" ? " (assumed)" : ""}
          </span>
          {state.loaded < instance.numberOfFrames && (
            <progress max={instance.numberOfFrames} value={state.loaded} aria-label="Frames loaded" />
          )}
        </figcaption>
      )}
    </figure>
  );
}
