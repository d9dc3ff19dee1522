import { describe, expect, test } from "vitest";
import { readFields } from "./element.ts";
import { readItem, type WxrSite } from "./item.ts";
import { pictureIndex, readPicture } from "./pictures.ts";
import { itemXml, metaXml } from "./read.fixture.ts";

const site: WxrSite = {
  homeUrl: new URL("https://paper.test/"),
  title: "الجريدة",
  language: "ar",
  categories: [],
  authors: new Map([["salma", "سلمى"]]),
};
const url = "https://paper.test/wp-content/uploads/a.jpg";
const image = { url, type: "image/jpeg", length: null, width: 640, height: 480, alt: "قارب", credit: null };
const pictures = pictureIndex();
pictures.add(7, image);

const reading = (it: Parameters<typeof itemXml>[0], change = (xml: string) => xml) =>
  readItem(readFields(change(itemXml(it)).trim()), site, pictures);

function articleOf(...given: Parameters<typeof reading>) {
  const found = reading(...given);
  if (found.kind !== "article") throw new Error(`It is no article: ${JSON.stringify(found)}`);
  return found.item;
}

test("an article, field by field", () => {
  const terms = `<category domain="category" nicename="%d8%b3%d9%88%d9%82"><![CDATA[سوق &amp; مال]]></category>
    <category domain='post_tag' nicename='t'><![CDATA[قمح &amp; شعير]]></category>
    <category domain="post_format" nicename="post-format-video"><![CDATA[فيديو]]></category>`;
  const more =
    terms +
    metaXml("_thumbnail_id", "7") +
    metaXml("_edit_last", "1") +
    "\n<wp:comment><wp:comment_id>3</wp:comment_id><wp:post_id>99</wp:post_id></wp:comment>";
  expect(
    articleOf({
      id: 5,
      title: "عاجل: &laquo;نور&raquo;",
      content: "أول\n\nثان",
      excerpt: "<b>خلاصة</b>",
      guid: "https://paper.test/?x=1&#038;p=5",
      more,
    }),
  ).toEqual({
    externalId: "https://paper.test/?x=1&p=5",
    remoteId: "5",
    url: "https://paper.test/5/",
    title: "عاجل: «نور»",
    summary: "خلاصة",
    bodyHtml: "<p>أول</p>\n<p>ثان</p>",
    categories: [{ key: "سوق", label: "سوق & مال" }],
    tags: ["قمح & شعير"],
    authors: ["سلمى"],
    sourceName: null,
    image,
    importance: 2,
    published: Temporal.Instant.from("2026-03-20T08:00:00Z"),
    scheduled: false,
    modified: null,
  });
});

describe("what is not for readers", () => {
  test.each([
    ["draft", /draft/],
    ["auto-draft", /draft/],
    ["pending", /review/],
    ["private", /private/],
    ["trash", /trash/],
    ["acf-disabled", /status is "acf-disabled"/],
  ])("%s", (status, why) => {
    const skipped = { what: "خبر 1 (https://paper.test/1/)", why: expect.stringMatching(why) };
    expect(reading({ status })).toEqual({ kind: "skipped", skipped });
  });

  test("behind a password", () =>
    expect(reading({ password: "sirr" })).toMatchObject({
      skipped: { why: "It is protected by a password." },
    }));

  test("longer than any article", () =>
    expect(reading({ content: "س".repeat(2_000_001) })).toMatchObject({ skipped: { why: /longer than/ } }));

  test.each([
    [{ title: " " }, "It has no title."],
    [{ content: '<img src="/a.jpg">' }, "It has no text."],
    [{ content: "المصدر: وكالة" }, "It has no text."],
  ])("%o", (it, why) => expect(reading(it)).toMatchObject({ skipped: { why } }));

  test.each(["page", "attachment", "nav_menu_item", "revision", "wp_block"])("%s is counted", (type) =>
    expect(reading({ type })).toEqual({ kind: "other", type }),
  );
});

describe("dates", () => {
  const zero = "0000-00-00 00:00:00";
  const pubDate = (date: string) => (xml: string) => xml.replace(/<pubDate>.*?</, `<pubDate>${date}<`);
  test.each<[string, string, string, string | null]>([
    ["its own", "2009-03-27 22:30:00", "Fri, 20 Mar 2026 08:00:00 +0000", "2009-03-27T22:30:00Z"],
    ["the feed's, where it has none", zero, "Fri, 20 Mar 2026 10:00:00 +0200", "2026-03-20T08:00:00Z"],
    ["none", zero, "Wed, 30 Nov -0001 00:00:00 +0000", null],
    ["no such day", "2026-02-31 08:00:00", "", null],
  ])("%s", (_, date, feed, published) =>
    expect(articleOf({ date }, pubDate(feed)).published?.toString() ?? null).toBe(published),
  );

  test("a scheduled one is held back by its own date", () =>
    expect(articleOf({ status: "future", date: "2036-01-02 05:00:00" })).toMatchObject({
      scheduled: true,
      published: Temporal.Instant.from("2036-01-02T05:00:00Z"),
    }));
});

test.each([
  [
    "blocks",
    "<!-- wp:paragraph -->\n<p>أول\nسطر</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->",
    "<p>أول\nسطر</p>",
  ],
  [
    "an embedded block",
    '<!-- wp:embed {"url":"x"} --><figure><div class="wp-block-embed__wrapper">\nhttps://v.test/1\n</div></figure><!-- /wp:embed -->',
    '<figure><div class="wp-block-embed__wrapper"><a href="https://v.test/1">https://v.test/1</a></div></figure>',
  ],
  ["pages", "أول\n\n<!--nextpage-->\n\nثان<!--more التتمة-->", "<p>أول</p>\n<p>ثان</p>"],
  [
    "a gallery",
    'أول\n[gallery ids="7"]\nثان',
    `<p>أول</p>\n<figure><img src="${url}" alt="قارب" width="640" height="480"></figure>\n<p>ثان</p>`,
  ],
  ["a source", "نص.\n\nالجريدة1-وكالة", "<p>نص.</p>"],
  ["a comment without an end", "نص <!-- تعليق", "<p>نص <!-- تعليق</p>"],
])("a text with %s", (_, content, html) => expect(articleOf({ content }).bodyHtml).toBe(html));

test.each([
  ["its guid", {}, (xml: string) => xml, "https://paper.test/?p=1"],
  ["WordPress's own, where it has none", { guid: "" }, (xml: string) => xml, "https://paper.test/?p=1"],
  [
    "its address",
    { guid: "" },
    (xml: string) => xml.replace(/<wp:post_id>.*?<\/wp:post_id>/, ""),
    "https://paper.test/1/",
  ],
])("it is known by %s", (_, it, change, id) => expect(articleOf(it, change).externalId).toBe(id));

describe("pictures", () => {
  const attachment = (address: string, metadata: string) =>
    readPicture(
      readFields(
        itemXml({
          id: 9,
          type: "attachment",
          more: `<wp:attachment_url>${address}</wp:attachment_url>${metaXml("_wp_attachment_metadata", metadata)}${metaXml("_wp_attachment_image_alt", "قارب &amp; بحر")}`,
        }).trim(),
      ),
    );
  const sizes =
    's:5:"sizes";a:1:{s:6:"medium";a:3:{s:5:"width";i:300;s:6:"height";i:200;s:8:"filesize";i:3016;}}';

  test.each([
    [
      "as today",
      `a:4:{s:5:"width";i:640;s:6:"height";i:427;s:8:"filesize";i:7203;${sizes}s:10:"image_meta";a:1:{s:6:"credit";s:8:"مها";}}`,
      640,
      427,
      7203,
      "مها",
    ],
    ["as before 6.0", `a:3:{s:5:"width";s:3:"640";s:6:"height";s:3:"427";${sizes}}`, 640, 427, null, null],
    ["none", "", null, null, null, null],
    ["garbage", 's:5:"width";i:99999999999999999999', null, null, null, null],
  ])("metadata %s", (_, metadata, width, height, length, credit) =>
    expect(attachment("https://paper.test/a.PNG", metadata)?.picture).toEqual({
      url: "https://paper.test/a.PNG",
      type: "image/png",
      width,
      height,
      length,
      credit,
      alt: "قارب & بحر",
    }),
  );

  test.each([
    "https://paper.test/a.pdf",
    "https://paper.test/a.mp4",
    "",
    `https://paper.test/${"a".repeat(2000)}.jpg`,
  ])("%s is none", (address) => expect(attachment(address, "")).toBeNull());

  test("each is found, in whatever order they came, and none that did not", () => {
    const index = pictureIndex();
    const ids = Array.from({ length: 3000 }, (_, i) => ((i * 7919) % 3001) + 1);
    for (const id of ids) index.add(id, { ...image, url: `https://paper.test/${id}/${"x".repeat(900)}.jpg` });
    for (const id of ids) expect(index.find(id)?.url.split("/")[3]).toBe(String(id));
    for (const id of [0, 3002, -1, Number.NaN]) expect(index.find(id)).toBeNull();
  });

  test("memory has a bound: what finds no room is counted", () => {
    const index = pictureIndex();
    const large = { ...image, alt: "x".repeat(500_000) };
    for (let id = 1; id <= 200; id++) index.add(id, large);
    expect(index.lost()).toBe(72);
    expect(index.find(128)?.alt).toBe(large.alt);
    expect(index.find(129)).toBeNull();
  });
});
