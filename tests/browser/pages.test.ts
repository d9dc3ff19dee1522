// Every page in a real browser, in both languages: for those who see it, hear it, or look at it on a phone at night.
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { startBrowser } from "../support/browser.ts";
import { visitors } from "../support/pages.ts";
import { startSite } from "../support/site.ts";
import { judge } from "./axe.ts";
import { foreignWords, layoutShift, stickingOut } from "./measure.ts";

const [browser, site] = await Promise.all([startBrowser(), startSite()]);
afterAll(async () => {
  await browser.close();
  await site.close();
});
const both = await visitors(browser, site);

/** A page that has a script loads this one, and no other. */
const ownScript = /^asked for script http:\/\/localhost:\d+\/assets\/[0-9a-f]{12}\/passkey\.js$/;

/** Rules whose answer depends on colours and sizes; the others say the same at every width and in the dark. */
const looks = ["color-contrast", "target-size", "link-in-text-block"];
const narrow = { width: 375, height: 800 };
const wide = { width: 1280, height: 900 };

describe.each(["ar", "en"] as const)("in %s", (language) => {
  const { context, visits } = both[language];
  const page = context.newPage().then(watched);

  test.each(visits)("$name", async ({ open, status, scripts = 0 }) => {
    const { seen, page: it } = await page;
    seen.length = 0;
    await it.setViewportSize(wide);
    await it.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await open(it);
    expect(await statusOf(it)).toBe(status);
    expect(await it.locator("html").getAttribute("lang")).toBe(language);
    expect(await it.locator("html").getAttribute("dir")).toBe(language === "ar" ? "rtl" : "ltr");
    expect(await foreignWords(it, language)).toEqual([]);

    for (const [size, colorScheme, rules] of [
      [wide, "light", undefined],
      [wide, "dark", looks],
      [narrow, "dark", undefined],
      [narrow, "light", looks],
    ] as const) {
      await it.setViewportSize(size);
      await it.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const { faults, contrast } = await judge(it, rules);
      const where = `${size.width} px, ${colorScheme}`;
      expect(faults, where).toEqual([]);
      expect(contrast.open, where).toEqual([]);
      expect(contrast.judged, where).toBeGreaterThanOrEqual(contrast.texts);
      expect(await stickingOut(it), where).toEqual([]);
    }
    await it.setViewportSize({ width: 320, height: 700 });
    expect(await stickingOut(it), "320 px").toEqual([]);
    expect(await it.locator("script").count()).toBe(scripts);
    expect(seen.filter((it) => !(scripts > 0 && ownScript.test(it)))).toEqual([]);
  });
});

test.each([
  ["/", narrow],
  ["/", wide],
  [`/sections/${encodeURIComponent("سياسة")}`, narrow],
  ["/articles/40", narrow],
  ["/articles/40", wide],
  ["/feeds/all.rss", narrow],
])("nothing jumps while %s loads for the first time, %o", async (path, viewport) => {
  const context = await browser.newContext({ viewport }); // with an empty cache
  const page = await context.newPage();
  await page.goto(site.origin + path);
  expect(await layoutShift(page)).toBeLessThan(0.02);
  await context.close();
});

test.each(["/", "/feeds/all.rss", `/sections/${encodeURIComponent("سياسة")}`, "/articles/40"])(
  "titles of very long words widen nothing on %s",
  async (path) => {
    const page = await browser.newPage({ viewport: { width: 320, height: 700 } });
    await page.goto(site.origin + path);
    await page.evaluate(`for (const it of document.querySelectorAll("h1, .story-title a, .facts dd"))
      it.textContent = "${"Kraftfahrzeughaftpflichtversicherung".repeat(3)} وعنوان طويل"`);
    expect(await stickingOut(page)).toEqual([]);
    await page.close();
  },
);

test("one click on a feed's address selects all of it, and nothing else", async () => {
  const context = await browser.newContext({ viewport: { width: 320, height: 700 } }); // on several lines
  const page = await context.newPage();
  const address = `${site.origin}/feeds/section/${encodeURIComponent("سياسة")}.rss`;
  await page.goto(address);
  await page.locator("code").click();
  expect(await page.evaluate<string>("getSelection().toString()")).toBe(address);
  await context.close();
});

/** Notes what a page should not do: break its own Content-Security-Policy, load a script, ask another server. */
function watched(page: Page): { page: Page; seen: string[] } {
  const seen: string[] = [];
  page.on("pageerror", (error) => seen.push(String(error)));
  page.on("console", (message) => {
    const isAnswer = /^Failed to load resource: the server responded with a status of 4/.test(message.text());
    if (message.type() === "error" && !isAnswer) seen.push(message.text());
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== site.origin || request.resourceType() === "script")
      seen.push(`asked for ${request.resourceType()} ${url}`);
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") seen.push(`${request.url()} ${why}`); // pictures of a page that was left
  });
  return { page, seen };
}

const statusOf = (page: Page) =>
  page.evaluate<number>("performance.getEntriesByType('navigation')[0].responseStatus");
