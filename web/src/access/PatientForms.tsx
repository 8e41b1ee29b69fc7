import { type FormEvent, useCallback, useEffect, useState } from "react";
import { api, bodyOf, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { offerUndo } from "../ui/Undo";
import { sentence } from "../ui/words";

type Setting = components["schemas"]["PatientConfidentiality"];
type Confidentiality = Setting["confidentiality"];
type Patient = components["schemas"]["ConfidentialPatientDetail"];

const SHOWN: Record<Confidentiality, { title: string; after: string }> = {
  normal: { title: "Like any patient", after: "Lists show the patient’s name again." },
  vip: { title: "VIP: lists show an alias until a study is opened", after: "Lists show the alias from now on." },
  confidential: {
    title: "Confidential: an alias, and a department is no reason to see them",
    after: "Lists show the alias, and departments alone see nothing of this patient any more.",
  },
};

/** Says how a patient is shown; saying it again with another choice takes it back. */
export function ConfidentialForm() {
  const [told, setTold] = useState({ problem: "", done: "" });
  const [patients, setPatients] = useState<Patient[]>([]);
  const load = useCallback(async () => {
    setPatients(bodyOf(await api.GET("/api/patient-confidentiality")).patients);
  }, []);
  useEffect(() => void load().catch((error: unknown) => setTold({ problem: inWords(error), done: "" })), [load]);
  const set = async (body: Setting) => {
    try {
      bodyOf(await api.PUT("/api/patient-confidentiality", { body }));
      setTold({ problem: "", done: SHOWN[body.confidentiality].after });
      await load();
    } catch (error) {
      setTold({ problem: inWords(error), done: "" });
    }
  };
  const takeBack = async (patient: Patient) => {
    const { patientID, studyInstanceUID, confidentiality, alias } = patient;
    await set({ patientID, studyInstanceUID, confidentiality: "normal", alias: "" });
    offerUndo("Lists show the patient’s name again.", () => void set({ patientID, studyInstanceUID, confidentiality, alias }));
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const text = (name: string) => String(typed.get(name) ?? "").trim();
    const confidentiality = text("how") as Confidentiality;
    const named = text("by") === "study" ? { patientID: "", studyInstanceUID: text("number") } : { patientID: text("number"), studyInstanceUID: "" };
    await set({ ...named, confidentiality, alias: confidentiality === "normal" ? "" : text("alias") });
  };
  return (
    <section aria-labelledby="confidential">
      <h2 id="confidential">VIP and confidential patients</h2>
      {patients.length > 0 && <Confidential patients={patients} takeBack={(one) => void takeBack(one)} />}
      <form className="form card" onSubmit={(event) => void submit(event)} aria-labelledby="confidential">
        <label>
          The patient is named by
          <select name="by">
            <option value="patient">Patient ID</option>
            <option value="study">Study Instance UID, where there is no Patient ID</option>
          </select>
        </label>
        <label>
          Its number, exactly
          <input name="number" required maxLength={64} autoComplete="off" spellCheck={false} />
        </label>
        <label>
          Shown as
          <select name="how" defaultValue="vip">
            {Object.entries(SHOWN).map(([how, { title }]) => (
              <option key={how} value={how}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label>
          Alias in lists; without one they say that the name is withheld
          <input name="alias" maxLength={128} autoComplete="off" />
        </label>
        <p className="form-problem" role="alert">
          {told.problem}
        </p>
        <p role="status">{told.done}</p>
        <p>
          <button type="submit">Set it</button>
        </p>
      </form>
    </section>
  );
}

interface ConfidentialProps {
  patients: readonly Patient[];
  takeBack: (patient: Patient) => void;
}

function Confidential({ patients, takeBack }: ConfidentialProps) {
  return (
    <table className="plain">
      <thead>
        <tr>
          <th>Patient ID, or study</th>
          <th>Shown as</th>
          <th>Alias</th>
          <th>Studies</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {patients.map((one) => (
          <tr key={one.patientID || one.studyInstanceUID}>
            <td>{one.patientID || one.studyInstanceUID}</td>
            <td>{one.confidentiality === "vip" ? "VIP" : "Confidential"}</td>
            <td>{one.alias || <span className="faint">the name is withheld</span>}</td>
            <td>{one.studies}</td>
            <td>
              <button type="button" className="quiet" onClick={() => takeBack(one)}>
                Like any patient again
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Makes a study a teaching case, or none any more. */
export function TeachingForm() {
  const [told, setTold] = useState({ problem: "", done: "" });
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const uid = String(new FormData(event.currentTarget).get("study") ?? "").trim();
    const pressed = (event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement;
    const isTeaching = pressed.value === "yes";
    try {
      const params = { path: { study_instance_uid: uid } };
      bodyOf(await api.PUT("/api/studies/{study_instance_uid}/teaching", { params, body: { isTeaching } }));
      setTold({ problem: "", done: isTeaching ? "Educators and students see it from now on." : "Educators and students see it no longer." });
    } catch (error) {
      setTold({ problem: inWords(error), done: "" });
    }
  };
  return (
    <section aria-labelledby="teaching">
      <h2 id="teaching">Teaching cases</h2>
      <form className="form card" onSubmit={(event) => void submit(event)} aria-labelledby="teaching">
        <p className="faint">
          Only a study of which every object says that the patient’s identity was removed (0012,0062) can be one.
        </p>
        <label>
          Study Instance UID
          <input name="study" required maxLength={64} autoComplete="off" spellCheck={false} />
        </label>
        <p className="form-problem" role="alert">
          {told.problem}
        </p>
        <p role="status">{told.done}</p>
        <p className="row">
          <button type="submit" value="yes">
            It is a teaching case
          </button>
          <button type="submit" value="no" className="quiet">
            It is none any more
          </button>
        </p>
      </form>
    </section>
  );
}

function inWords(error: unknown): string {
  return error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached: nothing was changed.";
}
