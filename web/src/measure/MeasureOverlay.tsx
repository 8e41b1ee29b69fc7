import { type PointerEvent, useRef } from "react";
import type { ShownFrame } from "../viewer/tools";
import { currentStore, useCurrentStore, useMeasureState } from "./current";
import { canvasOf } from "./hostTool";
import { type Measurement, type Place, placesOf, type ToolName, type Value } from "./model";
import type { Draft, MeasureStore, State } from "./store";
import { orderedValues, shortText, titleOf, valueText } from "./words";
import "./measure.css";

const HANDLE_PX = 5;
const GRIP_PX = 14;
/** While something is drawn the next place may lie right beside what is there. */
const GRIP_WHILE_DRAWING_PX = 6;
const LINE_PX = 17;
const MOST_LINES = 3;
/** A swept outline has too many places to show them all. */
const MOST_HANDLES = 12;

/** Measurements over one image: their shapes, handles and values, and what is being drawn. */
export function MeasureOverlay({ shown }: { shown: ShownFrame }) {
  const store = useCurrentStore();
  const state = useMeasureState(store);
  if (!store || !state) return null;
  const { sopInstanceUID, frame } = canvasOf(shown);
  const here = state.measurements.filter((one) =>
    one.figures.some((figure) => figure.sopInstanceUID === sopInstanceUID && figure.frame === frame),
  );
  const draft = state.draft?.sopInstanceUID === sopInstanceUID && state.draft.frame === frame ? state.draft : null;
  const cursor = state.cursor?.sopInstanceUID === sopInstanceUID && state.cursor.frame === frame ? state.cursor : null;
  const known = state.known?.sopInstanceUID === sopInstanceUID && state.known.frame === frame ? state.known : null;
  return (
    <g className="measurements">
      {here.map((measurement) => (
        <Drawn key={measurement.trackingUID} measurement={measurement} shown={shown} store={store} state={state} />
      ))}
      {draft && <Drafted draft={draft} shown={shown} store={store} />}
      {known && (
        <g className="measurement drafted">
          <Shape tool="distance" places={known.places} shown={shown} />
        </g>
      )}
      {cursor && !state.selection && <Cross at={shown.transform.imageToScreen(cursor.place)} />}
    </g>
  );
}

/** Whether anything is, or is being, measured on an object. */
export function measuresOn(uid: string): boolean {
  const state = currentStore()?.snapshot();
  if (!state) return false;
  const { measurements, draft, cursor, known } = state;
  return (
    [draft, cursor, known].some((one) => one?.sopInstanceUID === uid) ||
    measurements.some((one) => one.figures.some((figure) => figure.sopInstanceUID === uid))
  );
}

interface DrawnProps {
  measurement: Measurement;
  shown: ShownFrame;
  store: MeasureStore;
  state: State;
}

function Drawn({ measurement, shown, store, state }: DrawnProps) {
  const [figure] = measurement.figures;
  const places = placesOf(figure);
  const isSelected = state.selection?.trackingUID === measurement.trackingUID;
  const label = state.labels.find((one) => one.key === measurement.label);
  const lines = linesOf(measurement, orderedValues(measurement.values, label));
  const ends = places.length <= MOST_HANDLES ? places : [];
  const isDrawing = state.tool !== null && state.tool !== "edit";
  const gripPx = !isDrawing ? GRIP_PX : isSelected && !state.draft ? GRIP_WHILE_DRAWING_PX : 0;
  const grab = (handle: number) => {
    if (state.tool === null) store.choose("edit");
    store.select({ trackingUID: measurement.trackingUID, handle });
  };
  return (
    <g className={isSelected ? "measurement selected" : "measurement"}>
      <Shape tool={measurement.tool} places={places} shown={shown} />
      {ends.map((place, handle) => (
        <Handle
          key={handle}
          at={place}
          shown={shown}
          isActive={isSelected && state.selection?.handle === handle}
          gripPx={gripPx}
          grab={() => grab(handle)}
          drag={(to, isBegun) => store.move(measurement.trackingUID, handle, to, isBegun)}
        />
      ))}
      <Words at={besideOf(places, shown)} lines={lines} {...(isDrawing ? {} : { grab: () => grab(0) })} />
    </g>
  );
}

function Drafted({ draft, shown, store }: { draft: Draft; shown: ShownFrame; store: MeasureStore }) {
  const places = draft.next ? [...draft.places, draft.next] : draft.places;
  const live = store.live();
  const tool = draft.tool === "calibrate" ? "distance" : draft.tool;
  // A measured ellipse has four places; before that its first axis is shown.
  const shape = live?.ok ? placesOf(live.drawn.figures[0]) : places;
  const lines = live?.ok ? namedValues(live.drawn.values) : [];
  return (
    <g className="measurement drafted">
      <Shape tool={tool} places={shape} shown={shown} />
      {draft.places.length <= MOST_HANDLES &&
        draft.places.map((place, at) => <Dot key={at} at={shown.transform.imageToScreen(place)} />)}
      {places.length > 0 && <Words at={besideOf(places, shown)} lines={lines} />}
    </g>
  );
}

interface ShapeProps {
  tool: ToolName;
  places: readonly Place[];
  shown: ShownFrame;
}

function Shape({ tool, places, shown }: ShapeProps) {
  const points = places.map(shown.transform.imageToScreen);
  const [first, second, third, fourth] = points;
  if (!first) return null;
  if (tool === "ellipse" && second && third && fourth) {
    const middle = { x: (first.x + second.x) / 2, y: (first.y + second.y) / 2 };
    const turned = (Math.atan2(second.y - first.y, second.x - first.x) * 180) / Math.PI;
    const radius = (a: Place, b: Place) => Math.hypot(b.x - a.x, b.y - a.y) / 2;
    return (
      <ellipse
        className="line"
        cx={middle.x}
        cy={middle.y}
        rx={radius(first, second)}
        ry={radius(third, fourth)}
        transform={`rotate(${turned} ${middle.x} ${middle.y})`}
      />
    );
  }
  const path = `M${points.map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}`;
  if (tool === "b-lines") return <>{points.map((at, number) => <Dot key={number} at={at} />)}</>;
  if (tool === "area" || tool === "volume") return <path className="line" d={`${path}Z`} />;
  if (tool === "arrow" && second) return <path className="line" d={path + arrowHead(first, second)} />;
  return <path className="line" d={path} />;
}

function arrowHead(tail: Place, tip: Place): string {
  const along = Math.atan2(tip.y - tail.y, tip.x - tail.x);
  const wing = (by: number) => `${tip.x - 14 * Math.cos(along + by)} ${tip.y - 14 * Math.sin(along + by)}`;
  return `M${wing(0.4)}L${tip.x} ${tip.y}L${wing(-0.4)}`;
}

function Dot({ at }: { at: Place }) {
  return <circle className="handle" cx={at.x} cy={at.y} r={3} />;
}

function Cross({ at }: { at: Place }) {
  return <path className="keyboard-cursor" d={`M${at.x - 12} ${at.y}h24M${at.x} ${at.y - 12}v24`} />;
}

interface HandleProps {
  at: Place;
  shown: ShownFrame;
  isActive: boolean;
  /** How near a hand must come; 0: it cannot be held now. */
  gripPx: number;
  grab: () => void;
  drag: (to: Place, isBegun: boolean) => void;
}

/** A place that can be moved; its grip is larger than its mark, for fingers. */
function Handle({ at, shown, isActive, gripPx, grab, drag }: HandleProps) {
  const held = useRef<{ from: Place; isBegun: boolean } | null>(null);
  const { x, y } = shown.transform.imageToScreen(at);
  const placeOf = (event: PointerEvent<SVGCircleElement>): Place => {
    const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const release = () => {
    held.current = null;
  };
  return (
    <>
      <circle className={isActive ? "handle active" : "handle"} cx={x} cy={y} r={HANDLE_PX} />
      {gripPx > 0 && (
        <circle
          className="grip"
          data-own-pointer=""
          cx={x}
          cy={y}
          r={gripPx}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.stopPropagation();
            event.currentTarget.setPointerCapture(event.pointerId);
            held.current = { from: placeOf(event), isBegun: false };
            grab();
          }}
          onPointerMove={(event) => {
            const hand = held.current;
            if (!hand) return;
            event.stopPropagation();
            const to = placeOf(event);
            if (!hand.isBegun && Math.hypot(to.x - hand.from.x, to.y - hand.from.y) < 2) return;
            drag(shown.transform.screenToImage(to), hand.isBegun);
            hand.isBegun = true;
          }}
          onPointerUp={release}
          onPointerCancel={release}
        />
      )}
    </>
  );
}

function Words({ at, lines, grab }: { at: Place; lines: readonly string[]; grab?: () => void }) {
  if (lines.length === 0) return null;
  return (
    <text
      className="value"
      x={at.x}
      y={at.y}
      {...(grab
        ? {
            "data-own-pointer": "",
            onPointerDown: (event: PointerEvent<SVGTextElement>) => {
              event.stopPropagation();
              grab();
            },
          }
        : {})}
    >
      {lines.map((line, number) => (
        <tspan key={number} x={at.x} dy={number === 0 ? 0 : LINE_PX}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

function linesOf(measurement: Measurement, values: readonly Value[]): string[] {
  const [first, ...rest] = values;
  const named = measurement.label || measurement.text || "";
  if (!first) return named ? [named] : [titleOf(measurement)];
  const mark = measurement.manualScale ? " (by hand)" : "";
  if (!named) return namedValues(values).map((line, at) => (at === 0 ? line + mark : line));
  return [`${named} ${valueText(first)}${mark}`, ...rest.slice(0, MOST_LINES - 1).map(shortText)];
}

/** Numbers are named where there are several. */
function namedValues(values: readonly Value[]): string[] {
  return values.slice(0, MOST_LINES).map(values.length > 1 ? shortText : valueText);
}

/** Right of the rightmost place, and inside the viewport. */
function besideOf(places: readonly Place[], shown: ShownFrame): Place {
  const points = places.map(shown.transform.imageToScreen);
  const rightmost = points.reduce((best, point) => (point.x > best.x ? point : best), points[0] ?? { x: 0, y: 0 });
  return {
    x: Math.min(Math.max(rightmost.x + 12, 4), Math.max(4, shown.size.width - 120)),
    y: Math.min(Math.max(rightmost.y - 6, 16), Math.max(16, shown.size.height - 2 * LINE_PX)),
  };
}
