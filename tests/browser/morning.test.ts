// The morning at the desk: an editor signs in, looks at the issue that waits, puts it right, approves it, and watches it go.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { createLoginLink } from "../../src/accounts/index.ts";
import { digestBySlug, setApproval } from "../../src/digests/index.ts";
import { giveAuthenticator } from "../support/browser.ts";
import { startDesk } from "../support/desk.ts";

const mona = "mona@marsa.example";
const path = "/newsroom/issues/daily/2026-03-01-morning";
const name = "daily/2026-03-01-morning";
const readers = [
  "salma@example.org",
  "karim@example.org",
  "hala+once451@example.org",
  "gone+r550@example.org",
];
const titles = {
  council: "المجلس يقر الموازنة",
  lira: "الليرة تستقر في السوق",
  fair: "معرض الكتاب يفتح أبوابه",
  train: "عاد القطار",
};

/** A newsroom at six in the morning: the issue of seven o'clock is built, and waits for an editor. */
async function startMorning() {
  const desk = await startDesk("2026-03-01T03:00:00Z");
  await desk.sections("سياسة", "اقتصاد", "ثقافة", "مدن");
  await desk.confirmed(...readers, "away@example.org");
  const paused_until = desk.at().add({ hours: 48 }).epochMilliseconds;
  await desk.subscription("away@example.org", { state: "paused", paused_until });
  await desk.article({ title: titles.council, sections: ["سياسة"], importance: 3 });
  await desk.article({ title: titles.lira, sections: ["اقتصاد"], importance: 2 });
  await desk.article({ title: titles.fair, sections: ["ثقافة"], importance: 1 });
  await desk.article({ title: titles.train, sections: ["مدن"] });
  const digest = await digestBySlug(desk.database.db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  const rule = { aheadMinutes: 60, deadlineMinutes: 30, unanswered: "skip" } as const;
  await desk.database.batch(setApproval(desk.database.db, digest.id, rule));
  await desk.tickAt("2026-03-01T04:00:00Z");
  return { ...desk, [Symbol.asyncDispose]: desk.close };
}

/** What the newsroom sees of it on its way, and what became of it; the issue was approved. */
async function watched(desk: Awaited<ReturnType<typeof startMorning>>, page: Page) {
  const live = page.locator("[data-live]");
  await page.evaluate("window.sameDocument = true");
  await desk.tickAt("2026-03-01T05:00:00Z");
  await expect.poll(() => live.textContent(), { timeout: 30_000 }).toContain("قبلت الخوادم 2 من 4");
  expect(await live.textContent()).toContain("مقبولة 2، مرجأة 1، مرفوضة 1");
  await desk.tickAt("2026-03-01T05:20:00Z");
  await expect.poll(() => live.textContent(), { timeout: 30_000 }).toContain("قبلت الخوادم 3 من 4");
  expect(await page.evaluate<boolean>("window.sameDocument === true"), "the page stayed").toBe(true);
}

/** The accounting on the issue's page, and the servers' words. */
async function accounted(page: Page) {
  expect(await page.locator("main .badge").first().textContent()).toBe("أُرسل");
  const account = await page.locator("section[aria-labelledby=account]").textContent();
  expect(account).toContain("المرشحون 5 = الرسائل 4 + المستثنون 1");
  expect(await page.locator("main").textContent()).toContain("no such reader here");
}

/** The titles of the stories of a mail, in their order. */
function orderIn(text: string): string[] {
  const found = Object.values(titles).filter((title) => text.includes(title));
  return found.sort((a, b) => text.indexOf(a) - text.indexOf(b));
}

test("by passkey and mouse: seen, looked at, approved, watched, arrived", async () => {
  await using desk = await startMorning();
  const page = await desk.visitor(mona, "editor");
  await giveAuthenticator(page);
  const press = async (name: string) => {
    const control = page.getByRole("button", { name }).or(page.getByRole("link", { name }));
    await Promise.all([page.waitForEvent("load"), control.first().click()]);
  };
  // Some day before: her device is registered.
  const link = await createLoginLink(desk.database, mona, desk.at());
  await page.goto(`${desk.origin}/newsroom/login/${link}`);
  await page.locator("main form button").click();
  await page.waitForURL("**/newsroom");
  await page.goto(`${desk.origin}/newsroom/account/passkeys/new`);
  await page.getByLabel("سمِّ هذا المفتاح").fill("هاتفي");
  await page.getByRole("button", { name: "سجّل هذا الجهاز" }).click();
  await page.waitForURL("**/newsroom/account?done=passkey");
  await press("خروج");

  await page.goto(`${desk.origin}/newsroom`);
  await page.getByRole("button", { name: "ادخل بمفتاح مرور" }).click();
  await page.waitForURL("**/newsroom");
  expect(await page.locator("[data-live]").textContent()).toContain("ينتظر الموافقة");
  await press("انظر إليه ووافق عليه");
  expect(new URL(page.url()).pathname).toBe(path);

  desk.wait({ minutes: 40 }); // she looked at it for long: who sends to all shows once more who they are
  await press("وافق على هذه الصيغة");
  expect(await page.locator("h1").textContent()).toBe("أكّد أنك أنت");
  await page.getByRole("button", { name: "ادخل بمفتاح مرور" }).click();
  await page.waitForURL(`**${path}`);
  expect(await desk.issue(name)).toMatchObject({ state: "built", approvedBy: mona });

  await press("اليوم");
  await watched(desk, page);
  await Promise.all([
    page.waitForEvent("load"),
    page.locator(`[data-live] a[href="${path}"]`).first().click(),
  ]);
  await accounted(page);
  const mail = await desk.smtp.read("salma@example.org");
  expect(mail.subject).toBe(titles.council);
  expect(orderIn(mail.text ?? "")).toEqual([titles.council, titles.lira, titles.fair, titles.train]);
  expect(await desk.acts(mona)).toEqual(expect.arrayContaining(["passkey-add", "sign-in", "issue-approve"]));
});
