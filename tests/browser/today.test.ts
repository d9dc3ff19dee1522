// The page of today, open in a browser while an issue is under way: it follows what happens, without being asked for again.
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startBrowser } from "../support/browser.ts";
import { bodyAbout } from "../support/nashra.ts";
import { startSite } from "../support/site.ts";

const [browser, site] = await Promise.all([startBrowser(), startSite()]);
afterAll(async () => {
  await browser.close();
  await site.close();
});

test("an issue that waits is seen to be called off, and then nothing is asked for any more", async () => {
  const file = join(tmpdir(), `today-${process.pid}.json`);
  const titles = [
    "عاد القطار",
    "المجلس يقر الموازنة",
    "معرض الكتاب يفتح أبوابه",
    "الليرة تستقر",
    "رصيف جديد",
  ];
  const articles = titles.map((title) => ({
    external_id: title,
    title,
    body_html: bodyAbout(title),
    sections: ["اقتصاد"],
  }));
  await writeFile(file, JSON.stringify(articles));
  await site.run("import", file);
  const soon = Temporal.Now.zonedDateTimeISO("UTC").add({ hours: 6 });
  const at = `morning=${soon.toPlainTime().toString({ smallestUnit: "minute" })}`;
  const days = "mon,tue,wed,thu,fri,sat,sun";
  await site.run("digest", "set", "daily", "--zone", "UTC", "--days", days, "--at", at);
  await site.run("digest", "set", "daily", "--approval", "skip", "--build-ahead", "720");
  await site.run("tick");

  const page = await browser.newPage({ locale: "ar-SY" });
  await page.goto(site.signIn);
  await page.locator("main button").click();
  await page.waitForURL("**/newsroom");
  const live = page.locator("[data-live]");
  expect(await live.textContent()).toContain("ينتظر الموافقة");
  const mark = "window.sameDocument = true";
  await page.evaluate(mark);
  const href = await live
    .locator('[aria-labelledby="coming"] a[href*="/newsroom/issues/"]')
    .first()
    .getAttribute("href");
  const name = decodeURIComponent(href ?? "").replace("/newsroom/issues/", "");
  await site.run("issue", "cancel", name, "--reason", "خطأ في العدد");
  await expect.poll(() => live.textContent(), { timeout: 30_000 }).toContain("أُلغي، والسبب: خطأ في العدد");
  expect(await page.evaluate<boolean>("window.sameDocument === true")).toBe(true);
  await page.close();
});
