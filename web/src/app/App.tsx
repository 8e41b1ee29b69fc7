import { type ComponentType, useEffect, useMemo, useState } from "react";
import { Link, Route, Switch } from "wouter";
import { CommandPalette } from "../ui/CommandPalette";
import { useCommands } from "../ui/commands";
import { DemoMark } from "../ui/DemoMark";
import { KeySheet } from "../ui/KeySheet";
import { OfflineMark } from "../ui/OfflineMark";
import { remember, settings } from "../ui/settings";
import { ThemeSwitch } from "../ui/ThemeSwitch";
import { useCommandKeys } from "../ui/useCommandKeys";
import { WorklistPage } from "../worklist/WorklistPage";

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

export function App() {
  const [sheet, setSheet] = useState<"" | "palette" | "keys">("");
  useCommandKeys();
  useEffect(() => {
    // The viewer is wanted next: fetch it once the list stands.
    const timer = window.setTimeout(() => void loadViewer().catch(() => undefined), 800);
    return () => window.clearTimeout(timer);
  }, []);
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
        <Link href="/" className="brand" aria-label="Sonarium, study list">
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
      </header>
        <Switch>
          <Route path="/" component={WorklistPage} />
          <Route path="/studies/:uid">{({ uid }) => <ViewerRoute key={uid} uid={uid} />}</Route>
          <Route>
            <main className="notice">
              <h1>There is no such page</h1>
              <p>
                <Link href="/">Back to the study list</Link>
              </p>
            </main>
          </Route>
        </Switch>
      {sheet === "palette" && <CommandPalette close={() => setSheet("")} />}
      {sheet === "keys" && <KeySheet close={() => setSheet("")} />}
    </div>
  );
}
