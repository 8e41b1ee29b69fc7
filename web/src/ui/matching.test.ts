import { expect, test } from "vitest";
import type { Command } from "./commands";
import { matching } from "./matching";

const COMMANDS: Command[] = [
  { id: "a", title: "Zoom in", group: "Image", run: () => undefined },
  { id: "b", title: "One frame back", group: "Play", run: () => undefined, isPossible: false },
  { id: "c", title: "Go back", group: "General", run: () => undefined },
];

test("every typed word must begin a word of the command", () => {
  expect(matching(COMMANDS, "zo im").map((command) => command.id)).toEqual(["a"]);
  expect(matching(COMMANDS, "oom")).toEqual([]);
});

test("what cannot be done now comes last", () => {
  expect(matching(COMMANDS, "back").map((command) => command.id)).toEqual(["c", "b"]);
});
