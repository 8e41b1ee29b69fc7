import { useEffect, useRef } from "react";
import type { Cine } from "./cine";
import type { ImageTransform, Point } from "./geometry";

const DIAMETER = 220;
const POWER = 2.5;

interface Props {
  cine: Cine;
  at: Point;
  transform: ImageTransform;
  filter: string | undefined;
}

/** A round glass under the pointer, drawn from the same frame. */
export function Magnifier({ cine, at, transform, filter }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const paint = () => {
      const context = canvas.current?.getContext("2d", { alpha: false });
      const { picture } = cine;
      if (!context || !picture) return;
      const [a, b, c, d] = transform.matrix;
      const middle = transform.screenToImage(at);
      const shrunk = cine.instance.columns / picture.width;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = "#000";
      context.fillRect(0, 0, DIAMETER, DIAMETER);
      context.setTransform(POWER * a, POWER * b, POWER * c, POWER * d, DIAMETER / 2, DIAMETER / 2);
      context.drawImage(
        picture,
        -middle.x,
        -middle.y,
        picture.width * shrunk,
        cine.instance.rows,
      );
    };
    paint();
    return cine.subscribe(paint);
  }, [cine, at, transform]);
  return (
    <div
      className="magnifier"
      style={{ left: at.x - DIAMETER / 2, top: at.y - DIAMETER / 2 }}
      aria-hidden="true"
    >
      <canvas ref={canvas} width={DIAMETER} height={DIAMETER} style={{ filter }} />
    </div>
  );
}
