import type { components, paths } from "../api/schema";

export type AuditRecord = components["schemas"]["AuditRecord"];
export type UnusualRecord = components["schemas"]["UnusualRecord"];
export type Sign = UnusualRecord["signs"][number];
export type Query = NonNullable<paths["/api/audit/records"]["get"]["parameters"]["query"]>;
type Kinds = NonNullable<Query["kind"]>;

/** What somebody looks for; days are the reader's own. */
export interface Filter {
  patient: string;
  who: string;
  kind: Kind;
  from: string;
  to: string;
  refused: boolean;
}

export type Kind = "" | "opened" | "searched" | "taken" | "arrived" | "signIn" | "rights" | "system";

export const NOTHING: Filter = { patient: "", who: "", kind: "", from: "", to: "", refused: false };

export const KIND_WORDS: Record<Kind, string> = {
  "": "Everything",
  opened: "Opened studies",
  searched: "Searches",
  taken: "Sent or copied out",
  arrived: "Arrived",
  signIn: "Sign-ins",
  rights: "Rights and refusals",
  system: "The system, and this trail",
};

/** Event IDs of PS3.16 CID 400. */
const KIND_CODES: Record<Exclude<Kind, "">, Kinds> = {
  opened: ["110103"],
  searched: ["110112"],
  taken: ["110102", "110106"],
  arrived: ["110104", "110107"],
  signIn: ["110114"],
  rights: ["110113"],
  system: ["110100", "110101"],
};

export const SIGN_WORDS: Record<Sign, string> = {
  "own record": "their own record",
  "same surname": "same surname as the patient",
  vip: "VIP",
  confidential: "confidential",
  emergency: "opened in an emergency",
  many: "many more studies that day than usual",
};

/** The query of a filter; `to` is the last day that counts. */
export function queryOf(filter: Filter): Query {
  return {
    ...(filter.patient.trim() && { patient: filter.patient.trim() }),
    ...(filter.who.trim() && { who: filter.who.trim() }),
    ...(filter.kind && { kind: KIND_CODES[filter.kind] }),
    ...(filter.from && { since: startOf(filter.from).toISOString() }),
    ...(filter.to && { until: startOf(filter.to, 1).toISOString() }),
    ...(filter.refused && { refused: true }),
  };
}

/** The same as the end of an address, for links that save a file. */
export function searchOf(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  );
  return new URLSearchParams(pairs).toString();
}

/** When a calendar day of the reader begins, some days on. */
export function startOf(day: string, later = 0): Date {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later);
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** A moment in the reader's zone. */
export function moment(iso: string): string {
  return MOMENT.format(new Date(iso));
}

/** A day of the reader, as a date field writes it. */
export function dayOf(date: Date): string {
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}
