/** Splits a multipart/related answer into its parts while it streams in (RFC 2046, PS3.18 8.6.1.2). */
export async function* partsOf(response: Response): AsyncGenerator<Blob> {
  const boundary = /boundary="?([^";]+)"?/i.exec(response.headers.get("Content-Type") ?? "")?.[1];
  if (!boundary || !response.body) throw new Error("The answer has no parts.");
  const mark = new TextEncoder().encode(`--${boundary}`);
  const reader = response.body.getReader();
  let held = new Uint8Array(0);
  let inside = false;
  let searched = 0;
  try {
    for (;;) {
      const at = indexOf(held, mark, searched);
      if (at < 0) {
        searched = Math.max(0, held.length - mark.length);
        const { done, value } = await reader.read();
        if (done) return;
        held = joined(held, value);
        continue;
      }
      if (inside) yield bodyOfPart(held.subarray(0, at));
      inside = true;
      held = held.slice(at + mark.length);
      searched = 0;
      // The closing mark ends in two more hyphens; whatever follows it is padding.
      if (held.length >= 2 && held[0] === 0x2d && held[1] === 0x2d) return;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

const BLANK_LINE = new Uint8Array([13, 10, 13, 10]);

function bodyOfPart(part: Uint8Array): Blob {
  const head = indexOf(part, BLANK_LINE, 0);
  if (head < 0) throw new Error("A part of the answer has no header.");
  const type = /^content-type:\s*([^;\r\n]+)/im.exec(new TextDecoder().decode(part.subarray(0, head)))?.[1];
  return new Blob([part.slice(head + 4, part.length - 2)], { type: type ?? "" });
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function indexOf(bytes: Uint8Array, sought: Uint8Array, from: number): number {
  const first = sought[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + sought.length > bytes.length) return -1;
    if (sought.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
