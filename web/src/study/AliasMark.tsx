import type { StudySummary } from "../api/client";

interface Props {
  confidentiality: StudySummary["confidentiality"];
  /** Beside an alias, as lists show it, and not beside the name. */
  isListed?: boolean;
}

/** What tells that a name is an alias; nothing beside a true name. */
export function aliasWord(confidentiality: Props["confidentiality"]): string {
  if (confidentiality === "normal") return "";
  return confidentiality === "vip" ? "VIP" : "Confidential";
}

/** Marks a patient whom lists do not name. */
export function AliasMark({ confidentiality, isListed }: Props) {
  const word = aliasWord(confidentiality);
  if (!word) return null;
  const why = isListed ? "An alias: the name is shown when the study is opened" : "Lists show an alias for this patient: do not say the name aloud";
  return (
    <small className="alias" title={why}>
      {word}
    </small>
  );
}
