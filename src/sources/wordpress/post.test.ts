// One post's JSON: what it says becomes an article's fields, whatever plugins did to it.
import { describe, expect, test } from "vitest";
import type { SourceItem } from "../item.ts";
import { type Names, ownExcerpt, readPost, wordPressMedia, wordPressPost } from "./post.ts";

const home = new URL("https://paper.example/");
const picture = {
  url: "https://paper.example/a.jpg",
  type: "image/jpeg",
  length: 7,
  width: 3,
  height: 2,
  alt: null,
  credit: null,
};
const names: Names = {
  authors: new Map([[4, "ليلى حداد"]]),
  categories: new Map([[2, { key: "سياسة", label: "سياسة" }]]),
  tags: new Map([
    [8, "مياه"],
    [9, "مرفأ"],
  ]),
  pictures: new Map([[5, picture]]),
};

const post = (over: Record<string, unknown> = {}) => ({
  id: 7,
  date_gmt: "2026-03-01T07:00:00",
  modified_gmt: "2026-03-01T08:30:00",
  guid: { rendered: "https://paper.example/?p=7&#038;x=1" },
  link: "https://paper.example/7/",
  status: "publish",
  title: { rendered: "خبر &#8211; أول &amp; ثان" },
  content: { rendered: "<p>نص الخبر.</p>", protected: false },
  excerpt: { rendered: "", protected: false },
  author: 4,
  featured_media: 5,
  sticky: false,
  categories: [2, 3],
  tags: [9, 8],
  ...over,
});

function itemOf(over: Record<string, unknown>): SourceItem {
  const reading = readPost(wordPressPost.parse(post(over)), names, home);
  if (!reading.ok) throw new Error(reading.skipped.why);
  return reading.item;
}

test("a post with everything", () =>
  expect(itemOf({})).toEqual({
    externalId: "https://paper.example/?p=7&x=1",
    remoteId: "7",
    url: "https://paper.example/7/",
    title: "خبر – أول & ثان",
    summary: null,
    bodyHtml: "<p>نص الخبر.</p>",
    categories: [{ key: "سياسة", label: "سياسة" }],
    tags: ["مرفأ", "مياه"],
    authors: ["ليلى حداد"],
    sourceName: null,
    image: picture,
    importance: 0,
    published: Temporal.Instant.from("2026-03-01T07:00:00Z"),
    scheduled: false,
    modified: Temporal.Instant.from("2026-03-01T08:30:00Z"),
  } satisfies SourceItem));

test.each<[string, Record<string, unknown>, Partial<SourceItem>]>([
  ["sticky", { sticky: true }, { importance: 2 }],
  ["called urgent", { title: { rendered: "عاجل | زلزال" } }, { importance: 2 }],
  ["without a guid", { guid: undefined }, { externalId: "https://paper.example/?p=7" }],
  ["with a link that is none", { link: "javascript:alert(1)" }, { url: null }],
  ["with a date that is none", { date_gmt: "0000-00-00T00:00:00" }, { published: null }],
  ["with the zero of a clock", { date_gmt: "1970-01-01T00:00:00" }, { published: null }],
  [
    "with a date of another kind",
    { date_gmt: 1_700_000_000, modified_gmt: null },
    { published: null, modified: null },
  ],
  [
    "with raw signs in its title",
    { title: { rendered: "عن <الصمت> و 2 < 3 ]]>" } },
    { title: "عن <الصمت> و 2 < 3 ]]>" },
  ],
  ["of an unknown author", { author: 99 }, { authors: [] }],
  [
    "of an author that the search plugin names",
    { author: 0, yoast_head_json: { author: "مها &amp; ريم" } },
    { authors: ["مها & ريم"] },
  ],
  ["with terms of another kind", { categories: { 2: "x" }, tags: "8" }, { categories: [], tags: [] }],
  [
    "attributed in its last line",
    { content: { rendered: "<p>نص.</p>\n<p>بوابة الساحل1-وكالة الموج</p>\n" } },
    { bodyHtml: "<p>نص.</p>", sourceName: "وكالة الموج" },
  ],
])("a post %s", (_, over, expected) => expect(itemOf(over)).toMatchObject(expected));

test.each<[string, Record<string, unknown>, RegExp, boolean]>([
  ["without a title", { title: { rendered: " <em></em>&nbsp;" } }, /no title/, false],
  ["without a title at all", { title: undefined }, /no title/, false],
  ["without a text", { content: { rendered: "<p>&nbsp;</p>" } }, /no text/, false],
  ["of which the text is no text", { content: null }, /no text/, false],
  ["with a password", { content: { rendered: "", protected: true } }, /password/, true],
  ["that waits", { status: "future" }, /not published/, true],
  ["longer than any", { content: { rendered: "س".repeat(2_000_001) } }, /longer than/, false],
])("a post %s is skipped", (_, over, why, gone) => {
  const reading = readPost(wordPressPost.parse(post(over)), names, home);
  if (reading.ok) throw new Error("It was read.");
  expect(reading.skipped.why).toMatch(why);
  expect(reading.skipped.what).toContain("https://paper.example/7/");
  // What readers there no longer see, readers here do not either; what merely cannot be read stays as it was.
  expect(reading.gone?.remoteId ?? null).toBe(gone ? "7" : null);
});

describe("an excerpt", () => {
  const text =
    "<p>أعلن المجلس خطته.</p>\n<figure><figcaption>صورة</figcaption></figure><p>وقال إنها ثلاث مراحل.</p>";
  test.each<[string, string | null]>([
    ["<p>أعلن المجلس خطته. وقال إنها ثلاث [&hellip;]</p>\n", null],
    ["<p>أعلن المجلس خطته. وقال […]</p>", null],
    ["<p>أعلن المجلس خطته. وقال إنها ثلاث&hellip;</p>", null],
    ["<p>أعلن المجلس خطته. وقال إنها ثلاث&#8230; <a class='more' href='/7/'>تابع القراءة</a></p>", null],
    ["<p>أعلن المجلس خطته. وقال إنها ثلاث مراحل.</p>", null], // whole, but for the picture
    ["<p>ثلاث مراحل تبدأ في الربيع.</p>", "ثلاث مراحل تبدأ في الربيع."],
    ["<p>ما الذي ينتظر المجلس…</p>", "ما الذي ينتظر المجلس…"],
    ["<p>ثلاث مراحل تبدأ في الربيع. <a href='/7/'>المزيد</a></p>\n", "ثلاث مراحل تبدأ في الربيع."],
    ["", null],
    ["<p>&nbsp;</p>", null],
  ])("%s", (excerpt, summary) => expect(ownExcerpt(excerpt, text)).toBe(summary));

  test("is looked for in the first page of the text, and not in its styles", () => {
    const pages =
      "<style>.a { color: red; margin: auto }</style><p>الأولى هنا.</p><!--nextpage--><p>والثانية أطول منها بكثير.</p>";
    expect(ownExcerpt("<p>الأولى هنا.</p>", pages)).toBeNull();
  });

  test.each(["<style", "<style><", "<", "&#", "ا ", "<a "])("made of %j alone takes no age", (piece) => {
    const excerpt = `<p>${piece.repeat(4000 / piece.length)}</p>`;
    expect(() => ownExcerpt(excerpt, piece.repeat(2_000_000 / piece.length))).not.toThrow();
  });
});

test.each([
  [
    { width: "640", height: 427, filesize: 7 },
    { width: 640, height: 427, length: 7 },
  ],
  [
    { width: 0, height: "x" },
    { width: null, height: null, length: null },
  ],
  [[], { width: null, height: null }],
  ["", { credit: null }],
  [{ image_meta: { credit: "مها" } }, { credit: "مها" }],
])("of a picture with %j", (media_details, expected) =>
  expect(
    wordPressMedia.parse({
      id: 5,
      source_url: "https://paper.example/a.jpg",
      mime_type: "image/jpeg",
      media_details,
    }).value,
  ).toMatchObject(expected),
);

test("what is no picture illustrates nothing", () =>
  expect(
    wordPressMedia.safeParse({ id: 5, source_url: "https://paper.example/a.mp4", mime_type: "video/mp4" })
      .success,
  ).toBe(false));
