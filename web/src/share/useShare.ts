import { useEffect, useMemo, useState } from "react";
import { type InstanceAddress, instancePath } from "../api/client";
import type { Rectangle } from "./rectangle";
import { maskedFrame, type Picked, previewOf, type SharePreview } from "./server";

export interface Frames {
  first: number;
  last: number;
}

export interface Share {
  picked: Picked;
  preview: SharePreview | undefined;
  /** What is to be looked at, as an address for an image. */
  picture: string | undefined;
  problem: string;
}

/** Asks what would leave, and for the picture of one frame of it. */
export function useShare(
  address: InstanceAddress,
  frames: Frames,
  frame: number,
  drawn: Rectangle | null,
  isDrawing: boolean,
): Share {
  const [preview, setPreview] = useState<SharePreview>();
  const [masked, setMasked] = useState<string>();
  const [problem, setProblem] = useState("");
  const { first, last } = frames;
  const picked = useMemo(() => ({ address, first, last, drawn }), [address, first, last, drawn]);
  useEffect(() => {
    let isWanted = true;
    previewOf(picked)
      .then((next) => {
        if (!isWanted) return;
        setPreview(next);
        setProblem("");
      })
      .catch((error: unknown) => isWanted && setProblem(wordsOf(error)));
    return () => {
      isWanted = false;
    };
  }, [picked]);
  const isMasked = !isDrawing && (preview?.kept.length ?? 0) > 0;
  useEffect(() => {
    if (!isMasked) {
      setMasked(undefined);
      return;
    }
    const leaving = new AbortController();
    let url = "";
    maskedFrame(picked, frame, leaving.signal)
      .then((picture) => {
        url = URL.createObjectURL(picture);
        setMasked(url);
      })
      .catch((error: unknown) => !leaving.signal.aborted && setProblem(wordsOf(error)));
    return () => {
      leaving.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [picked, frame, isMasked]);
  const whole = `${instancePath(address)}/frames/${frame + 1}/rendered`;
  return { picked, preview, picture: isMasked ? masked : preview ? whole : undefined, problem };
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
