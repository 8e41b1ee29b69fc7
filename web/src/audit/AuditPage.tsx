import { useEffect, useState } from "react";
import { api, bodyOf, Refusal } from "../api/client";
import { personName, sentence } from "../ui/words";
import "./audit.css";
import { saveExport } from "./exporting";
import { FilterForm } from "./FilterForm";
import { UnusualView } from "./UnusualView";
import { type AuditRecord, type Filter, moment, NOTHING, queryOf, searchOf } from "./words";

type View = "done" | "unusual";

/** Who did what to whom: for auditors. */
export default function AuditPage() {
  const [view, setView] = useState<View>("done");
  const [filter, setFilter] = useState<Filter>(NOTHING);
  const show = (more: Partial<Filter>) => {
    setFilter({ ...NOTHING, ...more });
    setView("done");
  };
  return (
    <main className="desk-page audit">
      <h1>Audit</h1>
      <p className="faint">
        Every access, change, search, copy, sign-in and refusal. Nothing here can be changed, and reading it is recorded too.
      </p>
      <div className="row" role="group" aria-label="What to show">
        <button type="button" aria-pressed={view === "done"} onClick={() => setView("done")}>
          What was done
        </button>
        <button type="button" aria-pressed={view === "unusual"} onClick={() => setView("unusual")}>
          Unusual access
        </button>
      </div>
      {view === "done" ? <DoneView filter={filter} setFilter={setFilter} /> : <UnusualView show={show} />}
    </main>
  );
}

function wordsOf(error: unknown): string {
  return error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached.";
}

function DoneView({ filter, setFilter }: { filter: Filter; setFilter: (filter: Filter) => void }) {
  const [records, setRecords] = useState<AuditRecord[]>();
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState("");

  const load = async (before: string | null) => {
    const query = { ...queryOf(filter), ...(before && { before }) };
    return bodyOf(await api.GET("/api/audit/records", { params: { query } }));
  };
  useEffect(() => {
    let isOver = false;
    load(null)
      .then((found) => {
        if (isOver) return;
        setRecords(found.records);
        setNext(found.next);
        setProblem("");
      })
      .catch((error: unknown) => {
        if (!isOver) setProblem(wordsOf(error));
      });
    return () => {
      isOver = true;
    };
  }, [filter]);
  const more = async () => {
    const found = await load(next);
    setRecords((before) => [...(before ?? []), ...found.records]);
    setNext(found.next);
  };

  const save = (path: string, name: string) =>
    saveExport(`/api/audit/${path}`, name).then(
      () => setProblem(""),
      (error: unknown) => setProblem(wordsOf(error)),
    );

  const search = searchOf(queryOf(filter));
  const patient = filter.patient.trim();
  return (
    <>
      <FilterForm key={JSON.stringify(filter)} filter={filter} look={setFilter} />
      <p role="alert">{problem}</p>
      <p className="row">
        <button type="button" onClick={() => void save(`records.csv?${search}`, "audit.csv")}>
          Save as a table (CSV)
        </button>
        {patient && (
          <button
            type="button"
            onClick={() => void save(`disclosures.pdf?${new URLSearchParams({ patient, offset: offset() })}`, "disclosures.pdf")}
          >
            Accounting of disclosures for this patient (PDF)
          </button>
        )}
      </p>
      {records?.length === 0 && <Nothing filter={filter} />}
      {records && records.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>When</th>
              <th>Who</th>
              <th>From</th>
              <th>Did</th>
              <th>Patient</th>
              <th>What</th>
            </tr>
          </thead>
          <tbody>
            {records.map((record) => (
              <tr key={record.recordRef} className={record.refused ? "refused" : undefined}>
                <td className="moment">
                  <time dateTime={record.happenedAt}>{moment(record.happenedAt)}</time>
                </td>
                <td>
                  {record.userName ? (
                    <button
                      type="button"
                      className="quiet"
                      title={`All that ${record.userName} did`}
                      onClick={() => setFilter({ ...NOTHING, who: record.userName })}
                    >
                      {record.who}
                    </button>
                  ) : (
                    record.who
                  )}
                </td>
                <td>{record.address}</td>
                <td title={record.event}>{record.act}</td>
                <td>
                  {record.patientID ? (
                    <button
                      type="button"
                      className="quiet"
                      title="All that was done with this patient’s studies"
                      onClick={() => setFilter({ ...NOTHING, patient: record.patientID })}
                    >
                      {record.patientName ? `${personName(record.patientName)} · ${record.patientID}` : record.patientID}
                    </button>
                  ) : (
                    record.patientName && personName(record.patientName)
                  )}
                </td>
                <td className="what">
                  {record.what}
                  {record.studyInstanceUID && <small>{record.studyInstanceUID}</small>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {next && (
        <button type="button" onClick={() => void more().catch(() => setProblem("The archive cannot be reached."))}>
          Show older
        </button>
      )}
    </>
  );
}

function Nothing({ filter }: { filter: Filter }) {
  if (filter.patient) {
    return (
      <p>
        Nothing fits. A patient is found by the whole patient ID, as it stands in the study list, in capitals and small
        letters as there.
      </p>
    );
  }
  if (filter.who) {
    return <p>Nothing fits. People are found by user name, programs by client id and devices by AE title.</p>;
  }
  return <p>Nothing fits. Take a longer time, or fewer conditions.</p>;
}

/** How far the reader's clock is from UTC, in minutes. */
function offset(): string {
  return String(-new Date().getTimezoneOffset());
}
