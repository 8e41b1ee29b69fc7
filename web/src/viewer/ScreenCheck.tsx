import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Command, useCommands } from "../ui/commands";
import { remember, useSettings } from "../ui/settings";
import "./screenCheck.css";

const STEPS = 18;
/** Like a year's consistency check: after that the note stands again. */
const HOLDS_DAYS = 365;

/** Lets a person see whether this screen shows the darkest and the lightest steps. */
export function ScreenCheck() {
  const [isOpen, setOpen] = useState(false);
  const open = useCallback(() => setOpen(true), []);
  useCommands(
    useMemo<Command[]>(
      () => [{ id: "screen check", title: "Check this screen", group: "General", keys: ["X"], run: open }],
      [open],
    ),
  );
  const [{ screenCheckedAt }] = useSettings();
  return (
    <>
      {!isFresh(screenCheckedAt) && (
        <button type="button" className="quiet screen-note" onClick={open} title="Check this screen (X)">
          Screen not checked
        </button>
      )}
      {isOpen && <Pattern checkedAt={screenCheckedAt} close={() => setOpen(false)} />}
    </>
  );
}

function isFresh(checkedAt: string | null): boolean {
  return checkedAt !== null && Date.now() - Date.parse(checkedAt) < HOLDS_DAYS * 86_400_000;
}

function Pattern({ checkedAt, close }: { checkedAt: string | null; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="screen-check" aria-labelledby="screen-check-title" onClose={close}>
      <h2 id="screen-check-title">Check this screen</h2>
      <div className="steps" aria-hidden="true">
        {Array.from({ length: STEPS }, (_, step) => {
          const grey = Math.round((255 * step) / (STEPS - 1));
          return <i key={step} style={{ background: `rgb(${grey} ${grey} ${grey})` }} />;
        })}
      </div>
      <div className="ends" aria-hidden="true">
        <i style={{ background: "rgb(0 0 0)" }}>
          <b style={{ background: "rgb(13 13 13)" }} />
        </i>
        <i style={{ background: "rgb(255 255 255)" }}>
          <b style={{ background: "rgb(242 242 242)" }} />
        </i>
      </div>
      <ul>
        <li>Every step of the bar differs from its neighbours.</li>
        <li>In the black square a darker grey one is seen, and in the white square a lighter grey one.</li>
      </ul>
      <p className="faint">
        A browser cannot measure light. Only a photometer tells whether a screen follows the Grayscale Standard Display
        Function (PS3.14); for primary reading your department says which screens may be used.
        {checkedAt && ` Last seen by you here on ${new Date(checkedAt).toLocaleDateString()}.`}
      </p>
      <footer>
        <button type="button" className="quiet" onClick={close}>
          Not now
        </button>
        <button
          type="button"
          onClick={() => {
            remember({ screenCheckedAt: new Date().toISOString() });
            close();
          }}
        >
          I see all of it
        </button>
      </footer>
    </dialog>
  );
}
