import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { StudyDetail } from "../api/client";
import { useCommands } from "../ui/commands";
import type { Desk } from "../viewer/desk";
import { playingOf } from "../viewer/playing";
import { cellCount } from "../viewer/workspace";
import { fragmentOf, viewOf } from "./link";
import { LinkNotice } from "./LinkNotice";
import { PrintSheet } from "./PrintSheet";
import { type OnScreen, ShareDialog } from "./ShareDialog";

type Open =
  | { kind: "copy"; onScreen: OnScreen }
  | { kind: "sheet"; onScreen: readonly { uid: string; frame: number }[] }
  | { kind: "link"; address: string };

/** What leaves the reading room: copies without identity, paper, and links for those who may look. */
export function Sharing({ desk, detail }: { desk: Desk; detail: StudyDetail }) {
  useSyncExternalStore(desk.subscribe, desk.snapshot);
  useSyncExternalStore(desk.store.subscribe, desk.store.snapshot);
  const [open, setOpen] = useState<Open>();
  const isPicture = desk.activeCine !== undefined;
  const close = useMemo(() => () => setOpen(undefined), []);
  useCommands(
    useMemo(
      () => [
        {
          id: "share",
          title: "Save a copy without identity",
          group: "Share",
          keys: ["Ctrl+s"],
          run: () => {
            const onScreen = onScreenOf(desk);
            if (onScreen) setOpen({ kind: "copy", onScreen });
          },
          isPossible: isPicture,
        },
        {
          id: "print sheet",
          title: "Print sheet of images",
          group: "Share",
          keys: ["Ctrl+p"],
          run: () => setOpen({ kind: "sheet", onScreen: framesOnScreen(desk) }),
        },
        {
          id: "copy link",
          title: "Copy a link to what is on screen",
          group: "Share",
          keys: ["W"],
          run: () => setOpen({ kind: "link", address: addressOf(desk) }),
        },
      ],
      [desk, isPicture],
    ),
  );
  useEffect(() => {
    // A link to the same study, opened in the same tab, loads nothing anew.
    const changed = () => {
      const uids = detail.series.flatMap((series) => series.instances.map((one) => one.sopInstanceUID));
      const linked = viewOf(location.hash, uids);
      if (linked) desk.restore(linked);
    };
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, [desk, detail]);
  if (open?.kind === "copy") return <ShareDialog onScreen={open.onScreen} close={close} />;
  if (open?.kind === "sheet") return <PrintSheet detail={detail} onScreen={open.onScreen} close={close} />;
  if (open?.kind === "link") return <LinkNotice key={open.address} address={open.address} close={close} />;
  return null;
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

function framesOnScreen(desk: Desk): { uid: string; frame: number }[] {
  const { cells, layout } = desk.workspace;
  return cells
    .slice(0, cellCount(layout))
    .flatMap(({ uid }, at) => (uid === null ? [] : { uid, frame: (desk.cineAt(at)?.frame ?? 0) + 1 }));
}

function addressOf(desk: Desk): string {
  const frameAt = (index: number) => {
    const cine = desk.cineAt(index);
    return !cine || cine.plays ? null : cine.frame;
  };
  return `${location.origin}${location.pathname}${fragmentOf(desk.workspace, frameAt)}`;
}
