import { api, bodyOf, type InstanceAddress, Refusal } from "../api/client";
import { provingFetch } from "../api/proof";
import type { components } from "../api/schema";
import type { Rectangle } from "./rectangle";

export type SharePreview = components["schemas"]["SharePreview"];
export type ShareFormat = components["schemas"]["FormatChoice"]["format"];

/** Frames of one object, from 0, and what was drawn around. */
export interface Picked {
  address: InstanceAddress;
  first: number;
  last: number;
  drawn: Rectangle | null;
}

function bodyFor({ address, first, last, drawn }: Picked) {
  return {
    seriesInstanceUID: address.series,
    sopInstanceUID: address.instance,
    firstFrame: first,
    lastFrame: last,
    drawn,
  };
}

/** What would leave. */
export async function previewOf(picked: Picked): Promise<SharePreview> {
  const params = { path: { study_instance_uid: picked.address.study } };
  return bodyOf(await api.POST("/api/studies/{study_instance_uid}/share-previews", { params, body: bodyFor(picked) }));
}

/** One frame as it would leave. */
export async function maskedFrame(picked: Picked, frame: number, signal: AbortSignal): Promise<Blob> {
  const answer = await send(picked, "share-pictures", { ...bodyFor(picked), frame }, signal);
  return answer.blob();
}

/** The file itself, and its name. */
export async function copyOf(picked: Picked, format: ShareFormat): Promise<{ file: Blob; name: string }> {
  const answer = await send(picked, "shares", { ...bodyFor(picked), format, hasLooked: true });
  const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1];
  return { file: await answer.blob(), name: name ?? `ultrasound.${format}` };
}

async function send(picked: Picked, what: string, body: object, signal?: AbortSignal): Promise<Response> {
  const answer = await provingFetch(`/api/studies/${picked.address.study}/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  if (answer.ok) return answer;
  const said = (await answer.json().catch(() => ({}))) as { detail?: string };
  throw new Refusal(said.detail ?? `The server answered ${answer.status}.`, answer.status);
}

/** Hands a file to the person's own machine. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken the bytes by then.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
