import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, loops, onPage, studyWith } from "./page.mjs";

const frameNumber = (page) => page.textContent(".framed.active .frame-number");
const drawn = (page) => page.waitForSelector(".picture[data-drawn]");

test("a study is found, opened, looked through and left by keys alone", async () => {
  await onPage(async (page) => {
    await page.goto(BASE);
    await page.waitForSelector(".study");
    await page.keyboard.type("echo");
    await page.waitForTimeout(800);
    await page.keyboard.press("Enter");
    await drawn(page);
    await page.keyboard.press("Shift+3");
    await page.keyboard.press("q");
    await page.waitForTimeout(500);
    await page.keyboard.press("Space");
    const before = await frameNumber(page);
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(200);
    assert.notEqual(await frameNumber(page), before);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("2");
    await page.keyboard.press("x");
    await page.waitForTimeout(200);
    assert.equal(await page.locator(".viewport").count(), 1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".studies");
  });
});

test("whatever was done to an image is undone step by step", async () => {
  const { uid } = await studyWith((instances) => loops(instances).length > 0);
  await onPage(async (page) => {
    await page.goto(`${BASE}/studies/${uid}`);
    await drawn(page);
    const look = () =>
      page.$eval(".framed.active canvas", (canvas) => canvas.style.filter + canvas.style.transform);
    const before = await look();
    for (const key of ["i", "P", "r", "m", "z"]) await page.keyboard.press(key);
    assert.notEqual(await look(), before);
    for (let steps = 0; steps < 5; steps++) await page.keyboard.press("Control+z");
    assert.equal(await look(), before);
  });
});

test("frames that do not come are said, and come when tried again", async () => {
  const { uid } = await studyWith((instances) => loops(instances).length > 0);
  await onPage(
    async (page) => {
      await page.route(/\/frames\//, (route) =>
        route.fulfill({ status: 500, contentType: "application/json", body: '{"detail":"Out of order."}' }),
      );
      await page.goto(`${BASE}/studies/${uid}`);
      await page.getByText("Out of order.").first().waitFor();
      await page.unrouteAll();
      await page.getByRole("button", { name: "Try again" }).first().click();
      await drawn(page);
    },
    { settings: { layout: "1×1" } },
  );
});

test("a study deleted while it is open says so and keeps its pictures", async () => {
  const { uid } = await studyWith((instances) => loops(instances).length > 0);
  await onPage(async (page) => {
    await page.goto(`${BASE}/studies/${uid}`);
    await drawn(page);
    await page.route(/\/api\/studies\/[^/]+$/, (route) => route.fulfill({ status: 404, body: "{}" }));
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await page.getByText("was deleted from the archive").waitFor();
    assert.equal(await page.locator(".picture[data-drawn]").first().isVisible(), true);
  });
});

test("a stress echo opens on one view through all its stages, in step", async () => {
  const { uid, instances } = await studyWith((all) => new Set(all.map((one) => one.stageNumber)).size > 2);
  const stages = new Set(instances.map((one) => one.stageName).filter(Boolean));
  await onPage(async (page) => {
    await page.goto(`${BASE}/studies/${uid}`);
    await drawn(page);
    const labels = await page.locator(".strip > strong").allTextContents();
    assert.deepEqual(new Set(labels.map((label) => label.split(" · ")[0])), stages);
    assert.equal(new Set(labels.map((label) => label.split(" · ")[1])).size, 1);
    assert.equal(await page.locator(".transport select").last().inputValue(), "beat");
  });
});
