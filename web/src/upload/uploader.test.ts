import { expect, test } from "vitest";
import { type Send, Uploader } from "./uploader";

const FILES = ["a", "b", "c", "d", "e", "f"].map((name) => new File([name], name));

async function settled(uploader: Uploader): Promise<string[]> {
  return new Promise((resolve) => {
    const look = () => {
      const states = uploader.snapshot().map((upload) => upload.state);
      if (states.every((state) => state !== "waiting" && state !== "sending")) resolve(states);
    };
    uploader.subscribe(look);
    look();
  });
}

test("every file is sent, only a few at once", async () => {
  let running = 0;
  let most = 0;
  const send: Send = async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    return { state: "stored", reason: "" };
  };
  const uploader = new Uploader(send);
  uploader.add(FILES);
  expect(await settled(uploader)).toEqual(FILES.map(() => "stored"));
  expect(most).toBe(4);
});

test("each file goes with the department that was said for it, again too", async () => {
  const said: string[] = [];
  const send: Send = async (file, department) => {
    said.push(`${file.name} ${department}`);
    if (said.length === 1) throw new Error("no network");
    return { state: "stored", reason: "" };
  };
  const uploader = new Uploader(send);
  uploader.add(FILES.slice(0, 1), "Echo Lab");
  await settled(uploader);
  uploader.add(FILES.slice(1, 2));
  await settled(uploader);
  uploader.retry();
  await settled(uploader);
  expect(said).toEqual(["a Echo Lab", "b ", "a Echo Lab"]);
});

test("what could not be sent is sent again, what was refused is not", async () => {
  const tried: string[] = [];
  const send: Send = async (file) => {
    tried.push(file.name);
    if (file.name === "a") return { state: "refused", reason: "not DICOM" };
    if (file.name === "b" && tried.filter((name) => name === "b").length === 1) throw new Error("no network");
    return { state: "stored", reason: "" };
  };
  const uploader = new Uploader(send);
  uploader.add(FILES.slice(0, 3));
  expect(await settled(uploader)).toEqual(["refused", "failed", "stored"]);
  uploader.retry();
  expect(await settled(uploader)).toEqual(["refused", "stored", "stored"]);
  expect(tried.filter((name) => name === "a")).toHaveLength(1);
});
