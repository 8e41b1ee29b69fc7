import { useCallback, useEffect, useState } from "react";

/** Whether a small picture may be shown: not one that could not be fetched, until the network is back. */
export function usePictured(hasPicture: boolean): [boolean, () => void] {
  const [isMissing, setMissing] = useState(false);
  useEffect(() => {
    if (!isMissing) return;
    const again = () => setMissing(false);
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, [isMissing]);
  return [hasPicture && !isMissing, useCallback(() => setMissing(true), [])];
}
