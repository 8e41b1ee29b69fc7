import { type FormEvent, useState } from "react";
import { Refusal } from "../api/client";
import { sentence } from "../ui/words";
import { breakGlass } from "./emergencies";
import "./access.css";

/** Where a search for a number finds nothing that I may see. */
export default function EmergencyOffer({ number, opened }: { number: string; opened: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const why = String(new FormData(event.currentTarget).get("why") ?? "").trim();
    setBusy(true);
    setProblem("");
    try {
      await breakGlass(number, why);
      opened();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  if (!isAsking) {
    return (
      <div className="emergency-offer">
        <p>
          If there is a patient, order or study with exactly this number, it may be one that you have no reason to see. In an
          emergency you can open it.
        </p>
        <button type="button" onClick={() => setAsking(true)}>
          Emergency access…
        </button>
      </div>
    );
  }
  return (
    <form className="form card" aria-label="Emergency access" onSubmit={(event) => void submit(event)}>
      <h2>Emergency access to “{number}”</h2>
      <p>
        You see all that has exactly this number for four hours. It is noted with your name and your reason, the auditors are told
        at once, and one of them will review it.
      </p>
      <label>
        Why you need it now
        <textarea name="why" rows={3} required minLength={10} maxLength={500} autoFocus placeholder="A sentence is enough" />
      </label>
      <p className="form-problem" role="alert">
        {problem}
      </p>
      <p className="row">
        <button type="submit" className="alarm-act" disabled={isBusy}>
          Open for four hours
        </button>
        <button type="button" className="quiet" onClick={() => setAsking(false)}>
          Leave it
        </button>
      </p>
    </form>
  );
}

function problemOf(error: unknown): string {
  if (!(error instanceof Refusal)) return "The archive cannot be reached: nothing was opened.";
  return error.status === 404
    ? "Nothing here has exactly this number, as Patient ID, Accession Number or Study Instance UID. Nothing was opened."
    : sentence(error.message);
}
