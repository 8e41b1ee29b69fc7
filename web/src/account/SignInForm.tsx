import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import { sentence } from "../ui/words";
import { store } from "./session";

/** User name, password and code; `userName` is fixed when a session is taken up again. */
export function SignInForm({ userName, isFirst }: { userName: string | undefined; isFirst: boolean }) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const text = (name: string) => String(typed.get(name) ?? "");
    setBusy(true);
    setProblem("");
    try {
      const { response, error } = await api.POST("/api/session", {
        body: { userName: userName ?? text("username"), password: text("password"), code: text("code") },
      });
      if (response.ok) await store.refresh();
      else setProblem(inWords(response.status, (error as { detail?: string } | undefined)?.detail));
    } catch {
      setProblem("The archive cannot be reached. Check the network, then try again.");
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      {userName === undefined && (
        <label>
          User name
          <input name="username" autoComplete="username" autoFocus={isFirst} required spellCheck={false} autoCapitalize="none" />
        </label>
      )}
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" autoFocus={isFirst && userName !== undefined} required />
      </label>
      <label>
        Code of the authenticator
        <input name="code" autoComplete="one-time-code" required spellCheck={false} aria-describedby="code-hint" />
      </label>
      <small id="code-hint">Six digits, or one of your recovery codes.</small>
      <p className="form-problem" role="alert">
        {problem}
      </p>
      <button type="submit" className={isFirst ? "main-act" : ""} disabled={isBusy}>
        {isBusy ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}

function inWords(status: number, detail: string | undefined): string {
  if (status === 401) return "User name, password or code do not hold. A code holds once: wait for the next one.";
  return sentence(detail ?? `the server answered ${status}`);
}
