// A list of people who agreed elsewhere: chosen, looked at, taken over, watched to its end. Nobody who was shut out is mailed again.
import { readFile } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { keyboardOf, startDesk } from "../support/desk.ts";

const desk = await startDesk("2026-03-01T03:00:00Z");
afterAll(() => desk.close());

/** From its n-th chunk on an import waits until it is let go. */
function slowDisk(n: number) {
  const { batch } = desk.database;
  const waiting = Promise.withResolvers<void>();
  let chunks = 0;
  desk.database.batch = async (statements) => {
    if (statements.some(({ sql }) => sql.startsWith("update imports")) && ++chunks >= n)
      await waiting.promise;
    return batch(statements);
  };
  return {
    goesOn() {
      desk.database.batch = batch;
      waiting.resolve();
    },
  };
}

const csv = (name: string, text: string) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

/** So many that they go in by several chunks. */
const many = Array.from({ length: 2500 }, (_, i) => `reader${i}@example.org;قارئ;ar;`);
const list = [
  "البريد الإلكتروني;الاسم;اللسان;ملاحظات",
  "hala@example.org;هالة;en;",
  "not an address;؟;ar;",
  "HALA@example.org;هالة;ar;مرة أخرى",
  "blocked@example.org;باسم;ar;",
  "left@example.org;ليلى;ar;",
  "salma@example.org;سلمى;ar;",
  ...many,
].join("\r\n");

test("a list is imported by keyboard, without script, and who was shut out stays out", async () => {
  const page = await desk.enter("rima@marsa.example", "administrator", { javaScriptEnabled: false });
  const keys = keyboardOf(page);
  const link = (name: string) => page.getByRole("link", { name, exact: true });
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const row = (name: string) => page.locator("main tr", { hasText: name }).first().textContent();
  const fact = (name: string) =>
    page
      .locator("main dl > *", { has: page.locator("dt", { hasText: name }) })
      .locator("dd")
      .textContent();

  await desk.confirmed("salma@example.org", "left@example.org");
  const left_at = desk.at().epochMilliseconds;
  await desk.subscription("left@example.org", { state: "left", left_by: "one-click", left_at });

  await keys.press(link("المشتركون"));
  await keys.press(link("الممنوعون"));
  await keys.skip();
  await keys.type(page.locator("#field-address"), "blocked@example.org");
  await keys.press(button("امنعه"));

  await keys.press(link("الاستيراد"));
  const offer = async (file: ReturnType<typeof csv>) => {
    await keys.skip();
    await keys.file(page.getByLabel("الملف"), file);
    await keys.type(page.getByLabel("كيف وافقوا"), "استمارة معرض الكتاب، أيار 2026");
    await keys.press(button("عاين القائمة"));
  };
  await offer(csv("ميزانية.csv", "البند;المبلغ\r\nورق;400\r\n"));
  expect(await page.locator(".field-error").textContent()).toContain("لا تُقرأ هذه القائمة");
  expect(await page.getByLabel("كيف وافقوا").inputValue()).toBe("استمارة معرض الكتاب، أيار 2026");

  await offer(csv("معرض الكتاب.csv", list));
  expect(await page.locator("h1").textContent()).toBe("معاينة القائمة");
  const readFrom = (heading: string) => page.getByLabel(`ما نقرؤه من \u2068${heading}\u2069`);
  const meaning = (heading: string) => readFrom(heading).locator("option:checked").textContent();
  expect(await meaning("البريد الإلكتروني")).toBe("العنوان");
  expect(await meaning("اللسان")).toBe("لا نأخذ منه شيئًا");
  await keys.select(readFrom("اللسان"), "العنوان");
  await keys.press(button("عاين بهذا الفهم"));
  expect(await page.locator(".notice-error").textContent()).toContain("أكثر من عمود لشيء واحد: «العنوان»");
  await keys.select(readFrom("اللسان"), "اللغة");
  await keys.press(button("عاين بهذا الفهم"));
  expect(await meaning("اللسان")).toBe("اللغة");
  expect(await fact("يُضافون")).toBe("2,501");
  expect(await row("مكرّر")).toContain("1");
  expect(await row("ترك هذه النشرة")).toContain("1");
  expect(await row("أوقفته المؤسسة")).toContain("1");
  expect(await row("مرفوض")).toContain("1");

  const slow = slowDisk(2);
  await keys.skip();
  await keys.press(button("استوردها"));
  expect(await page.locator("main .notice").textContent()).toContain("الاستيراد جارٍ");
  expect(await fact("الأسطر")).toBe("2,000 من 2,507");
  slow.goesOn();
  await page.getByText("انتهى الاستيراد").waitFor();
  expect(await fact("أُضيفوا")).toBe("2,501");
  expect(await page.locator("script").count()).toBe(0);

  await keys.skip();
  await keys.tabTo(button("نزّل التقرير"));
  const [report] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  const text = await readFile(await report.path(), "utf8");
  expect(text.trim().split("\n")).toHaveLength(6);
  expect(text).toContain("blocked@example.org");

  await keys.press(link("المشتركون").nth(1));
  const found = async (address: string) => {
    await keys.skip();
    await keys.type(page.getByRole("searchbox"), address);
    await keys.press(button("ابحث"));
    return page.locator("main tbody").allTextContents();
  };
  expect(await found("hala@example.org")).toEqual([expect.stringMatching(/مشترك.*الإنكليزية/u)]);
  expect(await found("blocked@example.org")).toEqual([]);
  await found("left@example.org");
  await keys.press(link("left@example.org"));
  expect(await row("نشرة اليوم")).toContain("ألغاها");
});
