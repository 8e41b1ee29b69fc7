/** Which studies of the list are picked to be marked together. */

/** Adds or takes away one study. */
export function toggled(picked: ReadonlySet<string>, uid: string): ReadonlySet<string> {
  const next = new Set(picked);
  if (!next.delete(uid)) next.add(uid);
  return next;
}

/** Adds everything from the one picked last to another, in the list's order. */
export function upTo(picked: ReadonlySet<string>, order: readonly string[], last: string | undefined, uid: string): ReadonlySet<string> {
  const from = last === undefined ? -1 : order.indexOf(last);
  const to = order.indexOf(uid);
  if (from < 0 || to < 0) return toggled(picked, uid);
  return new Set([...picked, ...order.slice(Math.min(from, to), Math.max(from, to) + 1)]);
}

/** What is no longer listed is no longer picked: nobody marks what they do not see. */
export function stillListed(picked: ReadonlySet<string>, order: readonly string[]): ReadonlySet<string> {
  const kept = order.filter((uid) => picked.has(uid));
  return kept.length === picked.size ? picked : new Set(kept);
}
