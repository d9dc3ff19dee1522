// A template in a real browser: what it becomes follows as one types, and the way back stays what it was.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser } from "../support/browser.ts";
import { type Site, startSite } from "../support/site.ts";

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([startSite(), startBrowser()]);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test("what is typed is drawn in the sandbox, wrong and right, without a page more to go back through", async () => {
  const page = await browser.newPage();
  await page.goto(site.signIn);
  await page.locator("main button").click();
  await page.waitForURL("**/newsroom");
  await page.goto(`${site.origin}/newsroom/settings/templates/story.txt`);
  const drawn = page.frameLocator(".template-desk iframe").locator("body");
  await expect
    .poll(() => drawn.textContent(), { timeout: 30_000 })
    .toContain("https://check.example/articles/1");
  const pages = await page.evaluate("history.length");
  const text = page.locator("#field-text");
  const ours = await text.inputValue();
  for (const [typed, shown] of [
    ["تحية من المحرر\n", "تحية من المحرر"],
    ["{{ nobody.knows }}\n", "nobody.knows"],
    ["عاد كل شيء\n", "عاد كل شيء"],
  ] as const) {
    await text.fill(typed + ours);
    await expect.poll(() => drawn.textContent(), { timeout: 30_000 }).toContain(shown);
  }
  expect(await page.evaluate("history.length")).toBe(pages);
  expect(await page.locator(".template-desk iframe").getAttribute("sandbox")).not.toMatch(
    /scripts|same-origin|forms/,
  );
}, 120_000);
