// Opens everything that shows an object: `node scripts.mjs <address> <sign-in link> <ohif or ""> <picture folder>`.
// Prints what ran, what the page's policy had to stop, and where anything was asked for elsewhere.
import { chromium } from "playwright-core";
import { ARGUMENTS } from "./page.mjs";

const [address, entrance, ohif, pictures] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const ran = [];
const reports = [];
const elsewhere = new Set();
await context.exposeBinding("c", ({ page }, what) => ran.push(`${what ?? ""} at ${page.url()}`));
await context.exposeBinding("reported", ({ page }, what) => {
  // Chromium's own viewer of a bare picture styles it inline; that page holds nothing of ours.
  const isPicture = /\/(rendered|thumbnail)$/.test(page.url()) && what.startsWith("style-src-attr");
  if (!isPicture) reports.push(`${what} at ${page.url()}`);
});
await context.addInitScript(() =>
  document.addEventListener("securitypolicyviolation", (event) =>
    window.reported(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
  ),
);
context.on("page", (page) => page.on("dialog", (dialog) => (ran.push(dialog.message()), dialog.dismiss())));
context.on("request", (request) => {
  const { origin, protocol } = new URL(request.url());
  if (/^(https?|wss?):$/.test(protocol) && origin !== address) elsewhere.add(request.url());
});

const page = await context.newPage();
const texts = [];
const look = async (name) => {
  await page.waitForTimeout(700);
  await page.screenshot({ path: `${pictures}/scripts-${name}.png` });
  texts.push(await page.locator("body").innerText());
};

await page.goto(entrance);
await page.locator("tr.study").first().waitFor();
await page.evaluate(() => window.c("canary"));
await page.waitForTimeout(100);
const canWarn = ran.splice(0).length === 1;

await look("list");
await page.keyboard.press("Control+k");
await page.keyboard.type("script");
await look("palette");
await page.keyboard.press("Escape");
await page.locator("input[type=search]").first().fill("<svg/onload=c()>");
await look("searched");
await page.goto(address);
await page.locator("tr.study").first().click({ button: "right" });
await look("menu");
await page.keyboard.press("Escape");

const [{ studyInstanceUID: study }] = await page.evaluate(async () => (await (await fetch("/api/studies")).json()).studies);
await page.goto(`${address}/studies/${study}`);
await page.locator(".shot").first().waitFor();
await page.keyboard.press("Shift+1");
let documents = 0;
const shots = await page.locator(".shot").count();
for (let at = 0; at < shots; at++) {
  await page.locator(".shot").nth(at).click();
  await look(`object-${at}`);
  documents += await page.locator("[role=document], .pdf, .report, .notice").count();
}
for (const key of ["Control+p", "Control+s", "Control+k", "?", "c", "g", "d"]) {
  await page.keyboard.press(key);
  await look(`key-${key.replace("+", "-")}`);
  await page.keyboard.press("Escape");
}

// What a person who follows an address sees: each way out of the server, as a page of its own.
const { series } = await page.evaluate(async (uid) => (await fetch(`/api/studies/${uid}`)).json(), study);
const tab = await context.newPage();
for (const one of series) {
  for (const instance of one.instances) {
    const path = `/dicom-web/studies/${study}/series/${one.seriesInstanceUID}/instances/${instance.sopInstanceUID}`;
    for (const end of ["", "/metadata", "/rendered", "/thumbnail", "/bulkdata/00420011", "/frames/1"]) {
      await tab.goto(address + path + end).catch(() => {}); // a download is no page, and right
      await tab.waitForTimeout(50);
    }
  }
}
for (const path of ["/dicom-web/studies?includefield=all", "/api/studies?q=%3Cscript%3Ec()%3C/script%3E", "/%3Cscript%3Ec()%3C/script%3E", "/dicom-web/%3Cscript%3Ec()%3C/script%3E", "/dicom-web/studies?%3Cscript%3Ec()%3C/script%3E=1"]) {
  await tab.goto(address + path).catch(() => {});
  await tab.waitForTimeout(300);
}

if (ohif) {
  const own = reports.length;
  await page.goto(`${address}/ohif/viewer?StudyInstanceUIDs=${study}`).catch(() => {});
  await page.waitForTimeout(8000);
  await page.screenshot({ path: `${pictures}/scripts-ohif.png` });
  reports.splice(own); // OHIF's own page tries inline styles and eval; what counts is that nothing ran
}
console.log(JSON.stringify({ canWarn, documents, ran, reports, elsewhere: [...elsewhere], text: texts.join("\n") }));
await browser.close();
