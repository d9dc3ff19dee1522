import { expect, test } from "vitest";
import { openTestDatabase } from "../../../tests/support/database.ts";
import type { SettingsTables } from "../../settings/index.ts";
import { assets, openPaper, site, startOfTests } from "../articles.fixture.ts";
import { searchPages } from "../index.ts";
import type { ArticleTables } from "../tables.ts";

async function open() {
  const database = openTestDatabase<ArticleTables & SettingsTables>();
  const paper = await openPaper(database);
  const app = searchPages({ database, site, now: paper.now, assets });
  const get = async (query: string) => {
    const reply = await app.request(`/search${query}`);
    return { status: reply.status, html: await reply.text() };
  };
  return { ...paper, app, get };
}

test("the page without a search is a form, in both languages", async () => {
  const { get } = await open();
  const { status, html } = await get("");
  expect(status).toBe(200);
  expect(html).toContain('<input id="field-q" name="q"');
  expect(html).toContain('<html lang="ar" dir="rtl">');
  expect(html).toContain('content="noindex, follow"');
  expect((await get("?lang=en")).html).toContain(">Search the news</h1>");
});

test("what was found is marked in its own spelling, and escaped", async () => {
  const { get, publish } = await open();
  await publish({ title: "افتتاحُ المكتبةِ <b>", body_html: "<p>فتحت &lt;المكتبة&gt; أبوابها</p>" });
  const { status, html } = await get(`?q=${encodeURIComponent("مكتبه")}`);
  expect(status).toBe(200);
  expect(html).toContain("افتتاحُ <mark>المكتبةِ</mark> &lt;b&gt;");
  expect(html).toContain("فتحت &lt;<mark>المكتبة</mark>&gt; أبوابها");
  expect(html).toContain("نتيجة واحدة");
});

test("nothing found is said, and so is every fault; what was typed stays in the field", async () => {
  const { get } = await open();
  const none = await get(`?q=${encodeURIComponent("<زرافة>")}`);
  expect([
    none.status,
    none.html.includes("لم نجد شيئًا"),
    none.html.includes('value="&lt;زرافة&gt;"'),
  ]).toEqual([200, true, true]);
  for (const [query, said] of [
    [`?q=${"x".repeat(10_000)}`, "هذا أطول من 300 حرف"],
    [`?q=${encodeURIComponent("كلمة ".repeat(500))}`, "هذا أطول من 300 حرف"],
    ["?q=%21%21", "ليس في هذا حرف ولا رقم"],
    ["?q=-x", "ذكرت ما لا تريده"],
    ["?q=x&from=yesterday", "هذا ليس تاريخًا"],
    ["?q=x&to=2026-02-31", "هذا ليس تاريخًا"],
    ["?q=x&after=9.9", "هذا الرابط ناقص"],
    ["?q=x&section=none", "لا يوجد قسم"],
  ] as const) {
    const { status, html } = await get(query);
    expect([query.slice(0, 40), status, html.includes(said)]).toEqual([query.slice(0, 40), status, true]);
  }
});

test("pages lead on to the end, with the same limits", async () => {
  const { get, publish, section } = await open();
  await section("sports", "رياضة");
  for (let i = 0; i < 25; i++)
    await publish({
      title: `زرافة ${i}`,
      authors: ["أحمد"],
      published_at: startOfTests.subtract({ hours: i }).toString(),
    });
  await publish({ title: "زرافة أخرى", sections: ["sports"] });
  const first = await get(
    `?q=${encodeURIComponent("زرافة")}&section=politics&author=${encodeURIComponent("احمد")}`,
  );
  expect(first.html).toContain("25 نتيجة");
  expect(first.html).toContain("ما كتبه أحمد وحده");
  const older = /<a href="([^"]+)" rel="next"/.exec(first.html)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const second = await get(older.replace("/search", ""));
  expect(second.html.match(/<mark>/g)?.length).toBe(5);
  expect(second.html).not.toContain('rel="next"');
});

test("browsers are told how to search", async () => {
  const { app } = await open();
  const reply = await app.request("/opensearch.xml");
  expect(reply.headers.get("content-type")).toContain("application/opensearchdescription+xml");
  expect(await reply.text()).toContain('template="https://marsa.example/search?q={searchTerms}"');
});
