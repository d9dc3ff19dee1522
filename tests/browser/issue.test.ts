// The page of an issue in a browser: stories are put in order by dragging, by the arrow keys, and without any script; and a test is sent.
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser } from "../support/browser.ts";
import { bodyAbout } from "../support/nashra.ts";
import { startSite } from "../support/site.ts";

const [browser, site] = await Promise.all([startBrowser(), startSite()]);
afterAll(async () => {
  await browser.close();
  await site.close();
});

const titles = ["عاد القطار", "المجلس يقر الموازنة", "معرض الكتاب يفتح أبوابه", "الليرة تستقر", "رصيف جديد"];
const context = await browser.newContext({ locale: "ar-SY", viewport: { width: 375, height: 740 } });
const page = await context.newPage();
let address = "";

beforeAll(async () => {
  const file = join(tmpdir(), `issue-${process.pid}.json`);
  const articles = titles.map((title) => ({
    external_id: title,
    title,
    body_html: bodyAbout(title),
    sections: ["اقتصاد"],
  }));
  await writeFile(file, JSON.stringify(articles));
  await site.run("import", file);
  await page.goto(site.signIn);
  await page.locator("main button").click();
  await page.waitForURL("**/newsroom");
  await page.goto(`${site.origin}/newsroom/issues`);
  await go(() => page.locator('[aria-labelledby="coming"] a').first().click());
  address = page.url();
});

const order = (of: Page = page) => of.locator(".order .order-title").allTextContents();
/** Does what leads to another page, and waits for that. */
async function go(act: () => Promise<void>, of: Page = page): Promise<void> {
  await Promise.all([of.waitForEvent("load"), act()]);
}
const saved = async () => {
  await go(() => page.locator("[data-order-save] button").click());
  return order();
};

test("a story is dragged by its handle to the top, and saved", async () => {
  const before = await order();
  expect(before.length).toBeGreaterThan(3);
  const handles = page.locator("[data-order-handle]");
  await handles.nth(2).scrollIntoViewIfNeeded();
  const from = await handles.nth(2).boundingBox();
  const to = await page.locator(".order > li").nth(1).boundingBox();
  if (!from || !to) throw new Error("Nothing is shown.");
  expect(await page.locator("[data-order-save]").isVisible()).toBe(false);
  await page.mouse.move(from.x + 10, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(from.x + 10, to.y + to.height / 2, { steps: 8 });
  await page.mouse.move(from.x + 10, to.y + 5, { steps: 4 });
  await page.mouse.up();
  const wanted = await order();
  expect(wanted.indexOf(before[2] ?? "")).toBeLessThan(2);
  expect(await page.locator("[data-order-said]").textContent()).toMatch(/صار مكانه \d من/);
  expect(await saved()).toEqual(wanted);
});

test("by the keyboard alone: arrows on the handle, which keeps the focus, then save", async () => {
  await page.goto(address);
  const [first, second, ...others] = await order();
  await page.locator("[data-order-handle]").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  expect(await page.evaluate<boolean>("document.activeElement.matches('[data-order-handle]')")).toBe(true);
  const wanted = [second, first, ...others];
  expect(await order()).toEqual(wanted);
  await page.locator("[data-order-save] button").focus();
  await go(() => page.keyboard.press("Enter"));
  expect(await order()).toEqual(wanted);
});

test("without a script: a number and the Enter key, or a button", async () => {
  const bare = await browser.newContext({
    storageState: await context.storageState(),
    javaScriptEnabled: false,
    locale: "ar-SY",
  });
  const it = await bare.newPage();
  await it.goto(address);
  const before = await order(it);
  expect(await it.locator("[data-order-handle]").first().isVisible()).toBe(false);
  await it.locator(".order-acts [name=place]").nth(2).fill("1");
  await go(() => it.keyboard.press("Enter"), it);
  const [one, two, three, ...others] = before;
  expect(await order(it)).toEqual([three, one, two, ...others]);
  await go(() => it.locator('.order-acts [value="down"]').first().click(), it);
  expect(await order(it)).toEqual([one, three, two, ...others]);
  await bare.close();
});

test("a colleague was quicker: both versions stand on the page, and one's own is taken over by hand", async () => {
  await page.goto(address);
  const other = await context.newPage();
  await other.goto(address);
  const before = await order();
  await page.locator("[data-order-handle]").first().focus();
  await page.keyboard.press("ArrowDown");
  const wanted = await order();
  await go(() => other.locator('.order-acts [value="up"]').nth(3).click(), other);
  const theirs = await order(other);
  expect(theirs).not.toEqual(before);
  await go(() => page.locator("[data-order-save] button").click());
  const lists = page.locator(".order-list");
  const titlesIn = (n: number) => lists.nth(n).locator("li").allTextContents();
  expect([await titlesIn(0), await titlesIn(1)]).toEqual([theirs, wanted]);
  await go(() => page.locator("main form button").first().click());
  expect(await order()).toEqual(wanted);
});

test("a test is sent from the preview, and says what the server said", async () => {
  await page.goto(`${address.split(/[?#]/)[0]}/preview`);
  await page.locator("#field-to").fill("desk@marsa.example");
  await go(() => page.locator('form[action$="/test"] button').click());
  expect(await page.locator("main table").first().textContent()).toContain("desk@marsa.example");
  expect(await page.locator("main .badge-ok").first().textContent()).toContain("قبلها الخادم");
});
