import { type FormEvent, useCallback, useEffect, useState } from "react";
import { api, bodyOf, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { offerUndo } from "../ui/Undo";
import { ago, sentence } from "../ui/words";
import { Places, placesInWords } from "./Places";

type Device = components["schemas"]["DeviceDetail"];
type Knock = components["schemas"]["KnockDetail"];
type Settings = Device["settings"];
type May = Settings["may"][number];

const MAY_WORDS: Record<May, string> = {
  store: "Store, and ask for commitment",
  query: "Search (C-FIND)",
  retrieve: "Retrieve to itself (C-GET, C-MOVE)",
  move: "Send to any known device (C-MOVE)",
};
const EVERY_MAY = Object.keys(MAY_WORDS) as May[];
const NEW: Settings = {
  host: "",
  port: 104,
  tls: false,
  description: "",
  may: ["store"],
  callsFrom: [],
  certificate: "",
  departments: ["*"],
  department: "",
};
const LOOK_AGAIN_MS = 5_000;

interface Draft {
  aeTitle: string;
  settings: Settings;
  isKnown: boolean;
}

/** Scanners and workstations that come in over DICOM, and those that were refused. */
export default function DevicesPage() {
  const [devices, setDevices] = useState<Device[]>();
  const [knocks, setKnocks] = useState<Knock[]>([]);
  const [draft, setDraft] = useState<Draft>();
  const [problem, setProblem] = useState("");
  const [echoes, setEchoes] = useState<Record<string, string>>({});

  const load = useCallback(async () => {
    try {
      const found = bodyOf(await api.GET("/api/devices"));
      setDevices(found.devices);
      setKnocks(found.knocks);
      setProblem("");
    } catch (error) {
      setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached; this list may be old.");
    }
  }, []);
  useEffect(() => {
    void load();
    const timer = window.setInterval(() => void load(), LOOK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [load]);

  const put = async (aeTitle: string, settings: Settings) => {
    bodyOf(await api.PUT("/api/devices/{ae_title}", { params: { path: { ae_title: aeTitle } }, body: settings }));
    await load();
  };
  const remove = async ({ aeTitle, settings }: Device) => {
    try {
      bodyOf(await api.DELETE("/api/devices/{ae_title}", { params: { path: { ae_title: aeTitle } } }));
      offerUndo(`${aeTitle} is removed.`, () => void put(aeTitle, settings));
    } finally {
      await load();
    }
  };
  const echo = async (aeTitle: string) => {
    setEchoes((said) => ({ ...said, [aeTitle]: "calling …" }));
    const path = { ae_title: aeTitle };
    const said = await api
      .POST("/api/devices/{ae_title}/echo", { params: { path } })
      .then(bodyOf)
      .then((answer) => (answer.answered ? "answers" : sentence(answer.detail)))
      .catch(() => "The archive cannot be reached.");
    setEchoes((before) => ({ ...before, [aeTitle]: said }));
  };

  return (
    <main className="desk-page">
      <h1>Devices</h1>
      <p className="faint">
        Scanners, workstations and other archives that speak DICOM. One that is not in the list is refused, and knocks below.
      </p>
      <p className="row">
        <button
          type="button"
          className="main-act"
          disabled={draft !== undefined}
          onClick={() => setDraft({ aeTitle: "", settings: NEW, isKnown: false })}
        >
          Add a device
        </button>
      </p>
      <p role="alert">{problem}</p>
      {draft && (
        <DeviceForm
          key={draft.aeTitle}
          draft={draft}
          close={() => setDraft(undefined)}
          keep={async (aeTitle, settings) => {
            await put(aeTitle, settings);
            setDraft(undefined);
          }}
        />
      )}
      {knocks.length > 0 && (
        <section aria-labelledby="knocking">
          <h2 id="knocking">Knocking</h2>
          <p className="faint">These called and were refused. Let in only what you know: an AE title is no proof.</p>
          <table className="plain">
            <thead>
              <tr>
                <th>AE title</th>
                <th>Address</th>
                <th>Certificate</th>
                <th>Times</th>
                <th>Last</th>
                <th>
                  <span className="visually-hidden">Acts</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {knocks.map((knock) => (
                <tr key={`${knock.aeTitle} ${knock.address} ${knock.certificate}`}>
                  <td>{knock.aeTitle}</td>
                  <td>{knock.address}</td>
                  <td title={knock.certificate}>{knock.certificate ? `${knock.certificate.slice(0, 16)}…` : "none"}</td>
                  <td>{knock.times}</td>
                  <td>{ago(knock.lastAt)}</td>
                  <td className="row">
                    <button type="button" onClick={() => letIn(knock)} aria-label={`Let it store: ${knock.aeTitle}`}>
                      Let it store
                    </button>
                    <button type="button" className="quiet" onClick={() => setDraft(draftOf(knock))}>
                      Look closer
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {devices?.length === 0 && (
        <p>None yet. Set the scanner to this archive’s AE title, address and port, and let it send: it appears here.</p>
      )}
      {devices && devices.length > 0 && (
        <section aria-labelledby="known">
          <h2 id="known">Known</h2>
          <table className="plain">
            <thead>
              <tr>
                <th>AE title</th>
                <th>What it is</th>
                <th>Where</th>
                <th>May</th>
                <th>
                  <span className="visually-hidden">Acts</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {devices.map((device) => (
                <tr key={device.aeTitle}>
                  <td>{device.aeTitle}</td>
                  <td>{device.settings.description}</td>
                  <td>
                    {device.settings.host}, port {device.settings.port}
                    {device.settings.tls && ", TLS"}
                    {device.settings.callsFrom.length > 0 && <div className="faint">calls from {device.settings.callsFrom.join(", ")}</div>}
                  </td>
                  <td>
                    {device.settings.may.map((may) => MAY_WORDS[may]).join("; ") || "Nothing but C-ECHO"}
                    <div className="faint">sees: {placesInWords(device.settings.departments)}</div>
                    {device.settings.department && <div className="faint">sends for: {device.settings.department}</div>}
                  </td>
                  <td className="row">
                    <button type="button" className="quiet" onClick={() => void echo(device.aeTitle)}>
                      Call it
                    </button>
                    <button type="button" className="quiet" onClick={() => setDraft({ ...device, isKnown: true })}>
                      Change
                    </button>
                    <button type="button" className="quiet" onClick={() => void remove(device)}>
                      Remove
                    </button>
                    <span role="status">{echoes[device.aeTitle]}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </main>
  );

  function letIn(knock: Knock): void {
    const { aeTitle, settings } = draftOf(knock);
    void put(aeTitle, settings).then(
      () =>
        offerUndo(`${aeTitle} may store.`, () => {
          void api.DELETE("/api/devices/{ae_title}", { params: { path: { ae_title: aeTitle } } }).then(load);
        }),
      (error: unknown) => setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached."),
    );
  }
}

/** A device as it knocked: at its address, bound to the certificate that it showed. */
function draftOf(knock: Knock): Draft {
  const { aeTitle, address, certificate } = knock;
  return { aeTitle, settings: { ...NEW, host: address, certificate, tls: certificate !== "" }, isKnown: false };
}

interface FormProps {
  draft: Draft;
  close: () => void;
  keep: (aeTitle: string, settings: Settings) => Promise<void>;
}

function DeviceForm({ draft, close, keep }: FormProps) {
  const [problem, setProblem] = useState("");
  const { settings } = draft;
  const [departments, setDepartments] = useState<string[]>(settings.departments);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const text = (name: string) => String(typed.get(name) ?? "").trim();
    try {
      await keep(draft.isKnown ? draft.aeTitle : text("title"), {
        host: text("host"),
        port: Number(text("port")),
        tls: typed.has("tls"),
        description: text("what"),
        may: EVERY_MAY.filter((may) => typed.has(may)),
        callsFrom: text("from").split(/[\s,]+/).filter(Boolean),
        certificate: text("certificate").replaceAll(":", "").toLowerCase(),
        departments,
        department: text("department"),
      });
    } catch (error) {
      setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached.");
    }
  };
  return (
    <form className="form card" aria-label="Device" onSubmit={(event) => void submit(event)}>
      <label>
        AE title
        <input
          name="title"
          required
          maxLength={16}
          defaultValue={draft.aeTitle}
          disabled={draft.isKnown}
          autoFocus={!draft.isKnown}
          autoComplete="off"
          spellCheck={false}
        />
      </label>
      <label>
        What it is, for people
        <input name="what" defaultValue={settings.description} autoFocus={draft.isKnown} autoComplete="off" />
      </label>
      <label>
        Host name or address
        <input name="host" required defaultValue={settings.host} autoComplete="off" spellCheck={false} />
      </label>
      <label>
        Port on which it listens
        <input name="port" type="number" min={1} max={65535} required defaultValue={settings.port} />
      </label>
      <label>
        Calls from, where that is not its host (addresses or networks)
        <input name="from" defaultValue={settings.callsFrom.join(", ")} autoComplete="off" spellCheck={false} />
      </label>
      <label>
        SHA-256 of the certificate that it must show
        <input name="certificate" defaultValue={settings.certificate} autoComplete="off" spellCheck={false} />
      </label>
      <label>
        Department of what it sends, where its images name none
        <input name="department" defaultValue={settings.department} maxLength={64} autoComplete="off" spellCheck={false} />
      </label>
      <div className="places">
        <Places departments={departments} change={setDepartments} legend="Departments whose studies it sees" />
      </div>
      <fieldset className="boxes">
        <legend>It may</legend>
        {EVERY_MAY.map((may) => (
          <label key={may}>
            <input type="checkbox" name={may} defaultChecked={settings.may.includes(may)} />
            {MAY_WORDS[may]}
          </label>
        ))}
      </fieldset>
      <fieldset className="boxes">
        <legend>We call it</legend>
        <label>
          <input type="checkbox" name="tls" defaultChecked={settings.tls} />
          over TLS
        </label>
      </fieldset>
      <p className="form-problem" role="alert">
        {problem}
      </p>
      <p className="row">
        <button type="submit" className="main-act">
          Keep
        </button>
        <button type="button" className="quiet" onClick={close}>
          Cancel
        </button>
      </p>
    </form>
  );
}
