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

const opened = async (page, uid) => {
  await page.goto(`${BASE}/studies/${uid}`);
  await page.waitForSelector(".picture[data-drawn]");
};

for (const theme of ["dark", "light"]) {
  test(`a copy without identity leaves after it was looked at, on a ${theme} screen`, async () => {
    const { uid } = await studyWith((instances) => loops(instances).length > 2);
    await onPage(
      async (page) => {
        await opened(page, uid);
        await page.keyboard.press("Control+s");
        await page.waitForSelector(".mask-stage img");
        assert.deepEqual(await serious(page), [], "the dialog");
        const save = page.getByRole("button", { name: "Save the copy" });
        assert.equal(await save.isDisabled(), true);
        await page.getByRole("radio", { name: /DICOM/ }).check();
        await page.getByRole("checkbox").check();
        const [file] = await Promise.all([page.waitForEvent("download"), save.click()]);
        assert.match(file.suggestedFilename(), /^ultrasound-[0-9a-f]{8}\.dcm$/);
        const bytes = await readFile(await file.path());
        const name = await page.textContent(".study-head h1");
        const family = name.split(",")[0];
        assert.equal(bytes.includes(Buffer.from(family)), false);
        assert.equal(bytes.includes(Buffer.from(uid)), false);
      },
      { settings: { theme, layout: "1×1" }, bypassCSP: true },
    );
  });
}
