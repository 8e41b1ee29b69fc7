/** How grey values and colours are shown: one table for each channel, applied by the screen. */

export type PaletteName = "grey" | "sepia" | "blue" | "cool" | "amber" | "ice";

export interface Look {
  /** -1 … 1; 0 leaves the picture as it is. */
  brightness: number;
  /** 0.2 … 5; 1 leaves the picture as it is. */
  contrast: number;
  inverted: boolean;
  palette: PaletteName;
}

export const PLAIN: Look = { brightness: 0, contrast: 1, inverted: false, palette: "grey" };

/** Stops from black to white, as red, green, blue in 0 … 1, evenly spaced. */
const STOPS: Record<PaletteName, readonly (readonly [number, number, number])[]> = {
  grey: [
    [0, 0, 0],
    [1, 1, 1],
  ],
  sepia: [
    [0, 0, 0],
    [0.36, 0.26, 0.17],
    [0.72, 0.58, 0.42],
    [0.93, 0.83, 0.68],
    [1, 0.98, 0.92],
  ],
  blue: [
    [0, 0, 0],
    [0.1, 0.2, 0.42],
    [0.28, 0.5, 0.82],
    [0.66, 0.83, 0.97],
    [1, 1, 1],
  ],
  cool: [
    [0, 0, 0],
    [0.12, 0.27, 0.34],
    [0.38, 0.56, 0.62],
    [0.72, 0.84, 0.86],
    [1, 1, 1],
  ],
  amber: [
    [0, 0, 0],
    [0.45, 0.16, 0.02],
    [0.86, 0.46, 0.08],
    [1, 0.78, 0.36],
    [1, 0.97, 0.86],
  ],
  ice: [
    [0, 0, 0],
    [0.06, 0.3, 0.36],
    [0.2, 0.62, 0.64],
    [0.62, 0.88, 0.84],
    [0.97, 1, 1],
  ],
};

export const PALETTES = Object.keys(STOPS) as PaletteName[];

const ENTRIES = 64;

/** True when the screen shows the picture's own values. */
export function isPlain(look: Look): boolean {
  return look.brightness === 0 && look.contrast === 1 && !look.inverted && look.palette === "grey";
}

/**
 * The three transfer tables. A grey pixel takes the palette's colour; a coloured one (flow) is
 * only tinted, because each channel has its own table.
 */
export function tablesOf(look: Look): [number[], number[], number[]] {
  const tables: [number[], number[], number[]] = [[], [], []];
  for (let entry = 0; entry < ENTRIES; entry++) {
    const stored = entry / (ENTRIES - 1);
    const seen = look.inverted ? 1 - stored : stored;
    const level = clamp((seen - 0.5) * look.contrast + 0.5 + look.brightness);
    const colour = colourAt(look.palette, level);
    for (const channel of [0, 1, 2] as const) tables[channel].push(round(colour[channel]));
  }
  return tables;
}

function colourAt(palette: PaletteName, level: number): [number, number, number] {
  const stops = STOPS[palette];
  const at = level * (stops.length - 1);
  const low = stops[Math.floor(at)] ?? [0, 0, 0];
  const high = stops[Math.min(stops.length - 1, Math.floor(at) + 1)] ?? low;
  const part = at - Math.floor(at);
  return [0, 1, 2].map((c) => (low[c] ?? 0) + part * ((high[c] ?? 0) - (low[c] ?? 0))) as [
    number,
    number,
    number,
  ];
}

function clamp(level: number): number {
  return Math.min(Math.max(level, 0), 1);
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
