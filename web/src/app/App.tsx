import { lazy, Suspense, useEffect, useMemo, useState } from "react";
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

const loadViewer = () => import("../viewer/ViewerPage");
const ViewerPage = lazy(loadViewer);

export function App() {
  const [sheet, setSheet] = useState<"" | "palette" | "keys">("");
  useCommandKeys();
  useEffect(() => {
    // The viewer is wanted next: fetch it once the list stands.
    const timer = window.setTimeout(() => void loadViewer(), 1500);
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
      <Suspense fallback={<main className="notice" aria-busy="true">Opening the viewer…</main>}>
        <Switch>
          <Route path="/" component={WorklistPage} />
          <Route path="/studies/:uid">{({ uid }) => <ViewerPage key={uid} uid={uid} />}</Route>
          <Route>
            <main className="notice">
              <h1>There is no such page</h1>
              <p>
                <Link href="/">Back to the study list</Link>
              </p>
            </main>
          </Route>
        </Switch>
      </Suspense>
      {sheet === "palette" && <CommandPalette close={() => setSheet("")} />}
      {sheet === "keys" && <KeySheet close={() => setSheet("")} />}
    </div>
  );
}
