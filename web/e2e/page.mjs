// Opens the real page in the system's Chromium, against a running server.
import { chromium } from "playwright-core";

export const BASE = process.env.SONARIUM_URL ?? "http://127.0.0.1:8042";

/** An access token lets pages and scripts in; `sonarium demo` prints one. */
const HEADERS = { Authorization: `Bearer ${process.env.SONARIUM_TOKEN ?? ""}` };

export const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Runs `act` on a fresh page; what the page throws fails the test. */
export async function onPage(act, { settings = {}, ...context } = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ARGUMENTS,
  });
  try {
    const page = await (
      await browser.newContext({ viewport: { width: 1440, height: 900 }, extraHTTPHeaders: HEADERS, ...context })
    ).newPage();
    const thrown = [];
    page.on("pageerror", (error) => thrown.push(error.message));
    await page.addInitScript(
      (text) => localStorage.getItem("sonarium.settings") ?? localStorage.setItem("sonarium.settings", text),
      JSON.stringify(settings),
    );
    await act(page);
    if (thrown.length > 0) throw new Error(`The page threw: ${thrown.join("; ")}`);
  } finally {
    await browser.close();
  }
}

async function json(path) {
  const answer = await fetch(BASE + path, { headers: HEADERS });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

/** Every line of the study list. */
export async function lines() {
  const listed = [];
  for (let hasMore = true; hasMore; ) {
    const page = await json(`/api/studies?limit=200&offset=${listed.length}`);
    listed.push(...page.studies);
    hasMore = page.hasMore;
  }
  return listed;
}

/** Every study with its instances, each with its DICOMweb path. */
export async function studies() {
  return Promise.all(
    (await lines()).map(async ({ studyInstanceUID: uid }) => {
      const { series } = await json(`/api/studies/${uid}`);
      const instances = series.flatMap((one) =>
        one.instances.map((instance) => ({
          ...instance,
          path: `/dicom-web/studies/${uid}/series/${one.seriesInstanceUID}/instances/${instance.sopInstanceUID}`,
        })),
      );
      return { uid, instances };
    }),
  );
}

/** The study with the most loops, or with a stress protocol. */
export async function studyWith(test) {
  const found = (await studies()).find(({ instances }) => test(instances));
  if (!found) throw new Error("The server holds no study that this test needs; run it against `./dev demo`.");
  return found;
}

export const loops = (instances) => instances.filter((one) => one.numberOfFrames > 1);
