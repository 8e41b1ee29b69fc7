import { useEffect } from "react";

/** Calls `changed` whenever the archive says that a study came, grew or went. */
export function useChanges(changed: (study: string) => void): void {
  useEffect(() => {
    const events = new EventSource("/api/changes");
    events.addEventListener("study", (event) => changed((event as MessageEvent<string>).data));
    return () => events.close();
  }, [changed]);
}
