// A clinician breaks the glass and an auditor judges it; a link is made, opened elsewhere and taken
// back; the administrator's pages of access: `node access.mjs <address> <entrances> <patient id>
// <picture folder>`, the entrances as JSON by role. Prints one JSON line.
import assert from "node:assert/strict";
import { complaints, launch, look as lookAt, tab } from "./looking.mjs";

const [address, given, patient, pictures] = process.argv.slice(2);
const entrances = JSON.parse(given);
const browser = await launch();
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 1024, height: 768 };
const read = {};

/** Looks at a page dark and light, wide and narrow. */
async function look(page, name) {
  const before = page.viewportSize();
  for (const theme of ["dark", "light"]) {
    await page.evaluate((value) => (document.documentElement.dataset.theme = value), theme);
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      await lookAt(page, `${name}-${theme}-${size.width}`, pictures);
    }
  }
  await page.evaluate(() => (document.documentElement.dataset.theme = "dark"));
  await page.setViewportSize(before);
}

async function signedIn(role) {
  const page = await tab(await browser.newContext({ viewport: WIDE }));
  await page.goto(entrances[role]);
  await page.waitForSelector("button.account");
  return page;
}

async function command(page, words) {
  await page.keyboard.press("Control+k");
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
}

try {
  // Nothing that this clinician may see has the number; in an emergency it opens.
  const auditor = await signedIn("auditor");
  await command(auditor, "Emergency access");
  await auditor.waitForSelector("text=None. When somebody opens");
  await look(auditor, "emergencies-none");

  const clinician = await signedIn("referring_clinician");
  await clinician.fill("input[type=search]", patient);
  await clinician.click("text=Emergency access…");
  await look(clinician, "emergency-offer");
  await clinician.fill("textarea", "Unconscious in the emergency room");
  await clinician.click("text=Open for four hours");
  await clinician.waitForSelector("tr.study");
  read.banner = await clinician.locator(".emergency p").innerText();
  await look(clinician, "emergency-list");
  await clinician.click("tr.study");
  await clinician.waitForSelector(".viewer .picture[data-drawn]");
  assert.equal(await clinician.locator(".emergency").count(), 1, "the banner stays over the viewer");
  await look(clinician, "emergency-viewer");

  await auditor.waitForSelector("text=Unconscious in the emergency room");
  read.news = await auditor.locator("p[role=status]").innerText();
  await look(auditor, "emergencies-waiting");
  await auditor.fill("input[name=remark]", "the emergency room confirms it");
  await auditor.click("button:text-is('Justified')");
  await auditor.waitForSelector("h2:text-is('Reviewed')");
  await look(auditor, "emergencies-judged");

  await clinician.click("text=End it");
  await clinician.waitForSelector(".worklist");
  await clinician.waitForSelector("text=No study matches");
  assert.equal(await clinician.locator(".emergency").count(), 0);

  // Whoever cares for the patient lets a colleague in, and takes it back.
  const sonographer = await signedIn("sonographer");
  await sonographer.waitForSelector("tr.study");
  await sonographer.click("tr.study", { button: "right" });
  await sonographer.click("text=Who may see it?");
  await sonographer.waitForSelector("text=Let a colleague in");
  await sonographer.click("text=Let them see it");
  await sonographer.waitForSelector("text=Looks after the patient until");
  await look(sonographer, "who-sees");
  await sonographer.click("button:text-is('Take back')");
  await sonographer.waitForSelector("text=Looks after the patient until", { state: "detached" });
  await sonographer.click("dialog >> text=Close");

  await sonographer.click("tr.study", { button: "right" });
  await sonographer.click("text=A link for somebody outside");
  await sonographer.fill("input[name=recipient]", "SYNTHETIC colleague, Elsewhere");
  await sonographer.click("text=Make the link");
  const link = await sonographer.locator("code.secret").innerText();
  const code = await sonographer.locator(".code-digits").innerText();
  await look(sonographer, "link-made");

  // In a fresh browser, as wide as a telephone.
  const outside = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const visitor = await tab(outside);
  await visitor.goto(link);
  await visitor.waitForSelector("input[name=code]");
  assert.ok(!visitor.url().includes("#"), "the secret leaves the address bar");
  await visitor.fill("input[name=code]", code === "0000 0000" ? "11111111" : "00000000");
  await visitor.keyboard.press("Enter");
  await visitor.waitForSelector(".form-problem:not(:empty)");
  read.wrong = await visitor.locator(".form-problem").innerText();
  await lookAt(visitor, "visitor-code", pictures);
  await visitor.fill("input[name=code]", code);
  await visitor.keyboard.press("Enter");
  await visitor.waitForSelector(".viewer .picture[data-drawn]");
  await lookAt(visitor, "visitor-study", pictures);
  assert.equal(await visitor.locator("text=Study list").count(), 0);
  await visitor.setViewportSize(WIDE);
  await lookAt(visitor, "visitor-study-wide", pictures);
  await visitor.goto(address);
  await visitor.waitForSelector(".viewer .picture[data-drawn]");
  assert.equal(await visitor.locator(".worklist").count(), 0, "no list for visitors");

  // The administrator sees everybody's links and takes this one back.
  const root = await signedIn("administrator");
  await command(root, "Links to studies");
  await root.waitForSelector("text=SYNTHETIC colleague, Elsewhere");
  await look(root, "links");
  await root.click("button:text-is('Take back')");
  await root.waitForSelector("text=Taken back");
  await visitor.reload();
  await visitor.waitForSelector("main.door h1");
  read.after = await visitor.locator("h1").first().innerText();
  await lookAt(visitor, "visitor-after", pictures);
  const again = await tab(await browser.newContext({ viewport: WIDE }));
  await again.goto(link);
  await again.fill("input[name=code]", code);
  await again.keyboard.press("Enter");
  await again.waitForSelector(".form-problem:not(:empty)");
  read.revoked = await again.locator(".form-problem").innerText();

  await root.goto(`${address}/access`);
  await root.click("text=Let somebody see something");
  await root.fill("input[name=number]", patient);
  await root.fill("input[name=why]", "second opinion");
  await root.selectOption("select[name=who]", "manager");
  await look(root, "access-form");
  await root.click("text=Let them see it");
  await root.waitForSelector("td:has-text('second opinion')");
  await root.click(".undo button");
  await root.waitForSelector("text=Nothing. Most sites need few grants");
  const vip = root.locator("form[aria-labelledby=confidential]");
  await vip.locator("input[name=number]").fill(patient);
  await vip.locator("input[name=alias]").fill("Rose");
  await vip.locator("text=Set it").click();
  await root.waitForSelector("text=Lists show the alias from now on.");
  await root.waitForSelector("button:text-is('Like any patient again')");
  await look(root, "access");

  // The alias in the list, the name in the opened study.
  await sonographer.reload();
  await sonographer.waitForSelector("small.alias");
  read.listed = await sonographer.locator("tr.study:has(small.alias) strong").first().innerText();
  await look(sonographer, "alias-list");
  await sonographer.click("tr.study:has(small.alias)");
  await sonographer.waitForSelector(".study-head h1");
  read.opened = await sonographer.locator(".study-head h1").innerText();
  await look(sonographer, "alias-viewer");

  await root.goto(`${address}/keys`);
  await root.waitForSelector("text=Nobody has printed the recovery kit");
  await look(root, "keys");
  await root.goto(`${address}/people`);
  await root.click("button[aria-label^='Departments of SYNTHETIC sonographer']");
  await root.click(".places:visible >> text=Every department");
  await root.fill("[aria-label='Add a department']:visible", "Echo Lab");
  await root.keyboard.press("Enter");
  await root.fill("[aria-label='Add a code']:visible", "4711^LOCAL");
  await root.keyboard.press("Enter");
  await root.waitForSelector("button[aria-label='Take off the code 4711^LOCAL']:visible");
  await look(root, "people-departments");
  await root.keyboard.press("Escape");
  await root.click(".undo button");
  await root.waitForSelector("button[aria-label='Departments of SYNTHETIC sonographer: Echo Lab']");
  await root.goto(`${address}/devices`);
  await root.click("text=Add a device");
  await root.waitForSelector("form >> text=Every department");
  await look(root, "devices-departments");

  assert.deepEqual(complaints, []);
  console.log(JSON.stringify(read));
} finally {
  await browser.close();
}
