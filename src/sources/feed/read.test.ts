import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { documentOf, rich, site } from "../../feeds/feeds.fixture.ts";
import type { SourceItem } from "../item.ts";
import { type FeedReading, mostItems, readFeed } from "./read.ts";

const url = new URL("https://paper.example/feeds/main.xml");
const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string | Uint8Array, contentType: string | null = null) =>
  readFeed(typeof text === "string" ? bytes(text) : text, contentType, url);

function good(reading: FeedReading) {
  if (!reading.ok) throw new Error(reading.why);
  return reading;
}
async function only(text: string): Promise<SourceItem> {
  const { items, skipped } = good(await read(text));
  const [item, ...others] = items;
  if (item === undefined || others.length > 0) throw new Error(`not exactly one: ${JSON.stringify(skipped)}`);
  return item;
}
const whyNot = async (text: string | Uint8Array, contentType: string | null = null) => {
  const reading = await read(text, contentType);
  return reading.ok ? "it was read" : reading.why;
};

const rss = (items: string, head = "", root = "") =>
  `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" ${root}><channel><title>صوت الضفة</title><link>https://paper.example/</link>${head}${items}</channel></rss>`;
const item = (inside: string) => rss(`<item><guid>1</guid>${inside}</item>`);
const atom = (entry: string, root = "") =>
  `<feed xmlns="http://www.w3.org/2005/Atom" ${root}><title>صوت الضفة</title><id>x</id><updated>2026-03-01T07:00:00Z</updated><entry><id>1</id>${entry}</entry></feed>`;
const json = (over: object) =>
  JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: "صوت الضفة",
    items: [{ id: "1", ...over }],
  });

describe("WordPress, as it was recorded", async () => {
  const recorded = (format: string) =>
    readFeed(
      readFileSync(new URL(`../fixtures/feeds/wordpress.${format}.xml`, import.meta.url)),
      `application/${format}+xml; charset=UTF-8`,
      new URL("http://newsroom.test/feed/"),
    );
  const feeds = { rss: good(await recorded("rss")), atom: good(await recorded("atom")) };

  test.each(["rss", "atom"] as const)("%s, which is not well-formed, is read whole", (format) => {
    const { title, language, items, skipped } = feeds[format];
    expect({ title, language, count: items.length }).toEqual({
      title: "بوابة المرفأ",
      language: "ar",
      count: 49,
    });
    expect(skipped).toEqual([{ what: "محمي: نص محمي بكلمة سر", why: "It is behind a password." }]);
    expect(
      items.every(
        ({ published, url, authors, bodyHtml }) => published && url && authors.length === 1 && bodyHtml,
      ),
    ).toBe(true);
  });
  test("it says how often it changes", () => expect(feeds.rss.ttlMinutes).toBe(60));
  test("both formats tell of the same articles", () =>
    expect(feeds.rss.items).toEqual(feeds.atom.items.map((it) => ({ ...it, modified: null }))));
});

test.each(["rss", "atom", "json"] as const)("our own %s is read back", async (format) => {
  const { text } = documentOf(format, [rich]);
  const feed = good(await read(text));
  expect({ ...feed, items: [], hub: feed.hub?.href, self: feed.self?.href }).toMatchObject({
    title: "نشرة",
    skipped: [],
    hub: new URL("/websub", site).href,
    self: new URL(`/feeds/all.${format}`, site).href,
  });
  expect(feed.items).toHaveLength(1);
  expect(feed.items[0]).toMatchObject({
    externalId: rich.guid,
    url: new URL(rich.url ?? "").href,
    title: expect.stringContaining("Reuters: افتتاح مكتبة عامة في بيروت & طرابلس"),
    summary: "فتحت المكتبة أبوابها صباح الأحد.",
    categories: ["ثقافة", "مكتبات"].map((name) => ({ key: name, label: name })),
    authors: rich.authors.map(({ name }) => name),
    published: rich.publishedAt,
    modified: rich.updatedAt,
  });
  expect(feed.items[0]?.image).toEqual(
    format === "json"
      ? { ...rich.image, type: null, length: null, width: null, height: null, alt: null, credit: null }
      : rich.image,
  );
});

describe("titles", () => {
  test.each([
    ["text", "<title>قال إنه 5 &lt; 6</title>", "قال إنه 5 < 6"],
    ["HTML escaped twice", "<title>R&amp;amp;D &amp;#8211; &amp;quot;نص&amp;quot;</title>", 'R&D – "نص"'],
    ["HTML in CDATA", "<title><![CDATA[<b>عاجل</b>: علوم &amp; تقنية]]></title>", "عاجل: علوم & تقنية"],
    ["a lone < that nobody escaped", "<title>5 < 6 والليرة <الدولار</title>", "5 < 6 والليرة <الدولار"],
    ["lines", "<title>\n  عنوان\n  طويل </title>", "عنوان طويل"],
    [
      "none: the first words",
      `<title/><description>&lt;p&gt;جملة أولى.&lt;/p&gt;&lt;p&gt;${"ثم كلام ".repeat(30)}&lt;/p&gt;</description>`,
      "جملة أولى.",
    ],
  ])("RSS: %s", async (_, inside, title) => expect((await only(item(inside))).title).toBe(title));

  test.each([
    ["text by default", "<title>R&amp;amp;D &lt;b></title>", "R&amp;D <b>"],
    ["html", '<title type="html">R&amp;amp;D &lt;b&gt;نص&lt;/b&gt;</title>', "R&D نص"],
    ["html in CDATA", '<title type="html"><![CDATA[R&amp;D <b>نص</b>]]></title>', "R&D نص"],
    [
      "xhtml",
      '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">R&amp;D <b>نص</b></div></title>',
      "R&D نص",
    ],
  ])("Atom: %s", async (_, inside, title) => expect((await only(atom(inside))).title).toBe(title));

  test("JSON Feed: text as it stands", async () =>
    expect((await only(json({ title: "R&amp;D <b>", content_html: "x" }))).title).toBe("R&amp;D <b>"));
});

describe("texts", () => {
  test.each([
    [
      "content before description",
      item(
        "<title>ع</title><description>موجز</description><content:encoded><![CDATA[<p>نص</p>]]></content:encoded>",
      ),
      "<p>نص</p>",
      "موجز",
    ],
    [
      "an excerpt that a program cut is no summary",
      item(
        "<title>ع</title><description>أول النص [&amp;#8230;]</description><content:encoded>&lt;p&gt;نص&lt;/p&gt;</content:encoded>",
      ),
      "<p>نص</p>",
      null,
    ],
    [
      "a description alone is the text",
      item("<title>ع</title><description>R&amp;amp;D\n\nثم</description>"),
      "<p>R&amp;D</p>\n<p>ثم</p>",
      null,
    ],
    [
      "a description in HTML",
      item("<title>ع</title><description>&lt;p&gt;نص&lt;/p&gt;</description>"),
      "<p>نص</p>",
      null,
    ],
    [
      "HTML that nobody escaped",
      item("<title>ع</title><description>نص<br>ثم <p>كلام</description>"),
      "نص<br/>ثم <p>كلام</p>",
      null,
    ],
    ["a headline alone", item("<title>a &lt; b</title>"), "<p>a &lt; b</p>", null],
    [
      "Atom text",
      atom("<title>ع</title><content>a &lt;b&gt; &amp;amp;</content>"),
      "<p>a &lt;b> &amp;amp;</p>",
      null,
    ],
    [
      "Atom xhtml",
      atom(
        '<title>ع</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a &lt; b<br/></p></div></content><summary>موجز</summary>',
      ),
      "<p>a &lt; b<br/></p>",
      "موجز",
    ],
    [
      "Atom content that is no text",
      atom('<title>ع</title><content type="image/png">iVBORw0KGgo=</content><summary>موجز</summary>'),
      "<p>موجز</p>",
      null,
    ],
    [
      "Atom 0.3",
      atom(
        '<title type="text/html">ع</title><content type="text/html" mode="escaped">&lt;p&gt;نص&lt;/p&gt;</content>',
      ),
      "<p>نص</p>",
      null,
    ],
    ["JSON Feed, plain", json({ title: "ع", content_text: "a < b & c" }), "<p>a &lt; b &amp; c</p>", null],
  ])("%s", async (_, text, bodyHtml, summary) =>
    expect(await only(text)).toMatchObject({ bodyHtml, summary }),
  );

  test("neither title nor text: skipped, and the rest is read", async () => {
    const { items, skipped } = good(
      await read(rss("<item><guid>1</guid></item><item><guid>2</guid><title>ع</title></item>")),
    );
    expect(items.map(({ externalId }) => externalId)).toEqual(["2"]);
    expect(skipped).toEqual([{ what: "1", why: "It has neither a title nor a text." }]);
  });
});

describe("ids and addresses", () => {
  const ids = async (text: string) =>
    good(await read(text)).items.map(({ externalId, url }) => [externalId, url]);
  test.each([
    [
      "a guid that is a permalink",
      "<guid>https://paper.example/1</guid>",
      "https://paper.example/1",
      "https://paper.example/1",
    ],
    [
      "a guid that is none",
      '<guid isPermaLink="false">https://paper.example/?p=1</guid>',
      "https://paper.example/?p=1",
      null,
    ],
    [
      "a guid that is a word, whatever it is called",
      '<guid isPermaLink="true">press-1</guid><link>/n/1</link>',
      "press-1",
      "https://paper.example/n/1",
    ],
    [
      "no guid",
      "<link>https://paper.example/%d8%ae</link>",
      "https://paper.example/%d8%ae",
      "https://paper.example/%d8%ae",
    ],
    ["a link that leads nowhere", "<guid>1</guid><link>javascript:alert(1)</link>", "1", null],
    [
      "a link beside Atom's",
      '<guid>1</guid><atom:link rel="alternate" href="https://paper.example/a"/>',
      "1",
      "https://paper.example/a",
    ],
  ])("%s", async (_, inside, id, address) =>
    expect(await ids(rss(`<item>${inside}<title>ع</title></item>`))).toEqual([[id, address]]),
  );

  test("neither id nor address: known by its words, the same at every poll, whatever its date", async () => {
    const feed = (title: string, date: string) =>
      rss(`<item><title>${title}</title><pubDate>${date}</pubDate></item>`);
    const [a, b, c] = await Promise.all(
      [feed("ع", "1 Mar 2026"), feed("ع", "2 Mar 2026"), feed("غ", "1 Mar 2026")].map(ids),
    );
    expect(a?.[0]?.[0]).toMatch(/^sha256:[0-9a-f]{40}$/);
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });
  test("an id beyond all is hashed", async () =>
    expect((await ids(rss(`<item><guid>${"x".repeat(3000)}</guid><title>ع</title></item>`)))[0]?.[0]).toMatch(
      /^sha256:/,
    ));
  test("of two with one id the first is kept, and it is told", async () => {
    const { items, skipped } = good(
      await read(
        rss("<item><guid>1</guid><title>أ</title></item><item><guid>1</guid><title>ب</title></item>"),
      ),
    );
    expect(items.map(({ title }) => title)).toEqual(["أ"]);
    expect(skipped).toEqual([{ what: "ب", why: expect.stringContaining("same id") }]);
  });

  test.each([
    ["its page", "<link>https://paper.example/n/1</link>", "", '<a href="x">', '<a href="x">'],
    [
      "its page is unknown: the paper",
      "",
      "",
      "<img src=x.jpg alt='a'>",
      `<img src="https://paper.example/x.jpg" alt='a'>`,
    ],
    [
      "xml:base goes before",
      "<link>https://paper.example/n/1</link>",
      'xml:base="https://cdn.example/b/"',
      `<a href="x?a=1&amp;b=2"> <img src='//i.example/y' srcset="a.jpg 1x, /b.jpg 2x">`,
      `<a href="https://cdn.example/b/x?a=1&amp;b=2"> <img src='https://i.example/y' srcset="https://cdn.example/b/a.jpg 1x, https://cdn.example/b.jpg 2x">`,
    ],
    [
      "what is no relative address stays",
      "",
      "",
      '<a href="#n"><a href="mailto:a@b.example"><a href="">',
      '<a href="#n"><a href="mailto:a@b.example"><a href="">',
    ],
  ])("relative addresses: %s", async (_, link, root, html, wanted) => {
    const text = `<content:encoded><![CDATA[<p>${html}x</p>]]></content:encoded>`;
    const it = await only(
      rss(`<item><guid isPermaLink="false">1</guid>${link}<title>ع</title>${text}</item>`, "", root),
    );
    expect(it.bodyHtml).toBe(`<p>${wanted}x</p>`);
  });
  test("xml:base is read from the outside in", async () => {
    const it = await only(
      atom(
        '<title>ع</title><link href="n/1"/><content type="html" xml:base="img/">&lt;img src="y.jpg"&gt;</content>',
        'xml:base="https://cdn.example/b/"',
      ),
    );
    expect(it).toMatchObject({
      url: "https://cdn.example/b/img/n/1",
      bodyHtml: '<img src="https://cdn.example/b/img/y.jpg">',
    });
  });
});

describe("what stands beside the text", () => {
  test.each([
    ["a name", "<author>سلمى حداد</author>", ["سلمى حداد"]],
    ["an address with a name", "<author>salma@paper.example (سلمى حداد)</author>", ["سلمى حداد"]],
    ["an address alone is no name", "<author>salma@paper.example</author>", []],
    [
      "several, each once",
      "<dc:creator>سلمى</dc:creator><dc:creator>علوم &amp;amp; كريم</dc:creator><author>سلمى</author>",
      ["سلمى", "علوم & كريم"],
    ],
  ])("authors: %s", async (_, inside, authors) =>
    expect((await only(item(`<title>ع</title>${inside}`))).authors).toEqual(authors),
  );

  test("categories", async () => {
    const named = (name: string) => ({ key: name, label: name });
    expect(
      (
        await only(
          item(
            "<title>ع</title><category>سياسة</category><category><![CDATA[علوم &amp; تقنية]]></category><dc:subject>سياسة</dc:subject>",
          ),
        )
      ).categories,
    ).toEqual([named("سياسة"), named("علوم & تقنية")]);
    expect(
      (await only(atom('<title>ع</title><category term="politics" label="سياسة"/><category term="رأي"/>')))
        .categories,
    ).toEqual([{ key: "politics", label: "سياسة" }, named("رأي")]);
    expect(await only(json({ title: "ع", tags: ["سياسة"] }))).toMatchObject({
      categories: [named("سياسة")],
      tags: [],
    });
  });

  const none = { type: null, length: null, width: null, height: null, alt: null, credit: null };
  test.each([
    [
      "an enclosure",
      '<enclosure url="/a.jpg" type="image/jpeg" length="12"/>',
      { ...none, url: "https://paper.example/a.jpg", type: "image/jpeg", length: 12 },
    ],
    ["an enclosure of sound is none", '<enclosure url="/a.mp3" type="audio/mpeg" length="12"/>', null],
    [
      "the widest of several",
      '<media:content url="/s.jpg" medium="image" width="100"/><media:content url="/l.jpg" type="image/jpeg" width="900" height="600" fileSize="5"><media:description>قاعة</media:description><media:credit>ليلى</media:credit></media:content>',
      {
        url: "https://paper.example/l.jpg",
        type: "image/jpeg",
        length: 5,
        width: 900,
        height: 600,
        alt: "قاعة",
        credit: "ليلى",
      },
    ],
    [
      "in a group",
      '<media:group><media:content url="/v.mp4" medium="video"/><media:thumbnail url="/t.jpg" width="320"/></media:group>',
      { ...none, url: "https://paper.example/t.jpg", width: 320 },
    ],
    [
      "numbers that cannot be",
      '<enclosure url="/a.jpg" type="image/jpeg" length="0"/><media:content url="/a.jpg" medium="image" width="-3" height="1e400"/>',
      { ...none, url: "https://paper.example/a.jpg", type: "image/jpeg" },
    ],
    [
      "an address that is none",
      '<enclosure url="data:image/png;base64,x" type="image/png" length="1"/>',
      null,
    ],
  ])("picture: %s", async (_, inside, image) =>
    expect((await only(item(`<title>ع</title>${inside}`))).image).toEqual(image),
  );

  test.each([
    ['<source url="https://a.example/f">وكالة ضفاف</source>', "وكالة ضفاف"],
    ['<source url="https://paper.example/">صوت الضفة</source>', null],
    ["<dc:source>وكالة ضفاف</dc:source>", "وكالة ضفاف"],
    ["<dc:source>https://a.example/1</dc:source>", null],
  ])("source: %s", async (inside, name) =>
    expect((await only(item(`<title>ع</title>${inside}`))).sourceName).toBe(name),
  );

  test.each([
    [
      "pubDate",
      item("<title>ع</title><pubDate>Sun, 01 Mar 2026 07:00:00 +0300</pubDate><dc:date>2020-01-01</dc:date>"),
      "2026-03-01T04:00:00Z",
      null,
    ],
    [
      "dc:date, where pubDate cannot be read",
      item("<title>ع</title><pubDate>أمس</pubDate><dc:date>2026-03-01T04:00:00Z</dc:date>"),
      "2026-03-01T04:00:00Z",
      null,
    ],
    [
      "both",
      item(
        "<title>ع</title><pubDate>1 Mar 2026 04:00 GMT</pubDate><dcterms:modified>2026-03-02T04:00:00Z</dcterms:modified>",
      ),
      "2026-03-01T04:00:00Z",
      "2026-03-02T04:00:00Z",
    ],
    [
      "only updated",
      atom("<title>ع</title><updated>2026-03-02T04:00:00Z</updated>"),
      "2026-03-02T04:00:00Z",
      "2026-03-02T04:00:00Z",
    ],
    [
      "Atom 0.3",
      atom("<title>ع</title><issued>2026-03-01T04:00:00Z</issued><modified>2026-03-02T04:00:00Z</modified>"),
      "2026-03-01T04:00:00Z",
      "2026-03-02T04:00:00Z",
    ],
    [
      "JSON Feed",
      json({
        title: "ع",
        date_published: "2026-03-01T07:00:00+03:00",
        date_modified: "2026-03-02T04:00:00Z",
      }),
      "2026-03-01T04:00:00Z",
      "2026-03-02T04:00:00Z",
    ],
    ["none: never now", item("<title>ع</title><pubDate>قبل ساعة</pubDate>"), null, null],
  ])("dates: %s", async (_, text, published, modified) => {
    const it = await only(text);
    expect([it.published?.toString() ?? null, it.modified?.toString() ?? null]).toEqual([
      published,
      modified,
    ]);
  });
});

test("RSS 1.0", async () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel rdf:about="https://paper.example/rdf"><title>صوت الضفة</title><link>https://paper.example/</link><dc:language>ar</dc:language><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency><items><rdf:Seq><rdf:li rdf:resource="https://paper.example/1"/></rdf:Seq></items></channel>
<item rdf:about="https://paper.example/1"><title>ع</title><link>https://paper.example/1</link><description>نص</description><dc:date>2026-03-01T07:00+03:00</dc:date><dc:creator>سلمى</dc:creator><dc:subject>سياسة</dc:subject></item></rdf:RDF>`;
  const { title, language, ttlMinutes, items } = good(await read(text));
  expect({ title, language, ttlMinutes }).toEqual({ title: "صوت الضفة", language: "ar", ttlMinutes: 360 });
  expect(items).toMatchObject([
    {
      externalId: "https://paper.example/1",
      url: "https://paper.example/1",
      title: "ع",
      bodyHtml: "<p>نص</p>",
      authors: ["سلمى"],
    },
  ]);
});

test("RSS 0.91 with its DOCTYPE, in ISO-8859-6", async () => {
  const text =
    '<?xml version="1.0" encoding="ISO-8859-6"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>صوت</title><language>ar</language><item><title>خبر</title><link>https://paper.example/1</link></item></channel></rss>';
  const letters = new Map(
    Array.from({ length: 256 }, (_, it) => [new TextDecoder("iso-8859-6").decode(Uint8Array.of(it)), it]),
  );
  const { title, items } = good(
    await read(Uint8Array.from([...text].map((letter) => letters.get(letter) ?? 63)), "text/xml"),
  );
  expect({ title, titles: items.map((it) => it.title) }).toEqual({ title: "صوت", titles: ["خبر"] });
});

test.each([
  [
    "by links of Atom",
    rss(
      "",
      '<atom:link rel="self" href="https://paper.example/f"/><atom:link rel="hub" href="https://hub.example/"/><ttl>30</ttl>',
    ),
    30,
  ],
  [
    "the greater of ttl and period",
    rss(
      "",
      '<atom:link rel="self" href="https://paper.example/f"/><atom:link rel="hub" href="https://hub.example/"/><ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>',
    ),
    60,
  ],
  [
    "by JSON Feed",
    JSON.stringify({
      version: "https://jsonfeed.org/version/1.1",
      title: "ع",
      feed_url: "https://paper.example/f",
      hubs: [
        { type: "rssCloud", url: "https://x.example/" },
        { type: "WebSub", url: "https://hub.example/" },
      ],
      items: [],
    }),
    null,
  ],
])("hub, topic and rhythm: %s", async (_, text, ttl) => {
  const { hub, self, ttlMinutes } = good(await read(text));
  expect([hub?.href, self?.href, ttlMinutes]).toEqual([
    "https://hub.example/",
    "https://paper.example/f",
    ttl,
  ]);
});

describe("what is no feed is told", () => {
  const page = (head: string) =>
    `<!DOCTYPE html><html><head><title>x</title>${head}</head><body><p>x<br></body></html>`;
  test.each([
    ["nothing", "", "answered with nothing at all"],
    ["blanks", " \n", "answered with nothing at all"],
    ["a page", page(""), "is a page, not a feed, and names none"],
    [
      "a page that names its feed",
      page(
        '<link rel="stylesheet" href="/s.css"><link title=x href="/feed/?a=1&amp;b=2" type="application/rss+xml" rel="alternate">',
      ),
      "It names a feed: https://paper.example/feed/?a=1&b=2",
    ],
    ["XHTML", '<?xml version="1.0"?><!-- x --><html xmlns="http://www.w3.org/1999/xhtml"/>', "is a page"],
    ["a sitemap", '<?xml version="1.0"?><urlset/>', "it holds a <urlset>"],
    ["an answer of WordPress's REST API", '{"code":"rest_no_route"}', "is JSON, but no JSON Feed"],
    ["a list", "[1,2]", "is JSON, but no JSON Feed"],
    ["broken JSON", '{"version":', "begins like JSON"],
    ["plain text", "Forbidden", "is text, but no feed"],
    ["half a feed", rss("<item><title>ع</title></item>").slice(0, -20), "breaks off in the middle"],
    [
      "a feed with entities of its own",
      `<!DOCTYPE rss [<!ENTITY x "y">]>${rss("")}`.replace(/<\?xml[^>]*>/, ""),
      "entities of its own",
    ],
    ["bytes", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0), "is no text"],
    ["too much", new Uint8Array(5_000_001).fill(32), "larger than 5 MB"],
  ])("%s", async (_, text, why) => expect(await whyNot(text)).toContain(why));

  test("a page in a feed's clothes, and a feed in a page's", async () => {
    expect(await whyNot(page(""), "application/rss+xml")).toContain("is a page");
    expect(good(await read(rss("<item><title>ع</title></item>"), "text/html")).items).toHaveLength(1);
  });
});

test("no more than 2,000 items, and it is told", async () => {
  const many = Array.from(
    { length: mostItems + 5 },
    (_, i) => `<item><guid>${i}</guid><title>ع</title></item>`,
  ).join("");
  const { items, skipped } = good(await read(rss(many)));
  expect(items).toHaveLength(mostItems);
  expect(skipped).toEqual([{ what: url.href, why: expect.stringContaining("more than 2000 items") }]);
});

// Each took a minute or for ever with the parser alone, or with a rule of ours that was put right.
test.each([
  ["brackets in a name", rss(`<item><author>${"(".repeat(1_000_000)}</author></item>`)],
  ["dots in a name", rss(`<item><author>a@${".".repeat(1_000_000)}@</author></item>`)],
  [
    "CDATA in CDATA in xhtml",
    atom(`<content type="xhtml"><div><![CDATA[${"<![CDATA[".repeat(400_000)}]]></div></content>`),
  ],
  [
    "CDATA in a comment in xhtml",
    atom(`<content type="xhtml"><div><!--${"<![CDATA[".repeat(400_000)}--></div></content>`),
  ],
  [
    "items of RDF",
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><items><rdf:Seq>${'<rdf:li rdf:resource="a"/>'.repeat(80_000)}</rdf:Seq></items></channel>${'<item rdf:about="b"/>'.repeat(100_000)}</rdf:RDF>`,
  ],
  ["tags in a title", item(`<title>${"&lt;b".repeat(800_000)}</title>`)],
  ["tags in a text", item(`<title>ع</title><description>${"&lt;a href='".repeat(300_000)}</description>`)],
  ["deep HTML without a title", item(`<description>${"&lt;b&gt;".repeat(500_000)}x</description>`)],
  ["a page full of links", `<html>${"<link ".repeat(800_000)}`],
  ["deep JSON", "[".repeat(4_000_000)],
  ["references", item(`<title>${"&amp;amp;".repeat(500_000)}</title>`)],
])("a bomb costs little time: %s", { timeout: 10_000 }, async (_, text) =>
  expect(await read(text)).toBeDefined(),
);
