import type { StudySummary } from "../api/client";

interface Props {
  confidentiality: StudySummary["confidentiality"];
  /** Beside an alias, as lists show it, and not beside the name. */
  isListed?: boolean;
}

/** Marks a patient whom lists do not name. */
export function AliasMark({ confidentiality, isListed }: Props) {
  if (confidentiality === "normal") return null;
  const why = isListed ? "An alias: the name is shown when the study is opened" : "Lists show an alias for this patient: do not say the name aloud";
  return (
    <small className="alias" title={why}>
      {confidentiality === "vip" ? "VIP" : "Confidential"}
    </small>
  );
}
