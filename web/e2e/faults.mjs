// What goes wrong while somebody measures, each once: `node faults.mjs <address> <set-up link> <study>
// <token> <folder of objects still to come> <picture folder>`. Where the archive itself must act it prints
// a line that begins with @ and waits for a line. Prints one JSON line at the end.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { code, complaints, launch, look as lookAt } from "./looking.mjs";

const [address, entrance, study, token, coming, pictures] = process.argv.slice(2);
const PASSWORD = "glove parade copper eleven";
const HEADERS = { Authorization: `Bearer ${token}` };
const SAVED = '[data-saving="saved"]';
const RESULTS = ".measure-results .measure-row";

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
await context.addInitScript(() => localStorage.setItem("sonarium.settings", JSON.stringify({ layout: "1×1" })));
const page = await context.newPage();
page.on("pageerror", (error) => complaints.push(error.message));
const read = {};

/** Asks the archive to do something. */
async function ask(what) {
  console.log(`@${what}`);
  await answers.next();
}

async function press(key, times = 1) {
  for (let time = 0; time < times; time++) await page.keyboard.press(key);
}

/** A caliper of so many pixels, by keys. */
async function measure(tens) {
  await press("d");
  await press("Enter", 2);
  await press("Shift+ArrowRight", tens);
  await press("Enter");
  // Puts the tool away; once more would leave the study.
  while (await page.locator('.measure-tools [aria-pressed="true"]').count()) await press("Escape");
}

const look = (name) => lookAt(page, name, pictures);
const kept = async () => (await (await fetch(`${address}/api/studies/${study}/measurements`, { headers: HEADERS })).json()).measurements.length;
const frameIs = (number) =>
  page.waitForFunction((wanted) => document.querySelector(".framed.active .frame-number")?.textContent.startsWith(`${wanted}/`), number);
const drawn = () => page.waitForSelector(".viewport.active .picture[data-drawn]");

/** Shows the shot at a place of the filmstrip, from its end. */
async function show(fromEnd) {
  await page.evaluate((place) => [...document.querySelectorAll(".shot:has(.badge)")].at(-place).click(), fromEnd);
}

/** Spoils one frame of a multipart answer: its JPEG begins and is nothing after that. */
async function spoil(route, frame) {
  const asked = /\/frames\/([\d,]+)$/.exec(new URL(route.request().url()).pathname)?.[1].split(",") ?? [];
  const at = asked.indexOf(`${frame}`);
  if (at < 0) return route.continue();
  const answer = await route.fetch();
  const body = await answer.body();
  const boundary = /boundary="?([^";]+)/.exec(answer.headers()["content-type"])[1];
  let part = body.indexOf(`--${boundary}`);
  for (let before = 0; before < at; before++) part = body.indexOf(`--${boundary}`, part + 1);
  const start = body.indexOf("\r\n\r\n", part) + 4;
  body.fill(0, start + 2, body.indexOf(`\r\n--${boundary}`, start));
  await route.fulfill({ response: answer, body });
}

async function enrol() {
  await page.goto(entrance);
  await page.waitForSelector(".qr img");
  const secret = (await page.locator(".authenticator code").innerText()).replaceAll(" ", "");
  await page.fill("input[name=password]", PASSWORD);
  await page.fill("input[name=code]", code(secret));
  await page.keyboard.press("Enter");
  await page.waitForSelector(".codes");
  await page.click("text=I have kept them");
  await page.waitForSelector(".worklist");
  return secret;
}

try {
  const secret = await enrol();
  await page.route(/\/frames\//, (route) => (route.request().url().includes(read.spoilt) ? spoil(route, 3) : route.continue()));
  await page.goto(`${address}/studies/${study}`);
  await drawn();
  await page.waitForSelector(SAVED);
  read.spoilt = await page.evaluate(() => [...document.querySelectorAll(".shot:has(.badge)")].at(-2).id.replace("shot-", "instances/"));

  // The network goes while something is measured, and comes back.
  await context.setOffline(true);
  await page.locator(".viewer .offline-mark").waitFor();
  await measure(10);
  await page.getByText("Not saved yet, and kept here: The archive cannot be reached.").waitFor();
  assert.equal(await page.locator(RESULTS).count(), 1);
  await look("fault-offline-measured");
  await context.setOffline(false);
  await page.waitForSelector(SAVED);
  assert.equal(await kept(), 1);
  assert.equal(await page.locator(".viewer .offline-mark").count(), 0);

  // The network goes while a loop is fetched: it is told, and mended without a press.
  await context.setOffline(true);
  await show(1);
  await page.getByText("The pictures did not arrive").waitFor();
  // What shows a dialog has not been fetched either: that is said, and the page stays.
  await page.getByRole("button", { name: "Who sees it" }).click();
  await page.getByText("This part could not be fetched").waitFor();
  await look("fault-offline-loop");
  await context.setOffline(false);
  await drawn();
  await page.getByText("The pictures did not arrive").waitFor({ state: "detached" });

  // One frame cannot be decoded: it is named, and the others are shown.
  await show(2);
  await drawn();
  await press("Space");
  await press("Home");
  await press("ArrowRight", 2);
  await page.getByText("Frame 3 cannot be decoded").waitFor();
  await look("fault-frame");
  await press("ArrowRight");
  await frameIs(4);
  await page.getByText("Frame 3 cannot be decoded").waitFor({ state: "detached" });

  // The session ends while something is measured: it is kept, and saved after signing in again.
  await ask("end sessions");
  await measure(12);
  await page.waitForSelector(".door-again[open]");
  await look("fault-session-ended");
  await page.fill(".door-again input[name=password]", PASSWORD);
  await page.fill(".door-again input[name=code]", code(secret, 1));
  await page.keyboard.press("Enter");
  await page.waitForSelector(".door-again", { state: "detached" });
  await page.waitForSelector(SAVED);
  assert.equal(await kept(), 2);
  await frameIs(4);

  // More of the study arrives: it is said, and what is looked at stays where it is.
  const place = () => page.$eval(".viewport.active .picture", (canvas) => JSON.stringify(canvas.getBoundingClientRect()));
  const shots = () => page.locator(".shot").count();
  const [before, there] = [await shots(), await place()];
  const later = readdirSync(coming);
  for (const name of later) {
    const body = Buffer.concat([
      Buffer.from("--XX\r\nContent-Type: application/dicom\r\n\r\n"),
      readFileSync(`${coming}/${name}`),
      Buffer.from("\r\n--XX--\r\n"),
    ]);
    const headers = { ...HEADERS, "Content-Type": 'multipart/related; type="application/dicom"; boundary=XX' };
    const answer = await fetch(`${address}/dicom-web/studies`, { method: "POST", headers, body });
    assert.equal(answer.status, 200, await answer.text());
  }
  await page.waitForFunction((count) => document.querySelectorAll(".shot").length === count, before + later.length);
  read.arrivals = await page.locator(".arrivals").innerText();
  await frameIs(4);
  assert.equal(await place(), there);
  await look("fault-arriving");

  // The study is deleted while it is open: it is said, its pictures stay, and nothing is lost silently.
  await ask("delete");
  await page.getByText("was deleted from the archive").waitFor();
  assert.ok(await page.locator(".viewport.active .picture[data-drawn]").isVisible());
  await measure(14);
  await page.getByText("Not saved yet, and kept here").waitFor();
  read.deleted = await page.locator(".saving").innerText();
  await look("fault-deleted");
  assert.deepEqual(complaints, []);
  console.log(JSON.stringify(read));
} catch (error) {
  if (pictures) await page.screenshot({ path: `${pictures}/fault-failed.png` }).catch(() => undefined);
  throw error;
} finally {
  await browser.close();
  process.stdin.destroy();
}
