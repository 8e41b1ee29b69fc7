/** The studies of the list as somebody last saw it: reading goes on from one to the next. */

const KEY = "sonarium.listed";

/** Remembers the list; a tab forgets it when it is closed. */
export function rememberListed(uids: readonly string[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(uids));
  } catch {
    // Without a store there is no next study, and nothing else is lost.
  }
}

/** The study so many lines below (or above) another; undefined at the list's end. */
export function listedAfter(uid: string, by: number): string | undefined {
  const uids = listed();
  const at = uids.indexOf(uid);
  return at < 0 ? undefined : uids[at + by];
}

function listed(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : [];
  } catch {
    return [];
  }
}
