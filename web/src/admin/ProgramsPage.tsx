import { type FormEvent, useCallback, useEffect, useState } from "react";
import { api, bodyOf, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { offerUndo } from "../ui/Undo";
import { ago, sentence } from "../ui/words";
import { OneUse } from "./OneUse";
import { PlacesMenu } from "./Places";

type Program = components["schemas"]["ClientDetail"];
type Places = Pick<Program, "departments" | "department">;
type Scope = Program["scopes"][number];

const SCOPE_WORDS: Record<Scope, string> = {
  "system/ImagingStudy.rs": "Find and retrieve studies",
  "system/ImagingStudy.c": "Store objects",
  "system/AuditEvent.rs": "Read the audit trail",
};
const SCOPES = Object.keys(SCOPE_WORDS) as Scope[];
const UNDO_MS = 10_000;

/** Programs that come in over HTTP. */
export default function ProgramsPage() {
  const [programs, setPrograms] = useState<Program[]>();
  const [leaving, setLeaving] = useState<readonly string[]>([]);
  const [isAdding, setAdding] = useState(false);
  const [problem, setProblem] = useState("");
  const [made, setMade] = useState<{ clientID: string; secret: string }>();
  const load = useCallback(async () => {
    setPrograms(bodyOf(await api.GET("/api/clients")).clients);
  }, []);
  useEffect(() => void load().catch((error: unknown) => setProblem(String(error))), [load]);

  const remove = (program: Program) => {
    setLeaving((ids) => [...ids, program.clientID]);
    const stay = () => setLeaving((ids) => ids.filter((id) => id !== program.clientID));
    // Its secret cannot be made again, so it goes only when nobody takes that back.
    const timer = window.setTimeout(() => {
      void api
        .DELETE("/api/clients/{client_id}", { params: { path: { client_id: program.clientID } } })
        .then(load, () => setProblem(`${program.clientID} could not be removed: the archive cannot be reached.`))
        .finally(stay);
    }, UNDO_MS);
    offerUndo(`${program.clientID} goes in ten seconds.`, () => {
      window.clearTimeout(timer);
      stay();
    });
  };

  const putPlaces = async ({ clientID }: Program, wanted: Places) => {
    setPrograms((all) => all?.map((one) => (one.clientID === clientID ? { ...one, ...wanted } : one)));
    const answer = await api.PUT("/api/clients/{client_id}/departments", {
      params: { path: { client_id: clientID } },
      body: wanted,
    });
    const detail = (answer.error as { detail?: string } | undefined)?.detail;
    setProblem(answer.response.ok ? "" : sentence(detail ?? "it could not be changed"));
    if (!answer.response.ok) await load();
    return answer.response.ok;
  };
  const changePlaces = async (program: Program, changed: Partial<Places>) => {
    const { departments, department } = program;
    const said = changed.departments ? "sees" : "stores for";
    if (await putPlaces(program, { departments, department, ...changed }))
      offerUndo(`What ${program.clientID} ${said} is changed.`, () => void putPlaces(program, { departments, department }));
  };

  return (
    <main className="desk-page">
      <h1>Programs</h1>
      <p className="faint">
        Viewers, other archives and scripts that use DICOMweb. Each has a secret, for which it gets a token of a quarter of an
        hour.
      </p>
      <p className="row">
        <button type="button" className="main-act" onClick={() => setAdding(true)} disabled={isAdding}>
          Add a program
        </button>
      </p>
      <p role="alert">{problem}</p>
      {made && (
        <OneUse title={`The secret of ${made.clientID}`} secret={made.secret} close={() => setMade(undefined)}>
          It is shown once. Put it into the program’s settings as its client secret.
        </OneUse>
      )}
      {isAdding && (
        <AddProgram
          close={() => setAdding(false)}
          added={(answer) => {
            setAdding(false);
            setMade(answer);
            void load();
          }}
        />
      )}
      {programs?.length === 0 && <p>None yet. People need none: they use this page’s own browser.</p>}
      {programs && programs.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th>Client id</th>
              <th>What it is</th>
              <th>May</th>
              <th>Departments</th>
              <th>Since</th>
              <th>
                <span className="visually-hidden">Acts</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {programs
              .filter((program) => !leaving.includes(program.clientID))
              .map((program) => (
                <tr key={program.clientID}>
                  <td>{program.clientID}</td>
                  <td>{program.description}</td>
                  <td>{program.scopes.map((scope) => SCOPE_WORDS[scope]).join(", ")}</td>
                  <td>
                    <PlacesMenu
                      id={`places-of-${program.clientID}`}
                      whose={program.clientID}
                      departments={program.departments}
                      change={(departments) => void changePlaces(program, { departments })}
                      own={program.department}
                      changeOwn={(department) => void changePlaces(program, { department })}
                    />
                  </td>
                  <td>{ago(program.createdAt)}</td>
                  <td>
                    <button type="button" onClick={() => remove(program)}>
                      Remove
                    </button>
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

function AddProgram({ close, added }: { close: () => void; added: (made: { clientID: string; secret: string }) => void }) {
  const [problem, setProblem] = useState("");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const scopes = SCOPES.filter((scope) => typed.has(scope));
    try {
      const body = { clientID: String(typed.get("client") ?? ""), description: String(typed.get("what") ?? ""), scopes };
      added(bodyOf(await api.POST("/api/clients", { body })));
    } catch (error) {
      setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached.");
    }
  };
  return (
    <form className="form card" aria-label="Add a program" onSubmit={(event) => void submit(event)}>
      <label>
        Client id
        <input name="client" required autoFocus autoComplete="off" spellCheck={false} autoCapitalize="none" />
      </label>
      <label>
        What it is, for people
        <input name="what" autoComplete="off" />
      </label>
      <fieldset className="boxes">
        <legend>It may</legend>
        {SCOPES.map((scope) => (
          <label key={scope}>
            <input type="checkbox" name={scope} />
            {SCOPE_WORDS[scope]}
          </label>
        ))}
      </fieldset>
      <p className="form-problem" role="alert">
        {problem}
      </p>
      <p className="row">
        <button type="submit" className="main-act">
          Add, and show its secret
        </button>
        <button type="button" className="quiet" onClick={close}>
          Cancel
        </button>
      </p>
    </form>
  );
}
