import { useEffect, useState } from "react";
import { api, bodyOf, Refusal } from "../api/client";
import { sentence } from "../ui/words";
import { dayOf, type Filter, moment, SIGN_WORDS, startOf, type UnusualRecord } from "./words";

const PERIODS = { 1: "The last day", 7: "The last week", 30: "The last month" } as const;

/** Looks that somebody should think about; each may be right. */
export function UnusualView({ show }: { show: (filter: Partial<Filter>) => void }) {
  const [days, setDays] = useState(7);
  const [looks, setLooks] = useState<UnusualRecord[]>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let isOver = false;
    const today = dayOf(new Date());
    const query = { since: startOf(today, 1 - days).toISOString(), until: startOf(today, 1).toISOString() };
    api
      .GET("/api/audit/unusual", { params: { query } })
      .then(bodyOf)
      .then((found) => {
        if (!isOver) setLooks(found.looks);
      })
      .catch((error: unknown) => {
        if (!isOver) setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached.");
      });
    return () => {
      isOver = true;
    };
  }, [days]);
  return (
    <>
      <p className="faint">
        People who opened their own record, that of somebody with their surname, of a VIP or a confidential patient, in an
        emergency, or many more studies in a day than they use to. Each may be right; somebody should know why.
      </p>
      <label>
        Time{" "}
        <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {Object.entries(PERIODS).map(([length, words]) => (
            <option key={length} value={length}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <p role="alert">{problem}</p>
      {looks?.length === 0 && <p>Nothing unusual in this time.</p>}
      {looks && looks.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>When</th>
              <th>Who</th>
              <th>Why it is here</th>
              <th>Patient ID</th>
              <th>Study</th>
            </tr>
          </thead>
          <tbody>
            {looks.map((look) => (
              <tr key={look.recordRef}>
                <td className="moment">
                  <time dateTime={look.happenedAt}>{moment(look.happenedAt)}</time>
                </td>
                <td>
                  <button type="button" className="quiet" onClick={() => show({ who: look.userName })}>
                    {look.who}
                  </button>
                </td>
                <td>{look.signs.map((sign) => SIGN_WORDS[sign]).join(", ")}</td>
                <td>
                  <button type="button" className="quiet" onClick={() => show({ patient: look.patientID })}>
                    {look.patientID}
                  </button>
                </td>
                <td className="uid">{look.studyInstanceUID}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
