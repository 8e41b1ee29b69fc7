// Measures Sonarium's viewer beside OHIF in Debian's Chromium: `node viewer.mjs '<JSON of what to do>'`.
// Both show the same study of the same server, in turns. What it does is told on stderr; one JSON line of
// figures is printed at the end.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("playwright-core");

const { address, token, study, longStudy, rounds, loops, seconds, frameMs } = JSON.parse(process.argv[2]);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PATIENCE_MS = 30_000;
/** Both lists have fetched what they fetch ahead. */
const IDLE_MS = 2000;
/** Every frame of what is on screen has been decoded once. */
const SETTLE_MS = 4000;
/** How long each of the many loops is looked at. */
const DWELL_MS = 900;

const OURS = { storage: { "sonarium.settings": JSON.stringify({ layout: "1×1" }) }, pictures: ".picture" };
const THEIRS = { storage: { shownTours: '["basicViewerTour"]' }, pictures: "canvas.cornerstone-canvas" };
const PLAY = '[data-cy="cine-player-play-pause"]';
/** The layouts of our viewer that are measured: their keys and how many loops they show. */
const LAYOUTS = { one: ["Shift+1", 1], four: ["Shift+3", 4], sixteen: ["Shift+6", 16] };

const began = performance.now();
const say = (text) => console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);

/** In the page, before anything else: counts what is drawn on each canvas, whoever draws it. */
function countDraws() {
  const drawn = new WeakMap();
  for (const name of ["drawImage", "putImageData"]) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      drawn.set(this.canvas, (drawn.get(this.canvas) ?? 0) + 1);
      return draw.apply(this, given);
    };
  }
  window.drawsOn = (selector) =>
    [...document.querySelectorAll(selector)].map((canvas) => drawn.get(canvas) ?? 0);
}

/**
 * In the page: keeps time from the next click to the first lit picture, and to the fourth that differs.
 * A button named `play` is pressed as soon as it stands beside a picture: nobody presses it sooner.
 */
function watch(play) {
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
  window.watched = { clicked: 0, first: 0, playing: 0 };
  let last = null;
  let pictures = 0;
  let isPressed = !play;
  const step = () => {
    const { watched } = window;
    const print = watched.clicked ? look() : null;
    if (print !== null && print !== last) {
      last = print;
      pictures++;
      if (pictures === 1) watched.first = performance.now() - watched.clicked;
      if (pictures === 4) watched.playing = performance.now() - watched.clicked;
    }
    const button = !isPressed && pictures > 0 && document.querySelector(play);
    if (button) {
      isPressed = true;
      button.click();
    }
    if (!watched.playing) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
  window.addEventListener("click", () => (window.watched.clicked ||= performance.now()), { capture: true });
}

async function fresh(browser, { storage }) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    extraHTTPHeaders: { Authorization: `Bearer ${token}` },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript((items) => {
    for (const [key, value] of Object.entries(items)) localStorage.setItem(key, value);
  }, storage);
  await context.addInitScript(countDraws);
  return context.newPage();
}

/** JavaScript fetched until the list stands, in bytes as gzip would send it. */
async function scriptBytes(browser, viewer, path, listed) {
  const page = await fresh(browser, viewer);
  const scripts = [];
  page.on("response", (response) => response.request().resourceType() === "script" && scripts.push(response));
  await page.goto(address + path);
  await page.waitForSelector(listed);
  const bodies = await Promise.all([...scripts].map((response) => response.body().catch(() => Buffer.alloc(0))));
  await page.context().close();
  return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
}

/** Waits for the fourth picture; whoever does not play within the patience is not said to. */
async function watched(page) {
  await page.waitForFunction(() => window.watched.first > 0, undefined, { polling: 50 });
  await page.waitForFunction(() => window.watched.playing > 0, undefined, { polling: 50 }).catch(() => undefined);
  return page.evaluate(() => window.watched);
}

/** Opens the study from the list by a click. */
async function openOurs(browser, uid = study) {
  const page = await fresh(browser, OURS);
  await page.goto(address);
  await page.waitForSelector(".study");
  await page.waitForTimeout(IDLE_MS);
  await page.evaluate(watch, "");
  await page.locator(`.study:has(a[href="/studies/${uid}"])`).click();
  return { page, ...(await watched(page)) };
}

/** The same in OHIF: its row names the ways to open it, of which one is pressed. */
async function openTheirs(browser) {
  const page = await fresh(browser, THEIRS);
  await page.goto(`${address}/ohif/`);
  const row = page.locator(`[data-cy="studyRow-${study}"]`);
  await row.waitFor();
  await page.waitForTimeout(IDLE_MS);
  await row.click();
  const mode = page.locator(`[data-cy="mode-viewer-${study}"]`);
  await mode.waitFor();
  await page.evaluate(watch, PLAY);
  await mode.click();
  const told = await watched(page);
  await page.locator('[data-cy="confirm-and-hide-button"]').click({ timeout: 2000 }).catch(() => undefined);
  return { page, ...told };
}

/** Draws a second of each canvas, over some seconds. */
async function drawnPerSecond(page, selector, count) {
  const draws = () =>
    page.evaluate((wanted) => ({ at: performance.now(), on: window.drawsOn(wanted) }), selector);
  const before = await draws();
  await page.waitForTimeout(1000 * seconds);
  const after = await draws();
  const more = after.on.reduce((sum, one, at) => sum + one - (before.on[at] ?? 0), 0);
  return { rate: more / count / ((after.at - before.at) / 1000), drawn: more, elapsedMs: after.at - before.at };
}

/** How steadily so many loops play: frames drawn on each, and the share that was late. */
async function ourLoops(page, [key, count]) {
  for (const pressed of ["q", key, "q"]) await page.keyboard.press(pressed);
  await page.waitForFunction((wanted) => document.querySelectorAll(".picture[data-drawn]").length === wanted, count);
  await page.waitForTimeout(SETTLE_MS);
  const tally = () =>
    page.$eval(".figures", ({ dataset }) => ({ due: Number(dataset.due), late: Number(dataset.late) }));
  const before = await tally();
  const { rate, drawn, elapsedMs } = await drawnPerSecond(page, OURS.pictures, count);
  const after = await tally();
  const counted = (after.late - before.late) / (after.due - before.due);
  // The viewer's own count is not believed where less was drawn than it says; at either end of the
  // time one frame of each loop may fall outside it.
  const due = (count * elapsedMs) / frameMs;
  return { rate, late: Math.max(counted, 1 - (drawn + count) / due) };
}

async function theirLoops(page, count) {
  if (count > 1) {
    await page.locator('[data-cy="Layout-btn"], [data-cy="Layout"]').first().click();
    await page.locator("svg:has(#layout-common-2x2)").first().click();
    await page.waitForFunction(
      ([wanted, drawn]) => document.querySelectorAll(drawn).length === wanted,
      [count, THEIRS.pictures],
    );
    await page.waitForTimeout(1500);
    // The first of them plays already.
    await page.evaluate((play) => [...document.querySelectorAll(play)].slice(1).forEach((one) => one.click()), PLAY);
  }
  await page.waitForTimeout(SETTLE_MS);
  return drawnPerSecond(page, THEIRS.pictures, count);
}

/** Memory of the whole browser after so many loops were opened one after the other, in MiB (PSS). */
async function memoryAfter(page, next) {
  for (let loop = 1; loop < loops; loop++) {
    await next(loop);
    await page.waitForTimeout(DWELL_MS);
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

async function ourSteadiness(page) {
  await page.keyboard.press("L");
  const told = {};
  for (const [name, layout] of Object.entries(LAYOUTS)) {
    told[name] = await ourLoops(page, layout);
    say(`Sonarium, ${name}: ${told[name].rate.toFixed(1)}/s of each, ${(100 * told[name].late).toFixed(2)} % late`);
  }
  return told;
}

async function theirSteadiness(page) {
  const told = {};
  for (const [name, count] of [["one", 1], ["four", 4]]) {
    told[name] = (await theirLoops(page, count)).rate;
    say(`OHIF, ${name}: ${told[name].toFixed(1)}/s of each`);
  }
  return told;
}

const ours = { first: [], playing: [] };
const theirs = { first: [], playing: [] };
for (let round = 0; round < rounds; round++) {
  for (const [name, viewer, open] of [["Sonarium", ours, openOurs], ["OHIF", theirs, openTheirs]]) {
    await inBrowser(async (browser) => {
      const { page, first, playing } = await open(browser);
      viewer.first.push(first);
      viewer.playing.push(playing);
      say(`${name}, round ${round + 1}: first picture ${first.toFixed(0)} ms, playing ${playing ? `${playing.toFixed(0)} ms` : "never"}`);
      if (round > 0) return;
      const steadiness = viewer === ours ? ourSteadiness : theirSteadiness;
      viewer.loops = await steadiness(page);
    });
  }
}
/** From the click on, with nothing decoded before: the first seconds of one loop. */
async function soonSteady(uid) {
  return inBrowser(async (browser) => {
    const { page, first, playing } = await openOurs(browser, uid);
    const { rate } = await drawnPerSecond(page, OURS.pictures, 1);
    return { first, playing, rate };
  });
}

const shortAndLong = { short: [], long: [] };
for (let round = 0; round < rounds; round++) {
  for (const [name, uid] of [["short", study], ["long", longStudy]]) {
    const told = await soonSteady(uid);
    shortAndLong[name].push(told);
    say(`Sonarium, ${name} loop, round ${round + 1}: first ${told.first.toFixed(0)} ms, playing ${told.playing.toFixed(0)} ms, then ${told.rate.toFixed(1)}/s`);
  }
}
ours.memory = await inBrowser(async (browser) => {
  const { page } = await openOurs(browser);
  return memoryAfter(page, () => page.keyboard.press("ArrowDown"));
});
say(`Sonarium, ${loops} loops: ${ours.memory.toFixed(0)} MiB`);
theirs.memory = await inBrowser(async (browser) => {
  const { page } = await openTheirs(browser);
  const thumbnails = page.locator('[data-cy="study-browser-thumbnail"]');
  return memoryAfter(page, (loop) => thumbnails.nth(loop).dispatchEvent("dblclick"));
});
say(`OHIF, ${loops} loops: ${theirs.memory.toFixed(0)} MiB`);
const scripts = await inBrowser(async (browser) => ({
  ours: await scriptBytes(browser, OURS, "/", ".study"),
  theirs: await scriptBytes(browser, THEIRS, "/ohif/", "tbody tr"),
}));
const medians = (all) => Object.fromEntries(["first", "playing", "rate"].map((key) => [key, median(all.map((one) => one[key]))]));
ours.short = medians(shortAndLong.short);
ours.long = medians(shortAndLong.long);
const told = ({ first, playing, ...rest }) => ({
  first: median(first),
  playing: playing.every(Boolean) ? median(playing) : null,
  ...rest,
});
console.log(JSON.stringify({ ours: told(ours), theirs: told(theirs), scripts }));
