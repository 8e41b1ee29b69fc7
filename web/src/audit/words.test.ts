import { expect, test } from "vitest";
import { dayOf, NOTHING, queryOf, searchOf, startOf } from "./words";

test("nothing asked is everything", () => {
  expect(queryOf(NOTHING)).toEqual({});
  expect(searchOf(queryOf(NOTHING))).toBe("");
});

test("a filter becomes a query, and the last day counts whole", () => {
  const query = queryOf({ patient: " P1 ", who: "", kind: "taken", from: "2030-02-28", to: "2030-02-28", refused: true });
  expect(query).toEqual({
    patient: "P1",
    kind: ["110102", "110106"],
    since: new Date(2030, 1, 28).toISOString(),
    until: new Date(2030, 2, 1).toISOString(),
    refused: true,
  });
  expect(searchOf({ kind: ["110102", "110106"], refused: true })).toBe("kind=110102&kind=110106&refused=true");
});

test("a day goes into a date field and back", () => {
  expect(dayOf(startOf("2030-01-09"))).toBe("2030-01-09");
});
