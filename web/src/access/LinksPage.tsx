import { useCallback, useEffect, useState } from "react";
import { useMay } from "../account/session";
import { api, bodyOf, Refusal } from "../api/client";
import { sentence } from "../ui/words";
import "./access.css";
import { LinkTable, type StudyLink } from "./LinkTable";
import { useRevoking } from "./useRevoking";

/** The links that I made; for administrators, everybody's. */
export default function LinksPage() {
  const seesAll = useMay("manage_people");
  const [links, setLinks] = useState<StudyLink[]>();
  const [problem, setProblem] = useState("");
  const load = useCallback(async () => {
    setLinks(bodyOf(seesAll ? await api.GET("/api/links/all") : await api.GET("/api/links")).links);
  }, [seesAll]);
  const failed = useCallback(
    (error: unknown) => setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached."),
    [],
  );
  useEffect(() => void load().catch(failed), [load, failed]);
  const { leaving, revoke } = useRevoking(load, failed);
  const shown = links?.filter((one) => !leaving.includes(one.linkRef));
  return (
    <main className="desk-page">
      <h1>{seesAll ? "Links" : "My links"}</h1>
      <p className="faint">
        A link shows one study to somebody outside, to look and nothing else, for seven days at most and only while its maker may
        see the study.
      </p>
      <p role="alert">{problem}</p>
      {shown?.length === 0 && (
        <p>
          None. To make one, open a study’s menu in the study list (right click, or the menu key) or the commands of the viewer, and
          choose “A link for somebody outside”.
        </p>
      )}
      {shown && shown.length > 0 && <LinkTable links={shown} isOfEverybody={seesAll} revoke={revoke} />}
    </main>
  );
}
