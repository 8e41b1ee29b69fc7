import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { api, bodyOf, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { UndoOffer } from "../ui/Undo";
import { sentence } from "../ui/words";
import "./access.css";
import { LinkTable, type StudyLink } from "./LinkTable";
import type { Meant } from "./StudyAccess";
import { useRevoking } from "./useRevoking";
import { inGroups } from "./words";

type Made = components["schemas"]["StudyLinkSecret"] & { recipient: string };

/** Makes a link to one study, and shows those that were made. */
export default function LinkDialog({ study, close }: { study: Meant; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [links, setLinks] = useState<StudyLink[]>();
  const [made, setMade] = useState<Made>();
  const [problem, setProblem] = useState("");
  useEffect(() => dialog.current?.showModal(), []);
  const path = { study_instance_uid: study.uid };
  const load = useCallback(async () => {
    const params = { params: { path: { study_instance_uid: study.uid } } };
    setLinks(bodyOf(await api.GET("/api/studies/{study_instance_uid}/links", params)).links);
  }, [study.uid]);
  const failed = useCallback((error: unknown) => setProblem(inWords(error)), []);
  useEffect(() => void load().catch(failed), [load, failed]);
  const { leaving, revoke } = useRevoking(load, failed);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const body = { recipient: String(typed.get("recipient") ?? "").trim(), days: Number(typed.get("days")) };
    try {
      const answer = bodyOf(await api.POST("/api/studies/{study_instance_uid}/links", { params: { path }, body }));
      setMade({ ...answer, recipient: body.recipient });
      setProblem("");
      await load();
    } catch (error) {
      failed(error);
    }
  };
  const shown = links?.filter((one) => !leaving.includes(one.linkRef));
  return (
    <dialog ref={dialog} className="access-dialog" aria-labelledby="link-title" onClose={close}>
      <h2 id="link-title">A link for somebody outside</h2>
      <p className="faint">
        {study.title}. Whoever has the link and its code looks at this study alone, in one browser, and saves nothing. It is noted.
      </p>
      <p role="alert">{problem}</p>
      {made ? (
        <NewLink made={made} again={() => setMade(undefined)} />
      ) : (
        <form className="form inline-form" aria-label="Make a link" onSubmit={(event) => void submit(event)}>
          <label>
            For whom
            <input name="recipient" required maxLength={120} autoFocus autoComplete="off" placeholder="Name, and where they work" />
          </label>
          <label>
            Days
            <input className="days" name="days" type="number" min={1} max={7} defaultValue={3} required />
          </label>
          <button type="submit" className="main-act">
            Make the link
          </button>
        </form>
      )}
      {shown && shown.length > 0 && (
        <>
          <h3>Links to this study</h3>
          <LinkTable links={shown} isOfEverybody revoke={revoke} />
        </>
      )}
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

/** Link and code, once; told by two ways, so that who finds one has nothing. */
function NewLink({ made, again }: { made: Made; again: () => void }) {
  const [isCopied, setCopied] = useState(false);
  const address = window.location.origin + made.path;
  return (
    <section className="card" role="status">
      <h3>1. Send the link to {made.recipient}</h3>
      <p className="row">
        <code className="secret">{address}</code>
        <button type="button" className="main-act" onClick={() => void navigator.clipboard.writeText(address).then(() => setCopied(true))}>
          {isCopied ? "Copied" : "Copy the link"}
        </button>
      </p>
      <h3>2. Tell them the code by another way, by telephone for instance</h3>
      <p className="code-digits">{inGroups(made.code)}</p>
      <p className="faint">Both are shown this once. The code serves once.</p>
      <p>
        <button type="button" className="quiet" onClick={again}>
          Make another
        </button>
      </p>
    </section>
  );
}

function inWords(error: unknown): string {
  return error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached.";
}
