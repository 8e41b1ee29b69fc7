/** Line drawings on a 20 × 20 grid, in the colour of the text beside them. */
const PATHS = {
  play: "M6 4l10 6-10 6z",
  pause: "M7 4v12M13 4v12",
  back: "M12 5l-5 5 5 5",
  forward: "M8 5l5 5-5 5",
  first: "M14 5l-6 5 6 5zM6 5v10",
  last: "M6 5l6 5-6 5zM14 5v10",
  bounce: "M3 10h14M6 7l-3 3 3 3M14 7l3 3-3 3",
  heart: "M2 11h4l2-6 3 10 2-4h5",
  sync: "M3 6h9M9 3l3 3-3 3M17 14H8M11 11l-3 3 3 3",
  trimStart: "M5 4v12M8 10h8M12 7l4 3-4 3",
  trimEnd: "M15 4v12M12 10H4M8 7l-4 3 4 3",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  actual: "M5 6v8M15 6v8M10 8v.5M10 12v.5",
  zoomIn: "M9 4a5 5 0 100 10A5 5 0 009 4zM13 13l4 4M9 7v4M7 9h4",
  zoomOut: "M9 4a5 5 0 100 10A5 5 0 009 4zM13 13l4 4M7 9h4",
  rotate: "M15 6a6.5 6.5 0 101.5 5M16 3v4h-4",
  flip: "M10 3v14M8 6L3 14h5zM12 6l5 8h-5z",
  contrast: "M4 6h7M15 6h1M13 4v4M4 14h1M9 14h7M7 12v4",
  invert: "M10 3a7 7 0 100 14zM10 3a7 7 0 010 14",
  glass: "M8 3a5.5 5.5 0 100 11A5.5 5.5 0 008 3zM12.500 12.500L17 17",
  palette: "M3 5h14v10H3zM6.500 5v10M10 5v10M13.500 5v10",
  light: "M10 6a4 4 0 100 8 4 4 0 000-8zM10 1v2M10 17v2M1 10h2M17 10h2M4 4l1 1M15 15l1 1M4 16l1-1M15 5l1-1",
  reset: "M4 8a6.500 6.500 0 111 6M4 4v4h4",
  undo: "M7 5L3 9l4 4M3 9h9a5 5 0 010 8h-2",
  redo: "M13 5l4 4-4 4M17 9H8a5 5 0 000 8h2",
  screen: "M3 4h14v9H3zM7 17h6",
  stress: "M3 3h6v6H3zM11 3h6v6h-6zM3 11h6v6H3zM11 11h6v6h-6zM5 6h2M13 6h2M5 14h2M13 14h2",
  compare: "M3 4h6v12H3zM11 4h6v12h-6zM14 8v4",
  keys: "M2 6h16v9H2zM5 9h.5M8 9h.5M11 9h.5M14 9h.5M6 12h8",
  strip: "M3 3h5v14H3zM11 3h6v14h-6zM3 8h5M3 12h5",
  close: "M5 5l10 10M15 5L5 15",
  search: "M9 4a5 5 0 100 10A5 5 0 009 4zM13 13l4 4",
  upload: "M10 14V4M6 8l4-4 4 4M3 16h14",
  download: "M10 4v10M6 10l4 4 4-4M3 17h14",
  print: "M6 8V3h8v5M6 14H3V8h14v6h-3M6 12h8v5H6z",
  link: "M8 12l4-4M9 6l2-2a3.500 3.500 0 015 5l-2 2M11 14l-2 2a3.500 3.500 0 01-5-5l2-2",
  columns: "M3 4h14v12H3zM8 4v12M13 4v12",
  star: "M10 3l2.200 4.600 5 .7-3.600 3.500.9 5L10 14.400 5.500 16.800l.9-5L2.800 8.300l5-.7z",
  up: "M10 15V5M6 9l4-4 4 4",
  down: "M10 5v10M6 11l4 4 4-4",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={PATHS[name]} fill={name === "play" ? "currentColor" : "none"} />
    </svg>
  );
}
