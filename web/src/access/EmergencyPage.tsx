import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { useSession } from "../account/session";
import { api, bodyOf, Refusal } from "../api/client";
import { count, sentence } from "../ui/words";
import "./access.css";
import { type Grant, moment, targetOf, timeLeft } from "./words";

type Verdict = "justified" | "not_justified";
const VERDICT_WORDS: Record<Verdict, string> = { justified: "Justified", not_justified: "Not justified" };

/** Emergencies: those that wait for a review, oldest first, and what was found of the others. */
export default function EmergencyPage() {
  const [waiting, setWaiting] = useState<Grant[]>();
  const [judged, setJudged] = useState<Grant[]>([]);
  const [problem, setProblem] = useState("");
  const [news, setNews] = useState("");
  const known = useRef<ReadonlySet<number>>(undefined);
  const load = useCallback(async () => {
    try {
      const found = bodyOf(await api.GET("/api/break-glass")).grants;
      const fresh = found.filter((one) => known.current && !known.current.has(one.grantRef));
      if (fresh.length > 0) setNews(`${fresh.map((one) => one.userName).join(", ")} just opened something in an emergency.`);
      known.current = new Set(found.map((one) => one.grantRef));
      setWaiting(found);
      setJudged(bodyOf(await api.GET("/api/break-glass/judged")).grants);
      setProblem("");
    } catch (error) {
      setProblem(inWords(error));
    }
  }, []);
  useEffect(() => {
    void load();
    // The archive tells at once; a browser that lost it asks again by itself, and so do we.
    const told = new EventSource("/api/break-glass/watch");
    const look = () => void load();
    told.addEventListener("break-glass", look);
    told.addEventListener("open", look);
    return () => told.close();
  }, [load]);
  const judge = async (grant: Grant, verdict: Verdict, remark: string) => {
    try {
      bodyOf(
        await api.POST("/api/break-glass/{grant_ref}/review", {
          params: { path: { grant_ref: grant.grantRef } },
          body: { verdict, remark },
        }),
      );
      await load();
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  return (
    <main className="desk-page">
      <h1>Emergency access</h1>
      <p className="faint">
        Whoever breaks the glass sees a patient or study for four hours without another reason. Each time waits here until somebody
        else has judged it; a verdict stays.
      </p>
      <p role="alert">{problem}</p>
      <p role="status">{news}</p>
      <h2>{waiting && waiting.length > 0 ? `${count(waiting.length, "emergency waits", "emergencies wait")} for a review` : "Waiting for a review"}</h2>
      {waiting?.length === 0 && <p>None. When somebody opens a study in an emergency, it appears here by itself.</p>}
      {waiting && waiting.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>Who</th>
              <th>Opened</th>
              <th>What</th>
              <th>Reason they gave</th>
              <th>Verdict</th>
            </tr>
          </thead>
          <tbody>
            {waiting.map((one) => (
              <tr key={one.grantRef} className="waits">
                <td>{one.userName}</td>
                <td>
                  {moment(one.grantedAt)}
                  <div className="faint">{stateOf(one)}</div>
                </td>
                <td className="reason">{targetOf(one)}</td>
                <td className="reason">{one.why}</td>
                <td>
                  <ReviewForm grant={one} judge={judge} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {judged.length > 0 && (
        <>
          <h2>Reviewed</h2>
          <table className="plain">
            <thead>
              <tr>
                <th>Who</th>
                <th>Opened</th>
                <th>What</th>
                <th>Reason they gave</th>
                <th>Verdict</th>
                <th>By</th>
              </tr>
            </thead>
            <tbody>
              {judged.map((one) => (
                <tr key={one.grantRef}>
                  <td>{one.userName}</td>
                  <td>{moment(one.grantedAt)}</td>
                  <td className="reason">{targetOf(one)}</td>
                  <td className="reason">{one.why}</td>
                  <td>
                    {VERDICT_WORDS[one.verdict as Verdict]}
                    <div className="faint reason">{one.remark}</div>
                  </td>
                  <td>
                    {one.reviewedBy}
                    <div className="faint">{one.reviewedAt && moment(one.reviewedAt)}</div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </main>
  );
}

function stateOf(grant: Grant): string {
  if (grant.revokedAt) return `ended ${moment(grant.revokedAt)}`;
  const left = timeLeft(grant.expiresAt);
  return left ? `open for ${left} more` : "over";
}

function ReviewForm({ grant, judge }: { grant: Grant; judge: (grant: Grant, verdict: Verdict, remark: string) => Promise<void> }) {
  const me = useSession()?.userName;
  if (grant.userName === me) return <span className="faint">Somebody else judges yours.</span>;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const pressed = (event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement;
    const remark = String(new FormData(event.currentTarget).get("remark") ?? "").trim();
    void judge(grant, pressed.value as Verdict, remark);
  };
  return (
    <form className="form" onSubmit={submit} aria-label={`Verdict on the emergency of ${grant.userName}`}>
      <input name="remark" maxLength={500} placeholder="Remark" aria-label="Remark" autoComplete="off" />
      <span className="row">
        <button type="submit" value="justified">
          Justified
        </button>
        <button type="submit" value="not_justified">
          Not justified
        </button>
      </span>
    </form>
  );
}

function inWords(error: unknown): string {
  return error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached; this list may be old.";
}
