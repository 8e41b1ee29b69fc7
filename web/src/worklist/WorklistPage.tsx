import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { StudySummary } from "../api/client";
import { rememberListed } from "../study/listed";
import { useOtherViewers, useWayOutCommands, waysOut } from "../study/otherViewers";
import { UploadPanel } from "../upload/UploadPanel";
import { commandFor, useCommands } from "../ui/commands";
import { Icon } from "../ui/icons";
import { useSettings } from "../ui/settings";
import { useMedia } from "../ui/useMedia";
import { EmptyArchive } from "./EmptyArchive";
import { ColumnMenu } from "./ColumnMenu";
import { chosenColumns, NARROW } from "./columns";
import { Filters } from "./Filters";
import { type MenuPlace, StudyMenu } from "./StudyMenu";
import { StudyRow } from "./StudyRow";
import { useStudySearch } from "./useStudySearch";

const REMEMBERED = "sonarium.search";

export function WorklistPage() {
  const [text, setText] = useState(() => sessionStorage.getItem(REMEMBERED) ?? "");
  const [chosen, setChosen] = useState(0);
  const [menu, setMenu] = useState<MenuPlace>();
  const [, go] = useLocation();
  const box = useRef<HTMLInputElement>(null);
  const search = useStudySearch(text);
  const { studies } = search;
  const [prefs] = useSettings();
  const isNarrow = useMedia(NARROW);
  const columns = useMemo(() => chosenColumns(prefs.columns, isNarrow), [prefs.columns, isNarrow]);

  useEffect(() => {
    sessionStorage.setItem(REMEMBERED, text);
    setChosen(0);
  }, [text]);
  useEffect(() => {
    document.getElementById(`study-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  useEffect(() => rememberListed(studies.map((study) => study.studyInstanceUID)), [studies]);

  const open = (study: StudySummary | undefined) => study && go(`/studies/${study.studyInstanceUID}`);
  useCommands(
    useMemo(
      () => [
        { id: "search", title: "Search studies", group: "List", keys: ["/"], run: () => box.current?.focus() },
        { id: "next", title: "Next study", group: "List", keys: ["ArrowDown", "j"], run: () => setChosen((row) => Math.min(row + 1, studies.length - 1)) },
        { id: "previous", title: "Previous study", group: "List", keys: ["ArrowUp", "k"], run: () => setChosen((row) => Math.max(row - 1, 0)) },
        { id: "open", title: "Open the chosen study", group: "List", keys: ["Enter"], run: () => open(studies[chosen]) },
        { id: "clear", title: "Clear the search", group: "List", keys: ["Escape"], run: () => setText("") },
      ],
      [studies, chosen],
    ),
  );

  useCommands(useWayOutCommands(studies[chosen]?.studyInstanceUID, "List"));
  const ways = waysOut(useOtherViewers());

  return (
    <main className="worklist">
      <h1 className="visually-hidden">Studies</h1>
      <div className="search">
        <input
          ref={box}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="Name, patient ID, accession number, date or description"
          aria-label="Search studies"
          autoFocus
          spellCheck={false}
          autoComplete="off"
        />
        <button type="button" className="with-icon" title="Send files (u), a folder (U), or drop them anywhere" onClick={() => commandFor("u")?.run()}>
          <Icon name="upload" /> Send files
        </button>
        <ColumnMenu />
        <Filters text={text} search={setText} />
      </div>
      <UploadPanel />
      <p className="visually-hidden" role="status">
        {search.state === "ready" ? `${studies.length} studies shown` : ""}
      </p>
      {search.state === "failed" ? (
        <div className="notice" role="alert">
          <h2>The study list could not be loaded</h2>
          <p>{search.problem}</p>
          <button type="button" onClick={search.again}>
            Try again
          </button>
        </div>
      ) : studies.length === 0 && search.state === "searching" ? (
        <p className="looking">Looking for studies…</p>
      ) : studies.length === 0 ? (
        text ? (
          <div className="notice">
            <h2>No study matches “{text}”</h2>
            <p>Every word you type must be found. Try fewer letters, or a date such as 2026-03-01.</p>
            <button type="button" onClick={() => setText("")}>
              Show all studies
            </button>
          </div>
        ) : (
          <EmptyArchive />
        )
      ) : (
        <table className="studies" style={{ gridTemplateColumns: `64px ${columns.map((column) => column.width).join(" ")}` }}>
          <caption className="visually-hidden">Studies, newest first</caption>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Picture</span>
              </th>
              {columns.map((column) => (
                <th key={column.id} scope="col" className={column.isNumber ? "number" : ""}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody aria-busy={search.state === "searching"}>
            {studies.map((study, row) => (
              <StudyRow
                key={study.studyInstanceUID}
                id={`study-${row}`}
                study={study}
                columns={columns}
                chosen={row === chosen}
                open={open}
                showMenu={ways.length > 0 ? setMenu : undefined}
              />
            ))}
          </tbody>
        </table>
      )}
      {menu && <StudyMenu place={menu} ways={ways} open={open} close={() => setMenu(undefined)} />}
      {search.hasMore && (
        <button type="button" className="more" onClick={search.more}>
          Show more studies
        </button>
      )}
    </main>
  );
}
