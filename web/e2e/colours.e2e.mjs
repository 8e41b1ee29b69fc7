import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { BASE, onPage, studies } from "./page.mjs";

const GREY_LEVELS = 2;
const REFERENCE = process.env.SONARIUM_REFERENCE;
const PICTURES = process.env.SONARIUM_E2E_PICTURES;
const GALLERY_SIDE = 220;

/** Lists by what `key` says of each. */
function grouped(all, key) {
  const groups = {};
  for (const one of all) (groups[key(one)] ??= []).push(one);
  return groups;
}

const picture = async (name) => (await readFile(`${REFERENCE}/${name}`)).toString("base64");

const withoutReference = REFERENCE ? false : "pydicom's pictures are made by tests/e2e/test_reading.py";

test("every picture on the canvas agrees with pydicom", { timeout: 300_000, skip: withoutReference }, async (context) => {
  const wanted = grouped(
    JSON.parse(await readFile(`${REFERENCE}/pictures.json`, "utf8")),
    (one) => one.sop_instance_uid,
  );
  const wrong = [];
  const shots = [];
  let compared = 0;
  await onPage(
    async (page) => {
      for (const { uid, instances } of await studies()) {
        const known = instances.filter((one) => wanted[one.sopInstanceUID]);
        if (known.length === 0) continue;
        await page.goto(`${BASE}/studies/${uid}`);
        await page.waitForSelector(".shot");
        for (const instance of known) {
          await page.evaluate((id) => document.getElementById(id).click(), `shot-${instance.sopInstanceUID}`);
          for (const { frame, picture: name, name: file, maker } of wanted[instance.sopInstanceUID]) {
            const seen = await page.evaluate(compare, { frame, count: instance.numberOfFrames, side: GALLERY_SIDE, wanted: await picture(name) });
            compared++;
            if (!(seen.difference <= GREY_LEVELS)) wrong.push(`${file} frame ${frame}: ${seen.difference}`);
            if (frame === 1) shots.push({ file, maker, shot: seen.shot });
          }
          delete wanted[instance.sopInstanceUID];
        }
      }
      if (PICTURES) await gallery(page, shots);
    },
    { settings: { layout: "1×1", autoplay: false } },
  );
  context.diagnostic(`${compared} frames compared`);
  assert.deepEqual(wrong, []);
  assert.deepEqual(Object.values(wanted).map(([one]) => one.name), [], "objects that no study holds");
});

/** In the page: the largest difference between the canvas and the wanted picture of a frame. */
async function compare({ frame, count, side, wanted }) {
  const until = performance.now() + 15_000;
  const scrubber = () => document.querySelector(".transport input[type=range]");
  const number = () => document.querySelector(".frame-number")?.textContent ?? "";
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const isShown = () => document.querySelector(".picture[data-drawn]") && (count === 1 || number() === `${frame}/${count}`);
  if (count > 1) {
    while (!scrubber() || Number(scrubber().max) !== count) {
      if (performance.now() > until) return { difference: "no loop" };
      await pause(30);
    }
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    set.call(scrubber(), String(frame));
    scrubber().dispatchEvent(new Event("input", { bubbles: true }));
  }
  while (!isShown()) {
    const notice = document.querySelector(".viewport-notice[role=alert]")?.textContent;
    if (notice) return { difference: notice };
    if (performance.now() > until) return { difference: "not drawn" };
    await pause(30);
  }
  const exact = await createImageBitmap(new Blob([Uint8Array.from(atob(wanted), (sign) => sign.charCodeAt(0))]));
  const canvas = document.querySelector(".picture[data-drawn]");
  const read = (source) => {
    const copy = new OffscreenCanvas(exact.width, exact.height).getContext("2d");
    copy.drawImage(source, 0, 0, exact.width, exact.height);
    return copy.getImageData(0, 0, exact.width, exact.height).data;
  };
  const right = read(exact);
  let difference = Infinity;
  // A standing frame is drawn at once and then exactly: the second drawing may take a moment.
  while (!(difference <= 2) && performance.now() < until) {
    if (canvas.width === exact.width && canvas.height === exact.height) {
      difference = read(canvas).reduce((most, value, at) => Math.max(most, Math.abs(value - right[at])), 0);
    } else difference = `${canvas.width}×${canvas.height} for ${exact.width}×${exact.height}`;
    if (!(difference <= 2)) await pause(50);
  }
  const { width, height } = canvas.getBoundingClientRect();
  const small = new OffscreenCanvas(side, Math.max(1, Math.round((side * height) / width)));
  small.getContext("2d").drawImage(canvas, 0, 0, small.width, small.height);
  const blob = await small.convertToBlob({ type: "image/jpeg", quality: 0.85 });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return { difference, shot: `data:image/jpeg;base64,${btoa(String.fromCharCode(...bytes))}` };
}

/** One picture of what every maker's objects look like here, for a person to look at. */
async function gallery(page, shots) {
  const html = Object.entries(grouped(shots, (one) => one.maker))
    .sort(([one], [other]) => one.localeCompare(other))
    .map(
      ([maker, all]) =>
        `<h2>${maker.replaceAll("<", "&lt;")}</h2><div>${all.map(({ file, shot }) => `<figure><img src="${shot}"><figcaption>${file}</figcaption></figure>`).join("")}</div>`,
    )
    .join("");
  const sheet = await page.context().newPage();
  await sheet.setViewportSize({ width: 1440, height: 900 });
  await sheet.setContent(
    `<style>body{background:#101418;color:#dde;font:14px sans-serif}div{display:flex;flex-wrap:wrap;gap:8px}figure{margin:0}figcaption{font-size:11px;max-width:220px;overflow:hidden}</style>${html}`,
  );
  await sheet.waitForTimeout(300);
  await sheet.screenshot({ path: `${PICTURES}/gallery.png`, fullPage: true });
  await sheet.close();
}
