import { useEffect, useRef, useState } from "react";

const SHOWN_MS = 6000;

/** Copies a link, and says so; where the browser forbids that, shows it to be copied by hand. */
export function LinkNotice({ address, close }: { address: string; close: () => void }) {
  const [state, setState] = useState<"copying" | "copied" | "refused">("copying");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Only a page that came over TLS, or from this machine, has a clipboard.
    const copied = navigator.clipboard?.writeText(address) ?? Promise.reject(new Error("no clipboard"));
    copied.then(() => setState("copied")).catch(() => setState("refused"));
  }, [address]);
  useEffect(() => {
    if (state === "refused") field.current?.select();
    if (state !== "copied") return;
    const timer = window.setTimeout(close, SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [state, close]);
  return (
    <div className="undo" role="status">
      {state === "copied" && <span>Link copied. It opens this view for whoever is signed in and may see the study.</span>}
      {state === "refused" && (
        <>
          <label>
            Copy this link <input ref={field} readOnly value={address} onKeyDown={(event) => event.key === "Escape" && close()} />
          </label>
        </>
      )}
      {state !== "copying" && (
        <button type="button" onClick={close}>
          Close
        </button>
      )}
    </div>
  );
}
