import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useMayBreakGlass } from "../access/emergencies";
import { type Meant, showLinks, showWho, useStudyAccessCommands } from "../access/StudyAccess";
import { canBeNumber } from "../access/words";
import { useMay } from "../account/session";
import type { StudySummary } from "../api/client";
import { isUnread, isUrgent, type MarkChange } from "../study/marks";
import { rememberListed } from "../study/listed";
import { useOtherViewers, useWayOutCommands, waysOut } from "../study/otherViewers";
import { type Asked, showTimeline, useTimelineCommands } from "../timeline/Timeline";
import { UploadPanel } from "../upload/UploadPanel";
import { commandFor, useCommands } from "../ui/commands";
import { Icon } from "../ui/icons";
import { useSettings } from "../ui/settings";
import { useMedia } from "../ui/useMedia";
import { calendarDay, personName } from "../ui/words";
import { EmptyArchive } from "./EmptyArchive";
import { ColumnMenu } from "./ColumnMenu";
import { chosenColumns, NARROW } from "./columns";
import { Filters } from "./Filters";
import { type MenuPlace, StudyMenu } from "./StudyMenu";
import { StudyRow } from "./StudyRow";
import { PickedBar } from "./PickedBar";
import { stillListed, toggled, upTo } from "./picked";
import { type Only, useReadingList } from "./useReadingList";

const EmergencyOffer = lazy(() => import("../access/EmergencyOffer"));

const REMEMBERED = "sonarium.search";

export function WorklistPage() {
  const [text, setText] = useState(() => sessionStorage.getItem(REMEMBERED) ?? "");
  const [chosen, setChosen] = useState(0);
  const [menu, setMenu] = useState<MenuPlace>();
  const [, go] = useLocation();
  const box = useRef<HTMLInputElement>(null);
  const [only, setOnly] = useState<Only>("all");
  const { search, studies, urgent, marks } = useReadingList(text, only);
  const mayMark = useMay("write_studies");
  const order = useMemo(() => studies.map((study) => study.studyInstanceUID), [studies]);
  const picking = usePicking(order);
  const { picked } = picking;
  const [prefs] = useSettings();
  const isNarrow = useMedia(NARROW);
  const columns = useMemo(() => chosenColumns(prefs.columns, isNarrow), [prefs.columns, isNarrow]);

  useEffect(() => {
    sessionStorage.setItem(REMEMBERED, text);
    setChosen(0);
  }, [text, only]);
  useEffect(() => {
    document.getElementById(`study-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  useEffect(() => rememberListed(order), [order]);

  const open = (study: StudySummary | undefined) => study && go(`/studies/${study.studyInstanceUID}`);
  const current = studies[chosen]?.studyInstanceUID;
  const meant = picked.size > 0 ? [...picked] : current ? [current] : [];
  const mark = (change: MarkChange) => void marks.change(meant, change);
  const readInTurn = () => {
    const [first] = meant;
    rememberListed(order.filter((uid) => picked.has(uid)));
    if (first) go(`/studies/${order.find((uid) => picked.has(uid)) ?? first}`);
  };
  const isMarkable = mayMark && meant.length > 0;
  const allRead = meant.every((uid) => !isUnread(marks.of(uid)));
  const allUrgent = meant.every((uid) => isUrgent(marks.of(uid)));
  useCommands(
    useMemo(
      () => [
        { id: "pick", title: "Pick the chosen study, or let it go", group: "List", keys: ["x"], run: () => current && picking.pick(current, false) },
        { id: "pick all", title: "Pick all studies of the list", group: "List", keys: ["Ctrl+a"], run: picking.pickAll },
        { id: "mark read", title: "Mark as read, or as unread", group: "List", keys: ["r"], run: () => mark({ isRead: !allRead }), isPossible: isMarkable },
        { id: "mark urgent", title: "Mark as urgent, or not", group: "List", keys: ["!"], run: () => mark({ isUrgent: !allUrgent }), isPossible: isMarkable },
        { id: "only unread", title: "Only unread studies, or all", group: "List", keys: ["n"], run: () => setOnly((before) => (before === "unread" ? "all" : "unread")) },
        { id: "only urgent", title: "Only urgent studies, or all", group: "List", keys: ["s"], run: () => setOnly((before) => (before === "urgent" ? "all" : "urgent")) },
      ],
      [current, picked, order, marks, allRead, allUrgent, isMarkable],
    ),
  );
  useCommands(
    useMemo(
      () => [
        { id: "search", title: "Search studies", group: "List", keys: ["/"], run: () => box.current?.focus() },
        { id: "next", title: "Next study", group: "List", keys: ["ArrowDown", "j"], run: () => setChosen((row) => Math.min(row + 1, studies.length - 1)) },
        { id: "previous", title: "Previous study", group: "List", keys: ["ArrowUp", "k"], run: () => setChosen((row) => Math.max(row - 1, 0)) },
        { id: "open", title: "Open the chosen study", group: "List", keys: ["Enter"], run: () => open(studies[chosen]) },
        { id: "clear", title: "Clear the search", group: "List", keys: ["Escape"], run: () => (picked.size > 0 ? picking.clear() : setText("")) },
      ],
      [studies, chosen, picked],
    ),
  );

  useCommands(useWayOutCommands(studies[chosen]?.studyInstanceUID, "List"));
  const ways = waysOut(useOtherViewers());
  const chosenStudy = studies[chosen];
  useCommands(useStudyAccessCommands(chosenStudy && meantBy(chosenStudy), "List"));
  useCommands(useTimelineCommands(useMemo(() => chosenStudy && askedBy(chosenStudy), [chosenStudy]), "List"));
  const mayBreakGlass = useMayBreakGlass();

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
        <Filters text={text} search={setText} only={only} setOnly={setOnly} urgent={urgent.length} />
      </div>
      <UploadPanel />
      {picked.size > 0 && (
        <PickedBar picked={picked.size} mayMark={mayMark} mark={mark} openInTurn={readInTurn} clear={picking.clear} />
      )}
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
        only !== "all" ? (
          <div className="notice">
            <h2>{only === "urgent" ? "No urgent study waits to be read" : "Everything here has been read"}</h2>
            <button type="button" onClick={() => setOnly("all")}>
              Show all studies
            </button>
          </div>
        ) : text ? (
          <div className="notice">
            <h2>No study matches “{text}”</h2>
            <p>Every word you type must be found. Try fewer letters, or a date such as 2026-03-01.</p>
            <button type="button" onClick={() => setText("")}>
              Show all studies
            </button>
            {mayBreakGlass && canBeNumber(text) && (
              <Suspense>
                <EmergencyOffer key={text} number={text.trim()} opened={search.again} />
              </Suspense>
            )}
          </div>
        ) : (
          <EmptyArchive />
        )
      ) : (
        <table className="studies" style={{ gridTemplateColumns: `var(--pictured) ${columns.map((column) => column.width).join(" ")}` }}>
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
                mark={marks.of(study.studyInstanceUID)}
                isPicked={picked.has(study.studyInstanceUID)}
                pick={picking.pick}
                chosen={row === chosen}
                open={open}
                showMenu={setMenu}
              />
            ))}
          </tbody>
        </table>
      )}
      {menu && <StudyMenu place={menu} ways={ways} acts={MENU_ACTS} open={open} close={() => setMenu(undefined)} />}
      {search.hasMore && only !== "urgent" && (
        <button type="button" className="more" onClick={search.more}>
          Show more studies
        </button>
      )}
    </main>
  );
}

const MENU_ACTS = [
  { id: "timeline", title: "All studies of this patient", run: (study: StudySummary) => showTimeline(askedBy(study)) },
  { id: "who", title: "Who may see it?", run: (study: StudySummary) => showWho(meantBy(study)) },
  { id: "link", title: "A link for somebody outside", run: (study: StudySummary) => showLinks(meantBy(study)) },
];

/** From the list a comparison opens the viewer with both. */
function askedBy(study: StudySummary): Asked {
  const uid = study.studyInstanceUID;
  return { uid, title: personName(study.patientName), compare: (other) => navigate(`/studies/${uid}?beside=${other}`) };
}

function meantBy(study: StudySummary): Meant {
  const title = [personName(study.patientName), study.studyDescription, calendarDay(study.studyDate)].filter(Boolean).join(" · ");
  return { uid: study.studyInstanceUID, title };
}

/** Which studies are picked: one, or a range from the one picked last. */
function usePicking(order: readonly string[]) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string>(undefined);
  const latest = useRef(order);
  latest.current = order;
  useEffect(() => setPicked((before) => stillListed(before, order)), [order]);
  return useMemo(
    () => ({
      picked,
      pick: (uid: string, isRange: boolean) => {
        const from = last.current;
        last.current = uid;
        setPicked((before) => (isRange ? upTo(before, latest.current, from, uid) : toggled(before, uid)));
      },
      pickAll: () => setPicked(new Set(latest.current)),
      clear: () => setPicked(new Set()),
    }),
    [picked],
  );
}
