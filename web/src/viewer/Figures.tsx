import { useEffect, useState } from "react";
import type { FrameCache } from "../frames/frameCache";
import type { Desk } from "./desk";

/** How well the loops keep their time, for whoever doubts it. */
export function Figures({ desk, cache }: { desk: Desk; cache: FrameCache }) {
  const [tally, setTally] = useState(desk.tally());
  useEffect(() => {
    const timer = window.setInterval(() => setTally(desk.tally()), 500);
    return () => window.clearInterval(timer);
  }, [desk]);
  const late = tally.due ? (100 * tally.late) / tally.due : 0;
  return (
    <output className="figures" data-due={tally.due} data-late={tally.late}>
      {tally.due} frames due, {tally.late} late ({late.toFixed(2)} %) ·{" "}
      {Math.round(cache.heldBytes / 2 ** 20)} MB of pictures
    </output>
  );
}
