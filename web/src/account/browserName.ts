/** A name that a person knows, out of what the browser says of itself. */
export function browserName(agent: string): string {
  const system = /Windows|Mac OS X|Android|iPhone|iPad|Linux/.exec(agent)?.[0] ?? "";
  const program = /Edg|Firefox|Chrome|Safari/.exec(agent)?.[0].replace("Edg", "Edge") ?? "A browser";
  return [program, system.replace("Mac OS X", "macOS")].filter(Boolean).join(" on ");
}
