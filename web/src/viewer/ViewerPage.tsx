import { useCallback, useEffect, useMemo, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import type { InstanceDetail, StudyDetail } from "../api/client";
import { FrameCache } from "../frames/frameCache";
import { useWayOutCommands } from "../study/otherViewers";
import { viewOf } from "../share/link";
import { Sharing } from "../share/Sharing";
import { listedAfter } from "../study/listed";
import { isUnread, useStudyMarks } from "../study/marks";
import { afterFirstPicture } from "../study/firstPicture";
import { useStudy } from "../study/useStudy";
import { showTimeline, useTimelineCommands } from "../timeline/Timeline";
import { priorOf, type TimelineStudy, useTimeline } from "../timeline/timeline";
import { useStudyAccessCommands } from "../access/StudyAccess";
import { useMay, useSession } from "../account/session";
import { personName } from "../ui/words";
import { remember, settings, useSettings } from "../ui/settings";
import { useCommands } from "../ui/commands";
import { FrameClock } from "./clock";
import { useViewerCommands } from "./commands";
import { Desk } from "./desk";
import { useComparing, useEarlier } from "./earlier";
import { extensions } from "./extensions";
import { Figures } from "./Figures";
import { Filmstrip } from "./Filmstrip";
import { Grid } from "./Grid";
import { comparisonScreens, layoutFor, screensInOrder, stressScreens, takesOf } from "./hanging";
import { PresentationLayer } from "./PresentationLayer";
import { StudyHead } from "./StudyHead";
import { ToolHostProvider, useToolHost } from "./tools";
import { Toolbar } from "./Toolbar";
import { Transport } from "./Transport";
import type { Engine, Shown } from "./Viewport";
import { storedTrim } from "./playing";
import { cellCount, emptyWorkspace, type HangingKind, type LayoutName } from "./workspace";
import "./viewer.css";

const NO_STUDIES: readonly TimelineStudy[] = [];

/** One for the page: pictures stay when a person goes to the list and comes back. */
const engine: Engine = { cache: new FrameCache(), clock: new FrameClock() };

export default function ViewerPage({ uid }: { uid: string }) {
  const opened = useStudy(uid, fetchFirst);
  const { detail, problem, isGone } = opened;
  if (!detail) {
    return problem ? (
      <main className="notice">
        <h1 role="alert">{isGone ? "This study is not here" : "The study could not be loaded"}</h1>
        <p>{isGone ? "It was deleted, or it has not arrived yet." : problem.message}</p>
        {!isGone && (
          <button type="button" onClick={opened.again}>
            Try again
          </button>
        )}
        <p>
          <Link href="/">Back to the study list</Link>
        </p>
      </main>
    ) : (
      <main className="viewer" aria-busy="true">
        <div className="viewer-skeleton">Opening the study…</div>
      </main>
    );
  }
  return (
    <ToolHostProvider>
      <OpenViewer detail={detail} isGone={isGone} problem={problem} again={opened.again} />
    </ToolHostProvider>
  );
}

interface OpenProps {
  detail: StudyDetail;
  isGone: boolean;
  problem: Error | undefined;
  again: () => void;
}

function OpenViewer({ detail, isGone, problem, again }: OpenProps) {
  const uid = detail.study.studyInstanceUID;
  const isVisitor = Boolean(useSession()?.visitedStudy);
  const timeline = useTimeline(isVisitor ? null : uid).timeline?.studies ?? NO_STUDIES;
  const earlier = useEarlier(detail);
  const { studies } = earlier;
  const library = useLibrary(studies);
  const [, go] = useLocation();
  const [prefs] = useSettings();
  const [magnifies, setMagnifies] = useState(false);
  const [adjusts, setAdjusts] = useState(false);
  const [figures, setFigures] = useState(false);
  const comparing = useComparing(earlier, () =>
    desk.hang("compare", Math.max(0, picturesOf(detail).findIndex((one) => one.sopInstanceUID === desk.active.uid))),
  );
  const { compareWith } = comparing;
  const desk: Desk = useDesk(library, detail, comparing.compared);
  const [selected, setSelected] = useState<string>();
  const { tool, choose } = useToolHost();

  const order = useMemo(() => studies.flatMap(instancesOf), [studies]);
  const hasStress = useMemo(() => stressScreens(instancesOf(detail), "by view").length > 0, [detail]);
  const prior = priorOf(timeline, uid);
  const around = useMemo(
    () => ({
      leave: () => go("/"),
      goOn: (by: number) => {
        const next = listedAfter(uid, by);
        return next === undefined ? undefined : () => go(`/studies/${next}`);
      },
      selectNext: (by: number) => {
        const at = order.findIndex((one) => one.sopInstanceUID === (selected ?? desk.active.uid));
        const next = order[Math.min(Math.max(at + by, 0), order.length - 1)];
        if (!next) return;
        setSelected(next.sopInstanceUID);
        if (cellCount(desk.workspace.layout) === 1 || desk.workspace.isMaximised) {
          desk.place(desk.workspace.active, next.sopInstanceUID);
        }
      },
      placeSelected: (index: number) => {
        if (selected) desk.place(index < 0 ? desk.workspace.active : index, selected);
      },
      fullScreen: () =>
        void (document.fullscreenElement
          ? document.exitFullscreen()
          : document.documentElement.requestFullscreen().catch(() => undefined)),
      toggleFilmstrip: () => remember({ filmstrip: !settings().filmstrip }),
      toggleMagnifier: () => setMagnifies((before) => !before),
      magnifies,
      toggleAdjusting: () => setAdjusts((before) => !before),
      adjusts,
      nextStress: () => {
        const { hanging } = desk.workspace;
        desk.hang(hanging === "stress by view" ? "stress by stage" : "stress by view", 0);
      },
      hasStress,
      compare: () => prior && compareWith(prior.study.studyInstanceUID),
      hasPriors: prior !== undefined,
      dropTool: () => {
        if (adjusts) {
          setAdjusts(false);
          return true;
        }
        if (!tool) return false;
        choose(null);
        return true;
      },
      toggleFigures: () => setFigures((before) => !before),
    }),
    [go, uid, order, selected, desk, magnifies, adjusts, hasStress, prior, compareWith, tool, choose],
  );
  useCommands(useViewerCommands(desk, around));
  useReadCommands(uid, around.goOn);
  useCommands(useWayOutCommands(detail.study.studyInstanceUID, "General"));
  const { patientName, studyDescription } = detail.study;
  const name = personName(patientName);
  const asked = useMemo(() => (isVisitor ? undefined : { uid, title: name, compare: compareWith }), [isVisitor, uid, name, compareWith]);
  useCommands(useTimelineCommands(asked, "General"));
  useBesideFromLink(compareWith);
  const meant = isVisitor ? undefined : { uid, title: [name, studyDescription].filter(Boolean).join(" · ") };
  useCommands(useStudyAccessCommands(meant, "General"));
  usePrefetch(desk, order, library);

  const show = useCallback((one: string, frame: number) => desk.show(one, frame), [desk]);
  const onScreen = useOnScreen(desk);
  const hasPicture = useFirstPicture();
  const find = useCallback((one: string) => library.get(one), [library]);
  return (
    <main className={prefs.filmstrip ? "viewer" : "viewer bare"}>
      <StudyHead detail={detail} desk={desk} />
      {(isGone || problem) && (
        <div className="banner" role="alert">
          {isGone
            ? "This study was deleted from the archive. What is on screen is no longer stored."
            : "The archive cannot be reached; what was loaded stays usable."}
          {!isGone && (
            <button type="button" onClick={again}>
              Try again
            </button>
          )}
        </div>
      )}
      <Toolbar desk={desk} />
      {prefs.filmstrip && (
        <Filmstrip
          studies={studies}
          priors={timeline}
          showTimeline={asked && (() => showTimeline(asked))}
          openUid={uid}
          selected={selected}
          isPictured={hasPicture}
          onScreen={onScreen}
          select={setSelected}
          place={(one) => desk.place(desk.workspace.active, one)}
          togglePrior={earlier.toggle}
        />
      )}
      <Grid desk={desk} engine={engine} find={find} autoplay={prefs.autoplay} magnifies={magnifies} adjusts={adjusts} />
      <Transport desk={desk} />
      {figures && <Figures desk={desk} cache={engine.cache} />}
      <PresentationLayer library={library} />
      {!isVisitor && <Sharing desk={desk} detail={detail} />}
      {!isVisitor && (
        <aside className="panels">
          {extensions.map(({ id, Panel }) => (
            <Panel key={id} studyInstanceUID={uid} show={show} />
          ))}
        </aside>
      )}
    </main>
  );
}

/** A link may ask for another study beside this one. */
function useBesideFromLink(compareWith: (uid: string) => void): void {
  const beside = new URLSearchParams(useSearch()).get("beside");
  useEffect(() => {
    if (beside) compareWith(beside);
  }, [beside]);
}

/** Marks the open study as read, and goes on to the next. */
function useReadCommands(uid: string, goOn: (by: number) => (() => void) | undefined): void {
  const isPossible = useMay("write_studies");
  const marks = useStudyMarks(useMemo(() => [uid], [uid]));
  const isRead = !isUnread(marks.of(uid));
  useCommands(
    useMemo(
      () => [
        { id: "read", title: "Mark this study as read, or as unread", group: "General", keys: ["Q"], run: () => void marks.change([uid], { isRead: !isRead }), isPossible, isOn: isRead },
        {
          id: "read and on",
          title: "Mark this study as read, and go on to the next",
          group: "General",
          keys: ["Ctrl+Enter"],
          run: () => void marks.change([uid], { isRead: true }).then(() => goOn(1)?.()),
          isPossible,
        },
      ],
      [uid, marks, isRead, isPossible, goOn],
    ),
  );
}

function instancesOf(detail: StudyDetail): InstanceDetail[] {
  return detail.series.flatMap((series) => series.instances);
}

function picturesOf(detail: StudyDetail): InstanceDetail[] {
  return instancesOf(detail).filter((one) => one.presentation !== "none");
}

function useLibrary(studies: readonly StudyDetail[]): ReadonlyMap<string, Shown> {
  const [known] = useState(() => new Map<string, Shown>());
  return useMemo(() => {
    const library = new Map<string, Shown>();
    studies.forEach((detail, at) => {
      for (const series of detail.series) {
        for (const instance of series.instances) {
          const uid = instance.sopInstanceUID;
          const studyLabel = at === 0 ? "" : (detail.study.studyDate ?? "other study");
          const before = known.get(uid);
          // The same object keeps the same value, so that what plays goes on.
          const shown =
            before && before.instance === instance && before.studyLabel === studyLabel
              ? before
              : {
                  address: {
                    study: detail.study.studyInstanceUID,
                    series: series.seriesInstanceUID,
                    instance: uid,
                  },
                  instance,
                  studyLabel,
                };
          known.set(uid, shown);
          library.set(uid, shown);
        }
      }
    });
    return library;
  }, [studies, known]);
}

/** One desk for each opened study; it always looks into the newest library. */
function useDesk(library: ReadonlyMap<string, Shown>, detail: StudyDetail, compared: string | undefined): Desk {
  const [current] = useState({ library, detail, compared });
  Object.assign(current, { library, detail, compared });
  const [desk] = useState(() => {
    const find = (uid: string) => current.library.get(uid);
    const screensOf: ConstructorParameters<typeof Desk>[3] = (hanging, layout) => {
      const now = instancesOf(current.detail);
      if (hanging === "stress by view") return stressScreens(now, "by view");
      if (hanging === "stress by stage") return stressScreens(now, "by stage");
      if (hanging === "compare") {
        const before = [...current.library.values()].filter((one) => one.address.study === current.compared);
        return comparisonScreens(now, before.map((one) => one.instance));
      }
      return screensInOrder(now, layout, cellCount(layout));
    };
    const made = new Desk(engine, emptyWorkspace(startLayout(detail)), find, screensOf, (instance) =>
      takesOf(instancesOf(current.detail), instance),
    );
    made.hang(startHanging(detail), 0);
    const linked = viewOf(location.hash, instancesOf(detail).map((one) => one.sopInstanceUID));
    if (linked) made.restore(linked);
    return made;
  });
  useEffect(
    () =>
      desk.store.subscribe(() => {
        const { layout, hanging } = desk.workspace;
        if (hanging === "as taken" && settings().layout !== layout) remember({ layout });
      }),
    [desk],
  );
  return desk;
}

function startLayout(detail: StudyDetail): LayoutName {
  const count = picturesOf(detail).length;
  const liked = settings().layout ?? (window.innerWidth >= 1200 ? "2×2" : "1×1");
  return cellCount(liked) > count ? layoutFor(count) : liked;
}

function startHanging(detail: StudyDetail): HangingKind {
  return stressScreens(instancesOf(detail), "by view").length > 1 ? "stress by view" : "as taken";
}

/** Asks for the pictures of the first screen before the page around them is drawn. */
function fetchFirst(detail: StudyDetail): void {
  const instances = instancesOf(detail);
  const layout = startLayout(detail);
  const isStress = startHanging(detail) === "stress by view";
  const [screen] = isStress ? stressScreens(instances, "by view") : screensInOrder(instances, layout, cellCount(layout));
  const shown = new Set(screen?.uids);
  for (const { seriesInstanceUID: series, instances: taken } of detail.series) {
    for (const instance of taken) {
      const { sopInstanceUID: uid } = instance;
      if (!shown.has(uid)) continue;
      const address = { study: detail.study.studyInstanceUID, series, instance: uid };
      engine.cache.prefetch(address, instance, storedTrim(instance).first);
    }
  }
}

/** True once a picture is on screen: what is less urgent must not take its connections. */
function useFirstPicture(): boolean {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    let isOpen = true;
    void afterFirstPicture().then(() => isOpen && setThere(true));
    return () => {
      isOpen = false;
    };
  }, []);
  return isThere;
}

function useOnScreen(desk: Desk): ReadonlySet<string> {
  const [shown, setShown] = useState<ReadonlySet<string>>(() => shownOn(desk));
  useEffect(() => desk.store.subscribe(() => setShown(shownOn(desk))), [desk]);
  return shown;
}

function shownOn(desk: Desk): ReadonlySet<string> {
  const { cells, layout } = desk.workspace;
  return new Set(cells.slice(0, cellCount(layout)).flatMap((cell) => cell.uid ?? []));
}

const PREFETCH_AFTER_MS = 1200;
const PREFETCHED = 4;

/** Fetches what comes after the images on screen while nothing else is asked for. */
function usePrefetch(desk: Desk, order: readonly InstanceDetail[], library: ReadonlyMap<string, Shown>): void {
  useEffect(() => {
    let timer = 0;
    const later = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        const shown = shownOn(desk);
        const last = order.findLastIndex((one) => shown.has(one.sopInstanceUID));
        for (const one of order.slice(last + 1, last + 1 + Math.max(PREFETCHED, shown.size))) {
          const next = library.get(one.sopInstanceUID);
          if (next) engine.cache.prefetch(next.address, next.instance);
        }
      }, PREFETCH_AFTER_MS);
    };
    later();
    const stop = desk.store.subscribe(later);
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [desk, order, library]);
}
