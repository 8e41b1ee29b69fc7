import { useEffect, useRef, useState } from "react";
import { instancePath, type InstanceAddress, type InstanceDetail } from "../api/client";
import { partsOf } from "../frames/multipart";

const MOST_FRAMES = 12;
const WIDTH = 240;

interface Props {
  address: InstanceAddress;
  instance: InstanceDetail;
}

/** A small, coarse run of a loop, for as long as the pointer rests on its picture. */
export function HoverClip({ address, instance }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    const leaving = new AbortController();
    const pictures: ImageBitmap[] = [];
    const count = Math.min(MOST_FRAMES, instance.numberOfFrames);
    const frames = Array.from({ length: count }, (_, at) => 1 + Math.floor((at * instance.numberOfFrames) / count));
    const height = Math.round((WIDTH * instance.rows * instance.pixelAspectRatio) / Math.max(1, instance.columns));
    let timer = 0;
    let at = 0;
    const show = () => {
      const picture = pictures[at++ % Math.max(1, pictures.length)];
      const element = canvas.current;
      if (!picture || !element) return;
      element.width = picture.width;
      element.height = picture.height;
      element.getContext("2d")?.drawImage(picture, 0, 0);
      setDrawn(true);
    };
    const load = async () => {
      const response = await fetch(
        `${instancePath(address)}/frames/${frames.join(",")}/rendered?viewport=${WIDTH},${height}&quality=60`,
        { headers: { Accept: 'multipart/related; type="image/jpeg"' }, signal: leaving.signal },
      );
      if (!response.ok) return;
      for await (const part of partsOf(response)) pictures.push(await createImageBitmap(part));
      if (!leaving.signal.aborted) timer = window.setInterval(show, Math.max(40, instance.loopLengthMs / count));
    };
    load().catch(() => undefined);
    return () => {
      leaving.abort();
      window.clearInterval(timer);
      for (const picture of pictures) picture.close();
    };
  }, [address, instance]);
  return <canvas ref={canvas} className={isDrawn ? "hover-clip drawn" : "hover-clip"} aria-hidden="true" />;
}

const REST_MS = 250;

/** True while the pointer rests on something. */
export function useResting(): [boolean, { onPointerEnter: () => void; onPointerLeave: () => void }] {
  const [isResting, setResting] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return [
    isResting,
    {
      onPointerEnter: () => {
        timer.current = window.setTimeout(() => setResting(true), REST_MS);
      },
      onPointerLeave: () => {
        window.clearTimeout(timer.current);
        setResting(false);
      },
    },
  ];
}
