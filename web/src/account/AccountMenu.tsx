import { useMemo, useRef } from "react";
import { useLocation } from "wouter";
import { useCommands } from "../ui/commands";
import { ROLE_WORDS, signOut, useSession } from "./session";

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const session = useSession();
  const [, go] = useLocation();
  const menu = useRef<HTMLDivElement>(null);
  useCommands(
    useMemo(
      () => [
        { id: "my-sessions", title: "My passkeys, and where I am signed in", group: "Account", run: () => go("/account") },
        { id: "sign-out", title: "Sign out", group: "Account", run: () => void signOut() },
      ],
      [go],
    ),
  );
  if (!session) return null;
  const close = () => menu.current?.hidePopover();
  return (
    <>
      <button type="button" className="quiet account" popoverTarget="account-menu">
        {session.displayName}
      </button>
      <div ref={menu} id="account-menu" popover="auto" className="popup" aria-label="Account">
        <p>
          <strong>{session.displayName}</strong>
          <small>{session.roles.map((role) => ROLE_WORDS[role]).join(", ")}</small>
        </p>
        <button
          type="button"
          className="quiet"
          onClick={() => {
            close();
            go("/account");
          }}
        >
          My passkeys and sessions
        </button>
        <button type="button" className="quiet" onClick={() => void signOut()}>
          Sign out
        </button>
      </div>
    </>
  );
}
