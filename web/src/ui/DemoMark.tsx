import { useEffect, useState } from "react";
import { api } from "../api/client";

/** Says on every page that nothing here is a real patient. */
export function DemoMark() {
  const [isDemo, setIsDemo] = useState(false);
  useEffect(() => {
    void api.GET("/api/status").then(({ data }) => setIsDemo(data?.demo ?? false));
  }, []);
  return isDemo ? <span className="demo-mark">DEMO · synthetic patients</span> : null;
}
