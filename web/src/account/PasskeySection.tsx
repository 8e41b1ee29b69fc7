import { type FormEvent, useCallback, useEffect, useState } from "react";
import { api, bodyOf } from "../api/client";
import type { components } from "../api/schema";
import { ago, sentence } from "../ui/words";
import { browserName } from "./browserName";
import { WayButton } from "./WayButton";
import { addPasskey, atLocalhost, knowsPasskeys, passkeyProblem } from "./passkeys";
import { store, useSession } from "./session";

type Passkey = components["schemas"]["PasskeyDetail"];

/** My passkeys: add one, call it something else, remove it; never the last way in. */
export function PasskeySection() {
  const session = useSession();
  const [passkeys, setPasskeys] = useState<Passkey[]>();
  const [problem, setProblem] = useState("");
  const [naming, setNaming] = useState<number>();
  const load = useCallback(async () => {
    setPasskeys(bodyOf(await api.GET("/api/passkeys")).passkeys);
    await store.refresh();
  }, []);
  const act = async (work: () => Promise<unknown>) => {
    setProblem("");
    try {
      await work();
      await load();
    } catch (error) {
      setProblem(sentence(passkeyProblem(error)));
    }
  };
  useEffect(() => void load().catch((error: unknown) => setProblem(String(error))), [load]);
  const add = async () => {
    await addPasskey(browserName(navigator.userAgent));
    await load();
  };
  const remove = (one: Passkey) =>
    act(async () => bodyOf(await api.DELETE("/api/passkeys/{passkey_ref}", { params: { path: { passkey_ref: one.passkeyRef } } })));
  const rename = (one: Passkey, name: string) =>
    act(async () => {
      const params = { path: { passkey_ref: one.passkeyRef } };
      bodyOf(await api.PUT("/api/passkeys/{passkey_ref}", { params, body: { name } }));
      setNaming(undefined);
    });
  const there = atLocalhost();
  return (
    <>
      <h2 id="passkeys">My passkeys</h2>
      <p className="faint">
        A passkey is kept by your telephone, computer or security key, and opens with your finger, face or PIN. Keep two, on two devices.
      </p>
      <p role="alert">{problem}</p>
      {passkeys && passkeys.length > 0 && (
        <table className="plain" aria-labelledby="passkeys">
          <thead>
            <tr>
              <th>Passkey</th>
              <th>Works at</th>
              <th>Last used</th>
              <th>Made</th>
              <th>
                <span className="visually-hidden">Acts</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {passkeys.map((one) => (
              <tr key={one.passkeyRef}>
                <td>{naming === one.passkeyRef ? <Naming passkey={one} save={rename} cancel={() => setNaming(undefined)} /> : one.name}</td>
                <td>{one.hostName}</td>
                <td>{one.usedAt ? ago(one.usedAt) : "not yet"}</td>
                <td>{ago(one.createdAt)}</td>
                <td>
                  <span className="row">
                    <button type="button" onClick={() => setNaming(one.passkeyRef)} aria-label={`Rename ${one.name}`}>
                      Rename
                    </button>
                    <button type="button" onClick={() => void remove(one)} aria-label={`Remove ${one.name}`}>
                      Remove
                    </button>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {passkeys?.length === 0 && <p>None yet.</p>}
      {session?.takesPasskeys && knowsPasskeys() && <WayButton act={add}>Add a passkey</WayButton>}
      {there && (
        <p>
          Passkeys work at a name, not at this bare address: <a href={there}>open this page at localhost</a>.
        </p>
      )}
    </>
  );
}

function Naming({ passkey, save, cancel }: { passkey: Passkey; save: (one: Passkey, name: string) => Promise<void>; cancel: () => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void save(passkey, String(new FormData(event.currentTarget).get("name") ?? ""));
  };
  return (
    <form className="row form" onSubmit={submit} onKeyDown={(event) => event.key === "Escape" && cancel()}>
      <input name="name" aria-label="Name of this passkey" defaultValue={passkey.name} maxLength={60} required autoFocus />
      <button type="submit">Keep</button>
    </form>
  );
}
