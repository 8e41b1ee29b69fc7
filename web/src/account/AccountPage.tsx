import { useCallback, useEffect, useState } from "react";
import { api, bodyOf } from "../api/client";
import type { components } from "../api/schema";
import { ago } from "../ui/words";
import { browserName } from "./browserName";
import { PasskeySection } from "./PasskeySection";

type SessionDetail = components["schemas"]["SessionDetail"];

/** How I sign in, and where. */
export default function AccountPage() {
  return (
    <main className="desk-page">
      <h1>My sign-in</h1>
      <PasskeySection />
      <SessionSection />
    </main>
  );
}

function SessionSection() {
  const [sessions, setSessions] = useState<SessionDetail[]>();
  const [problem, setProblem] = useState("");
  const load = useCallback(() => {
    api.GET("/api/sessions").then(
      (answer) => setSessions(bodyOf(answer).sessions),
      (error: unknown) => setProblem(String(error)),
    );
  }, []);
  useEffect(load, [load]);
  const end = async (session: SessionDetail) => {
    await api.DELETE("/api/sessions/{session_ref}", { params: { path: { session_ref: session.sessionRef } } });
    load();
  };
  return (
    <>
      <h2 id="sessions">Where I am signed in</h2>
      <p role="alert">{problem}</p>
      <table className="plain" aria-labelledby="sessions">
        <thead>
          <tr>
            <th>Browser</th>
            <th>Address</th>
            <th>Last used</th>
            <th>Signed in</th>
            <th>
              <span className="visually-hidden">End</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions?.map((session) => (
            <tr key={session.sessionRef}>
              <td>{browserName(session.browser)}</td>
              <td>{session.address}</td>
              <td>{ago(session.seenAt)}</td>
              <td>{ago(session.signedInAt)}</td>
              <td>
                {session.isThis ? (
                  "this one"
                ) : (
                  <button type="button" onClick={() => void end(session)}>
                    End it
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
