// What the tests of feeds share: articles to render, the nasty ones among them, and a real store to serve from.
import { readFileSync } from "node:fs";
import SQLite from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import type { Article, ArticleId, ArticleTables, Section, SectionId } from "../articles/index.ts";
import type { Batch } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import type { FeedTables } from "./store.ts";

export const site = new URL("https://news.example/");

const sectionId = (id: number) => id as SectionId;
const articleId = (id: number) => id as ArticleId;

export const section = (id: number, slug: string, title: string): Section => ({
  id: sectionId(id),
  slug,
  title,
  titleEn: null,
  halfLifeHours: 12,
  closedAt: null,
});

const at = Temporal.Instant.from("2026-03-01T05:00:00Z");

/** A plain article; `over` says what is special about it. */
export function article(id: number, over: Partial<Article> = {}): Article {
  return {
    id: articleId(id),
    origin: "test",
    externalId: "test",
    guid: `tag:news.example,2026:${id}`,
    url: null,
    title: "افتتاح مكتبة عامة في بيروت",
    summary: "فتحت المكتبة أبوابها صباح الأحد.",
    bodyHtml: "<p>فتحت المكتبة أبوابها صباح الأحد.</p>",
    sections: [section(1, "ثقافة", "ثقافة")],
    tags: [],
    authors: [],
    sourceName: null,
    image: null,
    importance: 0,
    publishedAt: at.subtract({ minutes: id }),
    publishedFrom: "given",
    updatedAt: at.subtract({ minutes: id }),
    revision: 1,
    correction: null,
    status: { state: "published" },
    storyId: articleId(id),
    ...over,
  };
}

export const picture = {
  url: "https://news.example/pictures/library.jpg",
  type: "image/jpeg",
  length: 48_213,
  width: 1200,
  height: 800,
  alt: "قاعة المطالعة",
  credit: "ليلى & شركاؤها",
};

const everyControl = Array.from({ length: 32 }, (_, i) => String.fromCharCode(i)).join("");

/** What has broken feeds elsewhere; each stands in a feed of its own and all in one. */
export const nasty: Record<string, Article> = {
  "control characters": article(1, {
    title: `عنوان${everyControl}بعد`,
    summary: `موجز${everyControl}بعد`,
    bodyHtml: `<p>نص${everyControl}بعد \u007F \uFFFE \uFFFF</p>`,
  }),
  "bytes of Windows-1256": article(2, {
    title: "قال \u0093نعم\u0094 \u0085",
    bodyHtml: "<p>\u0081\u008D</p>",
  }),
  "lone surrogates": article(3, { title: "قبل\uD800بعد", bodyHtml: "<p>\uDC00 😀\uD83D</p>" }),
  "the end mark of CDATA": article(4, {
    title: "a ]]> b ]]> c",
    summary: "]]>",
    bodyHtml: "<p>]]> ]]&gt; ]]]]>> ]]></p>",
    correction: "]]>]]>",
  }),
  "markup in titles and names": article(5, {
    title: `AT&T <b>"و"</b> 'x' < >`,
    summary: `1 < 2 && 3 > 2 "&lt;"`,
    tags: [{ slug: "x", name: `R&D <"'>` }],
    authors: [{ slug: "y", name: `O'Neil & "Söhne" <AFP>` }],
    sourceName: `A & <B> "C"`,
  }),
  "entities spelled out": article(19, { title: "كيف تكتب &amp; و&#39; في HTML", summary: "&lt;" }),
  "Arabic addresses": article(6, {
    url: "https://أخبار.example/سياسة/قصة قصيرة?ك=١&b=2#هنا",
    guid: "https://أخبار.example/?p=17",
  }),
  "a guid that a URL parser would rewrite": article(7, { guid: "HTTP://News.Example:80/a/../?p=1&amp;x=2'" }),
  "Latin first": article(8, {
    title: "Reuters - قال الوزير",
    summary: "BBC: خبر",
    bodyHtml: "<p>&quot;<b>NATO</b> يجتمع</p>",
  }),
  "several authors": article(9, {
    authors: [
      { slug: "a", name: "سلمى حداد" },
      { slug: "b", name: "John Smith" },
      { slug: "c", name: "سلمى حداد" },
    ],
  }),
  "a picture whole": article(10, { image: { ...picture, alt: `"قاعة" <1> & 2` } }),
  "a picture without length": article(11, { image: { ...picture, length: null, width: null, credit: null } }),
  "a picture nowhere": article(12, { image: { ...picture, url: "http://[no" } }),
  emoji: article(13, { title: "👩‍👩‍👧 عائلة 🇱🇧", bodyHtml: "<p>😀 👨🏽‍🚀 \u{2FA1D}</p>" }),
  "marks of our own": article(14, {
    title: "place:0; <extra>place:1;</extra>",
    bodyHtml: "<p>&lt;![CDATA[place:0;]]&gt; $& $1 $$</p>",
    tags: [{ slug: "p", name: "place:2;" }],
  }),
  "nothing but a title": article(15, { summary: "", bodyHtml: "", sections: [] }),
  "lines and tabs": article(16, {
    title: "سطر\r\nثان\tو",
    summary: "سطر\nثان",
    bodyHtml: "<pre>a\r\nb\rc\n\td</pre>",
  }),
  "directions that run on": article(17, { title: "قال \u202Eagain\u2066 \u200Fنعم" }),
  "long ago": article(18, {
    publishedAt: Temporal.Instant.from("1948-02-29T23:59:59.999Z"),
    updatedAt: Temporal.Instant.from("1947-01-01T00:00Z"),
  }),
};

/** What cannot stand in a valid feed, and what is said of it. */
export const bad: [why: string, article: Article][] = [
  ["its guid is no IRI", article(30, { guid: "post 17" })],
  ["its guid is no IRI", article(31, { guid: "tag:x,2026:\u0001" })],
  ["its guid is no IRI", article(32, { guid: "" })],
  ["its URL is no http or https URL", article(33, { url: "javascript:alert(1)" })],
  ["its URL is no http or https URL", article(34, { url: "//" })],
  ["it has no title", article(35, { title: " \u0000\n" })],
  [
    "its date has no year of four digits",
    article(36, { updatedAt: Temporal.Instant.from("+020000-01-01T00:00Z") }),
  ],
  [
    "its date has no year of four digits",
    article(37, { publishedAt: Temporal.Instant.from("0800-01-01T00:00Z") }),
  ],
  ["it is retracted", article(38, { status: { state: "retracted", at, reason: "" } })],
  ["it is embargoed", article(39, { status: { state: "embargoed" } })],
];

type Tables = FeedTables & ArticleTables & SettingsTables;

/** A real store in memory, made by the migration, with a count of the statements that ran. */
export function openStore() {
  const sqlite = new SQLite(":memory:");
  sqlite.exec(readFileSync(new URL("../../migrations/0001_house.sql", import.meta.url), "utf8"));
  let statements = 0;
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: sqlite }),
    log: () => {
      statements += 1;
    },
  });
  const batch: Batch = async (list) => {
    const results = [];
    sqlite.exec("begin");
    for (const statement of list) {
      const { rows, numAffectedRows } = await db.executeQuery(statement);
      results.push({ rows, changes: Number(numAffectedRows ?? 0) });
    }
    sqlite.exec("commit");
    return results;
  };

  /** Puts an article into the store as a publish would, without touching its feeds. */
  async function put(it: Article) {
    const visible = it.status.state === "published" ? 1 : 0;
    await db
      .insertInto("articles")
      .values({
        id: it.id,
        guid: it.guid,
        origin: "test",
        external_id: String(it.id),
        state: it.status.state,
        url: it.url,
        title: it.title,
        summary: it.summary,
        body_html: it.bodyHtml,
        source_name: it.sourceName,
        image: it.image && JSON.stringify(it.image),
        importance: it.importance,
        published_at: it.publishedAt.epochMilliseconds,
        published_from: it.publishedFrom,
        updated_at: it.updatedAt.epochMilliseconds,
        first_seen_at: it.publishedAt.epochMilliseconds,
        revision: it.revision,
        content_hash: "",
        correction: it.correction,
        retracted_at: null,
        retract_reason: null,
        story_id: null,
      })
      .execute();
    for (const [position, { id }] of it.sections.entries())
      await db
        .insertInto("article_sections")
        .values({
          article_id: it.id,
          section_id: id,
          position,
          published_at: it.publishedAt.epochMilliseconds,
          visible,
        })
        .execute();
  }

  async function addSection(it: Section) {
    await db
      .insertInto("sections")
      .values({
        id: it.id,
        slug: it.slug,
        title: it.title,
        title_en: it.titleEn,
        position: it.id,
        closed_at: it.closedAt?.epochMilliseconds ?? null,
        sample: 0,
      })
      .execute();
  }
  return { database: { db, batch }, put, addSection, statements: () => statements };
}
