import { expect, test } from "vitest";
import { partsOf } from "./multipart";

function streamed(text: string, cut: number): Response {
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += cut) controller.enqueue(bytes.slice(at, at + cut));
      controller.close();
    },
  });
  return new Response(body, {
    headers: { "Content-Type": 'multipart/related; type="image/jpeg"; boundary="b-1"' },
  });
}

const TWO =
  "--b-1\r\nContent-Type: image/jpeg\r\n\r\nfirst\r\n--b-1\r\nContent-Type: image/jpeg\r\n\r\n-second-\r\n--b-1--\r\n";

test.each([1, 2, 3, 7, 1000])("parts are the same however the stream is cut (%i bytes)", async (cut) => {
  const texts: string[] = [];
  for await (const part of partsOf(streamed(TWO, cut))) {
    expect(part.type).toBe("image/jpeg");
    texts.push(await part.text());
  }
  expect(texts).toEqual(["first", "-second-"]);
});

test("an answer without parts is refused", async () => {
  await expect(partsOf(new Response("x")).next()).rejects.toThrow("no parts");
});
