import { useEffect, useState } from "react";
import { PROVIDER_WORDS, tellWaitingPage } from "./provider";

/** Where the provider sends somebody back who is not signed in now, or who has proved who they are. */
export function ProviderPage() {
  const [why] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    window.history.replaceState(null, "", window.location.pathname);
    tellWaitingPage(why);
    if (why === "proved") window.close();
  }, [why]);
  return (
    <main className="door">
      <h1>{why === "proved" ? "It is you" : "Not signed in"}</h1>
      <p role="alert">{why === "proved" ? "Close this window to go on where you were." : (PROVIDER_WORDS[why] ?? "Try again.")}</p>
      <a href="/">To the archive</a>
    </main>
  );
}
