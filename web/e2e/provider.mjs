// Signs in at the site's provider, proves there in a window of its own, and is told plainly when the
// provider lets nobody in: `node provider.mjs <address> <proof in ms> <picture folder>`.
import assert from "node:assert/strict";
import { complaints, launch, look, tab } from "./looking.mjs";

const [address, proofMs, pictures] = process.argv.slice(2);
const browser = await launch();
const read = {};
try {
  const context = await browser.newContext({ viewport: { width: 1024, height: 768 } });
  const page = await tab(context);
  await page.goto(address);
  await page.waitForSelector("text=Sign in with the hospital");
  await look(page, "door-with-provider", pictures);
  await page.click("text=Sign in with the hospital");
  await page.waitForSelector("text=Good day, SYNTHETIC Mary");
  const cookies = await context.cookies(address);
  read.cookies = cookies.map(({ name, sameSite }) => [name, sameSite]);

  await page.goto(`${address}/programs`);
  await page.waitForTimeout(Number(proofMs));
  await page.click("text=Add a program");
  await page.fill("input[name=client]", "viewer2");
  await page.check("text=Find and retrieve studies");
  await page.click("text=Add, and show its secret");
  await page.waitForSelector("dialog.proof[open]");
  await look(page, "proof-at-provider", pictures);
  await page.click("text=Confirm with the hospital");
  await page.locator("code.secret").waitFor().catch(async (error) => {
    const seen = await Promise.all(context.pages().map(async (one) => `${one.url()}: ${await one.locator("body").innerText()}`));
    throw new Error(`${error.message}\n${seen.join("\n")}`);
  });
  read.proved = true;

  const other = await tab(context);
  await other.goto(`${address}/api/session/provider/answer?code=x&state=y`);
  await other.waitForSelector("text=Not signed in");
  await look(other, "provider-refused", pictures);
  read.refused = await other.locator("[role=alert]").innerText();
  assert.deepEqual(complaints, []);
  console.log(JSON.stringify(read));
} finally {
  await browser.close();
}
