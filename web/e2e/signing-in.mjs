// Sets up the first administrator, lets a sonographer in, and shuts her out again:
// `node signing-in.mjs <address> <set-up link> <picture folder>`. Prints one JSON line.
import assert from "node:assert/strict";
import { code, complaints, launch, look as lookAt, tab } from "./looking.mjs";

const [address, entrance, pictures] = process.argv.slice(2);
const PASSWORDS = { root: "lamp otter violin thursday", mary: "glove parade copper eleven" };

const browser = await launch();
const look = (page, name) => lookAt(page, name, pictures);

async function enrol(page, link, names) {
  await page.goto(link);
  await page.waitForSelector(".qr img");
  assert.ok(!page.url().includes("#"), "the secret leaves the address bar");
  if (names) {
    await page.fill("input[autocomplete=username]", names.userName);
    await page.fill("input[name=name]", names.name);
  }
  const secret = (await page.locator(".authenticator code").innerText()).replaceAll(" ", "");
  await page.fill("input[name=password]", "password1234");
  await page.fill("input[name=code]", code(secret));
  await page.keyboard.press("Enter");
  await page.waitForSelector(".form-problem:not(:empty)");
  const tooWeak = await page.locator(".form-problem").innerText();
  await page.fill("input[name=password]", names ? PASSWORDS.root : PASSWORDS.mary);
  await look(page, names ? "enrol-administrator" : "enrol");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".codes");
  await look(page, "recovery-codes");
  await page.click("text=I have kept them");
  return { secret, tooWeak };
}

const read = {};
try {
  const administrators = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const root = await tab(administrators);
  await root.goto(address);
  await root.waitForSelector("text=sonarium init");
  await look(root, "door-before");
  read.tooWeak = (await enrol(root, entrance, { userName: "root", name: "SYNTHETIC Root" })).tooWeak;
  await root.waitForSelector("text=Good day");
  await look(root, "home");

  await root.click("main >> text=People");
  await root.click("text=Add somebody");
  await root.fill("input[name=name]", "SYNTHETIC Mary");
  await root.fill("input[name=username]", "mary");
  await root.check("text=Sonographer");
  await root.click("text=Add, and make a link");
  const link = await root.locator("code.secret").innerText();
  await look(root, "people");

  const tablets = await browser.newContext({ viewport: { width: 1024, height: 768 } });
  const mary = await tab(tablets);
  const { secret } = await enrol(mary, link);
  await mary.waitForSelector(".worklist");
  const [cookie] = await tablets.cookies();
  read.cookie = { name: cookie.name, httpOnly: cookie.httpOnly, secure: cookie.secure, sameSite: cookie.sameSite };

  await mary.click("button.account");
  await mary.click("text=Sign out");
  await mary.waitForSelector("input[name=username]");
  await look(mary, "door");
  await mary.fill("input[name=username]", "mary");
  await mary.fill("input[name=password]", "wrong");
  await mary.fill("input[name=code]", "000000");
  await mary.keyboard.press("Enter");
  await mary.waitForSelector(".form-problem:not(:empty)");
  read.refused = await mary.locator(".form-problem").innerText();
  await mary.fill("input[name=password]", PASSWORDS.mary);
  await mary.fill("input[name=code]", code(secret, 1));
  await mary.keyboard.press("Enter");
  await mary.waitForSelector(".worklist");

  // Shut out by the administrator: the page stays under the door; let in again by undo.
  const row = root.locator("tr", { hasText: "SYNTHETIC Mary" });
  await row.locator("text=Shut out").click();
  await row.locator("text=Let in again").waitFor();
  await mary.fill("input[type=search]", "anything");
  await mary.waitForSelector(".door-again[open]");
  await look(mary, "session-ended");
  await root.click(".undo button");
  await row.locator("text=Shut out").waitFor();

  await root.click("text=Commands");
  await root.keyboard.type("Programs");
  await root.keyboard.press("Enter");
  await root.click("text=Add a program");
  await root.fill("input[name=client]", "viewer2");
  await root.check("text=Find and retrieve studies");
  await root.click("text=Add, and show its secret");
  const program = await root.locator("code.secret").innerText();
  await look(root, "programs");
  const token = await fetch(`${address}/api/oauth/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`viewer2:${program}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  read.token = (await token.json()).token_type;
  await root.goto(`${address}/account`);
  await root.waitForSelector("text=this one");
  await look(root, "account");
  assert.deepEqual(complaints, []);
  console.log(JSON.stringify(read));
} finally {
  await browser.close();
}
