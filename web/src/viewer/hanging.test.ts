import { expect, test } from "vitest";
import type { InstanceDetail } from "../api/client";
import { comparisonScreens, screensInOrder, stressScreens, takesOf } from "./hanging";

let made = 0;

function instance(change: Partial<InstanceDetail>): InstanceDetail {
  made++;
  return {
    sopInstanceUID: `1.2.${made}`,
    sopClassUID: "1.2.840.10008.5.1.4.1.1.3.1",
    sopClassName: "Ultrasound Multi-frame Image",
    transferSyntaxUID: "1.2.840.10008.1.2.4.50",
    instanceNumber: made,
    presentation: "stored-jpeg",
    rows: 600,
    columns: 800,
    pixelAspectRatio: 1,
    numberOfFrames: 30,
    frameStartsMs: [0],
    loopLengthMs: 1000,
    timingSource: "Frame Time",
    playback: "loop",
    firstShown: 0,
    lastShown: 29,
    rWavesMs: [],
    paintedECG: null,
    acquiredAt: null,
    imageMode: "2D",
    title: "",
    stageName: "",
    stageNumber: null,
    viewName: "",
    viewNumber: null,
    heartRate: null,
    ...change,
  };
}

const STRESS = ["Rest", "Peak"].flatMap((stageName, stage) =>
  ["PLAX", "A4C"].map((viewName, view) =>
    instance({ sopInstanceUID: `${stageName} ${viewName}`, stageName, stageNumber: stage + 1, viewName, viewNumber: view + 1 }),
  ),
);

test("a stress echo hangs each view through its stages", () => {
  const screens = stressScreens(STRESS, "by view");
  expect(screens.map((screen) => screen.title)).toEqual(["PLAX", "A4C"]);
  expect(screens[1]?.uids).toEqual(["Rest A4C", "Peak A4C"]);
});

test("or each stage in its views", () => {
  expect(stressScreens(STRESS, "by stage")[1]?.uids).toEqual(["Peak PLAX", "Peak A4C"]);
});

test("a view that a stage lacks leaves its place empty", () => {
  expect(stressScreens(STRESS.slice(0, 3), "by view")[1]?.uids).toEqual(["Rest A4C", null]);
});

test("a view taken twice shows the later one", () => {
  const again = instance({ sopInstanceUID: "again", stageName: "Rest", stageNumber: 1, viewName: "PLAX", viewNumber: 1 });
  expect(stressScreens([...STRESS, again], "by view")[0]?.uids[0]).toBe("again");
});

test("a study without stages has no stress screens", () => {
  expect(stressScreens([instance({}), instance({})], "by view")).toEqual([]);
});

test("objects fill screens in the order in which they were taken", () => {
  const screens = screensInOrder(STRESS, "1×2", 2);
  expect(screens.map((screen) => screen.uids.length)).toEqual([2, 2]);
});

test("a comparison finds the same view in the same mode", () => {
  const now = [instance({ viewName: "A4C", imageMode: "colour" })];
  const before = [
    instance({ sopInstanceUID: "grey", viewName: "A4C", imageMode: "2D" }),
    instance({ sopInstanceUID: "colour", viewName: "A4C", imageMode: "colour" }),
    instance({ sopInstanceUID: "other", viewName: "PLAX", imageMode: "colour" }),
  ];
  expect(comparisonScreens(now, before)[0]?.uids[1]).toBe("colour");
});

test("takes are what was taken of one view in one stage", () => {
  const again = instance({ stageName: "Rest", stageNumber: 1, viewName: "PLAX", viewNumber: 1 });
  const all = [...STRESS, again];
  const [first] = STRESS;
  expect(first && takesOf(all, first)).toEqual([first, again]);
  const unnamed = instance({});
  expect(takesOf([...all, unnamed, instance({})], unnamed)).toEqual([unnamed]);
});
