import type { StudySummary } from "../api/client";

/** What lies beside the pictures of a study: reports, key images, presentation states, documents. */
const DOCUMENTS = new Set(["SR", "KO", "PR", "DOC"]);

/** The modalities of a study's pictures; of its documents where there are no pictures. */
export function kindsOf({ modalities }: Pick<StudySummary, "modalities">): string {
  const pictures = modalities.filter((modality) => !DOCUMENTS.has(modality));
  return (pictures.length > 0 ? pictures : modalities).join(" ");
}
