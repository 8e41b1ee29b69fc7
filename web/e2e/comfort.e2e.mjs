import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { BASE, loops, onPage, studyWith } from "./page.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function serious(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}

for (const theme of ["dark", "light"]) {
  test(`axe finds nothing serious on a ${theme} screen`, async () => {
    const { uid } = await studyWith((instances) => loops(instances).length > 2);
    await onPage(
      async (page) => {
        await page.goto(BASE);
        await page.waitForSelector(".study");
        assert.deepEqual(await serious(page), [], "the list");
        await page.keyboard.press("Control+k");
        assert.deepEqual(await serious(page), [], "the palette");
        await page.goto(`${BASE}/studies/${uid}`);
        await page.waitForSelector(".picture[data-drawn]");
        assert.deepEqual(await serious(page), [], "the viewer");
        await page.keyboard.press("?");
        assert.deepEqual(await serious(page), [], "the key sheet");
      },
      { settings: { theme }, bypassCSP: true },
    );
  });
}
