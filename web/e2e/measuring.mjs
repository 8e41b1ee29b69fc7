// Drives the real page in a browser: `node measuring.mjs <address> <sign-in link> <picture folder>`.
// Prints one JSON line of what it read; a test of the server compares it with the truth.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [address, entrance, pictures] = process.argv.slice(2);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const complaints = [];

async function tab() {
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  // A conflict is how the server tells a tab that another saved first.
  page.on(
    "console",
    (message) => message.type() === "error" && !message.text().includes("409") && complaints.push(message.text()),
  );
  return page;
}

const picture = (page, name) => pictures && page.screenshot({ path: `${pictures}/${name}.png` });
const saved = (page) => page.waitForSelector('[data-saving="saved"]');
const results = (page) => page.locator(".measure-results .measure-row .what, .measure-results .measure-row .value").allInnerTexts();
const drawn = (page) => page.locator(".measurement .value tspan").allTextContents();

/** Presses a key some times. */
async function press(page, key, times = 1) {
  for (let time = 0; time < times; time++) await page.keyboard.press(key);
}

/** Where a place of the picture is on the page. */
async function onPage(page, [x, y]) {
  return page.evaluate(
    ([column, row]) => {
      const canvas = document.querySelector(".viewport.active canvas");
      const box = canvas.getBoundingClientRect();
      const width = parseFloat(canvas.style.width);
      const height = parseFloat(canvas.style.height);
      return [box.left + (column / width) * box.width, box.top + (row / height) * box.height];
    },
    [x, y],
  );
}

async function click(page, place) {
  await page.mouse.click(...(await onPage(page, place)));
}

async function open(page, study) {
  await page.goto(`${address}/studies/${study}`);
  await page.waitForSelector(".viewport.active canvas[data-drawn]");
  await saved(page);
}

/** Shows one image of the study alone. */
async function showOnly(page, number) {
  await page.keyboard.press("Shift+1");
  await page.locator(".filmstrip button, .filmstrip [role=option]").nth(number).dblclick();
  await page.waitForSelector(".viewport.active canvas[data-drawn]");
  await page.waitForTimeout(200);
}

const read = {};
try {
  // The keyboard alone: list, open, measure, nudge, undo, redo, save, and there again afterwards.
  const page = await tab();
  await page.goto(entrance);
  await page.waitForURL(`${address}/`);
  await page.waitForSelector("table tbody tr, .study-row, [role=row]");
  await press(page, "Enter");
  await page.waitForSelector(".viewport.active canvas[data-drawn]");
  await saved(page);
  const study = page.url().split("/").at(-1);
  await press(page, "Shift+1");
  await press(page, "d");
  await press(page, "Enter");
  await press(page, "Enter");
  await press(page, "Shift+ArrowRight", 5);
  await press(page, "Enter");
  await saved(page);
  const [first] = await drawn(page);
  await press(page, "ArrowRight");
  await saved(page);
  const [nudged] = await drawn(page);
  assert.notEqual(nudged, first, "an arrow key moves the end");
  await press(page, "Control+z");
  assert.deepEqual(await drawn(page), [first], "undo takes the nudge back");
  await press(page, "Control+z");
  assert.deepEqual(await drawn(page), [], "undo takes the measurement away");
  await press(page, "Control+y", 2);
  assert.deepEqual(await drawn(page), [nudged], "redo brings both back");
  await page.waitForTimeout(600);
  await saved(page);
  await picture(page, "keyboard");
  await page.reload();
  await page.waitForSelector(".measure-row");
  await saved(page);
  await page.locator(".measure-row").first().focus();
  await press(page, "Enter");
  await page.waitForSelector(".measurement .value");
  assert.deepEqual(await drawn(page), [nudged], "what was saved is there after the page is opened again");
  read.keyboard = nudged;

  // Two tabs measure at once; nothing is lost.
  const other = await tab();
  await open(other, study);
  await press(page, "Escape");
  for (const [one, steps] of [
    [page, 3],
    [other, 4],
  ]) {
    await press(one, "d");
    await press(one, "Enter");
    await press(one, "Enter");
    await press(one, "Shift+ArrowDown", steps);
    await press(one, "Enter");
  }
  await page.waitForTimeout(1500);
  await Promise.all([saved(page), saved(other)]);
  await page.reload();
  await page.waitForSelector(".measure-row");
  assert.equal(await page.locator(".measure-row").count(), 3, "both tabs' measurements are kept");
  await other.close();

  // Calipers set by the pointer on the wires of a phantom read their true distance.
  await open(page, study);
  await showOnly(page, 0);
  await press(page, "d");
  await click(page, [577.8, 168.7]);
  await click(page, [577.8, 405.1]);
  read.wires = (await drawn(page)).at(-1);
  await press(page, "Escape", 3);

  // A tool that cannot measure here says why.
  await open(page, study);
  await showOnly(page, 0);
  await press(page, "v");
  await click(page, [300, 450]);
  read.refused = await page.locator(".measure-refused p").innerText();
  await picture(page, "refused");
  await press(page, "Escape", 2);
  await press(page, "*");
  await page.waitForSelector(".key-images select:focus");
  await page.keyboard.type("For Teaching");
  await press(page, "Tab");
  await page.keyboard.type("Wires");
  await press(page, "Enter");
  await page.waitForSelector(".key-images li");
  read.keyImage = await page.locator(".key-images li button").first().innerText();
  await picture(page, "key-image");
  await page.waitForTimeout(600);
  await saved(page);
  read.results = await results(page);
  assert.deepEqual(complaints, [], "the page complained of nothing");
  console.log(JSON.stringify({ study, ...read }));
} catch (error) {
  for (const page of context.pages()) await picture(page, "failed");
  console.error(error, complaints);
  process.exitCode = 1;
} finally {
  await browser.close();
}
