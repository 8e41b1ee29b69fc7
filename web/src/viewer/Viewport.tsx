import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { InstanceAddress, InstanceDetail } from "../api/client";
import type { FrameCache } from "../frames/frameCache";
import { pictureShown } from "../study/firstPicture";
import { Cine } from "./cine";
import type { FrameClock } from "./clock";
import { transformOf, type Size } from "./geometry";
import { isPlain } from "./look";
import { LookFilter } from "./LookFilter";
import { Magnifier } from "./Magnifier";
import { OverlayLayer } from "./OverlayLayer";
import { type Playing } from "./playing";
import { usePointer } from "./usePointer";
import { ViewportNotice, ViewportStrip } from "./ViewportReadout";
import type { Cell } from "./workspace";

/** What all viewports of the page share. */
export interface Engine {
  cache: FrameCache;
  clock: FrameClock;
}

/** An object that a cell can show. */
export interface Shown {
  address: InstanceAddress;
  instance: InstanceDetail;
  /** Empty for the study that is open; else what tells the other study apart. */
  studyLabel: string;
}

export interface ViewportProps {
  index: number;
  engine: Engine;
  cell: Cell;
  shown: Shown;
  playing: Playing;
  isActive: boolean;
  /** Loops play as soon as their first frame is here. */
  startsPlaying: boolean;
  magnifies: boolean;
  /** The left button changes brightness and contrast. */
  adjusts: boolean;
  activate: () => void;
  change: (change: Partial<Cell>, gesture: string) => void;
  maximise: () => void;
  /** Tells the page of the player while it lives. */
  attach: (index: number, cine: Cine | null) => void;
  /** After a person moved this loop by hand. */
  moved: (index: number) => void;
}

/** The type under which a filmstrip picture is dragged. */
export const DRAGGED = "application/x-sonarium-instance";

/** Takes an object dropped from the filmstrip. */
export function dropTarget(drop: (uid: string) => void) {
  return {
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      const uid = event.dataTransfer.getData(DRAGGED);
      if (!uid) return;
      event.preventDefault();
      drop(uid);
    },
  };
}

/** Shows one still or loop, with the layers of all tools over it. */
export function Viewport(props: ViewportProps) {
  const { engine, cell, shown, playing, index, attach, startsPlaying } = props;
  const { address, instance } = shown;
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [cine, setCine] = useState<Cine | null>(null);
  const [attempt, setAttempt] = useState(0);
  const first = useRef(playing);
  first.current = playing;

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    setSize({ width: element.clientWidth, height: element.clientHeight });
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const context = canvas.current?.getContext("2d", { alpha: false });
    if (!context) return;
    const clip = engine.cache.hold(address, instance, first.current.trim.first);
    const draw = (picture: ImageBitmap) => {
      const { canvas: screen } = context;
      if (screen.width !== picture.width || screen.height !== picture.height) {
        screen.width = picture.width;
        screen.height = picture.height;
      }
      context.drawImage(picture, 0, 0);
      screen.dataset["drawn"] = "yes";
      pictureShown();
    };
    if (canvas.current) delete canvas.current.dataset["drawn"];
    const player = new Cine(engine.clock, clip, instance, draw, first.current);
    setCine(player);
    attach(index, player);
    if (startsPlaying) player.play();
    return () => {
      attach(index, null);
      player.close();
      engine.cache.release(clip);
    };
    // `startsPlaying` matters only at the beginning.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [engine, address, instance, index, attach, attempt]);

  useEffect(() => cine?.change(playing), [cine, playing]);

  const transform = useMemo(() => transformOf(instance, size, cell.view), [instance, size, cell.view]);
  useEffect(() => cine?.setShrink(shrinkFor(transform.scaleX)), [cine, transform.scaleX]);

  const pointer = usePointer({ ...props, cine, frame, transform, size });
  const retry = useCallback(() => setAttempt((before) => before + 1), []);
  const filter = isPlain(cell.look) ? undefined : `url(#look-${index})`;
  return (
    <div className={props.isActive ? "framed active" : "framed"}>
      <div
        ref={frame}
        className={props.isActive ? "viewport active" : "viewport"}
        style={{ cursor: pointer.cursor }}
        {...pointer.handlers}
      >
        {filter && <LookFilter id={`look-${index}`} look={cell.look} />}
        <canvas
          ref={canvas}
          className={transform.scaleX > 3 ? "picture sharp" : "picture"}
          style={{
            width: instance.columns,
            height: instance.rows,
            transform: `matrix(${transform.matrix.join(",")})`,
            filter,
          }}
          role="img"
          aria-label={labelOf(shown)}
        />
        {cine && (
          <>
            <OverlayLayer
              cine={cine}
              shown={shown}
              transform={transform}
              size={size}
              viewport={index}
              isActive={props.isActive}
            />
            <ViewportNotice cine={cine} shown={shown} retry={retry} />
          </>
        )}
        {props.magnifies && pointer.over && cine && (
          <Magnifier cine={cine} at={pointer.over} transform={transform} filter={filter} />
        )}
      </div>
      {cine && <ViewportStrip cine={cine} shown={shown} cell={cell} transform={transform} />}
    </div>
  );
}

/** Loops in small viewports are kept at half or quarter size: many of them stay in memory. */
function shrinkFor(scale: number): number {
  const onScreen = scale * devicePixelRatio;
  if (onScreen <= 0) return 1;
  return onScreen <= 0.3 ? 4 : onScreen <= 0.62 ? 2 : 1;
}

function labelOf({ instance, studyLabel }: Shown): string {
  const kind = instance.numberOfFrames > 1 ? `loop of ${instance.numberOfFrames} frames` : "still";
  return [studyLabel, instance.stageName, instance.viewName, instance.sopClassName, kind]
    .filter(Boolean)
    .join(", ");
}
