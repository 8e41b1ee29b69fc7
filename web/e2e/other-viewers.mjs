// Opens a study of the list in OHIF: `node other-viewers.mjs <address> <sign-in link> <picture folder>`.
// Prints one JSON line of what it saw.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { ARGUMENTS } from "./page.mjs";

const [address, entrance, pictures] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const complaints = [];
const asked = new Set();
context.on("page", (page) => {
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
});
context.on("request", (request) => asked.add(new URL(request.url()).origin));

/** How much of OHIF's picture is not black, and its mean grey, once it has drawn. */
const drawn = (page) =>
  page.waitForFunction(() => {
    const canvas = document.querySelector("canvas.cornerstone-canvas");
    if (!canvas?.width) return null;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let lit = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] > 24) lit++;
    const share = lit / (data.length / 4);
    return share > 0.05 ? share : null;
  });

const page = await context.newPage();
await page.goto(entrance);
const row = page.locator("tr.study").first();
await row.waitFor();

// By the menu of the list.
await row.click({ button: "right" });
await page.screenshot({ path: `${pictures}/study-menu.png` });
const opening = context.waitForEvent("page");
await page.getByRole("button", { name: "Open in OHIF" }).click();
const ohif = await opening;
const lit = await (await drawn(ohif)).jsonValue();
await ohif.screenshot({ path: `${pictures}/ohif.png` });

// What OHIF may not do, although it carries our cookie.
const before = complaints.length;
const isKept = await ohif.evaluate(() => fetch("/api/studies").then(() => false, () => true));
complaints.splice(before);
const mayRead = await ohif.evaluate(() => fetch("/dicom-web/studies?limit=1").then(({ status }) => status));

// By the palette.
await page.keyboard.press("Control+k");
await page.keyboard.type("ohif");
const again = context.waitForEvent("page");
await page.keyboard.press("Enter");
await drawn(await again);

assert.deepEqual(complaints, []);
console.log(JSON.stringify({ lit, isKept, mayRead, origins: [...asked].filter((one) => one.startsWith("http")) }));
await browser.close();
