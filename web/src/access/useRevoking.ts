import { useCallback, useEffect, useRef, useState } from "react";
import { api, bodyOf } from "../api/client";
import { offerUndo } from "../ui/Undo";
import type { StudyLink } from "./LinkTable";

const UNDO_MS = 10_000;

/** Takes back links. One that was opened ends at once; one that nobody opened waits for an undo. */
export function useRevoking(load: () => Promise<void>, failed: (error: unknown) => void) {
  const [leaving, setLeaving] = useState<readonly number[]>([]);
  const waiting = useRef(new Map<number, () => void>());
  const send = useCallback(
    async (linkRef: number) => {
      try {
        bodyOf(await api.DELETE("/api/links/{link_ref}", { params: { path: { link_ref: linkRef } } }));
      } catch (error) {
        failed(error);
      } finally {
        await load().catch(failed);
        setLeaving((before) => before.filter((one) => one !== linkRef));
      }
    },
    [load, failed],
  );
  // Whoever leaves the page does not thereby keep a link alive.
  useEffect(() => {
    const kept = waiting.current;
    return () => kept.forEach((act) => act());
  }, []);
  const revoke = (link: StudyLink) => {
    const { linkRef } = link;
    setLeaving((before) => [...before, linkRef]);
    if (!link.waitsForCode) {
      void send(linkRef);
      return;
    }
    const act = () => {
      window.clearTimeout(timer);
      if (waiting.current.delete(linkRef)) void send(linkRef);
    };
    const timer = window.setTimeout(act, UNDO_MS);
    waiting.current.set(linkRef, act);
    offerUndo(`The link for ${link.recipient} ends in ten seconds.`, () => {
      window.clearTimeout(timer);
      waiting.current.delete(linkRef);
      setLeaving((before) => before.filter((one) => one !== linkRef));
    });
  };
  return { leaving, revoke };
}
