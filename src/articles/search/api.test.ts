import { expect, test } from "vitest";
import { z } from "zod";
import { openTestDatabase } from "../../../tests/support/database.ts";
import type { SettingsTables } from "../../settings/index.ts";
import { openPaper, site, startOfTests } from "../articles.fixture.ts";
import type { ArticleTables } from "../tables.ts";
import { searchApi } from "./api.ts";

const page = z.object({
  articles: z.array(
    z.object({ title: z.string(), title_html: z.string(), snippet_html: z.string(), url: z.string() }),
  ),
  count: z.number().nullable(),
  next: z.string().nullable(),
});

test("a search by API: marks in escaped HTML, pages, and faults in problem details", async () => {
  const database = openTestDatabase<ArticleTables & SettingsTables>();
  const paper = await openPaper(database);
  const app = searchApi({ db: database.db, site, now: paper.now }, (c) => c.json({ detail: "invalid" }, 422));
  for (let i = 0; i < 5; i++)
    await paper.publish({
      title: `زرافة <${i}>`,
      body_html: "<p>في &quot;الحديقة&quot; زرافةٌ</p>",
      published_at: startOfTests.subtract({ hours: 24 * i }).toString(),
    });
  const get = async (path: string) => page.parse(await (await app.request(path)).json());
  const query = `/api/v1/search?q=${encodeURIComponent("زرافه")}&limit=3`;
  const first = await get(query);
  expect(first.articles[0]).toEqual({
    title: "زرافة <0>",
    title_html: "<mark>زرافة</mark> &lt;0&gt;",
    snippet_html: "في &quot;الحديقة&quot; <mark>زرافةٌ</mark>",
    url: "https://marsa.example/articles/1",
  });
  expect([first.articles.length, first.count]).toEqual([3, 5]);
  const second = await get((first.next ?? "").replace(site.origin, ""));
  expect([second.articles.map(({ title }) => title), second.next]).toEqual([
    ["زرافة <3>", "زرافة <4>"],
    null,
  ]);
  for (const [bad, said] of [
    ["q=", "q is empty"],
    [`q=${"x".repeat(10_000)}`, "longer than 300"],
    ["q=%00", "no letter"],
    ["q=x&section=none", "no such section"],
    ["q=x&from=1.3.2026", "take a day"],
    ["q=x&limit=1000", "invalid"],
  ] as const) {
    const reply = await app.request(`/api/v1/search?${bad}`);
    expect([reply.status, (await reply.text()).includes(said)]).toEqual([422, true]);
  }
});
