import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, loops, onPage, studies } from "./page.mjs";

const SECONDS = 6;

/** Key of the layout, and how many loops it shows. */
const LAYOUTS = [
  ["Shift+3", 4],
  ["Shift+6", 16],
];
/** Of the frames that are due. How many a quiet machine draws late is for the bench to say. */
const MOST_LATE = 0.5;

test("many loops play at once, at their stored rate or by dropping frames", { timeout: 120_000 }, async (context) => {
  const all = await studies();
  const most = all.sort((one, other) => loops(other.instances).length - loops(one.instances).length)[0];
  await onPage(async (page) => {
    await page.goto(`${BASE}/studies/${most.uid}`);
    await page.waitForSelector(".picture[data-drawn]");
    await page.keyboard.press("L");
    for (const [key, count] of LAYOUTS) {
      await page.keyboard.press("q");
      await page.keyboard.press(key);
      await page.keyboard.press("q");
      await page.waitForTimeout(4000);
      const before = await tally(page);
      await page.waitForTimeout(SECONDS * 1000);
      const after = await tally(page);
      const due = after.due - before.due;
      const late = (after.late - before.late) / due;
      context.diagnostic(`${count} loops: ${(due / SECONDS).toFixed(0)} frames/s, ${(100 * late).toFixed(2)} % late`);
      assert.ok(due > 0 && late <= MOST_LATE, `${count} loops: ${late}`);
    }
  });
});

const tally = (page) =>
  page.$eval(".figures", ({ dataset }) => ({ due: Number(dataset.due), late: Number(dataset.late) }));
