import { FITTED, mirrored, type Point, type View } from "../viewer/geometry";
import { type Look, PLAIN } from "../viewer/look";
import { type DataSet, items, numbers, text, texts } from "./dicomJson";

/** How a Grayscale or Color Softcopy Presentation State wants images shown (PS3.3 A.33). */
export interface PresentationState {
  label: string;
  /** Images by SOP Instance UID, with the frames meant; none: all. */
  images: ReadonlyMap<string, readonly number[]>;
  marks: Mark[];
  look: Partial<Look>;
  view: Partial<View>;
}

/** A drawing or words on an image. */
export interface Mark {
  images: ReadonlyMap<string, readonly number[]>;
  kind: "line" | "point" | "circle" | "ellipse" | "text";
  /** Pixels of the image, or parts (0 … 1) of what is displayed. */
  units: "PIXEL" | "DISPLAY";
  points: Point[];
  isFilled: boolean;
  words: string;
}

export function readPresentationState(set: DataSet): PresentationState {
  return {
    label: text(set, "00700081") || text(set, "00700080") || "Presentation state",
    images: imagesOf(items(set, "00081115").flatMap((series) => items(series, "00081140"))),
    marks: items(set, "00700001").flatMap(marksOf),
    look: lookOf(set),
    view: viewOf(set),
  };
}

function imagesOf(references: readonly DataSet[]): Map<string, readonly number[]> {
  return new Map(references.map((one) => [text(one, "00081155"), numbers(one, "00081160")]));
}

const KINDS: Record<string, Mark["kind"]> = {
  POINT: "point",
  POLYLINE: "line",
  INTERPOLATED: "line",
  CIRCLE: "circle",
  ELLIPSE: "ellipse",
};

function marksOf(annotation: DataSet): Mark[] {
  const images = imagesOf(items(annotation, "00081140"));
  const drawings = items(annotation, "00700009").map(
    (object): Mark => ({
      images,
      kind: KINDS[text(object, "00700023")] ?? "line",
      units: unitsOf(text(object, "00700005")),
      points: pointsOf(numbers(object, "00700022")),
      isFilled: text(object, "00700024") === "Y",
      words: "",
    }),
  );
  const words = items(annotation, "00700008").map((object): Mark => {
    const box = numbers(object, "00700010");
    const anchor = numbers(object, "00700014");
    return {
      images,
      kind: "text",
      units: unitsOf(text(object, box.length ? "00700003" : "00700004")),
      points: pointsOf(box.length ? box : anchor),
      isFilled: false,
      words: text(object, "00700006"),
    };
  });
  return [...drawings, ...words].filter((mark) => mark.points.length > 0);
}

function unitsOf(written: string): Mark["units"] {
  return written === "DISPLAY" ? "DISPLAY" : "PIXEL";
}

function pointsOf(values: readonly number[]): Point[] {
  const points: Point[] = [];
  for (let at = 0; at + 1 < values.length; at += 2) points.push({ x: values[at] ?? 0, y: values[at + 1] ?? 0 });
  return points;
}

const FULL_SCALE = 255;

/** Softcopy VOI LUT and Presentation LUT, as far as a window and an inversion say them. */
function lookOf(set: DataSet): Partial<Look> {
  const [voi] = items(set, "00283110");
  const centre = voi && numbers(voi, "00281050")[0];
  const width = voi && numbers(voi, "00281051")[0];
  const inverted = text(set, "20500020") === "INVERSE";
  if (centre === undefined || width === undefined || width <= 0) return inverted ? { inverted } : {};
  const contrast = Math.min(Math.max(FULL_SCALE / width, 0.2), 5);
  const brightness = Math.min(Math.max(0.5 * contrast - centre / width, -1), 1);
  return { ...PLAIN, contrast, brightness, inverted };
}

/** Spatial Transformation: a rotation clockwise, then perhaps a mirror (PS3.3 C.10.6). */
function viewOf(set: DataSet): Partial<View> {
  const degrees = numbers(set, "00700042")[0] ?? 0;
  const flipped = texts(set, "00700041")[0] === "Y";
  const quarterTurns = (((Math.round(degrees / 90) % 4) + 4) % 4) as View["quarterTurns"];
  const turned = { ...FITTED, quarterTurns };
  return flipped ? mirrored(turned) : quarterTurns ? turned : {};
}

/** Whether a mark belongs to a frame (from 1) of an image. */
export function applies(
  images: ReadonlyMap<string, readonly number[]>,
  within: ReadonlyMap<string, readonly number[]>,
  uid: string,
  frame: number,
): boolean {
  const named = images.size > 0 ? images : within;
  const frames = named.get(uid);
  return frames !== undefined && (frames.length === 0 || frames.includes(frame));
}
