import { expect, it } from "vitest";
import { atLocalhost, passkeyProblem } from "./passkeys";

const at = (address: string) => atLocalhost(new URL(address) as unknown as Location);

it("leads from a bare address of this machine to its name, and from nowhere else", () => {
  expect(at("http://127.0.0.1:8042/enrol")).toBe("http://localhost:8042/enrol");
  expect(at("http://[::1]:8042/")).toBe("http://localhost:8042/");
  expect(at("http://localhost:8042/")).toBeUndefined();
  expect(at("https://pacs.example/")).toBeUndefined();
});

it("says in plain words why no passkey was used", () => {
  expect(passkeyProblem(new DOMException("The operation either timed out", "NotAllowedError"))).toContain("cancelled");
  expect(passkeyProblem(new DOMException("", "InvalidStateError"))).toContain("already");
  expect(passkeyProblem(new Error("try another"))).toBe("try another");
});
