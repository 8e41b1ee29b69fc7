import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { ROLE_WORDS, useMay, useSession } from "../account/session";
import { api, bodyOf, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { offerUndo, UndoOffer } from "../ui/Undo";
import { sentence } from "../ui/words";
import "./access.css";
import type { Meant } from "./StudyAccess";
import { day, type Grant, moment, type Onlooker, REASON_WORDS } from "./words";

type Colleague = components["schemas"]["ColleagueDetail"];

const DAY_MS = 86_400_000;

/** Who may see a study and why; whoever cares for the patient lets colleagues in. */
export default function AccessDialog({ study, close }: { study: Meant; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [people, setPeople] = useState<Onlooker[]>();
  const [problem, setProblem] = useState("");
  const mayAdd = useMay("write_studies");
  useEffect(() => dialog.current?.showModal(), []);
  const load = useCallback(async () => {
    const path = { study_instance_uid: study.uid };
    try {
      setPeople(bodyOf(await api.GET("/api/studies/{study_instance_uid}/access", { params: { path } })).people);
      setProblem("");
    } catch (error) {
      setProblem(inWords(error));
    }
  }, [study.uid]);
  useEffect(() => void load(), [load]);

  const add = async (userName: string, days: number) => {
    const path = { study_instance_uid: study.uid };
    const made = bodyOf(await api.POST("/api/studies/{study_instance_uid}/care-team", { params: { path }, body: { userName, days } }));
    await load();
    return made.grantRefs;
  };
  const remove = async (grantRef: number) => {
    bodyOf(await api.DELETE("/api/care-team/{grant_ref}", { params: { path: { grant_ref: grantRef } } }));
    await load();
  };
  const failed = (error: unknown) => setProblem(inWords(error));
  const letIn = async ({ userName, displayName }: Colleague, days: number) => {
    try {
      const refs = await add(userName, days);
      offerUndo(`${displayName} may see it for ${days === 1 ? "a day" : `${days} days`}.`, () => void Promise.all(refs.map(remove)).catch(failed));
    } catch (error) {
      failed(error);
    }
  };
  const takeBack = async (one: Onlooker, grant: Grant) => {
    const days = Math.max(1, Math.round((Date.parse(grant.expiresAt) - Date.now()) / DAY_MS));
    try {
      await remove(grant.grantRef);
      offerUndo(`${one.displayName} is out of the care team.`, () => void add(one.userName, days).catch(failed));
    } catch (error) {
      failed(error);
    }
  };

  return (
    <dialog ref={dialog} className="access-dialog" aria-labelledby="who-title" onClose={close}>
      <h2 id="who-title">Who may see this study?</h2>
      <p className="faint">{study.title}</p>
      <p role="alert">{problem}</p>
      {people && <Onlookers people={people} takeBack={mayAdd ? takeBack : undefined} />}
      {people && mayAdd && <AddToTeam people={people} letIn={letIn} />}
      {!mayAdd && <p className="faint">Those who care for the patient see here who else may see it. You see your own reasons.</p>}
      <p className="row">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </p>
      {/* What lies under an open dialog cannot be reached. */}
      <UndoOffer />
    </dialog>
  );
}

interface OnlookersProps {
  people: readonly Onlooker[];
  takeBack: ((one: Onlooker, grant: Grant) => Promise<void>) | undefined;
}

function Onlookers({ people, takeBack }: OnlookersProps) {
  const me = useSession()?.userName;
  if (people.length === 0) return <p>Nobody but those who run the machine. You see it by a right of another kind.</p>;
  return (
    <table className="plain">
      <thead>
        <tr>
          <th>Who</th>
          <th>Why</th>
          <th>
            <span className="visually-hidden">Acts</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {people.map((one) => (
          <tr key={one.userName}>
            <td>
              {one.displayName}
              <div className="faint">{one.roles.map((role) => ROLE_WORDS[role]).join(", ")}</div>
            </td>
            <td>
              {one.reasons.length > 0 && <div>{sentence(one.reasons.map((reason) => REASON_WORDS[reason]).join(", "))}</div>}
              {one.grants.map((grant) => (
                <div key={grant.grantRef} title={grant.why}>
                  {grantInWords(grant)}
                </div>
              ))}
            </td>
            <td>
              {takeBack &&
                one.grants
                  .filter((grant) => grant.reason === "care_team" && grant.grantedBy === me)
                  .map((grant) => (
                    <button key={grant.grantRef} type="button" onClick={() => void takeBack(one, grant)} aria-label={`Take back: ${one.displayName}`}>
                      Take back
                    </button>
                  ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Reason, end and giver of a grant in one sentence. */
function grantInWords(grant: Grant): string {
  const what = sentence(REASON_WORDS[grant.reason as keyof typeof REASON_WORDS]).slice(0, -1);
  if (grant.reason === "break_glass") return `${what} until ${moment(grant.expiresAt)}: ${grant.why}`;
  return `${what} until ${day(grant.expiresAt)}, by ${grant.grantedBy}`;
}

function AddToTeam({ people, letIn }: { people: readonly Onlooker[]; letIn: (who: Colleague, days: number) => Promise<void> }) {
  const [colleagues, setColleagues] = useState<Colleague[]>([]);
  const me = useSession()?.userName;
  useEffect(() => {
    void api.GET("/api/colleagues").then(({ data }) => data && setColleagues(data.people), () => undefined);
  }, []);
  const inTeam = new Set(people.filter((one) => one.grants.some((grant) => grant.reason === "care_team")).map((one) => one.userName));
  const free = colleagues.filter((one) => one.userName !== me && !inTeam.has(one.userName));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const who = free.find((one) => one.userName === typed.get("who"));
    if (who) void letIn(who, Number(typed.get("days")));
  };
  if (free.length === 0) return null;
  return (
    <>
      <h3>Let a colleague in</h3>
      <p className="faint">For somebody who looks after the patient too. They see this study until the days are over.</p>
      <form className="form inline-form" onSubmit={submit} aria-label="Let a colleague in">
        <label>
          Colleague
          <select name="who" required>
            {free.map((one) => (
              <option key={one.userName} value={one.userName}>
                {one.displayName} ({one.roles.map((role) => ROLE_WORDS[role].toLowerCase()).join(", ")})
              </option>
            ))}
          </select>
        </label>
        <label>
          Days
          <input className="days" name="days" type="number" min={1} max={366} defaultValue={30} required />
        </label>
        <button type="submit" className="main-act">
          Let them see it
        </button>
      </form>
    </>
  );
}

function inWords(error: unknown): string {
  return error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached.";
}
