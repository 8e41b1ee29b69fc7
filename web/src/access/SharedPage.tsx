import { type ComponentType, type FormEvent, useEffect, useRef, useState } from "react";
import { forgetVisit, hasVisited, noteVisit, store, takeSecret, usePresence, useSession } from "../account/session";
import { hearNothing } from "../api/changes";
import { api, bodyOf, Refusal } from "../api/client";
import { sentence } from "../ui/words";
import { useCommandKeys } from "../ui/useCommandKeys";

interface Props {
  Viewer: ComponentType<{ uid: string }>;
}

/** For whoever came by a link: asks for its code, then shows the one study. */
export default function SharedPage({ Viewer }: Props) {
  const presence = usePresence();
  const session = useSession();
  const secret = useRef<string>(undefined);
  secret.current ??= takeSecret();
  const uid = session?.visitedStudy ?? "";
  const isOver = uid ? presence.kind === "lost" : presence.kind === "out" && hasVisited() && !secret.current;
  if (isOver) {
    return (
      <Door title="This link no longer holds">
        <p>It has expired, or whoever made it took it back. Ask them for a new one.</p>
        <p>
          <button type="button" className="quiet" onClick={forgetVisit}>
            I have a sign-in of my own
          </button>
        </p>
      </Door>
    );
  }
  if (uid && !secret.current) return <Visit uid={uid} Viewer={Viewer} />;
  if (!secret.current) {
    return (
      <Door title="This link is not whole">
        <p>Open it again from the message in which you got it, and copy all of it. In another browser than the first it asks for a new code.</p>
      </Door>
    );
  }
  return <CodeForm secret={secret.current} letIn={() => (secret.current = "")} />;
}

function Visit({ uid, Viewer }: { uid: string; Viewer: ComponentType<{ uid: string }> }) {
  // What a visitor may not hear of would be asked for again and again.
  hearNothing();
  useCommandKeys();
  return (
    <div className="app">
      <Viewer uid={uid} />
    </div>
  );
}

function CodeForm({ secret, letIn }: { secret: string; letIn: () => void }) {
  const session = useSession();
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get("code") ?? "").replace(/\D/g, "");
    setBusy(true);
    try {
      bodyOf(await api.POST("/api/visits", { body: { secret, code } }));
      letIn();
      noteVisit();
      await store.refresh();
    } catch (error) {
      setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached. Try again in a while.");
    } finally {
      setBusy(false);
    }
  };
  if (session?.signedIn && !session.visitedStudy) {
    return (
      <Door title="You are signed in here yourself">
        <p>
          This link is for somebody without a sign-in, and its code serves once. You are {session.displayName}: look at the study
          from <a href="/">your own study list</a>, or open the link in a private window.
        </p>
      </Door>
    );
  }
  return (
    <Door title="A study was shared with you">
      <p>Type the code of eight digits that you were told, by telephone for instance. It serves once, in this browser.</p>
      <form className="form" onSubmit={(event) => void submit(event)} aria-label="Open the link">
        <label>
          Code
          <input name="code" required autoFocus inputMode="numeric" autoComplete="one-time-code" pattern="[0-9 ]{8,10}" title="Eight digits" />
        </label>
        <p className="form-problem" role="alert">
          {problem}
        </p>
        <button type="submit" className="main-act" disabled={isBusy}>
          Open the study
        </button>
      </form>
    </Door>
  );
}

function Door({ title, children }: { title: string; children: React.ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Sonarium`;
  }, [title]);
  return (
    <main className="door">
      <h1>{title}</h1>
      {children}
    </main>
  );
}
