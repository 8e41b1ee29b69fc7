import { instancePath, type InstanceAddress, type InstanceDetail } from "../api/client";
import { partsOf } from "../frames/multipart";

/** Frames asked for in one request: long loops arrive in pieces, so that the first plays soon. */
const FRAMES_PER_REQUEST = 60;
const RENDERED_AT_ONCE = 4;

export type Arrived = (frame: number, picture: Blob) => void;

/** Fetches every frame in playing order and hands each over as it arrives. */
export async function loadFrames(
  address: InstanceAddress,
  instance: InstanceDetail,
  arrived: Arrived,
  signal: AbortSignal,
): Promise<void> {
  if (instance.presentation === "stored-jpeg") await loadStored(address, instance, arrived, signal);
  else await loadRendered(address, instance, arrived, signal);
}

/** As stored: the browser's own JPEG decoder shows exactly what the scanner made. */
async function loadStored(
  address: InstanceAddress,
  instance: InstanceDetail,
  arrived: Arrived,
  signal: AbortSignal,
): Promise<void> {
  for (let from = 1; from <= instance.numberOfFrames; from += FRAMES_PER_REQUEST) {
    const to = Math.min(from + FRAMES_PER_REQUEST - 1, instance.numberOfFrames);
    const list = Array.from({ length: to - from + 1 }, (_, i) => from + i).join(",");
    const response = await fetch(`${instancePath(address)}/frames/${list}`, {
      headers: { Accept: 'multipart/related; type="image/jpeg"' },
      signal,
    });
    await refuseFailure(response);
    let frame = from - 1;
    for await (const picture of partsOf(response)) arrived(frame++, picture);
  }
}

/** What a browser cannot decode is rendered by the server, frame by frame. */
async function loadRendered(
  address: InstanceAddress,
  instance: InstanceDetail,
  arrived: Arrived,
  signal: AbortSignal,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < instance.numberOfFrames) {
      const frame = next++;
      const response = await fetch(`${instancePath(address)}/frames/${frame + 1}/rendered`, {
        headers: { Accept: "image/jpeg" },
        signal,
      });
      await refuseFailure(response);
      arrived(frame, await response.blob());
    }
  };
  await Promise.all(Array.from({ length: RENDERED_AT_ONCE }, worker));
}

async function refuseFailure(response: Response): Promise<void> {
  if (response.ok) return;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new Error(problem.detail ?? `The server answered ${response.status}.`);
}
