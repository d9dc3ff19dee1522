// Two spellings of a name are one tag or author: for what comes in, for what was there before, and for its old addresses.
import { readdirSync, readFileSync } from "node:fs";
import Sqlite from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nameSlug } from "./named.ts";

test.each([
  ["أحمد بن يوسف", "احمد-بن-يوسف"],
  ["احمد بن يُوسف", "احمد-بن-يوسف"],
  ["مرسى القاهرة", "مرسي-القاهره"],
  ["عام ٢٠٢٦", "عام-2026"],
  ["ﻻ ﷺ", "لا-صلي-الله-عليه-وسلم"],
  ["AFP", "afp"],
  ["!!!", null],
])("the slug of %j", (name, slug) => expect(nameSlug(name)).toBe(slug));

test("the slug of a slug is that slug", () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 100 }),
        fc.string({ unit: fc.constantFrom(..."أإةىؤ ًـابA-١"), maxLength: 100 }),
      ),
      (name) => {
        const slug = nameSlug(name);
        if (slug !== null) expect(nameSlug(slug)).toBe(slug);
      },
    ),
    { numRuns: 1000 },
  ));

const folder = new URL("../../migrations/", import.meta.url);

test("what stood under several spellings becomes one, with its feed and archive", () => {
  const sqlite = new Sqlite(":memory:");
  sqlite.pragma("foreign_keys = on");
  const files = readdirSync(folder).filter((name) => /^\d{4}_/.test(name));
  const run = (some: (name: string) => boolean) => {
    for (const name of files.filter(some).sort()) sqlite.exec(readFileSync(new URL(name, folder), "utf8"));
  };
  run((name) => name < "0006");
  const all = (query: string) => sqlite.prepare(query).raw().all();
  for (let id = 1; id <= 4; id++)
    sqlite.exec(`insert into articles (id, guid, origin, external_id, state, title, summary, body_html, importance,
      published_at, published_from, updated_at, first_seen_at, revision, content_hash)
      values (${id}, 'g${id}', 'api', '${id}', 'published', 't', 's', 'b', 0, ${id}, 'given', 1, 1, 1, 'h')`);
  sqlite.exec(`
    insert into authors (id, slug, name) values (1, 'أحمد-نور', 'أحمد نور'), (2, 'احمد-نور', 'احمد نور'), (3, 'إحمد-نور', 'إحمد نور'),
      (4, 'سلمى', 'سلمى'), (5, 'كريم', 'كريم');
    insert into tags (id, slug, name) values (1, 'ثقافة', 'ثقافة');
    insert into article_authors (article_id, author_id, position, published_at, visible)
      values (1, 1, 0, 1, 1), (2, 2, 0, 2, 1), (3, 3, 0, 3, 1), (3, 2, 1, 3, 1), (4, 4, 0, 4, 1), (4, 5, 1, 4, 1);
    insert into article_tags (article_id, tag_id, position, published_at, visible) values (1, 1, 0, 1, 1);
    insert into feed_arrivals (feed, number, article_id) values ('author/أحمد-نور', 1, 1), ('author/احمد-نور', 1, 2),
      ('author/احمد-نور', 2, 3), ('author/إحمد-نور', 1, 3), ('author/سلمى', 1, 4), ('author/كريم', 1, 4), ('tag/ثقافة', 1, 1);
    insert into feed_versions (feed, version, changed_at, seq) values ('author/أحمد-نور', 4, 0, 1), ('author/احمد-نور', 2, 0, 2),
      ('author/سلمى', 3, 0, 3), ('author/سلمى#1', 2, 0, 4), ('author/كريم', 1, 0, 5);
    insert into websub_subscriptions (id, topic, asked_topic, callback, host, began_at, lease_ends_at) values (1, 't', 't', 'c', 'h', 0, 0);
    insert into websub_watches (feed, subscription_id) values ('author/أحمد-نور', 1), ('author/احمد-نور', 1), ('author/سلمى', 1);
  `);
  run((name) => name > "0006");
  expect(all("select slug, name from authors order by slug")).toEqual([
    ["احمد-نور", "احمد نور"],
    ["سلمي", "سلمى"],
    ["كريم", "كريم"],
  ]);
  expect(all("select article_id from article_authors where author_id = 2 order by 1").flat()).toEqual([
    1, 2, 3,
  ]);
  expect(all("select slug from tags")).toEqual([["ثقافه"]]);
  expect(all("select feed, number, article_id from feed_arrivals order by 1, 2")).toEqual(
    expect.arrayContaining([
      ["author/احمد-نور", 1, 2],
      ["author/احمد-نور", 2, 3],
      ["author/احمد-نور", 3, 1],
      ["author/سلمي", 1, 4],
      ["author/كريم", 1, 4],
      ["tag/ثقافه", 1, 1],
    ]),
  );
  expect(all("select count(*) from feed_arrivals where feed like 'author/%'")).toEqual([[5]]);
  expect(all("select feed, version from feed_versions where feed like 'author/%' order by feed")).toEqual([
    ["author/احمد-نور", 3],
    ["author/سلمي", 4],
    ["author/سلمي#1", 2],
    ["author/كريم", 1],
  ]);
  expect(all("select feed from websub_watches order by 1").flat()).toEqual([
    "author/احمد-نور",
    "author/سلمي",
  ]);
  expect(all("select through from article_words_missing")).toEqual([[4]]);
  expect(all("pragma foreign_key_check")).toEqual([]);
});
