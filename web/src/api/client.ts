import createClient from "openapi-fetch";
import { provingFetch } from "./proof";
import type { components, paths } from "./schema";

export type StudySummary = components["schemas"]["StudySummary"];
export type StudyDetail = components["schemas"]["StudyDetail"];
export type SeriesDetail = components["schemas"]["SeriesDetail"];
export type InstanceDetail = components["schemas"]["InstanceDetail"];
export type SystemStatus = components["schemas"]["SystemStatus"];

/** The typed JSON API; frames come over DICOMweb (`player/frameSource.ts`). */
export const api = createClient<paths>({ baseUrl: "/", fetch: provingFetch });

/** What the server said was wrong, in words for a person. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Returns the body of an answer, or throws the refusal it carries. */
export function bodyOf<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.response.ok) return answer.data as T; // nothing, where there is no content
  const detail = (answer.error as { detail?: string } | undefined)?.detail;
  throw new Refusal(detail ?? `The server answered ${answer.response.status}.`, answer.response.status);
}

const WEB = "/dicom-web";

export interface InstanceAddress {
  study: string;
  series: string;
  instance: string;
}

export function instancePath({ study, series, instance }: InstanceAddress): string {
  return `${WEB}/studies/${study}/series/${series}/instances/${instance}`;
}

export function studyThumbnail(study: string): string {
  return `${WEB}/studies/${study}/thumbnail`;
}
