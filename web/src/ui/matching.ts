import type { Command } from "./commands";

/** Commands whose words begin with every word typed, those that can be done now first. */
export function matching(commands: readonly Command[], text: string): Command[] {
  const sought = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = commands.filter((command) => {
    const words = `${command.title} ${command.group}`.toLowerCase().split(/[\s,:-]+/);
    return sought.every((part) => words.some((word) => word.startsWith(part)));
  });
  return fits.sort((one, other) => Number(one.isPossible === false) - Number(other.isPossible === false));
}
