import { useSession } from "../account/session";
import type { components } from "../api/schema";
import { count } from "../ui/words";
import { moment, standingOf } from "./words";

export type StudyLink = components["schemas"]["StudyLinkDetail"];

interface Props {
  links: readonly StudyLink[];
  isOfEverybody?: boolean;
  revoke: (link: StudyLink) => void;
}

const STANDING_WORDS = {
  waits: "Not opened yet",
  open: "Open in one browser",
  expired: "Expired",
  revoked: "Taken back",
};

/** Links with their uses; those that hold can be taken back. */
export function LinkTable({ links, isOfEverybody, revoke }: Props) {
  const session = useSession();
  const mayAny = session?.permissions.includes("manage_people");
  return (
    <table className="plain">
      <thead>
        <tr>
          <th>For</th>
          {isOfEverybody && <th>Made by</th>}
          <th>Made</th>
          <th>Holds until</th>
          <th>State</th>
          <th>
            <span className="visually-hidden">Acts</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {links.map((link) => {
          const standing = standingOf(link);
          const holds = standing === "waits" || standing === "open";
          return (
            <tr key={link.linkRef} className={holds ? "" : "faint"}>
              <td>{link.recipient}</td>
              {isOfEverybody && <td>{link.userName}</td>}
              <td>{moment(link.madeAt)}</td>
              <td>{moment(link.expiresAt)}</td>
              <td>
                {STANDING_WORDS[standing]}
                {link.openedAt && <div className="faint">{`opened ${count(link.opened, "time")}, ${moment(link.openedAt)}`}</div>}
              </td>
              <td>
                {holds && (mayAny || link.userName === session?.userName) && (
                  <button type="button" onClick={() => revoke(link)} aria-label={`Take back the link for ${link.recipient}`}>
                    Take back
                  </button>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
