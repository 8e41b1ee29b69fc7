import { expect, test } from "vitest";
import { box, movie, text, u32 } from "./madeMp4";
import { Mp4, shownOrder } from "./mp4";

function read(bytes: number[]): Mp4 {
  const mp4 = new Mp4();
  mp4.read(Uint8Array.from(bytes));
  return mp4;
}

const TABLES = [
  box("stts", u32(0, 1, 4, 10)),
  box("ctts", u32(0, 4, 1, 10, 1, 30, 1, 0, 1, 10)),
  box("stss", u32(0, 1, 1)),
  box("stsc", u32(0, 2, 1, 1, 1, 2, 3, 1)),
  box("stsz", u32(0, 0, 4, 5, 6, 7, 8)),
  box("stco", u32(0, 2, 1000, 2000)),
];

test("the samples of a whole file lie where its tables say, and are shown in their own order", () => {
  const { track, samples } = read(movie(...TABLES));
  expect(track?.codec).toBe("avc1.64001f");
  expect(samples.map(({ offset, size }) => [offset, size])).toEqual([[1000, 5], [2000, 6], [2006, 7], [2013, 8]]);
  expect(samples.map(({ isKey }) => isKey)).toEqual([true, false, false, false]);
  expect(samples.map(({ time }) => time)).toEqual([10, 40, 20, 40]);
  expect(shownOrder(samples)).toEqual([0, 2, 1, 3]);
});

test("fragments add to it as they come, with what the movie says of all", () => {
  const head = movie(box("stsz", u32(0, 0, 0)), box("stco", u32(0, 0)));
  const run = box("trun", u32(0x000205, 2, 90, 0, 300, 400));
  const fragment = box("moof", box("traf", box("tfhd", u32(0, 7)), box("tfdt", u32(0, 100)), run));
  const other = box("moof", box("traf", box("tfhd", u32(0, 8)), run));
  const whole = Uint8Array.from([...head, ...fragment, ...other]);
  const mp4 = new Mp4();
  mp4.read(whole.subarray(0, head.length + 20));
  expect(mp4.samples).toEqual([]);
  mp4.read(whole);
  expect(mp4.samples).toEqual([
    { offset: head.length + 90, size: 300, isKey: true, time: 100 },
    { offset: head.length + 390, size: 400, isKey: false, time: 110 },
  ]);
});

test.each([
  ["sizes", movie(box("stsz", u32(0, 1, 0xffffffff)), box("stco", u32(0, 0)))],
  ["chunks", movie(box("stsz", u32(0, 1, 4)), box("stco", u32(0, 0xffffffff)))],
  ["a run", [...movie(), ...box("moof", box("traf", box("tfhd", u32(0, 7)), box("trun", u32(0, 0xffffffff))))]],
  ["what is not there", movie(box("stsz", u32(0, 0, 400)), box("stco", u32(0, 0)))],
])("a file that announces too much is refused at once: %s", (_, bytes) => {
  expect(() => read(bytes)).toThrow(RangeError);
});

test("repeats are made for the samples there are, and no more", () => {
  const { samples } = read(movie(box("stts", u32(0, 1, 0x7fffffff, 10)), ...TABLES.slice(1)));
  expect(samples.map(({ time }) => time)).toEqual([10, 40, 20, 40]);
});

test("a file without a track that browsers know has none", () => {
  expect(read(box("ftyp", text("isom"))).track).toBeUndefined();
  expect(read([0, 0, 0]).samples).toEqual([]);
});
