import { useCallback, useEffect, useState } from "react";
import { api, bodyOf, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { offerUndo } from "../ui/Undo";
import { ago, count, sentence } from "../ui/words";

type Quarantined = components["schemas"]["QuarantinedDetail"];
type Failed = components["schemas"]["DeadLetterDetail"];
type Checks = components["schemas"]["CheckState"];
type Decision = "discard" | "restore" | "exchange";

const UNDO_MS = 10_000;

/** What an administrator has to decide: objects set aside, failed work, damage. */
export default function ArchivePage() {
  const [objects, setObjects] = useState<Quarantined[]>();
  const [hasMore, setHasMore] = useState(false);
  const [jobs, setJobs] = useState<Failed[]>();
  const [checks, setChecks] = useState<Checks>();
  const [leaving, setLeaving] = useState<readonly number[]>([]);
  const [problem, setProblem] = useState("");

  const load = useCallback(async () => {
    try {
      const [page, failed, checked] = await Promise.all([
        api.GET("/api/quarantine").then(bodyOf),
        api.GET("/api/jobs/failed").then(bodyOf),
        api.GET("/api/checks").then(bodyOf),
      ]);
      setObjects(page.objects);
      setHasMore(page.hasMore);
      setJobs(failed.jobs);
      setChecks(checked);
      setProblem("");
    } catch (error) {
      setProblem(said(error));
    }
  }, []);
  useEffect(() => void load(), [load]);

  const loadMore = async () => {
    const before = objects?.at(-1)?.number;
    const page = bodyOf(await api.GET("/api/quarantine", { params: { query: { before: before ?? null } } }));
    setObjects((seen) => [...(seen ?? []), ...page.objects]);
    setHasMore(page.hasMore);
  };

  const decide = async (number: number, decision: Decision) => {
    try {
      const params = { params: { path: { number } } };
      if (decision === "discard") bodyOf(await api.POST("/api/quarantine/{number}/discard", params));
      else if (decision === "restore") bodyOf(await api.POST("/api/quarantine/{number}/restore", params));
      else bodyOf(await api.POST("/api/quarantine/{number}/exchange", params));
    } catch (error) {
      setProblem(said(error));
      return false;
    }
    await load();
    return true;
  };
  const discard = async ({ number }: Quarantined) => {
    if (await decide(number, "discard")) offerUndo(`Object ${number} is discarded.`, () => void decide(number, "restore"));
  };
  const exchange = async ({ number }: Quarantined) => {
    if (await decide(number, "exchange"))
      offerUndo(`Object ${number} is served now, and the other is set aside.`, () => void decide(number, "exchange"));
  };

  const retry = async ({ number }: Failed) => {
    try {
      bodyOf(await api.POST("/api/jobs/failed/{number}/retry", { params: { path: { number } } }));
      await load();
    } catch (error) {
      setProblem(said(error));
    }
  };
  const giveUp = ({ number }: Failed) => {
    setLeaving((numbers) => [...numbers, number]);
    const stay = () => setLeaving((numbers) => numbers.filter((one) => one !== number));
    // It cannot be brought back, so it goes only when nobody takes that back.
    const timer = window.setTimeout(() => {
      void api
        .DELETE("/api/jobs/failed/{number}", { params: { path: { number } } })
        .then(load, (error: unknown) => setProblem(said(error)))
        .finally(stay);
    }, UNDO_MS);
    offerUndo(`Job ${number} goes in ten seconds.`, () => {
      window.clearTimeout(timer);
      stay();
    });
  };

  const waiting = jobs?.filter(({ number }) => !leaving.includes(number));
  return (
    <main className="desk-page">
      <h1>Archive</h1>
      <p className="faint">What the archive could not settle by itself. Nothing here is lost; it waits for you.</p>
      <p role="alert">{problem}</p>

      <section aria-labelledby="set-aside">
        <h2 id="set-aside">Set aside</h2>
        <p className="faint">
          Objects that were accepted and are not served: another object has the same UID, or they cannot be read. To look at one,
          write it to a file with <code>sonarium quarantine export</code>.
        </p>
        {objects?.length === 0 && <p>None. When a scanner sends other bytes under a UID that is known, the second waits here.</p>}
        {objects && objects.length > 0 && (
          <table className="plain">
            <thead>
              <tr>
                <th>Number</th>
                <th>Came</th>
                <th>From</th>
                <th>SOP Instance UID</th>
                <th>Why</th>
                <th>
                  <span className="visually-hidden">Acts</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {objects.map((one) => (
                <tr key={one.number}>
                  <td>{one.number}</td>
                  <td>{ago(one.receivedAt)}</td>
                  <td>{[one.callingAeTitle, one.address].filter(Boolean).join(", ") || one.door}</td>
                  <td className="uid">{one.sopInstanceUID || "unknown"}</td>
                  <td>{one.discardedAt ? `Discarded by ${one.discardedBy} ${ago(one.discardedAt)}.` : sentence(one.reason)}</td>
                  <td className="row">
                    {one.discardedAt ? (
                      <button type="button" onClick={() => void decide(one.number, "restore")}>
                        Bring back
                      </button>
                    ) : (
                      <>
                        {one.hasRival && (
                          <button type="button" onClick={() => void exchange(one)} aria-label={`Serve object ${one.number} instead`}>
                            Serve this one instead
                          </button>
                        )}
                        <button
                          type="button"
                          className="quiet"
                          onClick={() => void discard(one)}
                          aria-label={`Discard object ${one.number}`}
                        >
                          Discard
                        </button>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {hasMore && (
          <button type="button" onClick={() => void loadMore().catch((error: unknown) => setProblem(said(error)))}>
            Show earlier ones
          </button>
        )}
      </section>

      <section aria-labelledby="failed-work">
        <h2 id="failed-work">Failed work</h2>
        {waiting?.length === 0 && <p>None. Work that fails is tried again for about a day before it waits here.</p>}
        {waiting && waiting.length > 0 && (
          <table className="plain">
            <thead>
              <tr>
                <th>Job</th>
                <th>What</th>
                <th>Attempts</th>
                <th>Failed</th>
                <th>
                  <span className="visually-hidden">Acts</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {waiting.map((job) => (
                <tr key={job.number}>
                  <td>{job.number}</td>
                  <td>{WORK_WORDS[job.task] ?? job.task}</td>
                  <td>{job.attempts}</td>
                  <td>{ago(job.failedAt)}</td>
                  <td className="row">
                    <button type="button" onClick={() => void retry(job)} aria-label={`Try job ${job.number} again`}>
                      Try again
                    </button>
                    <button type="button" className="quiet" onClick={() => giveUp(job)} aria-label={`Give job ${job.number} up`}>
                      Give up
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>

      {checks && <Soundness checks={checks} />}
    </main>
  );
}

const WORK_WORDS: Record<string, string> = {
  "commitment.report": "Report storage commitment to a device",
};

function Soundness({ checks }: { checks: Checks }) {
  const read = `${count(checks.instances, "object")}, ${(checks.bytes / 2 ** 30).toFixed(1)} GiB`;
  return (
    <section aria-labelledby="soundness">
      <h2 id="soundness">Soundness</h2>
      <p>
        {!checks.startedAt && "Stored objects have not been read again yet; that begins soon after the start."}
        {checks.startedAt && !checks.finishedAt && `Stored objects are being read again since ${ago(checks.startedAt)}: ${read} so far.`}
        {checks.finishedAt && `All stored objects were read again ${ago(checks.finishedAt)}: ${read}.`}{" "}
        {checks.damaged.length === 0
          ? "None is damaged."
          : `${count(checks.damaged.length, "object is", "objects are")} damaged and not served; the same object sent again mends it.`}
      </p>
      {checks.damaged.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>Study Instance UID</th>
              <th>SOP Instance UID</th>
              <th>Found</th>
            </tr>
          </thead>
          <tbody>
            {checks.damaged.map((one) => (
              <tr key={one.sopInstanceUID}>
                <td className="uid">{one.studyInstanceUID}</td>
                <td className="uid">{one.sopInstanceUID}</td>
                <td>{ago(one.damagedAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function said(error: unknown): string {
  return error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached; what stands here may be old.";
}
