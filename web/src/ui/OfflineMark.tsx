import { useEffect, useState } from "react";

/** Says so while this device has no network. */
export function OfflineMark() {
  const [isOffline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  return isOffline ? (
    <span className="offline-mark" role="status">
      No network
    </span>
  ) : null;
}
