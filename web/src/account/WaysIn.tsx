import type { SessionState } from "./session";
import { atLocalhost, knowsPasskeys, signInByPasskey } from "./passkeys";
import { WayButton } from "./WayButton";
import { goToProvider } from "./provider";
import { store } from "./session";
import { SignInForm } from "./SignInForm";

/** How to come in: a passkey first. `userName` is fixed when a session is taken up again. */
export function WaysIn({ session, userName }: { session: SessionState; userName?: string }) {
  const byPasskey = session.takesPasskeys && knowsPasskeys();
  const there = atLocalhost();
  const signIn = async () => {
    await signInByPasskey();
    await store.refresh();
  };
  return (
    <>
      {byPasskey && (
        <>
          <WayButton act={signIn} autoFocus>
            Sign in with a passkey
          </WayButton>
        </>
      )}
      {session.provider && (
        <WayButton act={goToProvider} kind="provider" autoFocus={!byPasskey}>
          {`Sign in with ${session.provider}`}
        </WayButton>
      )}
      {(byPasskey || session.provider) && <p className="or">or with a password</p>}
      <SignInForm userName={userName} isFirst={!byPasskey && !session.provider} />
      {there && (
        <p className="faint">
          Passkeys work at a name, not at this bare address: <a href={there}>open this page at localhost</a>.
        </p>
      )}
    </>
  );
}
