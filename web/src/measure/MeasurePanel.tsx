import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useChanges } from "../api/changes";
import { useAllCommands } from "../ui/commands";
import { type ShownFrame, useOverlay, useToolHost } from "../viewer/tools";
import { setCurrent, useMeasureState } from "./current";
import { hostTool } from "./hostTool";
import { KeyImages, useKeyImages } from "./KeyImages";
import { measuresOn, MeasureOverlay } from "./MeasureOverlay";
import { LabelChooser, Results } from "./Results";
import { showPanel, usePanelOpen } from "./panelState";
import { browserSurroundings } from "./server";
import { MeasureStore, type State } from "./store";
import { TOOL, TOOLS, type ToolSpec } from "./tools";
import { useMeasureKeys } from "./useMeasureKeys";
import "./measure.css";

const GROUPS = [...new Set(TOOLS.map((spec) => spec.group))];

interface PanelProps {
  studyInstanceUID: string;
  show: (sopInstanceUID: string, frame: number) => void;
}

/** The measuring part of the reading room: tools, the label of what comes next, and all results. */
export function MeasurePanel({ studyInstanceUID, show }: PanelProps) {
  const store = useMemo(() => new MeasureStore(browserSurroundings(studyInstanceUID)), [studyInstanceUID]);
  const state = useMeasureState(store);
  const { shown } = useToolHost();
  useEffect(() => {
    setCurrent(store);
    void store.load();
    const leave = () => void store.save();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      setCurrent(null);
      store.close();
    };
  }, [store]);
  useChanges(
    useCallback(
      (study: string) => (study === studyInstanceUID || study === "") && void store.refresh(),
      [store, studyInstanceUID],
    ),
  );
  useOverlay(MeasureOverlay, measuresOn);
  useHostTool(store, state);
  useMeasureKeys(store, state, shown);
  useStillPicture(state, shown);
  useEffect(() => {
    // From here Enter places a point; it must not press the button that chose the tool again.
    const { activeElement } = document;
    if (state?.tool && activeElement instanceof HTMLButtonElement) activeElement.blur();
  }, [state?.tool]);
  const marking = useKeyImages(studyInstanceUID, shown);
  const isOpen = usePanelOpen();
  useEffect(() => {
    // What a tool asks for, and why it refuses, is told in the panel.
    if (state?.tool || state?.refused) showPanel(true);
  }, [state?.tool, state?.refused]);
  if (!state || !isOpen) return null;
  return (
    <section className="measure-panel" aria-label="Measurements" onKeyDown={keepForFields}>
      <header>
        <h2>Measure</h2>
        <SavingState state={state} />
      </header>
      {GROUPS.map((group) => (
        <ToolGroup key={group} group={group} state={state} store={store} />
      ))}
      <LabelChooser state={state} choose={(key) => store.chooseLabel(key)} />
      <NextStep state={state} store={store} />
      <Results state={state} store={store} shown={shown} show={show} />
      <KeyImages marking={marking} show={show} />
    </section>
  );
}

/** Arrows and Enter in a field belong to it, and not to the page around it. */
function keepForFields(event: KeyboardEvent): void {
  if (event.target instanceof HTMLElement && event.target.closest("input, select")) event.stopPropagation();
}

/** Keeps the viewer's active tool and the store's in step, whichever changes. */
function useHostTool(store: MeasureStore, state: State | null): void {
  const { tool: active, choose } = useToolHost();
  const tool = useMemo(() => hostTool(store), [store]);
  const wanted = state?.tool != null;
  const was = useRef(false);
  useEffect(() => {
    if (wanted && active !== tool) {
      // The viewer put our tool away: the store follows. Else the store has just chosen one.
      if (was.current) store.choose(null);
      else choose(tool);
      was.current = !was.current;
    } else if (!wanted && active === tool) {
      choose(null);
      was.current = false;
    } else {
      was.current = wanted;
    }
  }, [wanted, active, tool, choose, store]);
}

/** Stops a loop once something is measured on it: both ends belong to one frame. */
function useStillPicture(state: State | null, shown: ShownFrame | undefined): void {
  const commands = useAllCommands();
  const latest = useRef(commands);
  latest.current = commands;
  const isMeasuring = state?.tool != null && state.tool !== "edit";
  const isPlaying = shown?.isPlaying ?? false;
  const was = useRef(false);
  useEffect(() => {
    if (isMeasuring && !was.current && isPlaying) latest.current.findLast((one) => one.id === "play")?.run();
    was.current = isMeasuring;
  }, [isMeasuring, isPlaying]);
}

function SavingState({ state }: { state: State }) {
  if (state.problem) {
    return (
      <span className="saving failed" role="alert">
        {state.problem}
      </span>
    );
  }
  const words = !state.isLoaded ? "Loading…" : state.saving === "saved" ? "Saved" : "Saving…";
  return (
    <span className="saving" role="status" data-saving={state.isLoaded ? state.saving : "loading"}>
      {words}
    </span>
  );
}

function ToolGroup({ group, state, store }: { group: ToolSpec["group"]; state: State; store: MeasureStore }) {
  return (
    <div className="measure-tools" role="group" aria-label={group}>
      <span className="measure-group">{group}</span>
      {TOOLS.filter((spec) => spec.group === group).map((spec) => (
        <button
          key={spec.name}
          type="button"
          aria-pressed={state.tool === spec.name}
          aria-keyshortcuts={spec.key}
          title={`${spec.title} (${spec.key})`}
          onClick={() => store.choose(state.tool === spec.name ? null : spec.name)}
        >
          {spec.title} <kbd>{spec.key}</kbd>
        </button>
      ))}
    </div>
  );
}

/** What to do next, or why something cannot be measured and what helps. */
function NextStep({ state, store }: { state: State; store: MeasureStore }) {
  const { tool, draft, refused, known } = state;
  if (known) return <KnownDistance store={store} />;
  const spec = tool && tool !== "edit" && tool !== "calibrate" ? TOOL.get(tool) : undefined;
  const done = draft?.places.length ?? 0;
  const step = tool === "calibrate"
    ? ["Place one end of a distance that you know", "Place its other end"][done]
    : spec?.steps[Math.min(done, spec.steps.length - 1)];
  return (
    <>
      <p className="measure-step" aria-live="polite">
        {step ?? "Choose a tool or what to measure."}
      </p>
      {refused && (
        <div className="measure-refused" role="alert">
          <p>{refused.reason}</p>
          {refused.canCalibrate && (
            <button type="button" onClick={() => store.choose("calibrate")}>
              Calibrate by a known distance <kbd>C</kbd>
            </button>
          )}
        </div>
      )}
    </>
  );
}

function KnownDistance({ store }: { store: MeasureStore }) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // The press that placed the second end takes the focus away once it is over.
    const timer = window.setTimeout(() => field.current?.focus(), 0);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <form
      className="measure-known"
      onSubmit={(event) => {
        event.preventDefault();
        store.calibrate(Number(text.replace(",", ".")));
      }}
    >
      <label>
        Length of this distance, in cm
        <input
          ref={field}
          inputMode="decimal"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") store.cancel();
          }}
        />
      </label>
      <button type="submit">Calibrate</button>
    </form>
  );
}
