import { describe, expect, it, vi } from "vitest";
import { SessionStore, type SessionState } from "./session";

function session(userName: string): SessionState {
  return {
    signedIn: userName !== "",
    userName,
    displayName: userName,
    roles: [],
    permissions: [],
    demo: false,
    needsSetUp: false,
    ways: [],
    takesPasskeys: true,
    provider: "",
    departments: [],
  };
}

function opened(...answers: (SessionState | Error)[]) {
  const startAnew = vi.fn();
  const store = new SessionStore(async () => {
    const answer = answers.shift();
    if (!answer || answer instanceof Error) throw answer ?? new Error("asked too often");
    return answer;
  }, startAnew);
  return { store, startAnew };
}

describe("who uses this browser", () => {
  it("is asked at the start", async () => {
    const { store } = opened(session("ada"));
    expect(store.snapshot().kind).toBe("asking");
    await store.refresh();
    expect(store.snapshot()).toMatchObject({ kind: "in", session: { userName: "ada" } });
  });

  it("is nobody until somebody signs in", async () => {
    const { store } = opened(session(""), session("ada"));
    await store.refresh();
    expect(store.snapshot().kind).toBe("out");
    await store.refresh();
    expect(store.snapshot().kind).toBe("in");
  });

  it("keeps the page when a session ends, and goes on with it after signing in again", async () => {
    const { store, startAnew } = opened(session("ada"), session("ada"));
    await store.refresh();
    store.noteRefusal();
    expect(store.snapshot()).toMatchObject({ kind: "lost", session: { userName: "ada" } });
    await store.refresh();
    expect(store.snapshot().kind).toBe("in");
    expect(startAnew).not.toHaveBeenCalled();
  });

  it("shows nobody the page that another left", async () => {
    const { store, startAnew } = opened(session("ada"), session("eve"));
    await store.refresh();
    store.noteRefusal();
    await store.refresh();
    expect(startAnew).toHaveBeenCalledOnce();
    expect(store.snapshot().kind).toBe("lost");
  });

  it("says when the archive cannot be reached, and stays when it was reached before", async () => {
    const { store } = opened(new Error("no network"), session("ada"), new Error("no network"));
    await store.refresh();
    expect(store.snapshot()).toEqual({ kind: "unreachable", problem: "no network" });
    await store.refresh();
    await store.refresh();
    expect(store.snapshot().kind).toBe("in");
  });
});
