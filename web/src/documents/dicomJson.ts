import { instancePath, Refusal, type InstanceAddress } from "../api/client";

/** A data set of the DICOM JSON Model (PS3.18 Annex F), as far as a page reads it. */
export type DataSet = Record<string, Element | undefined>;

export interface Element {
  vr: string;
  Value?: unknown[];
  BulkDataURI?: string;
  InlineBinary?: string;
}

/** Fetches an instance's attributes without its bulk values. */
export async function fetchDataSet(address: InstanceAddress, signal: AbortSignal): Promise<DataSet> {
  const response = await fetch(`${instancePath(address)}/metadata`, {
    headers: { Accept: "application/dicom+json" },
    signal,
  });
  if (!response.ok) throw new Refusal(`The server answered ${response.status}.`, response.status);
  const sets = (await response.json()) as DataSet[];
  const [first] = sets;
  if (!first) throw new Error("The object has no attributes.");
  return first;
}

/** Fetches one value as bytes: inline, or from its own address. */
export async function fetchBytes(
  address: InstanceAddress,
  path: string,
  element: Element | undefined,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (element?.InlineBinary) {
    return Uint8Array.from(atob(element.InlineBinary), (sign) => sign.charCodeAt(0));
  }
  const response = await fetch(`${instancePath(address)}/bulkdata/${path}`, {
    headers: { Accept: "application/octet-stream" },
    signal,
  });
  if (!response.ok) throw new Refusal(`The server answered ${response.status}.`, response.status);
  return new Uint8Array(await response.arrayBuffer());
}

export function items(set: DataSet, tag: string): DataSet[] {
  return (set[tag]?.Value ?? []).filter((item) => typeof item === "object" && item !== null) as DataSet[];
}

export function texts(set: DataSet, tag: string): string[] {
  return (set[tag]?.Value ?? []).map((value) =>
    typeof value === "object" && value !== null
      ? ((value as Record<string, string>)["Alphabetic"] ?? "")
      : String(value ?? ""),
  );
}

export function text(set: DataSet, tag: string): string {
  return texts(set, tag)[0] ?? "";
}

export function numbers(set: DataSet, tag: string): number[] {
  return texts(set, tag).map(Number).filter(Number.isFinite);
}

/** What a code sequence means; its value when it has no words. */
export function meaning(set: DataSet, tag: string): string {
  const [code] = items(set, tag);
  return code ? text(code, "00080104") || text(code, "00080100") : "";
}
