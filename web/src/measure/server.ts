import { api, bodyOf } from "../api/client";
import { afterFirstPicture } from "../study/firstPicture";
import type { Measurement, StudyMeasurements } from "./model";
import type { Surroundings, Unsaved } from "./store";

/** The client's types lose that a point is a pair; the server's description says that it is. */
type Loose<T> = T extends (infer Item)[] ? Loose<Item>[] : T extends object ? { [Key in keyof T]: Loose<T[Key]> } : T;

function asPairs(answer: Loose<StudyMeasurements>): StudyMeasurements {
  return answer as StudyMeasurements;
}

/** The store's surroundings in a browser: the JSON API, the clock, and this browser's memory. */
export function browserSurroundings(study: string): Surroundings {
  const path = { path: { study_instance_uid: study } };
  const memory = `sonarium.unsaved.${study}`;
  return {
    load: async () => {
      await afterFirstPicture();
      return asPairs(bodyOf(await api.GET("/api/studies/{study_instance_uid}/measurements", { params: path })));
    },
    save: async (version, measurements: Measurement[]) => {
      const answer = await api.PUT("/api/studies/{study_instance_uid}/measurements", {
        params: path,
        body: { version, measurements },
      });
      if (answer.response.status === 409) return null;
      return asPairs(bodyOf(answer));
    },
    calibrations: async () => {
      await afterFirstPicture();
      return bodyOf(await api.GET("/api/studies/{study_instance_uid}/calibration", { params: path })).instances;
    },
    labels: async () => {
      await afterFirstPicture();
      return bodyOf(await api.GET("/api/measurement-labels")).labels;
    },
    now: () => new Date(),
    newUID,
    later: (act, ms) => void window.setTimeout(act, ms),
    keep: (unsaved) => {
      try {
        if (unsaved) localStorage.setItem(memory, JSON.stringify(unsaved));
        else localStorage.removeItem(memory);
      } catch {
        // Without a memory of its own the browser still saves to the server.
      }
    },
    kept: () => {
      try {
        return JSON.parse(localStorage.getItem(memory) ?? "null") as Unsaved | null;
      } catch {
        return null;
      }
    },
  };
}

/** A UID from a random UUID (PS3.5 B.2). */
export function newUID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n)}`;
}

