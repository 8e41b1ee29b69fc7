/** The video track of an MP4 (ISO/IEC 14496-12), whole or in fragments, read while it still arrives. */

/** One coded picture; samples lie in the order in which they are decoded. */
export interface Sample {
  offset: number;
  size: number;
  isKey: boolean;
  /** When it is shown, in the track's own units. */
  time: number;
}

/** What a decoder is told before the first sample. */
export interface Track {
  codec: string;
  description: Uint8Array<ArrayBuffer>;
}

interface Box {
  type: string;
  /** Of the content, in the bytes that are parsed. */
  start: number;
  end: number;
}

interface Defaults {
  duration: number;
  size: number;
  flags: number;
}

const NON_SYNC = 0x10000;
const VISUAL_ENTRY_BYTES = 78;
/** Nine hours at 30 a second: whoever announces more wants our memory. */
const MOST_SAMPLES = 1_000_000;

/** Reads boxes as they are complete; a video without a track that browsers know has none. */
export class Mp4 {
  track: Track | undefined;
  readonly samples: Sample[] = [];
  private at = 0;
  private id = 0;
  private defaults: Defaults = { duration: 0, size: 0, flags: 0 };
  private decodeTime = 0;

  /**
   * Goes on reading; `bytes` is all that is here, from the beginning.
   *
   * Throws RangeError where a box announces what it does not hold, or more than a video has.
   */
  read(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let box = boxAt(view, this.at); box; box = boxAt(view, this.at)) {
      const isContainer = box.type === "moov" || box.type === "moof";
      if (isContainer && box.end > bytes.length) return;
      if (box.type === "moov") this.readMovie(view, box);
      else if (box.type === "moof") this.readFragment(view, box, this.at);
      this.at = box.end;
    }
  }

  private readMovie(view: DataView, movie: Box): void {
    const trak = boxesIn(view, movie).find((box) => {
      const handler = box.type === "trak" && find(view, box, "mdia", "hdlr");
      return handler && textAt(view, handler.start + 8) === "vide";
    });
    if (!trak) return;
    const head = find(view, trak, "tkhd");
    if (head) this.id = view.getUint32(head.start + (view.getUint8(head.start) === 1 ? 20 : 12));
    const table = find(view, trak, "mdia", "minf", "stbl");
    if (!table) return;
    const description = find(view, table, "stsd");
    if (description) this.track = trackOf(view, description);
    for (const sample of samplesOf(view, table)) this.samples.push(sample);
    for (const extended of boxesIn(view, find(view, movie, "mvex"))) {
      if (extended.type !== "trex" || view.getUint32(extended.start + 4) !== this.id) continue;
      const [duration, size, flags] = [12, 16, 20].map((at) => view.getUint32(extended.start + at));
      this.defaults = { duration: duration ?? 0, size: size ?? 0, flags: flags ?? 0 };
    }
  }

  private readFragment(view: DataView, fragment: Box, fragmentAt: number): void {
    for (const traf of boxesIn(view, fragment)) {
      const head = traf.type === "traf" ? find(view, traf, "tfhd") : undefined;
      if (!head || view.getUint32(head.start + 4) !== this.id) continue;
      const has = view.getUint32(head.start) & 0xffffff;
      let at = head.start + 8;
      const next = (bit: number, otherwise: number) => {
        if (!(has & bit)) return otherwise;
        at += 4;
        return view.getUint32(at - 4);
      };
      let base = fragmentAt;
      if (has & 0x1) {
        base = Number(view.getBigUint64(at));
        at += 8;
      }
      next(0x2, 0);
      const defaults: Defaults = {
        duration: next(0x8, this.defaults.duration),
        size: next(0x10, this.defaults.size),
        flags: next(0x20, this.defaults.flags),
      };
      const time = find(view, traf, "tfdt");
      if (time) this.decodeTime = view.getUint8(time.start) === 1 ? Number(view.getBigUint64(time.start + 4)) : view.getUint32(time.start + 4);
      for (const run of boxesIn(view, traf)) if (run.type === "trun") this.readRun(view, run, base, defaults);
    }
  }

  private readRun(view: DataView, run: Box, base: number, defaults: Defaults): void {
    const has = view.getUint32(run.start) & 0xffffff;
    const count = bounded(view.getUint32(run.start + 4) + this.samples.length) - this.samples.length;
    let at = run.start + 8;
    const next = (bit: number, otherwise: number) => {
      if (!(has & bit)) return otherwise;
      at += 4;
      return view.getInt32(at - 4);
    };
    let offset = base + next(0x1, 0);
    const firstFlags = next(0x4, defaults.flags);
    for (let sample = 0; sample < count; sample++) {
      const duration = next(0x100, defaults.duration);
      const size = next(0x200, defaults.size);
      const flags = next(0x400, sample === 0 ? firstFlags : defaults.flags);
      const shift = next(0x800, 0);
      this.samples.push({ offset, size, isKey: !(flags & NON_SYNC), time: this.decodeTime + shift });
      offset += size;
      this.decodeTime += duration;
    }
  }
}

/** The samples in the order in which they are shown, as places in the order of decoding. */
export function shownOrder(samples: readonly Sample[]): number[] {
  return samples.map((_, at) => at).sort((one, other) => (samples[one]?.time ?? 0) - (samples[other]?.time ?? 0));
}

function boxAt(view: DataView, at: number): Box | undefined {
  if (at + 8 > view.byteLength) return undefined;
  const type = textAt(view, at + 4);
  let size = view.getUint32(at);
  let start = at + 8;
  if (size === 1) {
    if (at + 16 > view.byteLength) return undefined;
    size = Number(view.getBigUint64(at + 8));
    start = at + 16;
  }
  // A size of 0 says: to the end. Less than a header is no box.
  const end = size === 0 ? Infinity : Math.max(at + size, start);
  return { type, start, end };
}

function boxesIn(view: DataView, box: Box | undefined): Box[] {
  const found: Box[] = [];
  if (!box) return found;
  const end = Math.min(box.end, view.byteLength);
  for (let at = box.start; at < end; ) {
    const inner = boxAt(view, at);
    if (!inner) break;
    found.push({ ...inner, end: Math.min(inner.end, end) });
    at = inner.end;
  }
  return found;
}

function find(view: DataView, box: Box, ...path: string[]): Box | undefined {
  return path.reduce<Box | undefined>((within, type) => boxesIn(view, within).find((inner) => inner.type === type), box);
}

function textAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

/** H.264 or HEVC, by the first sample entry. */
function trackOf(view: DataView, descriptions: Box): Track | undefined {
  const entry = boxAt(view, descriptions.start + 8);
  if (!entry) return undefined;
  const within = { ...entry, start: entry.start + VISUAL_ENTRY_BYTES };
  const avc = find(view, within, "avcC");
  const hevc = find(view, within, "hvcC");
  const set = avc ?? hevc;
  if (!set) return undefined;
  const description = new Uint8Array(view.buffer, view.byteOffset + set.start, set.end - set.start).slice();
  return { codec: avc ? avcCodec(description) : hevcCodec(entry.type, description), description };
}

function avcCodec(set: Uint8Array): string {
  return `avc1.${[1, 2, 3].map((at) => (set[at] ?? 0).toString(16).padStart(2, "0")).join("")}`;
}

/** ISO/IEC 14496-15 E.3. */
function hevcCodec(entry: string, set: Uint8Array): string {
  const general = set[1] ?? 0;
  const space = ["", "A", "B", "C"][general >> 6] ?? "";
  const flags = [2, 3, 4, 5].reduce((sum, at) => sum * 256 + (set[at] ?? 0), 0);
  const turned = Number.parseInt([...flags.toString(2).padStart(32, "0")].reverse().join(""), 2);
  const constraints = [...set.slice(6, 12)].map((byte) => byte.toString(16).toUpperCase());
  while (constraints.length > 0 && constraints.at(-1) === "0") constraints.pop();
  const tier = general & 0x20 ? "H" : "L";
  return [entry, `${space}${general & 0x1f}`, turned.toString(16).toUpperCase(), `${tier}${set[12] ?? 0}`, ...constraints].join(".");
}

/** Lays the tables of a whole MP4 out, sample by sample. */
function samplesOf(view: DataView, table: Box): Sample[] {
  const sizes = find(view, table, "stsz");
  const chunks = find(view, table, "stco") ?? find(view, table, "co64");
  if (!sizes || !chunks) return [];
  const same = view.getUint32(sizes.start + 4);
  const count = bounded(view.getUint32(sizes.start + 8));
  const keys = numbersIn(view, find(view, table, "stss"), 1).map(([number]) => number);
  const isKey = new Set(keys);
  const durations = spread(numbersIn(view, find(view, table, "stts"), 2), count);
  const shifts = spread(numbersIn(view, find(view, table, "ctts"), 2), count);
  const inChunk = chunkSizes(numbersIn(view, find(view, table, "stsc"), 3), bounded(view.getUint32(chunks.start + 4)));
  const samples: Sample[] = [];
  let decodeTime = 0;
  let chunk = 0;
  let left = 0;
  let offset = 0;
  for (let at = 0; at < count; at++) {
    while (left === 0 && chunk < inChunk.length) {
      offset = chunkOffset(view, chunks, chunk);
      left = inChunk[chunk++] ?? 0;
    }
    const size = same || view.getUint32(sizes.start + 12 + 4 * at);
    samples.push({ offset, size, isKey: keys.length === 0 || isKey.has(at + 1), time: decodeTime + (shifts[at] ?? 0) });
    offset += size;
    decodeTime += durations[at] ?? 0;
    left--;
  }
  return samples;
}

function chunkOffset(view: DataView, chunks: Box, chunk: number): number {
  if (chunks.type === "stco") return view.getUint32(chunks.start + 8 + 4 * chunk);
  return Number(view.getBigUint64(chunks.start + 8 + 8 * chunk));
}

/** Rows of a table of so many columns, after its version and count. */
function numbersIn(view: DataView, table: Box | undefined, columns: number): number[][] {
  if (!table) return [];
  const rows = Math.min(view.getUint32(table.start + 4), Math.floor((table.end - table.start - 8) / (4 * columns)));
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => view.getInt32(table.start + 8 + 4 * (row * columns + column))),
  );
}

/** Repeats each value as often as it counts, for so many samples and no more. */
function spread(runs: readonly number[][], samples: number): number[] {
  const values: number[] = [];
  for (const [count = 0, value = 0] of runs) {
    for (let more = Math.min(count, samples - values.length); more > 0; more--) values.push(value);
  }
  return values;
}

function chunkSizes(runs: readonly number[][], chunks: number): number[] {
  const sizes: number[] = [];
  runs.forEach(([first = 1, samples = 0], at) => {
    const after = Math.min(runs[at + 1]?.[0] ?? chunks + 1, chunks + 1);
    for (let chunk = first; chunk < after && sizes.length < chunks; chunk++) sizes.push(samples);
  });
  return sizes;
}

function bounded(count: number): number {
  if (count > MOST_SAMPLES) throw new RangeError("more samples than a video has");
  return count;
}
