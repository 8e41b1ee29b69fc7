import { useEffect, useState } from "react";
import { day } from "../access/words";
import { api, bodyOf, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { ago, count, sentence } from "../ui/words";

type State = components["schemas"]["KeyStateDetail"];
type Certificate = components["schemas"]["CertificateDetail"];

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** How the keys are. What is done with them is done at the machine, where nobody looks over a shoulder. */
export default function KeysPage() {
  const [state, setState] = useState<State>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    api
      .GET("/api/keys")
      .then(bodyOf)
      .then(setState)
      .catch((error: unknown) => setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached."));
  }, []);
  return (
    <main className="desk-page">
      <h1>Keys</h1>
      <p className="faint">This page shows how the keys are. To print, rotate or restore one, use <code>sonarium keys</code> on the machine.</p>
      <p role="alert">{problem}</p>
      {state && (
        <>
          <section aria-labelledby="kept">
            <h2 id="kept">What is kept</h2>
            <p>
              {state.sealsNew
                ? "Every object that arrives is encrypted before it is kept."
                : "Objects are kept in clear: the setting keys.encrypt_objects is off."}
            </p>
            {state.inClear > 0 && (
              <p role="status">
                <strong>{state.inClear.toLocaleString()} objects lie in clear,</strong> from before objects were encrypted. Run{" "}
                <code>sonarium keys encrypt</code> on the machine; it may be stopped, and goes on where it was.
              </p>
            )}
            <p role={state.isKitPrinted ? undefined : "status"}>
              {state.isKitPrinted ? (
                "The recovery kit of the key in use was printed."
              ) : (
                <>
                  <strong>Nobody has printed the recovery kit.</strong> Should this disk die, the images die with it. Run{" "}
                  <code>sonarium keys kit</code>, and lay what it prints into a safe.
                </>
              )}
            </p>
          </section>
          <Roots state={state} />
          <section aria-labelledby="shredded">
            <h2 id="shredded">Shredded</h2>
            {state.erasures.length === 0 ? (
              <p>Nothing yet. When a study is deleted for good its keys are destroyed, and this says from when no backup opens a copy.</p>
            ) : (
              <table className="plain">
                <thead>
                  <tr>
                    <th>Keys destroyed on</th>
                    <th>How many</th>
                    <th>Erased from backups too</th>
                  </tr>
                </thead>
                <tbody>
                  {state.erasures.map((one) => (
                    <tr key={one.destroyedOn}>
                      <td>{day(one.destroyedOn)}</td>
                      <td>{count(one.keys, "key")}</td>
                      <td>{Date.parse(one.erasedOn) <= Date.now() ? `since ${day(one.erasedOn)}` : `on ${day(one.erasedOn)}`}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </section>
          <section aria-labelledby="certificates">
            <h2 id="certificates">Certificates</h2>
            {state.certificates.length === 0 ? (
              <p>None. Pages are served to the network only with one.</p>
            ) : (
              <table className="plain">
                <thead>
                  <tr>
                    <th>Door</th>
                    <th>For</th>
                    <th>Ends</th>
                  </tr>
                </thead>
                <tbody>
                  {state.certificates.map((one) => (
                    <tr key={one.door}>
                      <td>{one.door}</td>
                      <td>{one.subject}</td>
                      <td>{endInWords(one)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </section>
        </>
      )}
    </main>
  );
}

function Roots({ state }: { state: State }) {
  const old = state.roots.filter((one) => !one.isCurrent && one.wraps > 0);
  const waiting = old.reduce((sum, one) => sum + one.wraps, 0);
  return (
    <section aria-labelledby="roots">
      <h2 id="roots">Root keys</h2>
      <p role="status">
        {waiting > 0
          ? `Rotation goes on: ${count(waiting, "key")} still to be wrapped by the key in use.`
          : "Every key is wrapped by the key in use."}
      </p>
      <table className="plain">
        <thead>
          <tr>
            <th>Root key</th>
            <th>Use</th>
            <th>Made</th>
            <th>Opens</th>
          </tr>
        </thead>
        <tbody>
          {state.roots.map((one) => (
            <tr key={one.keyID}>
              <td>
                <code>{one.keyID}</code>
              </td>
              <td>{one.madeAt === null ? "Missing: sonarium keys restore" : one.isCurrent ? "In use" : one.wraps > 0 ? "Old" : "Old, opens nothing any more"}</td>
              <td>{one.madeAt && `${day(one.madeAt)}, ${ago(one.madeAt)}`}</td>
              <td>{count(one.wraps, "key")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function endInWords({ endsAt }: Certificate): string {
  if (endsAt === null) return "Cannot be read: look with sonarium doctor";
  const days = Math.floor((Date.parse(endsAt) - Date.now()) / DAY_MS);
  if (days < 0) return `Ended on ${day(endsAt)}`;
  return days < SOON_DAYS ? `${day(endsAt)}: renew it, ${count(days, "day")} left` : day(endsAt);
}
