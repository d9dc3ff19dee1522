// Breaking news from a phone: by thumb from the page of today to the mail in a reader's box.
import { afterAll, expect, test } from "vitest";
import { startDesk } from "../support/desk.ts";
import { stickingOut } from "./measure.ts";

const desk = await startDesk("2026-03-01T09:00:00Z");
afterAll(() => desk.close());

test("breaking news from a phone: chosen, looked at, confirmed by a mailed link, sent, arrived", async () => {
  await desk.sections("سياسة", "اقتصاد");
  await desk.confirmed("salma@example.org", "karim@example.org", "away@example.org");
  const paused_until = desk.at().add({ hours: 48 }).epochMilliseconds;
  await desk.subscription("away@example.org", { state: "paused", paused_until });
  await desk.article({ title: "الليرة تستقر في السوق", sections: ["اقتصاد"] });
  const quake = await desk.article({ title: "هزة أرضية في الجبل", sections: ["سياسة"] });
  await desk.article({ title: "رصيف جديد في الميناء", sections: ["اقتصاد"] });

  const mona = "mona@marsa.example";
  const phone = { viewport: { width: 375, height: 740 }, isMobile: true, hasTouch: true };
  const page = await desk.enter(mona, "editor", phone);
  desk.wait({ minutes: 40 }); // she was on her way: the session is not fresh any more
  const main = page.locator("main");
  const tap = async (name: string) => {
    expect(await stickingOut(page)).toEqual([]);
    const control = main.getByRole("button", { name }).or(main.getByRole("link", { name }));
    await Promise.all([page.waitForEvent("load"), control.tap()]);
  };
  const heading = () => page.locator("h1").textContent();

  await page.goto(`${desk.origin}/newsroom`);
  await tap("خبر عاجل");
  await page.getByText(quake.title).tap();
  await tap("انظر قبل الإرسال");
  expect(await heading()).toBe("أكّد أنك أنت");
  await tap("أرسل لي رابط");
  const tab = await page.context().newPage();
  await tab.goto(await desk.linkTo(mona, "/newsroom/login/"));
  await tab.locator("main form button").tap();
  await tab.waitForURL("**/newsroom");
  await tab.close();
  await tap("دخلت");

  expect(await heading()).toBe("تأكيد الإرسال");
  expect(await page.locator("main").textContent()).toContain(`عاجل: ${quake.title}`);
  expect(await page.locator("main strong").textContent()).toBe("2");
  expect(desk.smtp.to("salma@example.org")).toEqual([]);
  await tap("أرسله الآن");
  await expect
    .poll(
      async () => {
        await page.reload();
        return page.locator("main .badge").first().textContent();
      },
      { timeout: 20_000 },
    )
    .toBe("أُرسل");
  expect(await page.locator("section[aria-labelledby=account]").textContent()).toContain(
    "المرشحون 3 = الرسائل 2 + المستثنون 1",
  );
  expect(await stickingOut(page)).toEqual([]);
  for (const reader of ["salma@example.org", "karim@example.org"]) {
    expect(desk.smtp.to(reader)).toHaveLength(1);
    const mail = await desk.smtp.read(reader);
    expect(mail.subject).toBe(`عاجل: ${quake.title}`);
    expect(mail.html).toContain(quake.title);
  }
  expect(await desk.acts(mona)).toContain("issue-breaking");
});
