import type { components } from "../api/schema";

export type Grant = components["schemas"]["GrantDetail"];
export type Onlooker = components["schemas"]["OnlookerDetail"];
export type Target = components["schemas"]["AccessTarget"];
export type Reason = Onlooker["reasons"][number];

/** Names nothing; one of its numbers is filled in. */
export const NO_TARGET: Target = { patientID: "", accessionNumber: "", studyInstanceUID: "" };

/** Why somebody may see a study, as one would say it. */
export const REASON_WORDS: Record<Reason, string> = {
  department: "works in its department",
  ordering_or_reading: "ordered, did or reads it",
  care_team: "looks after the patient",
  grant: "was let in",
  break_glass: "emergency",
  teaching: "it is a teaching case",
  own_record: "is the patient",
};

const MOMENT = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

export function moment(iso: string): string {
  return MOMENT.format(new Date(iso));
}

export function clock(iso: string): string {
  return CLOCK.format(new Date(iso));
}

export function day(iso: string): string {
  return DAY.format(new Date(iso));
}

/** What is left until a moment: `3 h 59 min`; nothing once it has passed. */
export function timeLeft(until: string, now = Date.now()): string {
  const minutes = Math.ceil((Date.parse(until) - now) / 60_000);
  if (minutes <= 0) return "";
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

/** What a grant is about. */
export function targetOf(grant: Grant): string {
  if (grant.patientID !== null) return `patient ${grant.patientID}`;
  return grant.studyInstanceUID === null ? "a deleted study" : "one study";
}

/** Whether what was typed can be an exact number: one word that holds a digit and is no date. */
export function canBeNumber(text: string): boolean {
  const word = text.trim();
  return /^\S{2,64}$/.test(word) && /\d/.test(word) && !/^\d{4}-\d{2}(-\d{2})?$/.test(word);
}

export type LinkStanding = "open" | "waits" | "expired" | "revoked";

/** How a link stands. */
export function standingOf(
  link: { revokedAt: string | null; expiresAt: string; waitsForCode: boolean },
  now = Date.now(),
): LinkStanding {
  if (link.revokedAt) return "revoked";
  if (Date.parse(link.expiresAt) <= now) return "expired";
  return link.waitsForCode ? "waits" : "open";
}

/** The code in two groups, to be read out. */
export function inGroups(code: string): string {
  return `${code.slice(0, 4)} ${code.slice(4)}`.trim();
}
