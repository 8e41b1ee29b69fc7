import { Link } from "wouter";
import { ROLE_WORDS, useSession } from "./session";

/** For people whose day does not begin with studies: what they can do here. */
export function HomePage() {
  const session = useSession();
  if (!session) return null;
  const may = (permission: string) => session.permissions.some((one) => one === permission);
  const runsSystem = may("manage_people") || may("manage_devices") || may("manage_archive");
  return (
    <main className="notice">
      <h1>Good day, {session.displayName}</h1>
      {may("manage_people") && (
        <p>
          <Link href="/people">People</Link>: let somebody in, give roles, shut somebody out.
        </p>
      )}
      {may("manage_people") && (
        <p>
          <Link href="/access">Access</Link>: let somebody see a study, keep a patient confidential.
        </p>
      )}
      {may("manage_devices") && (
        <p>
          <Link href="/devices">Devices</Link>: scanners and workstations, and those that knock.
        </p>
      )}
      {may("manage_devices") && (
        <p>
          <Link href="/programs">Programs</Link>: viewers and scripts that use DICOMweb.
        </p>
      )}
      {may("manage_archive") && (
        <p>
          <Link href="/archive">Archive</Link>: objects set aside, failed work, and how sound what is stored is.
        </p>
      )}
      {may("manage_archive") && (
        <p>
          <Link href="/keys">Keys</Link>: how the encryption keys and certificates are.
        </p>
      )}
      {may("read_audit") && (
        <p>
          <Link href="/emergencies">Emergency access</Link>: judge who broke the glass.
        </p>
      )}
      {may("read_audit") && (
        <p>
          <Link href="/audit">Audit</Link>: who opened whose studies, who came in, and what was refused.
        </p>
      )}
      <p>
        <Link href="/studies">Studies</Link>: those that somebody let you see{runsSystem && ", and emergency access"}.
      </p>
      <p className="faint">
        {session.roles.map((role) => ROLE_WORDS[role]).join(" and ")}: the role alone shows no images. Whoever also reads or
        scans has that role besides.
      </p>
      <p>
        <Link href="/account">My passkeys, and where I am signed in</Link>
      </p>
    </main>
  );
}
