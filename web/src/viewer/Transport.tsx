import { useCallback, useRef, useSyncExternalStore } from "react";
import type { InstanceDetail } from "../api/client";
import { keepFocus } from "../ui/useCommandKeys";
import type { Cine } from "./cine";
import type { Desk } from "./desk";
import { beatsOfInstance, playingOf } from "./playing";
import { CommandButton } from "./Toolbar";
import { useCine, useEachFrame } from "./useCine";
import { type Cell, SPEEDS } from "./workspace";

/** Play, scrub and trim the active loop; keeps its place when there is none. */
export function Transport({ desk }: { desk: Desk }) {
  useSyncExternalStore(desk.subscribe, desk.snapshot);
  const { sync } = useSyncExternalStore(desk.store.subscribe, desk.store.snapshot);
  const cine = desk.activeCine;
  const cell = desk.active;
  const isLoop = cine !== undefined && cine.instance.numberOfFrames > 1;
  return (
    <div className="transport" role="group" aria-label="Loop" onMouseDown={keepFocus}>
      {isLoop ? (
        <LoopControls key={cine.instance.sopInstanceUID} desk={desk} cine={cine} cell={cell} />
      ) : (
        <span className="still-note">{cine ? "Still image" : "No loop in the active viewport"}</span>
      )}
      <label className="field">
        <span className="visually-hidden">Loops in step</span>
        <select value={sync} onChange={(event) => desk.setSync(event.target.value as typeof sync)}>
          <option value="off">Not in step</option>
          <option value="beat">In step by beat</option>
          <option value="stage">In step by stage</option>
          <option value="time">In step by time</option>
        </select>
      </label>
    </div>
  );
}

function LoopControls({ desk, cine, cell }: { desk: Desk; cine: Cine; cell: Cell }) {
  const isPlaying = useCine(cine, (state) => state.isPlaying);
  return (
    <>
      <CommandButton id="play" icon={isPlaying ? "pause" : "play"} />
      <CommandButton id="step back" icon="back" />
      <CommandButton id="step on" icon="forward" />
      <Scrubber desk={desk} cine={cine} cell={cell} />
      <CommandButton id="trim first" icon="trimStart" />
      <CommandButton id="trim last" icon="trimEnd" />
      <CommandButton id="bounce" icon="bounce" />
      <CommandButton id="beat" icon="heart" />
      <label className="field">
        <span className="visually-hidden">Speed</span>
        <select value={cell.speed} onChange={(event) => desk.setSpeed(Number(event.target.value))}>
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

/** The slider over the frames, and the number of the one that shows. */
function Scrubber({ desk, cine, cell }: { desk: Desk; cine: Cine; cell: Cell }) {
  const loaded = useCine(cine, (state) => state.loaded);
  const { instance } = cine;
  const count = instance.numberOfFrames;
  const slider = useRef<HTMLInputElement>(null);
  const number = useRef<HTMLSpanElement>(null);
  useEachFrame(
    cine,
    useCallback(
      (frame: number) => {
        if (!slider.current || !number.current) return;
        slider.current.value = `${frame + 1}`;
        slider.current.setAttribute("aria-valuetext", `frame ${frame + 1} of ${count}`);
        number.current.textContent = `${frame + 1} / ${count}`;
      },
      [count],
    ),
  );
  return (
    <>
      <div className="scrubber">
        <Marks instance={instance} trim={playingOf(cell, instance).trim} loaded={loaded} />
        <input
          ref={slider}
          type="range"
          min={1}
          max={count}
          defaultValue={1}
          onInput={(event) => desk.go(Number(event.currentTarget.value) - 1)}
          aria-label="Frame"
        />
      </div>
      <span ref={number} className="counter" />
    </>
  );
}

interface MarksProps {
  instance: InstanceDetail;
  trim: { first: number; last: number };
  loaded: number;
}

/** Trims, heart beats and what has arrived, under the slider. */
function Marks({ instance, trim, loaded }: MarksProps) {
  const count = instance.numberOfFrames;
  const { beats, source } = beatsOfInstance(instance);
  const percent = (part: number) => `${100 * Math.min(Math.max(part, 0), 1)}%`;
  const last = Math.max(1, count - 1);
  return (
    <div className="marks" aria-hidden="true">
      <div className="arrived" style={{ width: percent(loaded / count) }} />
      <div
        className="kept"
        style={{ left: percent(trim.first / last), width: percent((trim.last - trim.first) / last) }}
      />
      {source !== "whole clip" &&
        beats.map((beat) => (
          <i
            key={beat.startMs}
            className={source === "heart rate" ? "r-wave assumed" : "r-wave"}
            style={{ left: percent(beat.startMs / instance.loopLengthMs) }}
          />
        ))}
    </div>
  );
}
