import { type ComponentType, lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { EmergencyBanner } from "../access/EmergencyBanner";
import { StudyAccess } from "../access/StudyAccess";
import "../account/account.css";
import { AccountMenu } from "../account/AccountMenu";
import { HomePage } from "../account/HomePage";
import { ProofDialog } from "../account/ProofDialog";
import { ProviderPage } from "../account/ProviderPage";
import { hasVisited, store, useMay, usePresence, useStartsWithStudies } from "../account/session";
import { LinkSignIn, SignInAgain, SignInPage, Unreachable } from "../account/SignInPage";
import { Timeline } from "../timeline/Timeline";
import { CommandPalette } from "../ui/CommandPalette";
import { useCommands } from "../ui/commands";
import { DemoMark } from "../ui/DemoMark";
import { Fetched } from "../ui/Fetched";
import { KeySheet } from "../ui/KeySheet";
import { OfflineMark } from "../ui/OfflineMark";
import { remember, settings } from "../ui/settings";
import { ThemeSwitch, useTheme } from "../ui/ThemeSwitch";
import { UndoOffer } from "../ui/Undo";
import { useCommandKeys } from "../ui/useCommandKeys";
import { WorklistPage } from "../worklist/WorklistPage";

const AccountPage = lazy(() => import("../account/AccountPage"));
const EnrolPage = lazy(() => import("../account/EnrolPage"));
const PeoplePage = lazy(() => import("../admin/PeoplePage"));
const AuditPage = lazy(() => import("../audit/AuditPage"));
const DevicesPage = lazy(() => import("../admin/DevicesPage"));
const ProgramsPage = lazy(() => import("../admin/ProgramsPage"));
const GrantsPage = lazy(() => import("../access/GrantsPage"));
const LinksPage = lazy(() => import("../access/LinksPage"));
const EmergencyPage = lazy(() => import("../access/EmergencyPage"));
const SharedPage = lazy(() => import("../access/SharedPage"));
const KeysPage = lazy(() => import("../admin/KeysPage"));
const ArchivePage = lazy(() => import("../admin/ArchivePage"));

type Viewer = ComponentType<{ uid: string }>;

let viewer: Viewer | undefined;

async function loadViewer(): Promise<Viewer> {
  viewer ??= (await import("../viewer/ViewerPage")).default;
  return viewer;
}

/** The viewer, at once when it was fetched before: a suspended page waits 300 ms by React's rule. */
function ViewerRoute({ uid }: { uid: string }) {
  const [Page, setPage] = useState<Viewer | undefined>(() => viewer);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (Page) return;
    loadViewer()
      .then((loaded) => setPage(() => loaded))
      .catch(() => setProblem("The viewer could not be fetched. Reload the page when the network is back."));
  }, [Page]);
  if (Page) return <Page key={uid} uid={uid} />;
  return (
    <main className="notice" aria-busy={!problem}>
      <h1>{problem || "Opening the viewer…"}</h1>
    </main>
  );
}

/** Nobody gets past the door who has not signed in. */
export function App() {
  const presence = usePresence();
  const isVisitor = "session" in presence && (Boolean(presence.session.visitedStudy) || (presence.kind === "out" && hasVisited()));
  useTheme();
  useEffect(() => void store.refresh(), []);
  return (
    <Suspense fallback={<main className="notice" aria-busy="true" />}>
      <Switch>
        <Route path="/enrol" component={EnrolPage} />
        <Route path="/sign-in" component={LinkSignIn} />
        <Route path="/provider" component={ProviderPage} />
        {presence.kind !== "asking" && presence.kind !== "unreachable" && <Route path={isVisitor ? "*" : "/shared"}>{() => <SharedPage Viewer={ViewerRoute} />}</Route>}
        <Route>
          {presence.kind === "asking" && <main aria-busy="true" />}
          {presence.kind === "unreachable" && <Unreachable problem={presence.problem} />}
          {presence.kind === "out" && <SignInPage session={presence.session} />}
          {(presence.kind === "in" || presence.kind === "lost") && <Workplace />}
          {presence.kind === "in" && <ProofDialog />}
          {presence.kind === "lost" && <SignInAgain session={presence.session} />}
        </Route>
      </Switch>
    </Suspense>
  );
}

/** What somebody who is signed in works with. */
function Workplace() {
  const [sheet, setSheet] = useState<"" | "palette" | "keys">("");
  const [place] = useLocation();
  const opensStudies = useMay("open_studies");
  const startsWithStudies = useStartsWithStudies();
  const managesPeople = useMay("manage_people");
  const managesPrograms = useMay("manage_devices");
  const managesArchive = useMay("manage_archive");
  const readsAudit = useMay("read_audit");
  useCommandKeys();
  usePageCommands();
  useEffect(() => {
    if (!opensStudies) return;
    // The viewer is wanted next: fetch it once the list stands.
    const timer = window.setTimeout(() => void loadViewer().catch(() => undefined), 800);
    return () => window.clearTimeout(timer);
  }, [opensStudies]);
  useCommands(
    useMemo(
      () => [
        { id: "palette", title: "Find a command", group: "General", keys: ["Ctrl+k"], run: () => setSheet("palette") },
        { id: "keys", title: "Show all keys", group: "General", keys: ["?"], run: () => setSheet("keys") },
        {
          id: "theme",
          title: "Dark or light screen",
          group: "General",
          keys: ["D"],
          run: () => remember({ theme: settings().theme === "dark" ? "light" : "dark" }),
        },
        {
          id: "autoplay",
          title: "Loops play by themselves: on or off",
          group: "General",
          run: () => remember({ autoplay: !settings().autoplay }),
        },
      ],
      [],
    ),
  );
  return (
    <div className="app">
      <header className="bar">
        <Link href="/" className="brand" aria-label={startsWithStudies ? "Sonarium, study list" : "Sonarium, home"}>
          <img src="/icon.svg" alt="" width="22" height="22" />
          Sonarium
        </Link>
        <DemoMark />
        <OfflineMark />
        <span className="bar-space" />
        <button type="button" className="quiet" onClick={() => setSheet("palette")}>
          Commands <kbd>Ctrl K</kbd>
        </button>
        <button type="button" className="quiet" onClick={() => setSheet("keys")}>
          Keys <kbd>?</kbd>
        </button>
        <ThemeSwitch />
        <AccountMenu />
      </header>
      <EmergencyBanner />
      <Fetched key={place} waiting={<main className="notice" aria-busy="true" />} without={<NotFetched />}>
        <Switch>
          <Route path="/" component={startsWithStudies ? WorklistPage : HomePage} />
          {opensStudies && <Route path="/studies" component={WorklistPage} />}
          {opensStudies && <Route path="/studies/:uid">{({ uid }) => <ViewerRoute key={uid} uid={uid} />}</Route>}
          <Route path="/account" component={AccountPage} />
          {managesPeople && <Route path="/people" component={PeoplePage} />}
          {managesPrograms && <Route path="/devices" component={DevicesPage} />}
          {managesPrograms && <Route path="/programs" component={ProgramsPage} />}
          {managesArchive && <Route path="/archive" component={ArchivePage} />}
          {readsAudit && <Route path="/audit" component={AuditPage} />}
          {readsAudit && <Route path="/emergencies" component={EmergencyPage} />}
          {managesPeople && <Route path="/access" component={GrantsPage} />}
          {managesArchive && <Route path="/keys" component={KeysPage} />}
          {opensStudies && <Route path="/links" component={LinksPage} />}
          <Route>
            <main className="notice">
              <h1>There is no such page, or your role does not open it</h1>
              <p>
                <Link href="/">Back to the start</Link>
              </p>
            </main>
          </Route>
        </Switch>
      </Fetched>
      <UndoOffer />
      <StudyAccess />
      <Timeline />
      {sheet === "palette" && <CommandPalette close={() => setSheet("")} />}
      {sheet === "keys" && <KeySheet close={() => setSheet("")} />}
    </div>
  );
}

function NotFetched() {
  return (
    <main className="notice">
      <h1>This page could not be fetched</h1>
      <p>There is no network, or the archive was renewed since this page was opened.</p>
      <button type="button" onClick={() => window.location.reload()}>
        Reload
      </button>
    </main>
  );
}

/** The pages that this person may open, as commands. */
function usePageCommands(): void {
  const [, go] = useLocation();
  const managesPeople = useMay("manage_people");
  const managesPrograms = useMay("manage_devices");
  const managesArchive = useMay("manage_archive");
  const readsAudit = useMay("read_audit");
  const opensStudies = useMay("open_studies");
  useCommands(
    useMemo(
      () => [
        { id: "start", title: "Go to the start", group: "Pages", run: () => go("/") },
        ...(managesPeople ? [{ id: "people", title: "People", group: "Pages", run: () => go("/people") }] : []),
        ...(managesPrograms ? [{ id: "devices", title: "Devices", group: "Pages", run: () => go("/devices") }] : []),
        ...(managesPrograms ? [{ id: "programs", title: "Programs", group: "Pages", run: () => go("/programs") }] : []),
        ...(managesArchive ? [{ id: "archive", title: "Archive", group: "Pages", run: () => go("/archive") }] : []),
        ...(managesPeople ? [{ id: "access", title: "Access", group: "Pages", run: () => go("/access") }] : []),
        ...(managesArchive ? [{ id: "keys-page", title: "Encryption keys", group: "Pages", run: () => go("/keys") }] : []),
        ...(opensStudies ? [{ id: "links", title: managesPeople ? "Links to studies" : "My links to studies", group: "Pages", run: () => go("/links") }] : []),
        ...(readsAudit ? [{ id: "emergencies", title: "Emergency access", group: "Pages", run: () => go("/emergencies") }] : []),
        ...(readsAudit ? [{ id: "audit", title: "Audit", group: "Pages", run: () => go("/audit") }] : []),
      ],
      [go, managesPeople, managesPrograms, managesArchive, readsAudit, opensStudies],
    ),
  );
}
