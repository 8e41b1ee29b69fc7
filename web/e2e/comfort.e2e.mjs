import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { BASE, loops, onPage, studies, studyWith } from "./page.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = process.env.SONARIUM_E2E_PICTURES;

async function serious(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}

/** Kinds of objects that are no pictures, each with a page of its own. */
const DOCUMENTS = { report: /SR$/, "key images": /Key Object/, state: /Presentation State/, trace: /Waveform/, page: /PDF/ };

for (const [theme, viewport] of [
  ["dark", { width: 1440, height: 900 }],
  ["light", { width: 1024, height: 768 }],
]) {
  test(`axe finds nothing serious on any ${theme} screen`, { timeout: 180_000 }, async () => {
    const { uid } = await studyWith((instances) => loops(instances).length > 2);
    const all = await studies();
    await onPage(
      async (page) => {
        const check = async (what) => {
          assert.deepEqual(await serious(page), [], what);
          if (PICTURES) await page.screenshot({ path: `${PICTURES}/${what.replaceAll(" ", "-")}-${theme}.png` });
        };
        await page.goto(BASE);
        await page.waitForSelector(".study");
        await page.waitForTimeout(800);
        await check("the list");
        await page.evaluate(() => document.activeElement.blur());
        await page.keyboard.press("x");
        await page.locator(".picked-bar").waitFor();
        await check("picked studies");
        await page.keyboard.press("Escape");
        await page.keyboard.press("J");
        await page.locator(".patient-timeline [data-study]").first().waitFor();
        await check("the timeline");
        await page.keyboard.press("Escape");
        await page.locator("details.menu summary").click();
        await check("the columns");
        await page.keyboard.press("Control+k");
        await check("the palette");
        await page.keyboard.press("Escape");
        await page.fill("input[type=search]", "nobody is called so");
        await page.getByText("No study matches").waitFor();
        await check("nothing found");
        await page.goto(`${BASE}/studies/${uid}`);
        await page.waitForSelector(".picture[data-drawn]");
        await check("the viewer");
        await page.keyboard.press("d");
        await page.keyboard.press("*");
        await page.locator(".key-images form").waitFor();
        await check("a mark");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
        await page.keyboard.press("X");
        await page.locator("dialog.screen-check").waitFor();
        await check("the screen check");
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await check("the key sheet");
        await page.keyboard.press("Escape");
        for (const [what, kind] of Object.entries(DOCUMENTS)) {
          const study = all.find(({ instances }) => instances.some((one) => kind.test(one.sopClassName)));
          assert.ok(study, `an object of the kind ${what}`);
          const document = study.instances.find((one) => kind.test(one.sopClassName));
          await page.goto(`${BASE}/studies/${study.uid}`);
          await page.waitForSelector(".shot");
          await page.evaluate((id) => document.getElementById(id).click(), `shot-${document.sopInstanceUID}`);
          await page.waitForTimeout(1500);
          await check(`a document ${what}`);
        }
        await page.goto(`${BASE}/studies/1.2.3`);
        await page.getByText("This study is not here").waitFor();
        await check("a study that is gone");
      },
      { settings: { theme }, bypassCSP: true, viewport },
    );
  });
}
