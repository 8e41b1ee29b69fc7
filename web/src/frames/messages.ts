/** What the page and its frame workers say to each other. */

/** How the frames of one object are fetched. */
export interface FrameSource {
  /** DICOMweb path of the instance. */
  path: string;
  numberOfFrames: number;
  columns: number;
  rows: number;
  /** As stored in JPEG, drawn by the server because no browser reads the stored syntax, or a video. */
  presentation: "stored-jpeg" | "rendered" | "video";
  /** What a rendered frame is sent as. */
  renderedType: "image/png" | "image/jpeg";
}

/** A part of the picture, in its pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type ToWorker =
  | { kind: "open"; clip: number; source: FrameSource; first: number }
  | { kind: "decode"; clip: number; frame: number; shrink: number }
  | { kind: "look"; clip: number; box: Box; frames: readonly number[] }
  | { kind: "close"; clip: number };

export type FromWorker =
  | { kind: "arrived"; clip: number; frame: number; bytes: number }
  | { kind: "decoded"; clip: number; frame: number; shrink: number; picture: ImageBitmap }
  | { kind: "seen"; clip: number; strips: readonly Uint8Array[] }
  | { kind: "undecodable"; clip: number; frame: number; shrink: number }
  | { kind: "failed"; clip: number; problem: string; status: number };
