import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, onPage, studyWith } from "./page.mjs";

const H264 = /^1\.2\.840\.10008\.1\.2\.4\.10[2-6]/;
/** Of the video that the test brings. */
const CENTIMETRES_PER_PIXEL = 0.025;

const press = async (page, key, times = 1) => {
  for (let time = 0; time < times; time++) await page.keyboard.press(key);
};
const frameIs = (page, number) =>
  page.waitForFunction((wanted) => document.querySelector(".framed.active .frame-number")?.textContent.startsWith(`${wanted}/`), number);

test("on a video a distance is measured on one frame, kept, and seen again on that frame alone", async () => {
  const isVideo = (one) => one.presentation === "video" && H264.test(one.transferSyntaxUID);
  const { uid } = await studyWith((all) => all.some(isVideo));
  await onPage(
    async (page) => {
      await page.goto(`${BASE}/studies/${uid}`);
      await page.waitForFunction(() => /^([5-9]|1\d)\//.test(document.querySelector(".frame-number")?.textContent ?? ""), undefined, { timeout: 20_000 });
      await page.waitForSelector('[data-saving="saved"]');
      await press(page, "Space");
      await press(page, "Home");
      await press(page, "ArrowRight", 12);
      await frameIs(page, 13);
      await press(page, "d");
      await press(page, "Enter", 2);
      await press(page, "Shift+ArrowRight", 10);
      const kept = page.waitForResponse((answer) => answer.url().endsWith("/measurements") && answer.request().method() === "PUT");
      await press(page, "Enter");
      assert.equal((await kept).status(), 200);
      const value = await page.locator(".measure-results .measure-row .value").last().innerText();
      assert.ok(Math.abs(parseFloat(value) - 100 * CENTIMETRES_PER_PIXEL) < 0.01, value);
      assert.match(value, / cm$/);

      await page.reload();
      await page.locator(".measure-results .measure-row", { hasText: value }).last().click();
      await frameIs(page, 13);
      await page.locator(".measurement .line").first().waitFor({ state: "attached" });
      // The picture is the frame: a bar moves by four columns with each.
      const bar = await page.$eval(".picture", (canvas) => {
        const { data, width } = canvas.getContext("2d").getImageData(0, 20, canvas.width, 1);
        return Array.from({ length: width }, (_, x) => x).find((x) => data[4 * x] > 120) / 4;
      });
      assert.ok(Math.abs(bar - 12) < 0.6, `bar at ${bar}`);
      await press(page, "Escape");
      await press(page, "ArrowRight");
      await frameIs(page, 14);
      await page.waitForFunction(() => document.querySelectorAll(".measurement .line").length === 0);
      await press(page, "ArrowLeft");
      await frameIs(page, 13);
      await page.locator(".measurement .line").first().waitFor({ state: "attached" });
    },
    { settings: { layout: "1×1" } },
  );
});
