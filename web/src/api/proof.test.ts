import { afterEach, expect, it, vi } from "vitest";
import { proof, provingFetch } from "./proof";

const ASKING = { status: 401, headers: { "WWW-Authenticate": 'Bearer error="insufficient_user_authentication"' } };
const ADDRESS = "http://localhost/api/people";

function answering(...answers: ResponseInit[]) {
  const bodies: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    bodies.push(await request.text());
    return new Response(null, answers.shift() ?? { status: 500 });
  });
  return bodies;
}

afterEach(() => vi.unstubAllGlobals());

it("sends the same request again once the person has proved that it is them", async () => {
  const bodies = answering(ASKING, { status: 201 });
  const answer = provingFetch(ADDRESS, { method: "POST", body: "who" });
  await vi.waitUntil(proof.isWanted);
  proof.settle(true);
  expect((await answer).status).toBe(201);
  expect(bodies).toEqual(["who", "who"]);
  expect(proof.isWanted()).toBe(false);
});

it("does nothing where the person does not, and says so", async () => {
  const bodies = answering(ASKING);
  const answer = provingFetch(ADDRESS, { method: "POST", body: "who" });
  await vi.waitUntil(proof.isWanted);
  proof.settle(false);
  expect((await answer).status).toBe(403);
  expect(await (await answer).json()).toMatchObject({ detail: expect.stringContaining("nothing was done") });
  expect(bodies).toEqual(["who"]);
});

it("asks once for acts that are refused together", async () => {
  answering(ASKING, ASKING, { status: 204 }, { status: 204 });
  const both = Promise.all([provingFetch(ADDRESS), provingFetch(ADDRESS)]);
  await vi.waitUntil(proof.isWanted);
  await new Promise((resolve) => setTimeout(resolve));
  proof.settle(true);
  expect((await both).map((one) => one.status)).toEqual([204, 204]);
});

it("leaves other refusals alone", async () => {
  answering({ status: 401 });
  expect((await provingFetch(ADDRESS)).status).toBe(401);
  expect(proof.isWanted()).toBe(false);
});

it("says in people's words that the archive cannot be reached, and leaves what was broken off alone", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(provingFetch(ADDRESS)).rejects.toThrow("The archive cannot be reached.");
  vi.stubGlobal("fetch", () => Promise.reject(new DOMException("left", "AbortError")));
  await expect(provingFetch(ADDRESS)).rejects.toThrow("left");
});
