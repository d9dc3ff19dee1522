// Two stories that tell the same are put together by an editor without a mouse, and taken apart again; the mail of the morning has them once.
import { afterAll, expect, test } from "vitest";
import { keyboardOf, startDesk } from "../support/desk.ts";

const desk = await startDesk("2026-03-01T03:00:00Z");
afterAll(() => desk.close());

test("merging two stories by keyboard, splitting them, and merging them again by number", async () => {
  await desk.sections("سياسة", "اقتصاد", "ثقافة");
  await desk.confirmed("salma@example.org");
  const council = await desk.article({ title: "المجلس يقر الموازنة", sections: ["سياسة"], importance: 3 });
  const agency = { source_name: "وكالة الفنار", sections: ["سياسة"] };
  const budget = await desk.article({ title: "موازنة البلاد تمر بالأغلبية", importance: 2, ...agency });
  await desk.article({ title: "الليرة تستقر في السوق", sections: ["اقتصاد"], importance: 1 });
  await desk.article({ title: "معرض الكتاب يفتح أبوابه", sections: ["ثقافة"] });
  await desk.article({ title: "رصيف جديد في الميناء", sections: ["اقتصاد"] });

  const page = await desk.enter("mona@marsa.example", "editor");
  const keys = keyboardOf(page);
  const link = (name: string) => page.getByRole("link", { name, exact: true });
  const button = (name: string) => page.getByRole("button", { name });
  const said = () => page.locator(".notice-ok").textContent();

  await keys.press(link("الأخبار"));
  await keys.skip();
  await keys.type(page.getByRole("searchbox"), "موازنة");
  await keys.press(button("اعرض"));
  expect(await page.locator("main tbody tr").count()).toBe(2);
  await keys.press(link(council.title));

  await keys.skip();
  await keys.choose(page.getByRole("radio", { name: budget.title }));
  await keys.press(button("اجعلهما قصة واحدة"));
  expect(await said()).toContain("صارتا قصة واحدة");
  const tellers = page.locator("section[aria-labelledby=story] tbody tr");
  expect(await tellers.allTextContents()).toEqual([
    expect.stringContaining("المجلس يقر الموازنة"),
    expect.stringContaining("وكالة الفنار"),
  ]);

  await keys.press(page.locator("section[aria-labelledby=coming]").getByRole("link"));
  expect(await page.locator("h1").textContent()).toBe("لماذا هذا موضعه؟");
  expect(await page.locator(".notice").textContent()).toContain("موضعه 1");
  expect(await page.locator("ul.points").textContent()).toContain("ورد في مقالين");
  await keys.press(link("إلى الخبر"));

  await keys.tick(page.getByRole("checkbox", { name: budget.title }));
  await keys.press(button("أخرج المختار إلى قصة أخرى"));
  expect(await said()).toContain("خرجت الأخبار");
  expect(await page.locator("section[aria-labelledby=story]").textContent()).toContain(
    "لا يروي هذه القصة خبر آخر",
  );

  await keys.type(page.getByLabel("أو رقم خبر منها"), String(budget.id));
  await keys.press(button("اجعلهما قصة واحدة"));
  expect(await said()).toContain("صارتا قصة واحدة");
  const acts = (await desk.acts("mona@marsa.example")).filter((act) => act.startsWith("story-"));
  expect(acts).toEqual(["story-merge", "story-split", "story-merge"]);

  await desk.tickAt("2026-03-01T05:00:00Z");
  const { text } = await desk.smtp.read("salma@example.org");
  expect(text).toContain(council.title);
  expect(text).not.toContain(budget.title);
});
