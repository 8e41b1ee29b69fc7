import { useMemo, useState, useSyncExternalStore } from "react";
import { useCommands } from "../ui/commands";
import type { Desk } from "../viewer/desk";
import { playingOf } from "../viewer/playing";
import { type OnScreen, ShareDialog } from "./ShareDialog";

/** What leaves the reading room: copies without identity. */
export function Sharing({ desk }: { desk: Desk }) {
  useSyncExternalStore(desk.subscribe, desk.snapshot);
  useSyncExternalStore(desk.store.subscribe, desk.store.snapshot);
  const [onScreen, setOnScreen] = useState<OnScreen>();
  const isPicture = desk.activeCine !== undefined;
  useCommands(
    useMemo(
      () => [
        {
          id: "share",
          title: "Save a copy without identity",
          group: "Share",
          keys: ["Ctrl+s"],
          run: () => setOnScreen(onScreenOf(desk)),
          isPossible: isPicture,
        },
      ],
      [desk, isPicture],
    ),
  );
  return onScreen ? <ShareDialog onScreen={onScreen} close={() => setOnScreen(undefined)} /> : null;
}

/** What the active viewport shows, stopped where it is. */
function onScreenOf(desk: Desk): OnScreen | undefined {
  const { activeShown: shown, activeCine: cine } = desk;
  if (!shown || !cine) return undefined;
  cine.pause();
  const { trim } = playingOf(desk.active, shown.instance);
  const frame = Math.min(Math.max(cine.frame, trim.first), trim.last);
  return { address: shown.address, instance: shown.instance, frame, trim };
}
