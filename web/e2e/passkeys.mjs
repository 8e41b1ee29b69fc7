// Enrols the first administrator by passkey, signs in with it, proves with it, and keeps the last
// way in: `node passkeys.mjs <address at localhost> <set-up link> <proof in ms> <picture folder>`.
// Chromium's virtual authenticator stands for the device. Prints one JSON line.
import assert from "node:assert/strict";
import { complaints, launch, look, tab } from "./looking.mjs";

const [address, entrance, proofMs, pictures] = process.argv.slice(2);
const browser = await launch();
const read = {};

/** Gives a page a device that keeps passkeys; returns its reins. */
async function withDevice(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    verifies: (isUserVerified) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    credentials: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    forget: () => cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }),
  };
}

try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "dark" });
  const page = await tab(context);
  const device = await withDevice(page);

  // At the bare address the page leads to localhost, with the link unused.
  await page.goto(entrance.replace("localhost", "127.0.0.1"));
  await page.waitForSelector("text=open this page at localhost");
  await look(page, "enrol-at-bare-address", pictures);
  await page.click("text=open this page at localhost");
  await page.waitForURL(/localhost/);
  await page.waitForSelector("text=Make a passkey");
  await page.fill("input[autocomplete=username]", "root");
  await page.fill("input[name=name]", "SYNTHETIC Root");
  await look(page, "enrol-by-passkey", pictures);
  await page.click("text=Make a passkey");
  await page.waitForSelector("text=Good day");
  const [kept] = await device.credentials();
  read.credential = { rpId: kept.rpId, resident: kept.isResidentCredential };

  await page.goto(`${address}/account`);
  await page.waitForSelector("text=this one");
  await look(page, "account-with-passkey", pictures);
  await page.click("text=Rename");
  await page.fill("input[name=name]", "Office computer");
  await page.keyboard.press("Enter");
  await page.waitForSelector("td:has-text('Office computer')");
  await page.click("button:has-text('Remove')");
  await page.waitForSelector("[role=alert]:not(:empty)");
  read.last = await page.locator("[role=alert]:not(:empty)").innerText();
  await page.click("text=Add a passkey");
  await page.waitForSelector(".passkey [role=alert]:not(:empty)");
  read.twice = await page.locator(".passkey [role=alert]").innerText();

  await page.click("button.account");
  await page.click("text=Sign out");
  await page.waitForSelector("text=Sign in with a passkey");
  await look(page, "door-with-passkey", pictures);
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.evaluate(() => localStorage.setItem("sonarium.settings", JSON.stringify({ theme: "light" })));
  await page.reload();
  await page.waitForSelector("text=Sign in with a passkey");
  await look(page, "door-with-passkey-light", pictures);
  assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), "Sign in with a passkey");

  // Without finger, face or PIN the device does not sign.
  await device.verifies(false);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".passkey [role=alert]:not(:empty)");
  read.unverified = await page.locator(".passkey [role=alert]").innerText();
  await device.verifies(true);
  await page.click("text=Sign in with a passkey");
  await page.waitForSelector("text=Good day");

  // Some minutes later an act asks for a proof; refused it does nothing, given it goes on.
  await page.goto(`${address}/people`);
  await page.waitForSelector("text=Add somebody");
  await page.waitForTimeout(Number(proofMs));
  await page.click("text=Add somebody");
  await page.fill("input[name=name]", "SYNTHETIC Mary");
  await page.fill("input[name=username]", "mary");
  await page.check("text=Sonographer");
  await page.click("text=Add, and make a link");
  await page.waitForSelector("dialog.proof[open]");
  await look(page, "proof-light", pictures);
  await page.keyboard.press("Escape");
  await page.waitForSelector(".form-problem:not(:empty)");
  read.leftIt = await page.locator(".form-problem:not(:empty)").innerText();
  await page.click("text=Add, and make a link");
  await page.waitForSelector("dialog.proof[open]");
  await page.click("text=Confirm with your passkey");
  const link = await page.locator("code.secret").innerText();
  assert.match(link, /enrol#/);
  await look(page, "people-with-ways", pictures);

  // A person whose device is another one enrols by keyboard alone, and keeps a second passkey.
  const others = await browser.newContext({ viewport: { width: 1024, height: 768 }, colorScheme: "dark" });
  const mary = await tab(others);
  const first = await withDevice(mary);
  await mary.goto(link);
  await mary.waitForSelector("text=Make a passkey");
  await look(mary, "enrol-person", pictures);
  await mary.keyboard.press("Enter");
  await mary.waitForSelector(".worklist");
  await first.forget();
  await withDevice(mary);
  await mary.goto(`${address}/account`);
  await mary.click("text=Add a passkey");
  await mary.waitForSelector("tbody tr:nth-child(2) >> text=Rename");
  await mary.locator("button:has-text('Remove')").first().click();
  await mary.locator("button:has-text('Remove')").nth(1).waitFor({ state: "detached" });
  await mary.click("button.account");
  await mary.click("text=Sign out");
  await mary.click("text=Sign in with a passkey");
  await mary.waitForSelector(".worklist");
  read.ways = await page.evaluate(async () => (await (await fetch("/api/people")).json()).people.map((one) => [one.userName, one.ways]));
  assert.deepEqual(complaints, []);
  console.log(JSON.stringify(read));
} finally {
  await browser.close();
}
