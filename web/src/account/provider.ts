import { api, bodyOf } from "../api/client";

const CHANNEL = "sonarium-proof";
const LONGEST_MS = 10 * 60_000;

/** Why nobody was signed in, in words for a person. */
export const PROVIDER_WORDS: Record<string, string> = {
  cancelled: "You did not sign in there, or it was refused there. Try again.",
  expired: "This took too long, or was begun in another browser. Try again from here.",
  not_let_in: "You are known there, and nobody has let you into the archive yet. Ask an administrator for a role here.",
  shut_out: "You may not come into the archive any more. An administrator can change that.",
  unreachable: "The sign-in of your organization does not answer. Try again in a while, or sign in by another way.",
  wrong_answer: "The sign-in of your organization gave an answer that does not hold. Tell an administrator.",
};

async function addressFor(prove: boolean): Promise<string> {
  return bodyOf(await api.POST("/api/session/provider", { body: { prove } })).address;
}

export async function goToProvider(): Promise<void> {
  window.location.assign(await addressFor(false));
}

/** Proves in a window of its own, so that this page stays as it is. */
export async function proveAtProvider(): Promise<void> {
  const other = window.open("", "_blank", "popup,width=560,height=720");
  if (!other) throw new Error("The browser did not open a window: allow it for this page, then try again.");
  const channel = new BroadcastChannel(CHANNEL);
  try {
    other.location.assign(await addressFor(true));
    // Once the window is at another site, this page may not know whether it was closed.
    const why = await new Promise<string>((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
      window.setTimeout(() => resolve("expired"), LONGEST_MS);
    });
    if (why !== "proved") throw new Error(PROVIDER_WORDS[why] ?? "That did not work. Try again.");
  } catch (error) {
    other.close();
    throw error;
  } finally {
    channel.close();
  }
}

/** Tells the page that waits for a proof what came of it. */
export function tellWaitingPage(why: string): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(why);
  channel.close();
}
