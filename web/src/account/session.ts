import { useSyncExternalStore } from "react";
import { api, bodyOf } from "../api/client";
import { asksForProof } from "../api/proof";
import type { components } from "../api/schema";

export type SessionState = components["schemas"]["SessionState"];
export type Permission = SessionState["permissions"][number];

/** `asking` at the start; `lost` when a session ended while its person worked. */
export type Presence =
  | { kind: "asking" }
  | { kind: "unreachable"; problem: string }
  | { kind: "out"; session: SessionState }
  | { kind: "in" | "lost"; session: SessionState };

/** Who uses this browser: asked once, and again after each sign-in. */
export class SessionStore {
  private presence: Presence = { kind: "asking" };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly ask: () => Promise<SessionState>,
    private readonly startAnew: () => void,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Presence => this.presence;

  /** Asks who is signed in; somebody else than before must not find the page as it was left. */
  async refresh(): Promise<void> {
    let session: SessionState;
    try {
      session = await this.ask();
    } catch (error) {
      const before = this.presence.kind;
      if (before === "asking" || before === "unreachable") {
        this.become({ kind: "unreachable", problem: error instanceof Error ? error.message : String(error) });
      }
      return;
    }
    const before = this.presence;
    const another = "session" in before && before.session.signedIn && before.session.userName !== session.userName;
    if (session.signedIn && another) this.startAnew();
    else if (session.signedIn) this.become({ kind: "in", session });
    else if (before.kind === "in" || before.kind === "lost") this.become({ kind: "lost", session: before.session });
    else this.become({ kind: "out", session });
  }

  /** An answer said that nobody is signed in any more. */
  noteRefusal(): void {
    if (this.presence.kind === "in") this.become({ kind: "lost", session: this.presence.session });
  }

  private become(presence: Presence): void {
    this.presence = presence;
    for (const listener of this.listeners) listener();
  }
}

export const store = new SessionStore(
  async () => bodyOf(await api.GET("/api/session")),
  () => window.location.replace("/"),
);

api.use({
  onResponse: ({ response }) => {
    if (response.status === 401 && !asksForProof(response)) store.noteRefusal();
    return undefined;
  },
});

export function usePresence(): Presence {
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

/** The session of whoever works here; the pages inside are shown to nobody else. */
export function useSession(): SessionState | undefined {
  const presence = usePresence();
  return "session" in presence ? presence.session : undefined;
}

export function useMay(permission: Permission): boolean {
  return useSession()?.permissions.includes(permission) ?? false;
}

export async function signOut(): Promise<void> {
  await api.DELETE("/api/session");
  window.location.replace("/");
}

const VISIT = "sonarium.visit";

/** Remembers, for this tab, that somebody came by a link: once it ends they are told so. */
export function noteVisit(): void {
  sessionStorage.setItem(VISIT, "begun");
}

export function forgetVisit(): void {
  sessionStorage.removeItem(VISIT);
  window.location.replace("/");
}

export function hasVisited(): boolean {
  return sessionStorage.getItem(VISIT) !== null;
}

/** Takes the secret out of the address, so that neither history nor a glance keeps it. */
export function takeSecret(): string {
  const secret = window.location.hash.slice(1);
  window.history.replaceState(null, "", window.location.pathname);
  return secret;
}

export const ROLE_WORDS: Record<SessionState["roles"][number], string> = {
  sonographer: "Sonographer",
  reading_physician: "Reading physician",
  referring_clinician: "Referring clinician",
  administrator: "Administrator",
  educator: "Educator",
  student: "Student",
  manager: "Manager",
  auditor: "Auditor",
  patient: "Patient",
};

const RUNS_OR_REVIEWS: readonly string[] = ["administrator", "auditor", "manager"];

/** Whether somebody's day begins with the study list; others see studies only where somebody let them. */
export function useStartsWithStudies(): boolean {
  const roles = useSession()?.roles ?? [];
  return roles.length === 0 || roles.some((role) => !RUNS_OR_REVIEWS.includes(role));
}
