import { Link, Route, Switch } from "wouter";
import { StudyPage } from "../study/StudyPage";
import { ThemeSwitch } from "../ui/ThemeSwitch";
import { DemoMark } from "../ui/DemoMark";
import { WorklistPage } from "../worklist/WorklistPage";

export function App() {
  return (
    <div className="app">
      <header className="bar">
        <Link href="/" className="brand" aria-label="Sonarium, study list">
          <img src="/icon.svg" alt="" width="24" height="24" />
          Sonarium
        </Link>
        <DemoMark />
        <span className="bar-space" />
        <ThemeSwitch />
      </header>
      <Switch>
        <Route path="/" component={WorklistPage} />
        <Route path="/studies/:uid">{({ uid }) => <StudyPage key={uid} uid={uid} />}</Route>
        <Route>
          <main className="notice">
            <h1>There is no such page</h1>
            <p>
              <Link href="/">Back to the study list</Link>
            </p>
          </main>
        </Route>
      </Switch>
    </div>
  );
}
