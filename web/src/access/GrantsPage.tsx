import { type FormEvent, useCallback, useEffect, useState } from "react";
import { useSession } from "../account/session";
import { api, bodyOf, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { offerUndo } from "../ui/Undo";
import { sentence } from "../ui/words";
import "./access.css";
import { ConfidentialForm, TeachingForm } from "./PatientForms";
import { day, type Grant, NO_TARGET, REASON_WORDS, targetOf } from "./words";

type NewGrant = components["schemas"]["NewGrant"];
type Person = components["schemas"]["PersonDetail"];

const DAY_MS = 86_400_000;
const GIVEN: Record<NewGrant["reason"], string> = {
  grant: "A grant, for whoever needs it",
  care_team: "They look after the patient",
  own_record: "It is their own record",
};

/** What administrators let people see, and how patients are shown. */
export default function GrantsPage() {
  const [grants, setGrants] = useState<Grant[]>();
  const [people, setPeople] = useState<Person[]>([]);
  const [problem, setProblem] = useState("");
  const load = useCallback(async () => {
    setGrants(bodyOf(await api.GET("/api/grants")).grants);
  }, []);
  const failed = useCallback((error: unknown) => setProblem(inWords(error)), []);
  useEffect(() => {
    void load().catch(failed);
    void api.GET("/api/people").then(({ data }) => data && setPeople(data.people.filter((one) => one.isActive)), failed);
  }, [load, failed]);

  const revoke = async (grantRef: number) => {
    bodyOf(await api.DELETE("/api/grants/{grant_ref}", { params: { path: { grant_ref: grantRef } } }));
    await load();
  };
  const add = async (grant: NewGrant) => {
    const { grantRefs } = bodyOf(await api.POST("/api/grants", { body: grant }));
    setProblem("");
    await load();
    return grantRefs;
  };
  const give = async (grant: NewGrant) => {
    const refs = await add(grant);
    offerUndo(`${grant.userName} may see it.`, () => void Promise.all(refs.map(revoke)).catch(failed));
  };
  const takeBack = async (grant: Grant) => {
    try {
      await revoke(grant.grantRef);
      const again = sameAgain(grant);
      if (again) offerUndo(`${grant.userName} may not see it any more for that reason.`, () => void add(again).catch(failed));
    } catch (error) {
      failed(error);
    }
  };
  return (
    <main className="desk-page">
      <h1>Access</h1>
      <p className="faint">
        People see the studies of their departments and those that they order or read. What goes beyond that is written here.
        Running the system shows no images: nobody grants anything to themselves.
      </p>
      <p role="alert">{problem}</p>
      <GrantForm people={people} give={give} />
      <h2>What holds now</h2>
      {grants?.length === 0 && <p>Nothing. Most sites need few grants: departments, set on the page People, do most of the work.</p>}
      {grants && grants.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>Who</th>
              <th>May see</th>
              <th>Reason</th>
              <th>Until</th>
              <th>By</th>
              <th>
                <span className="visually-hidden">Acts</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {grants.map((one) => (
              <tr key={one.grantRef}>
                <td>{one.userName}</td>
                <td title={one.studyInstanceUID ?? ""}>{targetOf(one)}</td>
                <td>
                  {sentence(REASON_WORDS[one.reason as keyof typeof REASON_WORDS])}
                  <div className="faint reason">{one.why}</div>
                </td>
                <td>{day(one.expiresAt)}</td>
                <td>{one.grantedBy}</td>
                <td>
                  <button type="button" onClick={() => void takeBack(one)} aria-label={`Take back what ${one.userName} may see`}>
                    Take back
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ConfidentialForm />
      <TeachingForm />
    </main>
  );
}

/** What gives the same again, as long; nothing for emergencies, which only their person begins. */
function sameAgain(grant: Grant): NewGrant | undefined {
  if (!(grant.reason in GIVEN)) return undefined;
  return {
    userName: grant.userName,
    target: { ...NO_TARGET, patientID: grant.patientID ?? "", studyInstanceUID: grant.studyInstanceUID ?? "" },
    reason: grant.reason as NewGrant["reason"],
    why: grant.why,
    days: Math.max(1, Math.round((Date.parse(grant.expiresAt) - Date.now()) / DAY_MS)),
  };
}

function GrantForm({ people, give }: { people: readonly Person[]; give: (grant: NewGrant) => Promise<void> }) {
  const me = useSession()?.userName;
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const text = (name: string) => String(typed.get(name) ?? "").trim();
    const until = Date.parse(`${text("until")}T23:59`);
    try {
      await give({
        userName: text("who"),
        target: { ...NO_TARGET, [text("by")]: text("number") },
        reason: text("reason") as NewGrant["reason"],
        why: text("why"),
        days: Math.max(1, Math.ceil((until - Date.now()) / DAY_MS)),
      });
      setOpen(false);
      setProblem("");
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  if (!isOpen) {
    return (
      <p>
        <button type="button" className="main-act" onClick={() => setOpen(true)}>
          Let somebody see something
        </button>
      </p>
    );
  }
  return (
    <form className="form card" aria-label="Let somebody see something" onSubmit={(event) => void submit(event)}>
      <label>
        Who
        <select name="who" required autoFocus>
          {people
            .filter((one) => one.userName !== me)
            .map((one) => (
              <option key={one.userName} value={one.userName}>
                {one.displayName} ({one.userName})
              </option>
            ))}
        </select>
      </label>
      <label>
        What
        <select name="by" defaultValue="patientID">
          <option value="patientID">All studies of the patient with this Patient ID</option>
          <option value="accessionNumber">The studies with this Accession Number</option>
          <option value="studyInstanceUID">The study with this Study Instance UID</option>
        </select>
      </label>
      <label>
        Number, exactly as the archive has it
        <input name="number" required maxLength={64} autoComplete="off" spellCheck={false} />
      </label>
      <label>
        Reason
        <select name="reason" defaultValue="grant">
          {Object.entries(GIVEN).map(([reason, words]) => (
            <option key={reason} value={reason}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        Why, in a few words
        <input name="why" required maxLength={500} autoComplete="off" />
      </label>
      <label>
        Until, that day included
        <input name="until" type="date" required min={isoDay(0)} max={isoDay(3650)} defaultValue={isoDay(14)} />
      </label>
      <p className="form-problem" role="alert">
        {problem}
      </p>
      <p className="row">
        <button type="submit" className="main-act">
          Let them see it
        </button>
        <button type="button" className="quiet" onClick={() => setOpen(false)}>
          Cancel
        </button>
      </p>
    </form>
  );
}

/** A day of the person's own calendar. */
function isoDay(ahead: number): string {
  const at = new Date();
  at.setDate(at.getDate() + ahead);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

function inWords(error: unknown): string {
  return error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached.";
}
