import { describe, expect, test } from "vitest";
import { openTestDatabase, planOf } from "../../tests/support/database.ts";
import type { SettingsTables } from "../settings/index.ts";
import { openPaper } from "./articles.fixture.ts";
import { countPublishedSince, publishedSince } from "./recent.ts";
import type { ArticleTables } from "./tables.ts";

async function open() {
  const database = openTestDatabase<ArticleTables & SettingsTables>();
  const paper = await openPaper(database);
  const hoursAgo = (hours: number) => paper.now().subtract({ hours });
  const put = (title: string, hours: number) =>
    paper.publish({ title, published_at: hoursAgo(hours).toString(), url: `https://marsa.example/${hours}` });
  return { ...paper, ...database, hoursAgo, put };
}

describe("what was published lately", () => {
  test("is what is published and newer than that, newest first", async () => {
    const { db, put, retract, hoursAgo } = await open();
    await put("قديم", 49);
    await put("على الحد", 48);
    const doomed = await put("مسحوب", 3);
    await put("أقدم", 47);
    await put("أحدث", 1);
    await put("غدًا", -24);
    await retract(doomed, "خطأ");
    const since = hoursAgo(48);
    const found = await publishedSince(db, since, { skip: 0, limit: 10 });
    expect(found.map(({ title }) => title)).toEqual(["أحدث", "أقدم"]);
    expect(found[0]).toEqual({
      id: expect.any(Number),
      url: "https://marsa.example/1",
      title: "أحدث",
      publishedAt: hoursAgo(1),
      updatedAt: hoursAgo(1),
    });
    expect(await countPublishedSince(db, since, 10)).toBe(2);
  });

  test("comes in pages that leave nothing out and name nothing twice, also within one second", async () => {
    const { db, put, hoursAgo } = await open();
    const titles = ["أ", "ب", "ج", "د", "ه"];
    for (const title of titles) await put(title, 1);
    const pages = await Promise.all(
      [0, 2, 4, 6].map((skip) => publishedSince(db, hoursAgo(2), { skip, limit: 2 })),
    );
    expect(pages.map((page) => page.map(({ title }) => title))).toEqual([["ه", "د"], ["ج", "ب"], ["أ"], []]);
    expect(await countPublishedSince(db, hoursAgo(2), 3)).toBe(3);
  });

  test("is found in the index of the newest, without a sort of the store", async () => {
    const { db, ran, hoursAgo } = await open();
    ran.length = 0;
    await publishedSince(db, hoursAgo(48), { skip: 1000, limit: 1000 });
    await countPublishedSince(db, hoursAgo(48), 50_000);
    const plans = await Promise.all([...ran].map((statement) => planOf(db, statement)));
    expect(plans).toEqual([
      [
        "CO-ROUTINE page",
        "SEARCH articles USING COVERING INDEX articles_newest (state=? AND published_at>?)",
        "SCAN page",
        "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)",
        "USE TEMP B-TREE FOR ORDER BY", // of one page
      ],
      [
        "CO-ROUTINE (subquery-1)",
        "SEARCH articles USING COVERING INDEX articles_newest (state=? AND published_at>?)",
        expect.stringMatching(/^SCAN/),
      ],
    ]);
  });
});
