import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, lines, onPage } from "./page.mjs";

const drawn = (page) => page.waitForSelector(".picture[data-drawn]");
const place = (page) => new URL(page.url()).pathname;

/** The studies of a patient who has several, newest first. */
async function several() {
  const all = await lines();
  const found = all.find(({ patientID }) => patientID && all.filter((one) => one.patientID === patientID).length > 1);
  assert.ok(found, "a patient with two studies");
  return all.filter(({ patientID }) => patientID === found.patientID);
}

const asks = (page) => {
  const asked = [];
  page.on("request", (request) => request.url().endsWith("/timeline") && asked.push(request.url()));
  return asked;
};

test("from the list all studies of a patient are seen, and two open beside each other, by keys", async () => {
  const studies = await several();
  await onPage(async (page) => {
    await page.goto(BASE);
    await page.waitForSelector(".study");
    await page.fill("input[type=search]", studies[0].patientID);
    await page.waitForFunction((count) => document.querySelectorAll(".study").length === count, studies.length);
    const asked = asks(page);
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("J");
    await page.waitForFunction((count) => document.querySelectorAll("[data-study]").length === count, studies.length);
    assert.equal(asked.length, 1);
    const shown = await page.$$eval("[data-study]", (rows) => rows.map((row) => row.dataset.study));
    assert.deepEqual(shown, studies.map((one) => one.studyInstanceUID));
    const current = await page.$$eval('[data-study][aria-current="true"]', (rows) => rows.map((row) => row.dataset.study));
    assert.deepEqual(current, [studies[0].studyInstanceUID]);
    // The study before stands ready.
    assert.equal(await page.evaluate(() => document.activeElement.closest("[data-study]").dataset.study), studies[1].studyInstanceUID);
    await page.keyboard.press("c");
    await page.waitForURL((url) => url.pathname === `/studies/${studies[0].studyInstanceUID}`);
    await page.locator(".strip .prior").first().waitFor();
    await drawn(page);
    assert.equal(await page.locator(".framed").count(), 2);
  });
});

test("from the viewer an earlier study opens beside the present one, or instead of it", async () => {
  const [now, before] = await several();
  await onPage(
    async (page) => {
      const asked = asks(page);
      await page.goto(`${BASE}/studies/${now.studyInstanceUID}`);
      await drawn(page);
      await page.locator(".all-studies span", { hasText: /\d/ }).waitFor();
      assert.equal(asked.length, 1);
      await page.keyboard.press("J");
      await page.locator(`[data-study="${before.studyInstanceUID}"]`).waitFor();
      await page.keyboard.press("c");
      await page.locator(".strip .prior").first().waitFor();
      await page.keyboard.press("J");
      await page.locator(`[data-study="${before.studyInstanceUID}"]`).waitFor();
      await page.keyboard.press("ArrowUp");
      assert.equal(await page.evaluate(() => document.activeElement.closest("[data-study]").dataset.study), now.studyInstanceUID);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.pathname === `/studies/${before.studyInstanceUID}`);
      await drawn(page);
      // Nothing is before this one: what came after it stands ready.
      await page.keyboard.press("J");
      await page.locator(`[data-study="${now.studyInstanceUID}"]`).waitFor();
      await page.keyboard.press("Escape");
      assert.equal(await page.locator("dialog[open]").count(), 0);
      assert.equal(place(page), `/studies/${before.studyInstanceUID}`);
    },
    { settings: { layout: "1×1" } },
  );
});
