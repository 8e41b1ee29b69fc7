import { lazy, type ReactNode, useCallback, useMemo, useSyncExternalStore } from "react";
import { Fetched } from "../ui/Fetched";
import type { Desk } from "./desk";
import { beatsOfInstance, playingOf } from "./playing";
import { dropTarget, type Engine, type Shown, Viewport } from "./Viewport";
import { type Cell, cellCount, EMPTY_CELL, LAYOUTS } from "./workspace";

const DocumentCell = lazy(() => import("../documents/DocumentCell"));

interface Props {
  desk: Desk;
  engine: Engine;
  find: (uid: string) => Shown | undefined;
  autoplay: boolean;
  magnifies: boolean;
  adjusts: boolean;
}

/** The viewports of the layout, or the active one alone. */
export function Grid({ desk, engine, find, autoplay, magnifies, adjusts }: Props) {
  const { layout, cells, active, isMaximised } = useSyncExternalStore(desk.store.subscribe, desk.store.snapshot);
  const shape = isMaximised ? { rows: 1, columns: 1 } : LAYOUTS[layout];
  const indices = isMaximised ? [active] : Array.from({ length: cellCount(layout) }, (_, at) => at);
  return (
    <div
      className="grid"
      style={{
        gridTemplateColumns: `repeat(${shape.columns}, minmax(0, 1fr))`,
        gridTemplateRows: `repeat(${shape.rows}, minmax(0, 1fr))`,
      }}
    >
      {indices.map((index) => (
        <Slot
          key={index}
          index={index}
          cell={cells[index] ?? EMPTY_CELL}
          isActive={index === active}
          {...{ desk, engine, find, autoplay, magnifies, adjusts }}
        />
      ))}
    </div>
  );
}

interface SlotProps extends Props {
  index: number;
  cell: Cell;
  isActive: boolean;
}

function Slot({ index, cell, isActive, desk, engine, find, autoplay, magnifies, adjusts }: SlotProps) {
  const shown = cell.uid === null ? undefined : find(cell.uid);
  const activate = useCallback(() => desk.activate(index), [desk, index]);
  const change = useCallback(
    (patch: Partial<Cell>, gesture: string) => desk.changeAt(index, patch, gesture),
    [desk, index],
  );
  const moved = useCallback(() => desk.moved(), [desk]);
  const maximise = useCallback(() => desk.maximise(), [desk]);
  const playing = useMemo(() => (shown ? playingOf(cell, shown.instance) : undefined), [cell, shown]);
  const drop = dropTarget((uid) => desk.place(index, uid));
  if (!shown || !playing) {
    return (
      <Plain isActive={isActive} activate={activate} drop={drop}>
        <p className="empty">{cell.uid === null ? "Drag an image here, or choose one and press Enter" : "This object is no longer here"}</p>
      </Plain>
    );
  }
  const { presentation } = shown.instance;
  if (presentation === "none") {
    return (
      <Plain isActive={isActive} activate={activate} drop={drop}>
        <Fetched waiting={<p className="empty">Loading…</p>} without={<p className="empty">What shows this could not be fetched</p>}>
          <DocumentCell
            key={cell.uid}
            shown={shown}
            open={(uid, as) => desk.place(index, uid, as)}
            isHere={(uid) => find(uid) !== undefined}
            moment={desk.moment}
          />
        </Fetched>
      </Plain>
    );
  }
  return (
    <div className="slot" {...drop}>
      <Viewport
        key={cell.uid}
        {...{ index, engine, cell, shown, playing, isActive, magnifies, adjusts, activate, change, maximise, moved }}
        startsPlaying={autoplay}
        attach={desk.attach}
      />
      {cell.beat !== null && (
        <span className="beat-note">
          Beat {cell.beat + 1} of {beatsOfInstance(shown.instance).beats.length}, by {beatsOfInstance(shown.instance).source}
        </span>
      )}
    </div>
  );
}

interface PlainProps {
  isActive: boolean;
  activate: () => void;
  drop: ReturnType<typeof dropTarget>;
  children: ReactNode;
}

function Plain({ isActive, activate, drop, children }: PlainProps) {
  return (
    <div className="slot" {...drop}>
      <div className={isActive ? "viewport plain active" : "viewport plain"} onPointerDown={activate}>
        {children}
      </div>
    </div>
  );
}
