// A reader's way through the site in a real browser, by keyboard: from the front page to the mail and out again.
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { startBrowser } from "../support/browser.ts";
import { found, startSite } from "../support/site.ts";

const [browser, site] = await Promise.all([startBrowser(), startSite()]);
afterAll(async () => {
  await browser.close();
  await site.close();
});
const newPage = async () => {
  const context = await browser.newContext({ javaScriptEnabled: false }); // there is none of ours to miss
  return context.newPage();
};
const subscribers = () => site.run("subscriber", "list", "--json");

test("she signs up, confirms and leaves without touching a mouse", async () => {
  const page = await newPage();
  await page.goto(site.origin);
  await tabTo(page, "#field-address");
  await page.keyboard.type("hala@example.org");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/subscribe");
  expect(await page.locator("main").textContent()).toContain("hala@example.org");

  const confirmation = await site.mailTo("hala@example.org");
  expect(await subscribers()).toContain('"address":"hala@example.org","state":"pending"');
  await page.goto(found(/(http:\S+\/confirm\/\S+)/u, confirmation.text ?? ""));
  expect(await subscribers(), "opening the link confirms nothing").toContain('"state":"pending"');
  await pressButton(page, "نعم، أكّد اشتراكي");
  expect(await page.locator("h1").textContent()).toBe("تمّ اشتراكك");
  expect(await subscribers()).toContain('"address":"hala@example.org","state":"confirmed"');
});

test("a link in the digest lets her out, and only when she says so", async () => {
  const page = await newPage();
  const digest = await site.mailTo("salma@readers.invalid");
  await page.goto(found(/(http:\S+\/unsubscribe\/\S+)/u, digest.text ?? ""));
  expect(await subscribers()).toContain('"address":"salma@readers.invalid","state":"confirmed"');
  await pressButton(page, "ألغِ اشتراكي");
  expect(await page.locator("h1").textContent()).toBe("أُلغي اشتراكك");
  expect(await subscribers()).toContain('"address":"salma@readers.invalid","state":"left"');
});

test("a mistake is told where it was made, and what she typed is kept", async () => {
  const page = await newPage();
  await page.goto(`${site.origin}/subscribe`);
  await tabTo(page, "#field-address");
  await page.keyboard.type("hala example.org");
  await page.keyboard.press("Enter");
  const field = page.locator("#field-address[aria-invalid=true]");
  await field.waitFor();
  expect(await field.inputValue()).toBe("hala example.org");
  const error = await field.getAttribute("aria-describedby");
  expect(await page.locator(`[id="${error}"]`).textContent()).toContain("اكتب العنوان وحده");
});

test("the first stop leads past the masthead, and is seen when it is reached", async () => {
  const page = await newPage();
  await page.goto(site.origin);
  const skip = page.locator(".skip");
  await page.keyboard.press("Tab");
  expect(await skip.evaluate((link) => link.ownerDocument.activeElement === link)).toBe(true);
  expect(await skip.evaluate((link) => link.ownerDocument.defaultView.getComputedStyle(link).clipPath)).toBe(
    "none",
  );
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const inMain = "the next stop is a link inside the content";
  expect(await page.locator("main a:focus, main input:focus").count(), inMain).toBe(1);
});

test("every stop of the keyboard on the front page can be seen", async () => {
  const page = await newPage();
  await page.goto(site.origin);
  const stops = await page.locator("a[href], button, input:not([type=hidden], [tabindex='-1'])").count();
  for (let stop = 0; stop < stops; stop++) {
    await page.keyboard.press("Tab");
    const seen = await page.locator("*:focus").evaluate((element): boolean => {
      const view = element.ownerDocument.defaultView;
      const { width, height } = element.getBoundingClientRect();
      // A story's link is ringed by its card.
      const ringed = [undefined, "::after"].some((part) => {
        const { outlineStyle, outlineWidth } = view.getComputedStyle(element, part);
        return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
      });
      return width > 1 && height > 1 && ringed;
    });
    expect(seen, await page.locator("*:focus").evaluate((element): string => element.outerHTML)).toBe(true);
  }
});

test("the language switch turns the page round, words and all, and is remembered", async () => {
  const page = await newPage();
  await page.goto(`${site.origin}/subscribe?from=footer`);
  expect(await face(page)).toEqual({ lang: "ar", dir: "rtl", title: "الاشتراك في النشرة" });
  await page.locator("a[hreflang=en]").click();
  expect(page.url()).toContain("from=footer");
  expect(await face(page)).toEqual({ lang: "en", dir: "ltr", title: "Subscribe to the newsletter" });
  await page.goto(`${site.origin}/subscribe`);
  expect(await face(page)).toEqual({ lang: "en", dir: "ltr", title: "Subscribe to the newsletter" });
  await page.locator("a[hreflang=ar]").click();
  expect(await face(page)).toEqual({ lang: "ar", dir: "rtl", title: "الاشتراك في النشرة" });
});

async function face(page: Page) {
  const html = page.locator("html");
  return {
    lang: await html.getAttribute("lang"),
    dir: await html.getAttribute("dir"),
    title: await page.locator("h1").textContent(),
  };
}

async function pressButton(page: Page, words: string): Promise<void> {
  await tabTo(page, "main button");
  expect(await page.locator("button:focus").textContent()).toBe(words);
  await page.keyboard.press("Enter");
  await page.locator(".notice-ok").waitFor();
}

/** Goes on by the Tab key until the element has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let stops = 0; stops < 60; stops++) {
    await page.keyboard.press("Tab");
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
  }
  throw new Error(`The keyboard does not reach ${selector}.`);
}
