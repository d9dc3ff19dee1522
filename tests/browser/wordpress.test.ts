// A WordPress becomes a source: looked at, added, its categories led to the paper's own sections, read again from its beginning.
import { afterAll, expect, test } from "vitest";
import { startWordPress } from "../../src/sources/wordpress/site.fixture.ts";
import { keyboardOf, startDesk } from "../support/desk.ts";

const [desk, site] = await Promise.all([startDesk("2026-11-24T06:00:00Z"), startWordPress()]);
afterAll(async () => {
  await desk.close();
  await site.close();
});

/** It stands in the markets there, and nowhere else. */
const gold = "الذهب يرتفع والدولار يتراجع في تعاملات الخميس";

test("a WordPress is added by keyboard, its markets led to the economy, and its articles are there", async () => {
  await desk.sections("اقتصاد", "سياسة");
  const page = await desk.enter("rima@marsa.example", "administrator");
  const keys = keyboardOf(page);
  const link = (name: string) => page.getByRole("link", { name, exact: true });
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const brought = page.locator("section[aria-labelledby=runs] tbody tr");
  /** Looks again until a run is over. */
  const untilRuns = (n: number) =>
    expect
      .poll(
        async () => {
          await page.reload();
          return brought.count();
        },
        { timeout: 30_000 },
      )
      .toBe(n);

  await keys.press(link("المصادر"));
  await keys.skip();
  await keys.press(link("أضف مصدرًا"));
  await keys.skip();
  await keys.type(page.getByLabel("عنوانه"), "موقع المرفأ");
  await keys.press(button("انظر ما فيه"));
  expect(await page.locator(".field-error").textContent()).toContain("ليس هذا عنوانًا على الشبكة");
  await keys.type(page.getByLabel("عنوانه"), site.home.href);
  await keys.type(page.getByLabel("اسمه عندنا"), "harbour");
  await keys.press(button("انظر ما فيه"));
  expect(await page.locator("h1").textContent()).toBe("هذا ما فيه");
  expect(await page.locator("main dl").textContent()).toContain("أسواق");
  expect(await page.locator("main tbody tr").count()).toBeGreaterThan(5);
  await keys.skip();
  await keys.press(button("أضفه"));
  expect(await page.locator(".notice-ok").textContent()).toContain("أُضيف");
  await untilRuns(1);
  expect(await brought.textContent()).toMatch(/\d+ جديد/);

  const markets = page.getByRole("form", { name: /^يذهب إلى .*أسواق/u });
  await keys.skip();
  await keys.select(markets.getByRole("combobox"), "اقتصاد");
  await keys.press(markets.getByRole("button", { name: "احفظ" }));
  expect(await page.locator(".notice-ok").textContent()).toContain("حُفظ");
  expect(await markets.getByRole("combobox").locator("option:checked").textContent()).toBe("اقتصاد");

  await keys.skip();
  await keys.tick(page.getByRole("checkbox", { name: "من أوله" }));
  await keys.press(button("اقرأه الآن"));
  await untilRuns(2);
  expect(await brought.first().textContent()).toMatch(/\d+ معدّل/);

  await keys.press(link("الأخبار"));
  const rows = page.locator("main tbody tr");
  expect(await rows.count()).toBe(20);
  await keys.skip();
  await keys.select(page.getByLabel("القسم"), "اقتصاد");
  await keys.press(button("اعرض"));
  expect(await rows.filter({ hasText: gold }).textContent()).toContain("اقتصاد");
  const reader = await page.context().newPage();
  await reader.goto(`${desk.origin}/sections/${encodeURIComponent("اقتصاد")}`);
  expect(await reader.locator("main").textContent()).toContain(gold);
  expect(await desk.acts("rima@marsa.example")).toEqual(
    expect.arrayContaining(["source-add", "source-map", "source-run"]),
  );
});
