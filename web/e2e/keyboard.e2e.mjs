import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, onPage, studyWith } from "./page.mjs";

const press = async (page, key, times = 1) => {
  for (let time = 0; time < times; time++) await page.keyboard.press(key);
};
const opened = (page) => page.waitForSelector(".picture[data-drawn]");
const place = (page) => new URL(page.url()).pathname;

test("from the list to a saved measurement and on to the next study, without a pointer", async () => {
  await onPage(
    async (page) => {
      await page.goto(BASE);
      await page.waitForSelector(".study");
      await page.keyboard.type("synthetic");
      await page.waitForFunction(() => document.querySelectorAll(".study").length > 1);
      await page.waitForTimeout(600);
      await press(page, "Enter");
      await opened(page);
      await page.waitForSelector('[data-saving="saved"]');
      const first = place(page);

      // A caliper of a hundred pixels in the middle of the picture.
      await press(page, "d");
      await press(page, "Enter", 2);
      await press(page, "Shift+ArrowRight", 10);
      const saved = page.waitForResponse((answer) => answer.url().endsWith("/measurements") && answer.request().method() === "PUT");
      await press(page, "Enter");
      assert.equal((await saved).status(), 200);
      await page.locator(".measure-results .value", { hasText: "cm" }).first().waitFor();
      await page.waitForSelector('[data-saving="saved"]');
      await press(page, "Escape", 2);

      // Read, and on to the next of the list.
      await press(page, "Control+Enter");
      await page.waitForURL((url) => url.pathname !== first && url.pathname.startsWith("/studies/"));
      await opened(page);
      await press(page, "{");
      await page.waitForURL((url) => url.pathname === first);
      await opened(page);
      await page.locator(".measure-results .value", { hasText: "cm" }).first().waitFor();
      await press(page, "Q");
      await page.getByText("marked as unread").waitFor();
      await press(page, "Escape");
      await page.waitForSelector(".studies");
    },
    { settings: { layout: "1×1" } },
  );
});

test("studies are marked many at once, for everybody, and taken back", async () => {
  await onPage(async (page) => {
    await page.goto(BASE);
    await page.waitForSelector(".study");
    await press(page, "ArrowDown");
    await page.evaluate(() => document.activeElement.blur());
    await press(page, "x");
    await press(page, "j");
    await press(page, "x");
    await page.getByText("2 studies picked").waitFor();
    await press(page, "!");
    await page.getByText("2 studies marked as urgent.").waitFor();
    await page.locator(".state.urgent").nth(1).waitFor();
    // Another person's list says so by itself.
    await onPage(async (other) => {
      await other.goto(BASE);
      await other.locator(".state.urgent").nth(1).waitFor();
      await page.getByRole("button", { name: "Undo" }).click();
      await other.waitForFunction(() => document.querySelectorAll(".state.urgent").length === 0);
    });
    await press(page, "Escape");
    assert.equal(await page.locator(".picked-bar").count(), 0);
  });
});

test("beats come from the painted ECG, and agree with the heart rate", async (context) => {
  const { uid, instances } = await studyWith((all) =>
    all.some((one) => one.paintedECG && one.heartRate === 117 && one.numberOfFrames > 30),
  );
  const loop = instances.find((one) => one.paintedECG && one.heartRate === 117);
  await onPage(
    async (page) => {
      await page.goto(`${BASE}/studies/${uid}`);
      await page.waitForSelector(".shot");
      await page.evaluate((id) => document.getElementById(id).click(), `shot-${loop.sopInstanceUID}`);
      await opened(page);
      await page.waitForFunction(() => document.querySelector(".marks .r-wave:not(.assumed)"), undefined, { timeout: 15_000 });
      await press(page, "h");
      const note = await page.locator(".beat-note").textContent();
      context.diagnostic(note);
      assert.match(note, /by painted ECG/);
    },
    { settings: { layout: "1×1" } },
  );
});

test("a video that the browser does not know plays, and is stepped frame by frame", async (context) => {
  const { uid, instances } = await studyWith((all) => all.some((one) => one.presentation === "video"));
  const video = instances.find((one) => one.presentation === "video");
  await onPage(
    async (page) => {
      await page.goto(`${BASE}/studies/${uid}`);
      await page.waitForSelector(".shot");
      await page.evaluate((id) => document.getElementById(id).click(), `shot-${video.sopInstanceUID}`);
      await page.waitForFunction(() => /^([5-9]|1\d)\//.test(document.querySelector(".frame-number")?.textContent ?? ""), undefined, { timeout: 20_000 });
      // A bar moves by four columns with each frame, so the picture says which frame it is.
      const barAt = () =>
        page.$eval(".picture", (canvas) => {
          const { data, width } = canvas.getContext("2d").getImageData(0, 60, canvas.width, 1);
          const left = Array.from({ length: width }, (_, x) => x).find((x) => data[4 * x] > 120);
          return left / 4;
        });
      const shown = async () => Number((await page.textContent(".frame-number")).split("/")[0]) - 1;
      await press(page, "Space");
      for (const key of ["Home", "ArrowRight", "Shift+ArrowRight", "ArrowLeft", "ArrowLeft", "End", "ArrowLeft", "ArrowRight"]) {
        await press(page, key);
        await page.waitForTimeout(300);
        const [frame, bar] = [await shown(), await barAt()];
        context.diagnostic(`${key}: frame ${frame}, bar ${bar}`);
        assert.ok(Math.abs(bar - frame) < 0.6, `${key}: frame ${frame}, bar at ${bar}`);
      }
    },
    { settings: { layout: "1×1" } },
  );
});

test("on an ECG object a line goes with the loop beside it", async () => {
  const { uid, instances } = await studyWith(
    (all) => all.some((one) => /ECG/.test(one.sopClassName)) && all.some((one) => one.numberOfFrames > 1),
  );
  const trace = instances.find((one) => /ECG/.test(one.sopClassName));
  const loop = instances.find((one) => one.numberOfFrames > 1);
  await onPage(
    async (page) => {
      await page.goto(`${BASE}/studies/${uid}`);
      await opened(page);
      await press(page, "Shift+2");
      for (const [viewport, { sopInstanceUID }] of [
        [1, trace],
        [2, loop],
      ]) {
        await page.evaluate((id) => document.getElementById(id).focus(), `shot-${sopInstanceUID}`);
        await press(page, `${viewport}`);
      }
      await opened(page);
      await press(page, "Home");
      const line = page.locator(".loop-now:not([hidden])").first();
      await line.waitFor();
      // A hundred pixels are a second: the loop began half a second after the trace.
      const left = async () => Number.parseFloat(await line.evaluate((element) => element.style.left));
      const first = await left();
      assert.ok(Math.abs(first - 50) < 0.5, `${first}`);
      await press(page, "ArrowRight", 10);
      await page.waitForTimeout(300);
      const step = loop.frameStartsMs[10] / 10;
      assert.ok(Math.abs((await left()) - first - step) < 0.5, `${await left()}`);
    },
    { settings: { layout: "1×1" } },
  );
});
