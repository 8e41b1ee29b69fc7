import { afterEach, expect, test, vi } from "vitest";
import { saveFile } from "../share/server";
import { saveExport } from "./exporting";

vi.mock("../share/server", () => ({ saveFile: vi.fn() }));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.mocked(saveFile).mockClear();
});

test("what the server sends is saved under its name", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("when,who\n")));
  await saveExport("http://localhost/api/audit/records.csv", "audit.csv");
  expect(vi.mocked(saveFile).mock.calls[0]?.[1]).toBe("audit.csv");
});

test("nothing is saved of what was refused, and the reason is told", async () => {
  const refusal = { status: 404, headers: { "Content-Type": "application/problem+json" } };
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"detail":"nothing of this patient"}', refusal)));
  await expect(saveExport("http://localhost/api/audit/disclosures.pdf", "d.pdf")).rejects.toThrow("nothing of this patient");
  expect(saveFile).not.toHaveBeenCalled();
});
