import { expect, test } from "vitest";
import { ohifAddress, waysOut } from "./otherViewers";

test("nothing is offered where nothing is installed", () => {
  expect(waysOut({ ohif: false, weasis: false })).toEqual([]);
});

test("each viewer is offered where it is installed", () => {
  expect(waysOut({ ohif: true, weasis: false }).map(({ title }) => title)).toEqual(["Open in OHIF"]);
  expect(waysOut({ ohif: false, weasis: true }).map(({ title }) => title)).toEqual(["Open in Weasis"]);
});

test("OHIF opens the study by its UID", () => {
  expect(ohifAddress("2.25.1")).toBe("/ohif/viewer?StudyInstanceUIDs=2.25.1");
});
