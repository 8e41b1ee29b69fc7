import { type PointerEvent, useRef, useState } from "react";
import type { InstanceDetail } from "../api/client";
import { between, type Rectangle } from "./rectangle";

interface Props {
  instance: InstanceDetail;
  picture: string | undefined;
  /** The picture still holds everything: a rectangle is to be drawn on it. */
  isDrawing: boolean;
  drawn: Rectangle | null;
  draw: (rectangle: Rectangle) => void;
}

/** The picture that would leave, or the whole one while a person draws what may be seen of it. */
export function MaskStage({ instance, picture, isDrawing, drawn, draw }: Props) {
  const stage = useRef<HTMLDivElement>(null);
  const [from, setFrom] = useState<{ x: number; y: number }>();
  const [under, setUnder] = useState<Rectangle | null>(null);
  const { rows, columns } = instance;
  const place = (event: PointerEvent) => {
    const box = stage.current?.getBoundingClientRect();
    if (!box) return { x: 0, y: 0 };
    return { x: ((event.clientX - box.left) / box.width) * columns, y: ((event.clientY - box.top) / box.height) * rows };
  };
  const shown = under ?? (isDrawing ? drawn : null);
  return (
    <div className="mask-frame">
      <div
        ref={stage}
        className={isDrawing ? "mask-stage drawing" : "mask-stage"}
        style={{ aspectRatio: `${columns} / ${rows * instance.pixelAspectRatio}` }}
        onPointerDown={(event) => {
          if (!isDrawing) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setFrom(place(event));
        }}
        onPointerMove={(event) => from && setUnder(between(from, place(event), instance))}
        onPointerUp={() => {
          if (under) draw(under);
          setFrom(undefined);
          setUnder(null);
        }}
      >
        {picture && <img src={picture} alt={isDrawing ? "The whole picture, with its identity" : "The picture as it would leave"} draggable={false} />}
        {shown && (
          <svg viewBox={`0 0 ${columns} ${rows}`} preserveAspectRatio="none" aria-hidden="true">
            <path
              className="hidden-part"
              fillRule="evenodd"
              d={`M0 0H${columns}V${rows}H0ZM${shown.left} ${shown.top}H${shown.right + 1}V${shown.bottom + 1}H${shown.left}Z`}
            />
            <rect
              x={shown.left}
              y={shown.top}
              width={shown.right - shown.left + 1}
              height={shown.bottom - shown.top + 1}
              vectorEffect="non-scaling-stroke"
            />
          </svg>
        )}
      </div>
    </div>
  );
}
