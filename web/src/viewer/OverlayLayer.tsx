import { useEffect, useMemo } from "react";
import type { Cine } from "./cine";
import type { ImageTransform, Size } from "./geometry";
import { type ShownFrame, useToolHost } from "./tools";
import { useCine } from "./useCine";
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
  const { layers, report } = useToolHost();
  const { address, instance } = shown;
  const isPlaying = useCine(cine, (state) => state.isPlaying);
  const drawn = useCine(cine, (state) =>
    state.isPlaying && !layers.some(({ drawsOn }) => drawsOn(instance.sopInstanceUID)) ? -1 : state.frame,
  );
  const frame = drawn < 0 ? cine.frame : drawn;
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
  if (layers.length === 0) return null;
  return (
    <svg className="overlay" width={size.width} height={size.height}>
      {layers.map(({ Overlay }, at) => (
        <Overlay key={at} shown={now} />
      ))}
    </svg>
  );
}
