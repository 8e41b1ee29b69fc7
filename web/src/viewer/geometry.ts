/** Where an image lies in its viewport: plain matrices, no DOM. */

/**
 * A position. In the image: pixels, origin at the outer corner of the top left pixel, so that
 * the centre of that pixel is (0.5, 0.5) (PS3.3 C.18.6.1.2). On screen: CSS pixels, origin at
 * the top left corner of the viewport.
 */
export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** How a person looks at an image; `zoom` null fits it into the viewport. */
export interface View {
  /** Screen pixels for one image row; null: as large as fits. */
  zoom: number | null;
  /** The image's middle, away from the viewport's middle, in screen pixels. */
  pan: Point;
  /** Clockwise, after the mirror. */
  quarterTurns: 0 | 1 | 2 | 3;
  /** Left and right of the stored image exchanged. */
  flipped: boolean;
}

export const FITTED: View = { zoom: null, pan: { x: 0, y: 0 }, quarterTurns: 0, flipped: false };

/** The image's size and the height of one pixel divided by its width. */
export interface ImageShape {
  columns: number;
  rows: number;
  pixelAspectRatio: number;
}

/** Both ways between image and screen, frozen for one look at one image. */
export interface ImageTransform {
  imageToScreen: (point: Point) => Point;
  screenToImage: (point: Point) => Point;
  /** Screen pixels for one image column and for one image row. */
  scaleX: number;
  scaleY: number;
  /** The same as `imageToScreen`, for CSS and SVG: matrix(a, b, c, d, e, f). */
  matrix: readonly [number, number, number, number, number, number];
}

const SMALLEST = 0.05;
const LARGEST = 40;

export function clampZoom(zoom: number): number {
  return Math.min(Math.max(zoom, SMALLEST), LARGEST);
}

/** The zoom at which the whole image is seen. */
export function fittingZoom(image: ImageShape, viewport: Size, view: View): number {
  const lying = view.quarterTurns % 2 === 1;
  const wide = image.columns / image.pixelAspectRatio;
  const width = lying ? image.rows : wide;
  const height = lying ? wide : image.rows;
  return Math.min(viewport.width / Math.max(width, 1), viewport.height / Math.max(height, 1));
}

/** Lays an image into a viewport. */
export function transformOf(image: ImageShape, viewport: Size, view: View): ImageTransform {
  const zoom = view.zoom ?? fittingZoom(image, viewport, view);
  // The row keeps its size and the column follows: scanners say height by width of a pixel.
  const scaleX = zoom / image.pixelAspectRatio;
  const scaleY = zoom;
  const cos = [1, 0, -1, 0][view.quarterTurns] ?? 1;
  const sin = [0, 1, 0, -1][view.quarterTurns] ?? 0;
  const mirror = view.flipped ? -1 : 1;
  const a = mirror * cos * scaleX;
  const b = mirror * sin * scaleX;
  const c = -sin * scaleY;
  const d = cos * scaleY;
  const middle = { x: image.columns / 2, y: image.rows / 2 };
  const e = viewport.width / 2 + view.pan.x - (a * middle.x + c * middle.y);
  const f = viewport.height / 2 + view.pan.y - (b * middle.x + d * middle.y);
  const whole = a * d - b * c;
  return {
    imageToScreen: ({ x, y }) => ({ x: a * x + c * y + e, y: b * x + d * y + f }),
    screenToImage: ({ x, y }) => ({
      x: (d * (x - e) - c * (y - f)) / whole,
      y: (a * (y - f) - b * (x - e)) / whole,
    }),
    scaleX,
    scaleY,
    matrix: [a, b, c, d, e, f],
  };
}

/** Zooms by a factor so that the image stays still under `at` (screen pixels). */
export function zoomedAt(image: ImageShape, viewport: Size, view: View, factor: number, at: Point): View {
  const before = view.zoom ?? fittingZoom(image, viewport, view);
  const zoom = clampZoom(before * factor);
  const grown = zoom / before;
  const fromMiddle = { x: at.x - viewport.width / 2, y: at.y - viewport.height / 2 };
  return {
    ...view,
    zoom,
    pan: {
      x: fromMiddle.x - (fromMiddle.x - view.pan.x) * grown,
      y: fromMiddle.y - (fromMiddle.y - view.pan.y) * grown,
    },
  };
}

/** One image pixel for one screen pixel. */
export function actualSize(view: View, devicePixelRatio: number): View {
  return { ...view, zoom: 1 / devicePixelRatio, pan: { x: 0, y: 0 } };
}

export function turned(view: View): View {
  return { ...view, quarterTurns: ((view.quarterTurns + 1) % 4) as View["quarterTurns"] };
}

/** Left and right exchanged as they are seen, whatever was turned before. */
export function mirrored(view: View): View {
  return {
    ...view,
    flipped: !view.flipped,
    quarterTurns: ((4 - view.quarterTurns) % 4) as View["quarterTurns"],
    pan: { x: -view.pan.x, y: view.pan.y },
  };
}
