import { useState } from "react";
import { sentence } from "../ui/words";
import { passkeyProblem } from "./passkeys";

interface Props {
  act: () => Promise<void>;
  children: string;
  autoFocus?: boolean;
  kind?: "passkey" | "provider";
}

/** A button that asks the person's device or the site's provider, and says what went wrong. */
export function WayButton({ act, children, autoFocus = false, kind = "passkey" }: Props) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    setProblem("");
    try {
      await act();
    } catch (error) {
      setProblem(sentence(passkeyProblem(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="passkey">
      <button type="button" className="main-act" onClick={() => void start()} disabled={isBusy && kind === "passkey"} autoFocus={autoFocus}>
        {kind === "passkey" && (<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path
            d="M9 12a4 4 0 1 1 0-8 4 4 0 0 1 0 8Zm0 2c2 0 4 .6 5.300 1.700A5 5 0 0 0 13.500 20H2v-1.500C2 15.800 6 14 9 14Zm9-4a3.500 3.500 0 0 1 1.500 6.600V18l-1 1 1 1-1.500 2-1.500-1.500v-3.900A3.500 3.500 0 0 1 18 10Zm0 2a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z"
            fill="currentColor"
          />
        </svg>
        )}
        {isBusy ? kind === "passkey" ? "Your device asks…" : "Go on at the other window…" : children}
      </button>
      {problem && (
        <p className="form-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
