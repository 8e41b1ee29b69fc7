import { type FormEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { api } from "../api/client";
import { proof } from "../api/proof";
import { sentence } from "../ui/words";
import { knowsPasskeys, proveByPasskey } from "./passkeys";
import { WayButton } from "./WayButton";
import { proveAtProvider } from "./provider";
import { useSession } from "./session";

/** The one place in which a person proves that it is still them; what they did then goes on. */
export function ProofDialog() {
  const isWanted = useSyncExternalStore(proof.subscribe, proof.isWanted);
  return isWanted ? <Proof /> : null;
}

function Proof() {
  const session = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  if (!session) return null;
  const byPasskey = session.ways.includes("passkey") && session.takesPasskeys && knowsPasskeys();
  const byPassword = session.ways.includes("password");
  const byProvider = session.ways.includes("provider") && session.provider !== "";
  const by = (act: () => Promise<void>) => async () => {
    await act();
    proof.settle(true);
  };
  return (
    <dialog ref={dialog} className="proof" aria-labelledby="proof-title" onClose={() => proof.settle(false)}>
      <h2 id="proof-title">Is it still you, {session.displayName}?</h2>
      <p>What you are about to do is asked for again after five minutes, in case you left your desk.</p>
      {byPasskey && (
        <WayButton act={by(proveByPasskey)} autoFocus>
          Confirm with your passkey
        </WayButton>
      )}
      {byProvider && (
        <WayButton act={by(proveAtProvider)} kind="provider" autoFocus={!byPasskey}>
          {`Confirm with ${session.provider}`}
        </WayButton>
      )}
      {(byPasskey || byProvider) && byPassword && <p className="or">or with your password</p>}
      {byPassword && <PasswordProof isFirst={!byPasskey && !byProvider} />}
      {!byPasskey && !byPassword && !byProvider && (
        <p>
          {session.ways.includes("passkey")
            ? "Your passkey does not work at this address: open the archive by the name at which you made it."
            : "Sign out and in again, then repeat it."}
        </p>
      )}
      <button type="button" className="quiet" onClick={() => proof.settle(false)}>
        Leave it
      </button>
    </dialog>
  );
}

function PasswordProof({ isFirst }: { isFirst: boolean }) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    setBusy(true);
    setProblem("");
    try {
      const body = { password: String(typed.get("password") ?? ""), code: String(typed.get("code") ?? "") };
      const { response, error } = await api.POST("/api/session/proof", { body });
      if (response.ok) proof.settle(true);
      else setProblem(inWords(response.status, (error as { detail?: string } | undefined)?.detail));
    } catch {
      setProblem("The archive cannot be reached. Check the network, then try again.");
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" autoFocus={isFirst} required />
      </label>
      <label>
        Code of the authenticator
        <input name="code" autoComplete="one-time-code" required spellCheck={false} />
      </label>
      <p className="form-problem" role="alert">
        {problem}
      </p>
      <button type="submit" className={isFirst ? "main-act" : ""} disabled={isBusy}>
        {isBusy ? "Looking…" : "Confirm with your password"}
      </button>
    </form>
  );
}

function inWords(status: number, detail: string | undefined): string {
  if (status === 403) return "Password or code do not hold. A code holds once: wait for the next one.";
  return sentence(detail ?? `the server answered ${status}`);
}
