// Measures Sonarium's viewer beside OHIF in Debian's Chromium: `node viewer.mjs '<JSON of what to do>'`.
// Both show the same study of the same server; one JSON line of figures is printed at the end.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("playwright-core");

const { address, token, study, rounds, loops, seconds, frameMs } = JSON.parse(process.argv[2]);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const OHIF_STORAGE = { shownTours: '["basicViewerTour"]', investigationalUseDialog: '{"value":"never"}' };
const PATIENCE_MS = 60_000;

/** In the page: keeps time from a click to the first lit picture, and to its next three pictures. */
function watch() {
  const probe = new OffscreenCanvas(48, 36).getContext("2d", { willReadFrequently: true });
  const largest = () =>
    [...document.querySelectorAll("canvas")]
      .filter((canvas) => canvas.getBoundingClientRect().width > 200 && canvas.width > 0)
      .sort((one, other) => other.getBoundingClientRect().width - one.getBoundingClientRect().width)[0];
  const look = () => {
    const canvas = largest();
    if (!canvas) return null;
    probe.drawImage(canvas, 0, 0, 48, 36);
    const { data } = probe.getImageData(0, 0, 48, 36);
    let lit = 0;
    let print = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] > 40) lit++;
      print = (Math.imul(print, 31) + data[at]) | 0;
    }
    return lit > 0.05 * (data.length / 4) ? print : null;
  };
  window.watched = { clicked: 0, first: 0, playing: 0, pictures: 0 };
  let last = null;
  const step = () => {
    const { watched } = window;
    const print = watched.clicked ? look() : null;
    if (print !== null && print !== last) {
      last = print;
      watched.pictures++;
      if (watched.pictures === 1) watched.first = performance.now() - watched.clicked;
      if (watched.pictures === 4) watched.playing = performance.now() - watched.clicked;
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
  window.addEventListener("click", () => (window.watched.clicked ||= performance.now()), { capture: true });
}

async function fresh(browser, storage = {}) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    extraHTTPHeaders: { Authorization: `Bearer ${token}` },
  });
  await context.addInitScript((items) => {
    for (const [key, value] of Object.entries(items)) localStorage.setItem(key, value);
  }, storage);
  return context.newPage();
}

const until = (page, what) => page.waitForFunction(what, undefined, { timeout: PATIENCE_MS, polling: 50 });

/** JavaScript fetched until the list stands, in bytes as gzip would send it. */
async function scriptBytes(browser, path, listed) {
  const page = await fresh(browser);
  const scripts = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() === "script") scripts.push(request.response());
  });
  await page.goto(address + path);
  await page.waitForSelector(listed, { timeout: PATIENCE_MS });
  const bodies = await Promise.all([...scripts].map(async (response) => (await response).body()));
  await page.context().close();
  return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
}

/** Opens the study from the list by a click; returns ms to the first picture and to playing. */
async function openOurs(browser) {
  const page = await fresh(browser, { "sonarium.settings": JSON.stringify({ layout: "1×1" }) });
  await page.goto(address);
  await page.waitForSelector(".study", { timeout: PATIENCE_MS });
  await page.waitForTimeout(3000);
  await page.evaluate(watch);
  await page.locator(".study").first().click();
  await until(page, () => window.watched.playing > 0);
  return { page, ...(await page.evaluate(() => window.watched)) };
}

async function openOHIF(browser) {
  const page = await fresh(browser, OHIF_STORAGE);
  await page.goto(`${address}/ohif/`);
  const row = page.locator("tbody tr").first();
  await row.waitFor({ timeout: PATIENCE_MS });
  await page.waitForTimeout(3000);
  await row.click();
  const mode = page.locator(`[data-cy="mode-viewer-${study}"]`);
  await mode.waitFor();
  await page.evaluate(watch);
  await mode.click();
  await until(page, () => window.watched.first > 0);
  const isPlaying = await until(page, () => window.watched.playing > 0)
    .then(() => true)
    .catch(() => false);
  return { page, isPlaying, ...(await page.evaluate(() => window.watched)) };
}

/** Pictures that differ, a second, of one loop that plays. */
async function picturesPerSecond(page) {
  await page.waitForTimeout(4000);
  const before = await page.evaluate(() => window.watched.pictures);
  await page.waitForTimeout(1000 * seconds);
  const after = await page.evaluate(() => window.watched.pictures);
  return (after - before) / seconds;
}

/** Frames shown and late, by the viewer's own count, in a layout. */
async function lateFrames(browser, key, count) {
  const page = await fresh(browser, { "sonarium.settings": JSON.stringify({ layout: "1×1" }) });
  await page.goto(`${address}/studies/${study}`);
  await page.waitForSelector(".picture[data-drawn]");
  for (const pressed of ["L", "q", key, "q"]) await page.keyboard.press(pressed);
  await page.waitForFunction((wanted) => document.querySelectorAll(".picture[data-drawn]").length === wanted, count);
  await page.waitForTimeout(5000);
  const tally = () =>
    page.$eval(".figures", ({ dataset }) => ({ shown: Number(dataset.shown), late: Number(dataset.late) }));
  const [before, begin] = [await tally(), performance.now()];
  await page.waitForTimeout(1000 * seconds);
  const [after, end] = [await tally(), performance.now()];
  await page.context().close();
  const due = (count * (end - begin)) / frameMs;
  const shown = after.shown - before.shown;
  const late = after.late - before.late;
  // What was never counted because the page was too busy to look is late as well.
  return { rate: (shown - late) / ((end - begin) / 1000) / count, late: Math.max(late / shown, 1 - (shown - late) / due) };
}

/** Memory of the whole browser after so many loops were opened, in MiB (PSS). */
async function memoryAfter(opened, next) {
  const { page } = opened;
  for (let loop = 1; loop < loops; loop++) {
    await next(page, loop);
    await page.waitForTimeout(1500);
  }
  const session = await page.context().browser().newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, { id }) => sum + pssOf(id), 0);
}

function pssOf(id) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))[1]) / 1024;
  } catch {
    return 0;
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function inBrowser(act) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  try {
    return await act(browser);
  } finally {
    await browser.close();
  }
}

const ours = { first: [], playing: [] };
const theirs = { first: [], playing: [], plays: true };
for (let round = 0; round < rounds; round++) {
  await inBrowser(async (browser) => {
    const { page, first, playing } = await openOurs(browser);
    ours.first.push(first);
    ours.playing.push(playing);
    if (round === 0) {
      ours.rate = await picturesPerSecond(page);
      ours.memory = await memoryAfter({ page }, (at) => at.keyboard.press("ArrowDown"));
    }
  });
  await inBrowser(async (browser) => {
    const { page, first, playing, isPlaying } = await openOHIF(browser);
    theirs.first.push(first);
    theirs.playing.push(playing);
    theirs.plays &&= isPlaying;
    if (round === 0) {
      theirs.rate = await picturesPerSecond(page);
      const thumbnails = page.locator('[data-cy="study-browser-thumbnail"]');
      theirs.memory = await memoryAfter({ page }, (_, loop) => thumbnails.nth(loop).dblclick());
    }
  });
}
const figures = await inBrowser(async (browser) => ({
  scripts: await scriptBytes(browser, "/", ".study"),
  theirScripts: await scriptBytes(browser, "/ohif/", "tbody tr"),
  one: await lateFrames(browser, "Shift+1", 1),
  four: await lateFrames(browser, "Shift+3", 4),
  sixteen: await lateFrames(browser, "Shift+6", 16),
}));
const told = ({ first, playing, ...rest }) => ({ first: median(first), playing: median(playing), ...rest });
console.log(JSON.stringify({ ours: told(ours), theirs: told(theirs), ...figures }));
