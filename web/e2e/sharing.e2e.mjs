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

test("a print sheet holds chosen pictures below the patient's name, a page at a time", async () => {
  const { uid, instances } = await studyWith((all) => loops(all).length > 2);
  await onPage(
    async (page) => {
      await opened(page, uid);
      const name = await page.textContent(".study-head h1");
      await page.keyboard.press("Control+p");
      await page.getByLabel("Pictures").selectOption("all");
      await page.getByLabel("On a page").selectOption("3×4");
      const print = page.getByRole("button", { name: "Print", exact: true });
      await page.waitForFunction(() => !document.querySelector(".print-bar .main").disabled);
      const pictures = instances.filter((one) => ["rendered", "stored-jpeg"].includes(one.presentation)).length;
      const pages = Math.ceil(pictures / 12);
      assert.equal(await page.locator(".sheet").count(), pages);
      assert.equal(await page.locator(".sheet-head strong", { hasText: name }).count(), pages);
      assert.deepEqual(await serious(page), [], "the sheet");
      const paper = await page.pdf({ preferCSSPageSize: true });
      assert.equal(paper.toString("latin1").match(/\/Type \/Page\b/g).length, pages);
      assert.equal(await print.isEnabled(), true);
      await page.keyboard.press("Escape");
      assert.equal(await page.locator(".print-desk").count(), 0);
    },
    { settings: { layout: "1×1" }, bypassCSP: true },
  );
});

test("a copied link opens the same images, frames and looks, and tells no server", async () => {
  const { uid } = await studyWith((all) => loops(all).length > 2);
  await onPage(
    async (page) => {
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await opened(page, uid);
      for (const key of ["q", "Shift+2", "n", "P", "i", "Space"]) await page.keyboard.press(key);
      await page.waitForTimeout(400);
      for (const key of ["Home", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
      await page.waitForTimeout(300);
      const state = () =>
        page.evaluate(() => [
          document.querySelectorAll(".viewport").length,
          document.querySelector(".framed.active .frame-number").textContent,
          document.querySelector(".framed.active canvas").getAttribute("aria-label"),
          document.querySelector(".tools select").value,
        ]);
      const before = await state();
      await page.keyboard.press("W");
      await page.getByText("Link copied").waitFor();
      assert.deepEqual(await serious(page), [], "the notice");
      const link = await page.evaluate(() => navigator.clipboard.readText());
      assert.equal(new URL(link).search, "");
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(BASE);
      await page.goto(link);
      await page.waitForSelector(".framed.active .picture[data-drawn]");
      await page.waitForTimeout(600);
      assert.deepEqual(await state(), before);
      const said = new URL(link).hash.slice(1);
      assert.equal(asked.some((url) => url.split("#")[0].includes(said)), false);
    },
    { settings: { layout: "1×1" }, bypassCSP: true },
  );
});
