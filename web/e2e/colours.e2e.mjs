import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, onPage, studies } from "./page.mjs";

const GREY_LEVELS = 2;

test("every picture on the canvas agrees with the server's own decoder", { timeout: 600_000 }, async () => {
  const wrong = [];
  await onPage(
    async (page) => {
      for (const { uid, instances } of await studies()) {
        const pictures = instances.filter((one) => ["stored-jpeg", "rendered"].includes(one.presentation));
        if (pictures.length === 0) continue;
        await page.goto(`${BASE}/studies/${uid}`);
        await page.waitForSelector(".shot");
        for (const instance of pictures) {
          await page.evaluate((id) => document.getElementById(id).click(), `shot-${instance.sopInstanceUID}`);
          for (const frame of new Set([1, instance.numberOfFrames])) {
            if (frame > 1) await page.keyboard.press("End");
            const difference = await page.evaluate(compare, { path: instance.path, frame });
            if (!(difference <= GREY_LEVELS)) {
              wrong.push(`${instance.sopClassName} ${instance.transferSyntaxUID} frame ${frame}: ${difference}`);
            }
          }
        }
      }
    },
    { settings: { layout: "1×1", autoplay: false } },
  );
  assert.deepEqual(wrong, []);
});

/** In the page: the largest difference between the canvas and the server's picture of a frame. */
async function compare({ path, frame }) {
  const until = performance.now() + 10_000;
  const isShown = () => {
    const number = document.querySelector(".frame-number")?.textContent;
    return document.querySelector(".picture[data-drawn]") && (!number || number.startsWith(`${frame}/`));
  };
  const asked = () => fetch(`${path}/frames/${frame}/rendered`, { headers: { Accept: "image/png" } });
  while (!isShown()) {
    // What the server cannot decode either is right to be shown as a notice.
    if (document.querySelector(".viewport-notice[role=alert]")) return (await asked()).ok ? "not shown" : 0;
    if (performance.now() > until) return "not drawn";
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  const canvas = document.querySelector(".picture[data-drawn]");
  const answer = await asked();
  if (!answer.ok) return `the server answered ${answer.status}`;
  const exact = await createImageBitmap(await answer.blob());
  // Where pixels are not square the server's picture is stretched: only square ones compare.
  if (exact.width !== canvas.width || exact.height !== canvas.height) return 0;
  const read = (source) => {
    const copy = new OffscreenCanvas(exact.width, exact.height).getContext("2d");
    copy.drawImage(source, 0, 0);
    return copy.getImageData(0, 0, exact.width, exact.height).data;
  };
  const [seen, wanted] = [read(canvas), read(exact)];
  return seen.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at])), 0);
}
