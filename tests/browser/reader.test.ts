// A reader's way through the site in a real browser, by keyboard: from the front page to the mail and out again.
import { createServer } from "node:http";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser } from "../support/browser.ts";
import { found, startSite } from "../support/site.ts";

const [browser, site] = await Promise.all([startBrowser(), startSite()]);
afterAll(async () => {
  await browser.close();
  await site.close();
});
const newPage = async (language: "ar" | "en" = "ar") => {
  const context = await browser.newContext({ javaScriptEnabled: false }); // there is none of ours to miss
  await context.addCookies([{ name: "nashra_language", value: language, url: site.origin }]);
  return context.newPage();
};
const subscribers = () => site.run("subscriber", "list", "--json");

/** What she reads on the way, in each language. */
const ways = {
  ar: {
    asked: "راجع بريدك",
    confirm: "نعم، أكّد اشتراكي",
    confirmed: "تمّ اشتراكك",
    sports: "رياضة",
    save: "احفظ تفضيلاتي",
    saved: "حُفظت تفضيلاتك.",
    sections: "الأقسام: 6 أقسام من 7",
    pause: "أوقفها مؤقتًا",
    paused: "نشراتك متوقفة حتى",
    resume: "استأنف الآن",
    resumed: "عادت نشراتك كما كانت.",
    leave: "ألغِ اشتراكي",
    left: "أُلغي اشتراكك",
    undo: "تراجع: أعِد اشتراكي كما كان",
    returned: "عاد اشتراكك",
  },
  en: {
    asked: "Check your mail",
    confirm: "Yes, subscribe me",
    confirmed: "You are subscribed",
    sports: "Sports",
    save: "Save my preferences",
    saved: "Your preferences are saved.",
    sections: "Sections: 6 of 7",
    pause: "Pause them",
    paused: "Your newsletters are paused until",
    resume: "Resume now",
    resumed: "Your newsletters come as before.",
    leave: "Unsubscribe me",
    left: "You are unsubscribed",
    undo: "Undo: subscribe me as before",
    returned: "You are subscribed again",
  },
} as const;

test("she signs up, confirms, changes her sections, pauses, leaves and comes back, by keyboard alone, in either language", async () => {
  const languages = ["ar", "en"] as const;
  for (const language of languages) await comesIn(language);
  await site.run("digest", "send", "daily");
  for (const language of languages) await choosesAndLeaves(language);
});

async function comesIn(language: "ar" | "en") {
  const words = ways[language];
  const address = `hala-${language}@example.org`;
  const page = await newPage(language);
  await page.goto(site.origin);
  await tabTo(page, "#field-address");
  await page.keyboard.type(address);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/subscribe");
  expect(await page.locator("h1").textContent()).toBe(words.asked);
  expect(await page.locator("main").textContent()).toContain(address);

  const confirmation = await site.mailTo(address);
  const pending = `"address":"${address}","state":"pending"`;
  expect(await subscribers()).toContain(pending);
  await page.goto(found(/(http:\S+\/confirm\/\S+)/u, confirmation.text ?? ""));
  expect(await subscribers(), "opening the link confirms nothing").toContain(pending);
  await press(page, words.confirm);
  expect(await page.locator("h1").textContent()).toBe(words.confirmed);
  expect(await subscribers()).toContain(`"address":"${address}","state":"confirmed"`);
}

async function choosesAndLeaves(language: "ar" | "en") {
  const words = ways[language];
  const address = `hala-${language}@example.org`;
  const page = await newPage(language);
  const title = () => page.locator("h1").textContent();
  const digest = await site.mailTo(address, "/unsubscribe/");
  const preferences = found(/(http:\S+\/preferences\/\S+)/u, digest.text ?? "");
  await page.goto(preferences);
  await tabTo(page, "summary");
  await page.keyboard.press("Enter");
  await tabTo(page, `label:has-text("${words.sports}") input`);
  await page.keyboard.press("Space");
  await press(page, words.save);
  expect(await page.locator("[role=status]").textContent()).toBe(words.saved);
  expect(await page.locator("summary").textContent()).toBe(words.sections);

  await press(page, words.pause);
  expect(await page.locator("[role=status]").textContent()).toContain(words.paused);
  await press(page, words.resume);
  expect(await page.locator("[role=status]").textContent()).toBe(words.resumed);

  await page.goto(found(/(http:\S+\/unsubscribe\/\S+)/u, digest.text ?? ""));
  await press(page, words.leave);
  expect(await title()).toBe(words.left);
  expect(await subscribers()).toContain(`"address":"${address}","state":"left"`);
  await press(page, words.undo);
  expect(await title()).toBe(words.returned);
  expect(await subscribers()).toContain(`"address":"${address}","state":"confirmed"`);
  await page.goto(preferences);
  expect(await page.locator("summary").textContent(), "as it was").toBe(words.sections);
}

describe("the form on another site", () => {
  /** A server of somebody else's, whose every page holds what `nashra subscriber form` prints. */
  const blog = createServer(async (_, reply) => {
    const { en } = JSON.parse(await site.run("subscriber", "form", "--json"));
    reply.setHeader("Content-Type", "text/html");
    reply.end(`<!doctype html><html lang="en"><title>Blog</title>${en}</html>`);
  });
  let origin = "";
  beforeAll(async () => {
    await new Promise<void>((listening) => blog.listen(0, "127.0.0.1", listening));
    const address = blog.address();
    origin = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  });
  afterAll(() => new Promise((closed) => blog.close(closed)));

  test("without scripts leads to our page", async () => {
    const page = await newPage("en");
    await page.goto(`${origin}/post`);
    await page.keyboard.press("Tab");
    await page.keyboard.type("noscript@example.org");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${site.origin}/subscribe`);
    expect(await page.locator("h1").textContent()).toBe("Check your mail");
    await site.mailTo("noscript@example.org");
  });

  const withScript = async (answer: { status: number; contentType?: string; body: string }) => {
    const page = await (await browser.newContext()).newPage();
    const posts: string[] = [];
    await page.route(`${site.origin}/subscribe`, (route) => {
      const request = route.request();
      posts.push(request.headers()["accept"] ?? "");
      return request.isNavigationRequest()
        ? route.continue()
        : route.fulfill({
            headers: { "Access-Control-Allow-Origin": "*" },
            contentType: "application/json",
            ...answer,
          });
    });
    await page.goto(`${origin}/post`);
    await page.locator("[name=address]").fill("script@example.org");
    await page.keyboard.press("Enter");
    return { page, posts };
  };

  test("with our script says there what came of it", async () => {
    const { page } = await withScript({ status: 200, body: '{"ok":true,"message":"Check your mail."}' });
    await page.locator("[role=status]:has-text('Check your mail.')").waitFor();
    expect(page.url()).toBe(`${origin}/post`);
    expect(await page.locator("[name=address]").inputValue()).toBe("");
  });

  test("keeps what was typed where it must be mended, and leads there", async () => {
    const { page } = await withScript({ status: 422, body: '{"ok":false,"message":"No @ in it."}' });
    await page.locator("[role=status]:has-text('No @ in it.')").waitFor();
    const field = page.locator("[name=address][aria-invalid=true]:focus");
    expect(await field.inputValue()).toBe("script@example.org");
  });

  test.each([
    ["a question comes first", 429, '{"ok":false,"message":"Wait."}'],
    ["the answer is no JSON", 502, "<h1>Bad gateway</h1>"],
  ])("and leads to our page where %s", async (_, status, body) => {
    const { page, posts } = await withScript({ status, body });
    await page.waitForURL(`${site.origin}/subscribe`);
    expect(posts).toHaveLength(2);
  });
});

test("a link in the digest lets her out, and only when she says so", async () => {
  const page = await newPage();
  const digest = await site.mailTo("salma@readers.invalid");
  await page.goto(found(/(http:\S+\/unsubscribe\/\S+)/u, digest.text ?? ""));
  expect(await subscribers()).toContain('"address":"salma@readers.invalid","state":"confirmed"');
  await press(page, "ألغِ اشتراكي");
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
  const stops = await page
    .locator(
      "a[href]:visible, button:visible, summary:visible, input:visible:not([type=hidden], [tabindex='-1'])",
    )
    .count();
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

/** Goes to the button of these words and presses it. */
async function press(page: Page, words: string): Promise<void> {
  await tabTo(page, `main button:text-is("${words}")`);
  const answered = page.waitForResponse(
    (answer) => answer.request().isNavigationRequest() && answer.status() === 200,
  );
  await page.keyboard.press("Enter");
  await answered;
  await page.waitForLoadState();
}

/** Goes on by the Tab key until the element has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let stops = 0; stops < 60; stops++) {
    await page.keyboard.press("Tab");
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
  }
  throw new Error(`The keyboard does not reach ${selector}.`);
}
