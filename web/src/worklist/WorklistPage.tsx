import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { StudySummary } from "../api/client";
import { useCommands } from "../ui/commands";
import { EmptyArchive } from "./EmptyArchive";
import { StudyRow } from "./StudyRow";
import { useStudySearch } from "./useStudySearch";

const REMEMBERED = "sonarium.search";

export function WorklistPage() {
  const [text, setText] = useState(() => sessionStorage.getItem(REMEMBERED) ?? "");
  const [chosen, setChosen] = useState(0);
  const [, go] = useLocation();
  const box = useRef<HTMLInputElement>(null);
  const search = useStudySearch(text);
  const { studies } = search;

  useEffect(() => {
    sessionStorage.setItem(REMEMBERED, text);
    setChosen(0);
  }, [text]);
  useEffect(() => {
    document.getElementById(`study-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

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
        <span className="hint">
          <kbd>/</kbd> search <kbd>↑</kbd>
          <kbd>↓</kbd> choose <kbd>Enter</kbd> open
        </span>
      </div>
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
      ) : studies.length === 0 && search.state === "ready" ? (
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
        <ul className="studies" aria-label="Studies, newest first">
          {studies.map((study, row) => (
            <StudyRow
              key={study.studyInstanceUID}
              id={`study-${row}`}
              study={study}
              chosen={row === chosen}
            />
          ))}
        </ul>
      )}
      {search.hasMore && (
        <button type="button" className="more" onClick={search.more}>
          Show more studies
        </button>
      )}
    </main>
  );
}
