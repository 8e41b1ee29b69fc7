/** What the page and its frame workers say to each other. */

/** How the frames of one object are fetched. */
export interface FrameSource {
  /** DICOMweb path of the instance. */
  path: string;
  numberOfFrames: number;
  columns: number;
  rows: number;
  /** As stored in JPEG, or drawn by the server because no browser reads the stored syntax. */
  presentation: "stored-jpeg" | "rendered";
  /** What a rendered frame is sent as. */
  renderedType: "image/png" | "image/jpeg";
}

export type ToWorker =
  | { kind: "open"; clip: number; source: FrameSource; first: number }
  | { kind: "decode"; clip: number; frame: number; shrink: number }
  | { kind: "close"; clip: number };

export type FromWorker =
  | { kind: "arrived"; clip: number; frame: number; bytes: number }
  | { kind: "decoded"; clip: number; frame: number; shrink: number; picture: ImageBitmap }
  | { kind: "undecodable"; clip: number; frame: number; shrink: number }
  | { kind: "failed"; clip: number; problem: string; status: number };
