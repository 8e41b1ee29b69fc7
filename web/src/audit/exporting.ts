import { Refusal } from "../api/client";
import { provingFetch } from "../api/proof";
import { saveFile } from "../share/server";

/** Saves what leaves with people's names in it; the server may first ask whether it is still you. */
export async function saveExport(path: string, name: string): Promise<void> {
  const answer = await provingFetch(path);
  if (!answer.ok) {
    const said = (await answer.json().catch(() => ({}))) as { detail?: string };
    throw new Refusal(said.detail ?? `The server answered ${answer.status}.`, answer.status);
  }
  saveFile(await answer.blob(), name);
}
