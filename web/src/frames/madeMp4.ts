/** Makes small MP4 files for tests, box by box (ISO/IEC 14496-12). */

type Content = number[] | Uint8Array;

export const text = (word: string) => [...word].map((letter) => letter.charCodeAt(0));
export const u32 = (...numbers: number[]) => numbers.flatMap((one) => [24, 16, 8, 0].map((bits) => (one >>> bits) & 255));

export function box(type: string, ...contents: Content[]): number[] {
  const content = contents.flatMap((one) => [...one]);
  return [...u32(content.length + 8), ...text(type), ...content];
}

const H264 = box("avcC", [1, 0x64, 0, 0x1f, 0xff]);
const entry = box("avc1", new Uint8Array(78), H264);

export function movie(...tables: number[][]): number[] {
  const track = box(
    "trak",
    box("tkhd", u32(0, 0, 0, 7)),
    box("mdia", box("hdlr", u32(0, 0), text("vide")), box("minf", box("stbl", box("stsd", u32(0, 1), entry), ...tables))),
  );
  return box("moov", track, box("mvex", box("trex", u32(0, 7, 1, 10, 500, 0x10000))));
}

/**
 * A whole film whose sample `n` is the one byte `n`, with a key frame at the start of each group.
 *
 * Within a group each pair after the key frame is coded the other way round than it is shown.
 */
export function film(frames: number, group: number): Uint8Array<ArrayBuffer> {
  const ranks = Array.from({ length: frames }, (_, at) => {
    const inGroup = at % group;
    if (inGroup === 0) return at;
    const isPair = inGroup % 2 === 1 ? inGroup + 1 < group && at + 1 < frames : true;
    return isPair ? (inGroup % 2 === 1 ? at + 1 : at - 1) : at;
  });
  const keys = Array.from({ length: Math.ceil(frames / group) }, (_, at) => 1 + at * group);
  const tables = (start: number) => [
    box("stts", u32(0, 1, frames, 10)),
    box("ctts", u32(0, frames, ...ranks.flatMap((rank, at) => [1, 10 * (rank - at) + 10]))),
    box("stss", u32(0, keys.length, ...keys)),
    box("stsc", u32(0, 1, 1, frames, 1)),
    box("stsz", u32(0, 1, frames)),
    box("stco", u32(0, 1, start)),
  ];
  const start = movie(...tables(0)).length + 8;
  return Uint8Array.from([...movie(...tables(start)), ...box("mdat", Array.from({ length: frames }, (_, at) => at & 255))]);
}
