import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { Cine } from "./cine";
import type { ImageTransform, Size } from "./geometry";
import { type ShownFrame, useToolHost } from "./tools";
import type { Shown } from "./Viewport";

interface Props {
  cine: Cine;
  shown: Shown;
  transform: ImageTransform;
  size: Size;
  viewport: number;
  isActive: boolean;
}

/** The layers of all tools over one image, moved on with its frames. */
export function OverlayLayer({ cine, shown, transform, size, viewport, isActive }: Props) {
  const { overlays, report } = useToolHost();
  const { frame, isPlaying } = useSyncExternalStore(cine.subscribe, cine.snapshot);
  const { address, instance } = shown;
  const now = useMemo<ShownFrame>(
    () => ({ viewport, isActive, address, instance, frame: frame + 1, isPlaying, transform, size }),
    [viewport, isActive, address, instance, frame, isPlaying, transform, size],
  );
  useEffect(() => {
    // A playing loop would tell the whole page of every frame.
    if (isActive && !isPlaying) report(now);
  }, [isActive, isPlaying, now, report]);
  useEffect(() => {
    if (isActive && isPlaying) report({ viewport, isActive, address, instance, frame: cine.frame + 1, isPlaying, transform, size });
  }, [isActive, isPlaying, viewport, address, instance, transform, size, cine, report]);
  if (overlays.length === 0) return null;
  return (
    <svg className="overlay" width={size.width} height={size.height}>
      {overlays.map((Layer, at) => (
        <Layer key={at} shown={now} />
      ))}
    </svg>
  );
}
