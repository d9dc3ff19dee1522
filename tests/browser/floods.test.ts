// What a reader meets when a program floods the sign-up from the same network: a browser that does a sum, and one press.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser } from "../support/browser.ts";
import { startSite } from "../support/site.ts";
import { judge } from "./axe.ts";

const [browser, site] = await Promise.all([startBrowser(), startSite()]);
afterAll(async () => {
  await browser.close();
  await site.close();
});

beforeAll(async () => {
  for (let i = 0; i < 20; i++) {
    const body = new URLSearchParams({ address: `victim${i}@paper${i}.example` });
    expect((await fetch(`${site.origin}/subscribe`, { method: "POST", body })).status).toBe(200);
  }
});

async function signUp(
  address: string,
  options: Parameters<Browser["newContext"]>[0],
  language = "ar",
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 320, height: 700 }, ...options });
  const page = await context.newPage();
  await page.goto(`${site.origin}/subscribe?lang=${language}`);
  await page.locator("#field-address").fill(address);
  await page.locator("#field-address").press("Enter");
  await page.locator("form[data-challenge]").waitFor();
  return page;
}

/** Waits until the script has put its answer into the form; before it ran, the button is as without script. */
const solved = (page: Page) => page.locator("input[name=answer][value^='{']").waitFor({ state: "attached" });

test.each([
  {
    language: "ar",
    title: "بقيت خطوة صغيرة",
    told: "تمّ التحقّق. اضغط الزرّ لإكمال الاشتراك.",
    done: "راجع بريدك",
  },
  {
    language: "en",
    title: "One small step left",
    told: "Checked. Press the button to finish.",
    done: "Check your mail",
  },
])(
  "in $language, the browser solves it, says so, and one press finishes",
  async ({ language, title, told, done }) => {
    const page = await signUp(`hala-${language}@example.org`, {}, language);
    const faults: string[] = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    expect(await page.locator("h1").textContent()).toBe(title);
    const status = page.locator("[role=status]");
    await solved(page);
    expect(await status.textContent()).toBe(told);
    expect((await judge(page)).faults).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits 320 px").toBe(
      true,
    );
    await page.locator("form[data-challenge] button").press("Enter");
    await page.locator("h1", { hasText: done }).waitFor();
    await site.mailTo(`hala-${language}@example.org`);
    expect(faults).toEqual([]);
  },
);

test("a slip of the keyboard is asked about, and the answer survives the challenge", async () => {
  const context = await browser.newContext({ viewport: { width: 320, height: 700 } });
  const page = await context.newPage();
  await page.goto(`${site.origin}/subscribe?lang=ar`);
  await page.locator("#field-address").fill("hala@لةشهمزؤخة");
  await page.locator("#field-address").press("Enter");
  await page.locator("h1", { hasText: "هل العنوان صحيح؟" }).waitFor();
  expect((await judge(page)).faults).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits 320 px").toBe(
    true,
  );
  await page.locator("button[value='hala@gmail.com']").press("Enter");
  await solved(page);
  await page.locator("form[data-challenge] button").press("Enter");
  await page.locator("h1", { hasText: "راجع بريدك" }).waitFor();
  await site.mailTo("hala@gmail.com");
});

test("without JavaScript the page says what to do, and the button leads back to it until there is room", async () => {
  const page = await signUp("hala-quiet@example.org", { javaScriptEnabled: false });
  const said = await page.locator("[role=status]").textContent();
  expect(said).toMatch(/JavaScript.*دقيقة/);
  await page.locator("form[data-challenge] button").press("Enter");
  await page.locator("form[data-challenge]").waitFor();
  expect(await page.locator("input[name=address]").getAttribute("value")).toBe("hala-quiet@example.org");
});
