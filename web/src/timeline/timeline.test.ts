import { describe, expect, it } from "vitest";
import { distance, glancesAt, priorOf, type TimelineStudy } from "./timeline";

const plain = { mark: null, numberOfImages: 3, hasMeasurements: false, hasKeyImages: false, hasDocument: false, isTeaching: false };
const study = (uid: string, change: Partial<TimelineStudy> = {}): TimelineStudy =>
  ({ ...plain, study: { studyInstanceUID: uid }, ...change }) as TimelineStudy;
const mark = (change: object) => ({ urgentAt: null, urgentBy: "", readAt: null, readBy: "", hasGrown: false, ...change }) as TimelineStudy["mark"];

describe("the study to compare with", () => {
  const studies = [study("c"), study("b"), study("a")];
  it("is the one before", () => expect(priorOf(studies, "b")?.study.studyInstanceUID).toBe("a"));
  it("is the one after, where none was before", () => expect(priorOf(studies, "a")?.study.studyInstanceUID).toBe("b"));
  it("is none, where there is one study", () => {
    expect(priorOf([study("a")], "a")).toBeUndefined();
    expect(priorOf(studies, "z")).toBeUndefined();
  });
});

describe("the distance of two studies", () => {
  it.each([
    ["2026-03-01", "2026-03-01", "same day"],
    ["2026-03-01", "2026-02-28", "1 day before"],
    ["2026-03-01", "2026-03-22", "21 days after"],
    ["2026-03-01", "2025-12-01", "3 months before"],
    ["2026-03-01", "2024-09-01", "18 months before"],
    ["2026-03-01", "2021-03-01", "5 years before"],
  ])("from %s to %s is %s", (from, to, words) => expect(distance(from, to)).toBe(words));
  it("is not told where a day is not known", () => {
    expect(distance(null, "2026-03-01")).toBe("");
    expect(distance("2026-03-01", null)).toBe("");
  });
});

describe("a glance", () => {
  const words = (one: TimelineStudy) => glancesAt(one).map((glance) => glance.words);
  it("tells an unread study, and nothing that is not there", () => expect(words(study("a"))).toEqual(["Unread"]));
  it("is silent about what was read", () => expect(words(study("a", { mark: mark({ readAt: "2026-01-01" }) }))).toEqual([]));
  it("tells that more came", () =>
    expect(words(study("a", { mark: mark({ readAt: "2026-01-01", hasGrown: true }) }))).toEqual(["More came"]));
  it("tells what is urgent first, and what lies in it", () =>
    expect(
      words(study("a", { mark: mark({ urgentAt: "2026-01-01" }), hasMeasurements: true, hasKeyImages: true, hasDocument: true, isTeaching: true })),
    ).toEqual(["Urgent", "Unread", "Measurements", "Key images", "Report", "Teaching"]));
});
