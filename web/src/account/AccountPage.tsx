import { useCallback, useEffect, useState } from "react";
import { api, bodyOf } from "../api/client";
import type { components } from "../api/schema";
import { ago } from "../ui/words";

type SessionDetail = components["schemas"]["SessionDetail"];

/** Where I am signed in. */
export default function AccountPage() {
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
    <main className="desk-page">
      <h1>Where I am signed in</h1>
      <p role="alert">{problem}</p>
      <table className="plain">
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
    </main>
  );
}

/** A name that a person knows, out of what the browser says of itself. */
export function browserName(agent: string): string {
  const system = /Windows|Mac OS X|Android|iPhone|iPad|Linux/.exec(agent)?.[0] ?? "";
  const program = /Edg|Firefox|Chrome|Safari/.exec(agent)?.[0].replace("Edg", "Edge") ?? "A browser";
  return [program, system.replace("Mac OS X", "macOS")].filter(Boolean).join(" on ");
}
