import { expect, test } from "vitest";
import { readPublisher, savePublisher } from "../settings/index.ts";
import { monthIn } from "./issue-calendar.tsx";
import { openNewsroom } from "./newsroom.fixture.ts";

test.each([
  ["2026-03", "2026-03"],
  ["2026-13", null],
  ["2026-3", null],
  ["1999-12", null],
  ["2100-01", null],
  ["x", null],
])("%s is the month %s", (text, month) => expect(monthIn(text)?.toString() ?? null).toBe(month));

/** March with an issue on the first, one called off on the third, and a digest that runs at seven in Beirut. */
async function march() {
  const newsroom = await openNewsroom();
  await newsroom.issue("2026-03-01", { state: "sent" });
  await newsroom.issue("2026-03-03", { state: "cancelled" });
  const at = Temporal.Instant.from("2026-03-04T05:00Z").epochMilliseconds;
  const exceptions = JSON.stringify({ skips: [{ date: "2026-03-06", slot: "morning" }] });
  const next = { next_at: at, next_date: "2026-03-04", next_slot: "morning", exceptions };
  await newsroom.database.db.updateTable("digests").set(next).execute();
  return { ...newsroom, get: await newsroom.enter() };
}
const calendar = (html: string) => /<table class="calendar">.*?<\/table>/s.exec(html)?.[0] ?? "";

test("a month has what was opened and what is to come, each with a page; what is left out says why", async () => {
  const { get } = await march();
  const { status, html } = await get("/newsroom/issues?month=2026-03");
  expect(status).toBe(200);
  const month = calendar(html);
  const links = [...month.matchAll(/href="\/newsroom\/issues\/daily\/(\d{4}-\d\d-\d\d)-morning"/g)];
  expect(links.map(([, date]) => date)).toEqual([
    "2026-03-01",
    "2026-03-03",
    ...Array.from({ length: 28 }, (_, i) => `2026-03-${String(i + 4).padStart(2, "0")}`),
  ]);
  expect(month.match(/<\/a>\s*<\/li>/g)).toHaveLength(27); // a run that is to come needs no word but its day
  expect(month).toContain("لا يصدر: ");
  expect(month).toContain("07:00");
  expect(html).toContain("آذار/مارس 2026");
  expect(html).toContain('href="/newsroom/issues?month=2026-02#calendar"');
  expect(html).toContain('href="/newsroom/issues?month=2026-04#calendar"');
  for (const [, date] of links)
    expect((await get(`/newsroom/issues/daily/${date}-morning`)).status).toBe(200);
});

test("days are the publisher's: what goes out before midnight there stands on that day", async () => {
  const { get, database } = await march();
  const late = Temporal.Instant.from("2026-03-31T22:30Z").epochMilliseconds; // 1 April, 01:30 in Beirut
  await database.db
    .updateTable("issues")
    .set({ planned_at: late })
    .where("local_date", "=", "2026-03-03")
    .execute();
  const first = (html: string) => /<td[^>]*>(?:(?!<\/td>).)*01:30/s.exec(calendar(html))?.[0] ?? "";
  expect(first((await get("/newsroom/issues?month=2026-03")).html)).toBe("");
  expect(first((await get("/newsroom/issues?month=2026-04")).html)).toContain("2026-03-03-morning");
});

test("a month without issues says so, and one that is none is refused", async () => {
  const { get } = await march();
  expect((await get("/newsroom/issues?month=2020-01")).html).toContain("لا أعداد في هذا الشهر");
  expect((await get("/newsroom/issues?month=2020-00")).status).toBe(400);
});

test("weeks begin behind the publisher's weekend", async () => {
  const { get, database } = await march();
  const heads = async () =>
    [
      ...calendar((await get("/newsroom/issues?month=2026-03")).html).matchAll(/calendar-weekday">([^<]+)</g),
    ].map(([, day]) => day);
  expect((await heads())[0]).toBe("الأحد");
  const publisher = await readPublisher(database.db);
  await database.batch([
    savePublisher(
      database.db,
      { ...publisher, weekend: "sat-sun" },
      Temporal.Instant.from("2026-03-04T04:00Z"),
    ),
  ]);
  expect((await heads())[0]).toBe("الاثنين");
  const { html } = await get("/newsroom/issues?month=2026-03");
  expect(calendar(html).match(/calendar-rest/g)).toHaveLength(9); // Saturdays and Sundays of March 2026
});
