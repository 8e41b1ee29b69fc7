import type { Send } from "./uploader";

interface StoreAnswer {
  "00081198"?: { Value?: Record<string, { Value?: unknown[] } | undefined>[] };
}

/** Sends one Part 10 file; the browser streams it from disk. */
export const sendByStow: Send = (file, department, progress) =>
  new Promise((resolve) => {
    const boundary = `sonarium-${crypto.randomUUID()}`;
    const body = new Blob([
      `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`,
      file,
      `\r\n--${boundary}--\r\n`,
    ]);
    const request = new XMLHttpRequest();
    const query = department ? `?${new URLSearchParams({ department }).toString()}` : "";
    request.open("POST", `/dicom-web/studies${query}`);
    request.setRequestHeader("Accept", "application/dicom+json");
    request.setRequestHeader(
      "Content-Type",
      `multipart/related; type="application/dicom"; boundary=${boundary}`,
    );
    request.upload.onprogress = (event) => progress(Math.min(event.loaded, file.size));
    request.onerror = () => resolve({ state: "failed", reason: "The connection was lost." });
    request.onload = () => {
      if (request.status === 200 || request.status === 202) resolve({ state: "stored", reason: "" });
      else if (request.status === 409) resolve({ state: "refused", reason: reasonOf(request.responseText) });
      else resolve({ state: "failed", reason: `The server answered ${request.status}.` });
    };
    request.send(body);
  });

/** Error Comment of the first failed object. */
export function reasonOf(answer: string): string {
  try {
    const failed = (JSON.parse(answer) as StoreAnswer)["00081198"]?.Value?.[0];
    return String(failed?.["00000902"]?.Value?.[0] ?? "The archive refused it.");
  } catch {
    return "The archive refused it.";
  }
}
