import { expect, it } from "vitest";
import { canBeNumber, inGroups, standingOf, targetOf, timeLeft, type Grant } from "./words";

const NOW = Date.parse("2026-03-01T10:00:00Z");

it("says how long an emergency lasts, never a minute too little", () => {
  expect(timeLeft("2026-03-01T14:00:00Z", NOW)).toBe("4 h 0 min");
  expect(timeLeft("2026-03-01T10:00:30Z", NOW)).toBe("1 min");
  expect(timeLeft("2026-03-01T10:00:00Z", NOW)).toBe("");
});

it("offers an emergency for numbers, not for names or dates", () => {
  expect(["12345", "SYN-77", " A1B2 "].map(canBeNumber)).toEqual([true, true, true]);
  expect(["rose", "doe 12", "2026-03-01", "2026-03", "7", ""].map(canBeNumber)).toEqual([false, false, false, false, false, false]);
});

it("tells how a link stands", () => {
  const link = { revokedAt: null, expiresAt: "2026-03-02T10:00:00Z", waitsForCode: true };
  expect(standingOf(link, NOW)).toBe("waits");
  expect(standingOf({ ...link, waitsForCode: false }, NOW)).toBe("open");
  expect(standingOf({ ...link, expiresAt: "2026-03-01T10:00:00Z" }, NOW)).toBe("expired");
  expect(standingOf({ ...link, revokedAt: "2026-03-01T09:00:00Z" }, NOW)).toBe("revoked");
});

it("names a patient by number and shows codes in groups", () => {
  const grant = { patientID: "SYN7", studyInstanceUID: null } as Grant;
  expect(targetOf(grant)).toBe("patient SYN7");
  expect(targetOf({ ...grant, patientID: null })).toBe("a deleted study");
  expect(inGroups("12345678")).toBe("1234 5678");
});
