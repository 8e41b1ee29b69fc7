import { lazy, useMemo, useSyncExternalStore } from "react";
import { type Command } from "../ui/commands";
import { Fetched } from "../ui/Fetched";

const AccessDialog = lazy(() => import("./AccessDialog"));
const LinkDialog = lazy(() => import("./LinkDialog"));

/** A study of the list or the viewer, as its dialogs name it. */
export interface Meant {
  uid: string;
  title: string;
}

type Open = (Meant & { kind: "who" | "link" }) | null;

let open: Open = null;
const listeners = new Set<() => void>();

function become(next: Open): void {
  open = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function showWho(study: Meant): void {
  become({ ...study, kind: "who" });
}

export function showLinks(study: Meant): void {
  become({ ...study, kind: "link" });
}

/** The one place of both dialogs; their code comes when one is wanted. */
export function StudyAccess() {
  const wanted = useSyncExternalStore(subscribe, () => open);
  if (!wanted) return null;
  const close = () => become(null);
  return (
    <Fetched letGo={close}>
      {wanted.kind === "who" ? <AccessDialog study={wanted} close={close} /> : <LinkDialog study={wanted} close={close} />}
    </Fetched>
  );
}

/** Who may see a study, and a link to it, as commands. */
export function useStudyAccessCommands(study: Meant | undefined, group: string): readonly Command[] {
  const { uid = "", title = "" } = study ?? {};
  return useMemo(
    () => [
      { id: "who sees", title: "Who may see this study?", group, run: () => showWho({ uid, title }), isPossible: uid !== "" },
      { id: "secure link", title: "A link to this study for somebody outside", group, run: () => showLinks({ uid, title }), isPossible: uid !== "" },
    ],
    [uid, title, group],
  );
}
