// Every page in a real browser, in both languages: for those who see it, hear it, or look at it on a phone at night.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { openHouse, visitors } from "../support/pages.ts";
import { judge } from "./axe.ts";
import { beyondTheKeyboard, foreignWords, layoutShift, scriptBytes, stickingOut } from "./measure.ts";

const house = await openHouse();
afterAll(() => house.close());
const { browser, site } = house;
const both = await visitors(house);

/** A page that has a script loads one of these, and no other. */
const ownScript =
  /^asked for script http:\/\/localhost:\d+\/assets\/[0-9a-f]{12}\/(passkey|live|order|template)\.js$/;
const mostScriptBytes = 100_000;
const mostShift = 0.02;

/** The path of each page and frame that was asked for. */
const opened = new Set<string>();

/** Rules whose answer depends on colours and sizes; the others say the same at every width and in the dark. */
const looks = ["color-contrast", "target-size", "link-in-text-block"];
const narrow = { width: 375, height: 800 };
const wide = { width: 1280, height: 900 };

describe.each(["ar", "en"] as const)("in %s", (language) => {
  const { contexts, visits } = both[language];
  const page = Object.fromEntries(
    Object.entries(contexts).map(([who, context]) => [who, context.newPage().then(watched)]),
  );
  // Each page is loaded at one width in one language, and at the other in the other.
  const first = language === "ar" ? narrow : wide;

  test.each(visits)("$name", async ({ open, status, who, scripts = 0 }) => {
    const watch = await page[who];
    if (!watch) throw new Error(`Nobody is ${who}.`);
    const { seen, page: it } = watch;
    seen.length = 0;
    await it.setViewportSize(first);
    await it.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await open(it);
    expect(await statusOf(it)).toBe(status);
    expect(await layoutShift(it)).toBeLessThan(mostShift);
    expect(await it.locator("html").getAttribute("lang")).toBe(language);
    expect(await it.locator("html").getAttribute("dir")).toBe(language === "ar" ? "rtl" : "ltr");
    expect(await foreignWords(it, language)).toEqual([]);
    expect(await beyondTheKeyboard(it)).toEqual([]);

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
    expect(await scriptBytes(it)).toBeLessThan(mostScriptBytes);
    expect(seen.filter((it) => !ownScript.test(it))).toEqual([]);
  });
});

/** Every address of the newsroom that shows something, as the doors have it; the sign-in is open. */
const doors = readFileSync(resolve(import.meta.dirname, "../access/doors.golden.txt"), "utf8");
const newsroomPages = [
  "/newsroom/login",
  "/newsroom/login/:token",
  ...[...doors.matchAll(/^GET (\/newsroom\S*)/gm)].map(([, path = ""]) => path),
].filter((path) => !path.endsWith(".eml")); // a file to be kept, no page

test("no page of the newsroom is left out", () => {
  // `/settings/new` is no `/settings/:id`: the one with the fewest parts to be filled is meant.
  const parts = (path: string) => path.split(":").length;
  const known = newsroomPages.toSorted((a, b) => parts(a) - parts(b));
  const isAt = (path: string) => new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`);
  const seen = new Set([...opened].map((path) => known.find((it) => isAt(it).test(path))));
  expect(newsroomPages.length).toBeGreaterThan(50);
  expect(newsroomPages.filter((path) => !seen.has(path))).toEqual([]);
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
  expect(await layoutShift(page)).toBeLessThan(mostShift);
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

/** Notes what a page should not do: break its own Content-Security-Policy, load a script, ask another server. It keeps no cache. */
async function watched(page: Page): Promise<{ page: Page; seen: string[] }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
  const seen: string[] = [];
  page.on("pageerror", (error) => seen.push(String(error)));
  page.on("console", (message) => {
    const isAnswer = /^Failed to load resource: the server responded with a status of 4/.test(message.text());
    if (message.type() === "error" && !isAnswer) seen.push(message.text());
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (request.isNavigationRequest() && request.method() === "GET") opened.add(url.pathname);
    const ours = [site, house.desk, house.bare].map(({ origin }) => origin);
    if (!ours.includes(url.origin) || request.resourceType() === "script")
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
