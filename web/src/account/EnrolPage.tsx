import { type FormEvent, useEffect, useRef, useState } from "react";
import { api, bodyOf, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { sentence } from "../ui/words";
import { browserName } from "./browserName";
import { WayButton } from "./WayButton";
import { atLocalhost, enrolPasskey, knowsPasskeys } from "./passkeys";
import { takeSecret } from "./session";

type Offer = components["schemas"]["EnrolmentOffer"];

/** Sets up a sign-in: a passkey, or a password with an authenticator and codes for its loss. */
export default function EnrolPage() {
  const secret = useRef("");
  const [offer, setOffer] = useState<Offer>();
  const [codes, setCodes] = useState<string[]>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (secret.current) return;
    secret.current = takeSecret() || "none";
    api.POST("/api/enrolment/offer", { body: { secret: secret.current } }).then(
      (answer) =>
        answer.response.ok
          ? setOffer(bodyOf(answer))
          : setProblem("This link was used already or has expired. Ask an administrator for a new one."),
      () => setProblem("The archive cannot be reached. Open the link again when the network is back."),
    );
  }, []);
  if (codes) return <Codes codes={codes} />;
  if (!offer) {
    return (
      <main className="door" aria-busy={!problem}>
        <h1>{problem ? "This link does not open" : "Opening the link…"}</h1>
        <p role="alert">{problem}</p>
      </main>
    );
  }
  return <Choice offer={offer} secret={secret.current} done={setCodes} />;
}

function Choice({ offer, secret, done }: { offer: Offer; secret: string; done: (codes: string[]) => void }) {
  const [userName, setUserName] = useState(offer.userName ?? "");
  const [displayName, setDisplayName] = useState(offer.displayName ?? "");
  const [hasPassword, setHasPassword] = useState(!knowsPasskeys() || atLocalhost() !== undefined);
  const there = atLocalhost();
  const canTakePasskey = knowsPasskeys() && !there;
  const byPasskey = async () => {
    if (!userName || !displayName) throw new Error("Fill in both names first.");
    await enrolPasskey({ secret, userName, displayName }, browserName(navigator.userAgent));
    window.location.replace("/");
  };
  return (
    <main className="door wide">
      <h1>{offer.displayName ? `Welcome, ${offer.displayName}` : "The first administrator"}</h1>
      {offer.userName === null ? (
        <div className="form">
          <label>
            User name
            <input
              value={userName}
              onChange={(event) => setUserName(event.target.value.toLowerCase())}
              autoComplete="username"
              autoFocus
              required
              spellCheck={false}
              autoCapitalize="none"
            />
          </label>
          <label>
            Your name, as others see it
            <input
              name="name"
              value={displayName}
              onChange={(event) => setDisplayName(event.target.value)}
              autoComplete="name"
              required
            />
          </label>
        </div>
      ) : (
        <p>
          Your user name is <strong>{offer.userName}</strong>.
        </p>
      )}
      {canTakePasskey && (
        <section aria-labelledby="by-passkey" className="way">
          <h2 id="by-passkey">With a passkey</h2>
          <p>Your telephone, computer or security key keeps it and opens it with your finger, face or PIN. There is nothing to remember.</p>
          <WayButton act={byPasskey} autoFocus={offer.userName !== null}>
            Make a passkey
          </WayButton>
        </section>
      )}
      {there && (
        <p>
          To use a passkey instead, <a href={`${there}#${secret}`}>open this page at localhost</a>: passkeys work at a name, not at this bare
          address.
        </p>
      )}
      {hasPassword ? (
        <section aria-labelledby="by-password" className="way">
          <h2 id="by-password">With a password and an authenticator</h2>
          <PasswordChoice
            {...{ offer, secret, userName, displayName, done }}
            isFirst={!canTakePasskey && offer.userName !== null}
            isMain={!canTakePasskey}
          />
        </section>
      ) : (
        <button type="button" className="quiet" onClick={() => setHasPassword(true)}>
          Use a password and an authenticator instead
        </button>
      )}
    </main>
  );
}

interface PasswordProps {
  offer: Offer;
  secret: string;
  userName: string;
  displayName: string;
  done: (codes: string[]) => void;
  isFirst: boolean;
  isMain: boolean;
}

function PasswordChoice({ offer, secret, userName, displayName, done, isFirst, isMain }: PasswordProps) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const picture = useAuthenticatorPicture(userName || "administrator", offer.totpSecret);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const text = (name: string) => String(typed.get(name) ?? "");
    setBusy(true);
    setProblem("");
    try {
      const code = text("code").replaceAll(" ", "");
      const body = { secret, userName, displayName, password: text("password"), totpSecret: offer.totpSecret, code };
      done(bodyOf(await api.POST("/api/enrolment", { body })).codes);
    } catch (error) {
      setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached. Try again.");
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <label>
        Password
        <input
          name="password"
          type="password"
          autoComplete="new-password"
          autoFocus={isFirst}
          minLength={12}
          required
          aria-describedby="password-hint"
        />
      </label>
      <small id="password-hint">Four words that do not belong together are strong and easy to keep in mind.</small>
      <div className="authenticator">
        <span className="qr">{picture && <img src={picture} alt="QR code for the authenticator" />}</span>
        <p>
          Scan this with an authenticator: any that shows six-digit codes. Or type its secret there:
          <code>{offer.totpSecret.replaceAll(/(.{4})/g, "$1 ").trim()}</code>
        </p>
      </div>
      <label>
        Code that it shows now
        <input name="code" inputMode="numeric" autoComplete="one-time-code" required />
      </label>
      <p className="form-problem" role="alert">
        {problem}
      </p>
      <button type="submit" className={isMain ? "main-act" : ""} disabled={isBusy}>
        {isBusy ? "Setting up…" : "Set up my sign-in"}
      </button>
    </form>
  );
}

function Codes({ codes }: { codes: string[] }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(codes.join("\n")).then(() => setCopied(true));
  return (
    <main className="door wide">
      <h1>Keep these recovery codes</h1>
      <p>Each stands once for the authenticator, on the day on which you have not got it. They are not shown again.</p>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <p className="row">
        <button type="button" onClick={copy}>
          {isCopied ? "Copied" : "Copy"}
        </button>
        <button type="button" onClick={() => window.print()}>
          Print
        </button>
        <button type="button" className="main-act" onClick={() => window.location.replace("/")}>
          I have kept them: go on
        </button>
      </p>
    </main>
  );
}

/** A picture from the server, as an address that the page's security policy allows. */
function useAuthenticatorPicture(userName: string, totpSecret: string): string {
  const [address, setAddress] = useState("");
  useEffect(() => {
    let isWanted = true;
    let made = "";
    const timer = window.setTimeout(() => {
      void api.POST("/api/enrolment/picture", { body: { userName, totpSecret } }).then(({ data }) => {
        if (!data || !isWanted) return;
        made = URL.createObjectURL(new Blob([data.svg], { type: "image/svg+xml" }));
        setAddress(made);
      });
    }, 200);
    return () => {
      isWanted = false;
      window.clearTimeout(timer);
      if (made) URL.revokeObjectURL(made);
    };
  }, [userName, totpSecret]);
  return address;
}
