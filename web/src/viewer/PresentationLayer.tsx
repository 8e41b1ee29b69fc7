import { useCallback, useEffect, useMemo, useState } from "react";
import { fetchDataSet } from "../documents/dicomJson";
import { applies, type Mark, type PresentationState, readPresentationState } from "../documents/presentationState";
import { type Command, useCommands } from "../ui/commands";
import type { Point } from "./geometry";
import { type Overlay, type ShownFrame, useOverlay } from "./tools";
import type { Shown } from "./Viewport";

/** Softcopy presentation states draw on other images (PS3.4 N). */
export function isPresentationState({ instance }: Shown): boolean {
  return instance.sopClassName.includes("Softcopy Presentation State");
}

/** Draws what presentation states of the open studies mark on the images they name. */
export function PresentationLayer({ library }: { library: ReadonlyMap<string, Shown> }) {
  const [isShown, setShown] = useState(true);
  const states = useStates(library);
  useCommands(
    useMemo<Command[]>(
      () => [
        {
          id: "presentation states",
          title: "Marks of presentation states: show or hide",
          group: "Image",
          keys: ["Y"],
          run: () => setShown((before) => !before),
          isPossible: states.length > 0,
          isOn: isShown,
        },
      ],
      [states, isShown],
    ),
  );
  return isShown && states.length > 0 ? <Marks states={states} /> : null;
}

function Marks({ states }: { states: readonly PresentationState[] }) {
  const Layer = useMemo<Overlay>(
    () =>
      function Layer({ shown }) {
        return states.flatMap((state) =>
          state.marks
            .filter((mark) => applies(mark.images, state.images, shown.instance.sopInstanceUID, shown.frame))
            .map((mark, at) => <Drawn key={`${state.label} ${at}`} mark={mark} shown={shown} />),
        );
      },
    [states],
  );
  const drawsOn = useCallback(
    (uid: string) => states.some((state) => state.marks.some((mark) => (mark.images.size > 0 ? mark.images : state.images).has(uid))),
    [states],
  );
  useOverlay(Layer, drawsOn);
  return null;
}

function useStates(library: ReadonlyMap<string, Shown>): readonly PresentationState[] {
  const [states, setStates] = useState<readonly PresentationState[]>([]);
  const wanted = useMemo(() => [...library.values()].filter(isPresentationState), [library]);
  useEffect(() => {
    if (wanted.length === 0) return;
    const leaving = new AbortController();
    Promise.all(wanted.map(({ address }) => fetchDataSet(address, leaving.signal)))
      .then((sets) => setStates(sets.map(readPresentationState)))
      .catch(() => undefined);
    return () => leaving.abort();
  }, [wanted]);
  return states;
}

/** One mark in screen pixels; DISPLAY units are parts of the whole image. */
function Drawn({ mark, shown }: { mark: Mark; shown: ShownFrame }) {
  const { columns, rows } = shown.instance;
  const place = (point: Point): Point =>
    shown.transform.imageToScreen(
      mark.units === "PIXEL" ? point : { x: point.x * columns, y: point.y * rows },
    );
  const points = mark.points.map(place);
  const [first] = points;
  if (!first) return null;
  const style = { fill: mark.isFilled ? "#f0c67455" : "none", stroke: "#f0c674", strokeWidth: 1.5 };
  if (mark.kind === "text") {
    return (
      <text x={first.x} y={first.y} fill="#f0c674" stroke="#000" strokeWidth={3} paintOrder="stroke" fontSize={14}>
        {mark.words}
      </text>
    );
  }
  if (mark.kind === "point") return <circle cx={first.x} cy={first.y} r={3} fill="#f0c674" />;
  if (mark.kind === "circle") {
    const rim = points[1] ?? first;
    return <circle cx={first.x} cy={first.y} r={Math.hypot(rim.x - first.x, rim.y - first.y)} {...style} />;
  }
  if (mark.kind === "ellipse") return <path d={ellipse(points)} {...style} />;
  return <polyline points={points.map(({ x, y }) => `${x},${y}`).join(" ")} {...style} />;
}

/** Ends of the long axis, then of the short one (PS3.3 C.10.5.1.2), as an SVG arc. */
function ellipse(points: readonly Point[]): string {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return "";
  const long = Math.hypot(b.x - a.x, b.y - a.y) / 2;
  const short = Math.hypot(d.x - c.x, d.y - c.y) / 2;
  const turn = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
  return `M${a.x} ${a.y}A${long} ${short} ${turn} 1 0 ${b.x} ${b.y}A${long} ${short} ${turn} 1 0 ${a.x} ${a.y}Z`;
}
