import { expect, test } from "vitest";
import { ago, calendarDay, clockTime, personName, sentence } from "./words";

test("a person's name reads family first", () => {
  expect(personName("SYNTHETIC^ADULT ECHO 01")).toBe("SYNTHETIC, ADULT ECHO 01");
});
test("a name with only ideographic characters is still shown", () => {
  expect(personName("=山田^太郎")).toBe("山田, 太郎");
});
test("an empty name says so", () => expect(personName("^^")).toBe("No name"));
test("a DICOM date is the same day in every zone", () => {
  expect(calendarDay("2026-03-01")).toMatch(/1/);
  expect(calendarDay("2026-03-01")).toMatch(/2026/);
});
test("an unreadable date is shown as it came", () => expect(calendarDay("unknown")).toBe("unknown"));
test("times are shown to the minute", () => expect(clockTime("14:05:09.123")).toBe("14:05"));
test("minutes ago", () => {
  expect(ago("2026-01-01T10:00:00Z", Date.parse("2026-01-01T10:03:00Z"))).toContain("3");
});
test("what the server says is shown as a sentence", () => {
  expect(sentence("this link is over")).toBe("This link is over.");
  expect(sentence("Is it?")).toBe("Is it?");
});
