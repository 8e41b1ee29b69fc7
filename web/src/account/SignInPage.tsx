import { useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import { type SessionState, store, takeSecret } from "./session";
import { WaysIn } from "./WaysIn";

/** The door. */
export function SignInPage({ session, problem = "" }: { session: SessionState; problem?: string }) {
  return (
    <main className="door">
      <h1>Sign in</h1>
      {problem && <p role="alert">{problem}</p>}
      {session.needsSetUp ? (
        <p>
          Nobody can sign in yet. On the archive’s machine run <code>sonarium init</code>: it prints a link for the first
          administrator.
        </p>
      ) : session.demo ? (
        <p>This is a demonstration: where it was started, a link is printed for each role. Open one of them.</p>
      ) : (
        <WaysIn session={session} />
      )}
    </main>
  );
}

/** Signs in by the link that led here; the secret leaves the address bar at once. */
export function LinkSignIn() {
  const [problem, setProblem] = useState("");
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void api.POST("/api/session/link", { body: { secret: takeSecret() } }).then(
      ({ response }) => {
        if (response.ok) window.location.replace("/");
        else setProblem("This link was used already or has expired. Ask for a new one.");
      },
      () => setProblem("The archive cannot be reached. Open the link again when the network is back."),
    );
  }, []);
  return (
    <main className="door" aria-busy={!problem}>
      <h1>{problem ? "Not signed in" : "Signing in…"}</h1>
      <p role="alert">{problem}</p>
      {problem && <a href="/">To the sign-in page</a>}
    </main>
  );
}

/** Over the page of somebody whose session ended, which stays as it was. */
export function SignInAgain({ session }: { session: SessionState }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    // They may have signed in on another page of this browser.
    const look = () => void store.refresh();
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, []);
  return (
    <dialog ref={dialog} className="door-again" aria-labelledby="again" onCancel={(event) => event.preventDefault()}>
      <h2 id="again">Your session has ended, {session.displayName}</h2>
      <p>Sign in again to go on where you were. Nothing that you entered is lost.</p>
      <WaysIn session={session} userName={session.userName} />
      <button type="button" className="quiet" onClick={() => window.location.replace("/")}>
        Somebody else
      </button>
    </dialog>
  );
}

export function Unreachable({ problem }: { problem: string }) {
  return (
    <main className="door">
      <h1>The archive does not answer</h1>
      <p>{problem}</p>
      <button type="button" className="main-act" onClick={() => void store.refresh()}>
        Try again
      </button>
    </main>
  );
}
