import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PageDraft, PageReading } from "./draft.ts";
import { readPage } from "./read.ts";

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");

function draftOf(reading: PageReading): PageDraft {
  if (!reading.ok) throw new Error(reading.why);
  return reading.draft;
}
const whyNot = (reading: PageReading) => (reading.ok ? "it was read" : reading.why);

describe("a page with metadata", () => {
  const draft = draftOf(
    readPage(fixture("wordpress-page.html"), new URL("https://mahatta.example/?p=7#comments")),
  );

  test("what it says of itself", () => {
    const { bodyHtml: _, publishedAt, ...rest } = draft;
    expect(publishedAt?.toString()).toBe("2026-03-01T06:30:00Z");
    expect(rest).toEqual({
      url: "https://www.mahatta.example/2026/03/%D9%82%D8%B7%D8%A7%D8%B1/",
      title: "قطار الجبل يعود إلى السكة بعد ربع قرن – صور",
      summary: "رحلة أولى في الثامنة صباحاً، وأربع محطات بين الساحل والقمة.",
      section: "سياحة",
      sourceName: "وكالة القمم",
      authors: ["هناء صالح", "رامي عيد"],
      image: {
        url: "https://mahatta.example/media/train.jpg",
        alt: "قاطرة حمراء عند المحطة",
        width: 1200,
        height: 675,
      },
    });
  });

  test("its text and nothing else", () => {
    const blocks = [...draft.bodyHtml.matchAll(/<(p|h2)>(\S+)/g)].map(([, tag, word]) => `${tag} ${word}`);
    expect(blocks).toEqual(["p رحلة", "p انطلق", "p وقالت", "p وستسير", "h2 جسور", "p وكان"]);
    expect(draft.bodyHtml).not.toMatch(/script|alert|اقرأ|يُعجبك|تلفريك|علاقة|القمم/);
  });
});

test("a page without metadata", () => {
  const { bodyHtml, ...rest } = draftOf(readPage(fixture("plain-page.html"), null));
  expect(rest).toEqual({
    url: null,
    title: "مكتبة الحي تعير الكتب بالدراجة",
    summary: null,
    section: "كتب",
    sourceName: "مراسلون",
    publishedAt: null,
    authors: [],
    image: null,
  });
  expect(bodyHtml.startsWith("<p>تجوب") && bodyHtml.endsWith("في موعدها.</p>")).toBe(true);
  expect(bodyHtml).not.toContain("»");
});

const paragraph = `<p>${"كلمات كثيرة في فقرة واحدة، طويلة بما يكفي. ".repeat(12)}</p>`;
const page = (head: string, body = `<article><h1>عنوان للتجربة هنا</h1>${paragraph.repeat(3)}</article>`) =>
  `<html><head>${head}</head><body>${body}</body></html>`;

describe("addresses", () => {
  const canonical = '<link rel="canonical" href="https://paper.example/news/1#top">';
  test.each([
    [canonical, null, "https://paper.example/news/1"],
    [canonical, "https://www.paper.example/x", "https://paper.example/news/1"],
    [canonical, "https://other.example/x", "https://other.example/x"],
    [
      '<link rel="canonical" href="javascript:alert(1)">',
      "https://other.example/x#y",
      "https://other.example/x",
    ],
    ['<link rel="canonical" href="/news/1">', null, null],
  ])("%s found at %s", (head, url, address) =>
    expect(draftOf(readPage(page(head), url === null ? null : new URL(url))).url).toBe(address),
  );
});

describe("dates", () => {
  test.each([
    ["2026-03-01T05:00:00Z", "2026-03-01T05:00:00Z"],
    ["2026-03-01T05:00:00+0300", "2026-03-01T02:00:00Z"],
    ["2026-03-01T05:00:00", undefined],
    ["2026-03-01", undefined],
    ["0001-01-01T00:00:00Z", undefined],
    ["أمس", undefined],
  ])("%s", (given, instant) => {
    const reading = readPage(page(`<meta property="article:published_time" content="${given}">`), null);
    expect(draftOf(reading).publishedAt?.toString()).toBe(instant);
  });
});

describe("sections", () => {
  const listed = (names: string[]) =>
    `<script type="application/ld+json">${JSON.stringify({
      "@type": "BreadcrumbList",
      itemListElement: names.map((name, i) => ({ position: i + 1, item: { name } })),
    })}</script>`;
  test.each([
    ['<meta property="article:section" content="آخر الأخبار">', "", null],
    ['<meta property="article:section" content="رياضة">', "", "رياضة"],
    [listed(["الرئيسية", "اقتصاد", "أسواق", "عنوان للتجربة هنا"]), "", "أسواق"],
    ["", '<nav class="breadcrumbs"><a>الرئيسية</a><a>علوم</a><span>عنوان للتجربة…</span></nav>', "علوم"],
    ["", '<ol id="Breadcrumb"><li>الرئيسية</li><li>&gt;</li><li>علوم &amp; تقنية</li></ol>', "علوم & تقنية"],
    ["", "<p>قال «نعم» ثم «لا» » انتهى</p>", null],
  ])("%s %s", (head, nav, section) => {
    const body = `${nav}<article><h1>عنوان للتجربة هنا</h1>${paragraph.repeat(3)}</article>`;
    expect(draftOf(readPage(page(head, body), null)).section).toBe(section);
  });
});

describe("titles", () => {
  const h1 = (text: string) => `<h1>${text}</h1>${paragraph.repeat(3)}`;
  test.each([
    [
      '<meta property="og:title" content="خبر أول | الصحيفة"><meta property="og:site_name" content="الصحيفة">',
      h1("آخر"),
      "خبر أول",
    ],
    ["<title>خبر طويل من الشمال - الصحيفة</title>", h1("خبر طويل من الشمال"), "خبر طويل من الشمال"],
    ["<title>خبر من الصفحة</title>", paragraph.repeat(3), "خبر من الصفحة"],
  ])("%s", (head, body, title) => expect(draftOf(readPage(page(head, body), null)).title).toBe(title));
});

test("an excerpt that a program cut is no summary", () => {
  const reading = readPage(page('<meta name="description" content="كلمات كثيرة في فقرة […]">'), null);
  expect(draftOf(reading).summary).toBeNull();
});

describe("no article", () => {
  const deep = page("", `${"<div>".repeat(5000)}${paragraph}`);
  const full = page("", "<i>x</i>".repeat(60_000));
  const links = page(
    "",
    `<h1>أخبار اليوم كلها</h1>${"<p><a href=/1>عنوان خبر طويل من أخبار اليوم هنا</a></p>".repeat(30)}`,
  );
  test.each([
    ["", "no HTML page"],
    ['{"title": "x"}', "no HTML page"],
    [`<?xml version="1.0"?><rss><channel><title>خبر</title>${paragraph}</channel></rss>`, "feed"],
    [page("", paragraph.repeat(3)), "no title"],
    [page("<title>404 Not Found</title>", `<h1>404 Not Found</h1>${paragraph.repeat(3)}`), "error page"],
    [page("<title>الصفحة غير موجودة - الصحيفة</title>", paragraph.repeat(3)), "error page"],
    [page("<title>خبر قصير</title>", "<p>سطر واحد لا يكفي.</p>"), "fewer than 40 words"],
    [page("<title>خبر بلا نص</title>", ""), "No article text"],
    [deep, "nested deeper"],
    [full, "more elements"],
    [page("", "&amp;".repeat(300_000)), "more elements"],
    [page("", `${"<div>".repeat(140)}${paragraph.repeat(400)}`), "nested deeper"],
    [links, "list of links"],
    ["<p>".padEnd(5_000_001, "x"), "larger than 5 MB"],
    [`<p>${"س".repeat(2_600_000)}`, "larger than 5 MB"],
  ])("%.60s", (html, why) => expect(whyNot(readPage(html, null))).toContain(why));
});

describe("hostile metadata is passed over", () => {
  const ld = (json: string) => page(`<script type="application/ld+json">${json}</script>`);
  test.each([
    ld("{"),
    ld("[".repeat(100_000)),
    ld(`${"[".repeat(5000)}${"]".repeat(5000)}`),
    ld(
      '{"@type":"NewsArticle","headline":{"a":1},"author":5,"image":[[null]],"datePublished":[],"articleSection":{}}',
    ),
    ld('{"@type":"NewsArticle","image":{"url":"javascript:alert(1)","width":"1e9"},"author":{"name":["ا"]}}'),
    ld('{"@graph":{"@graph":{"@graph":null}},"__proto__":{"headline":"س"}}'),
    page('<meta property="og:image" content="data:image/png;base64,AAAA"><meta content="x">'),
  ])("%.80s", (html) => {
    const draft = draftOf(readPage(html, null));
    expect(draft.title).toBe("عنوان للتجربة هنا");
    expect(draft.image).toBeNull();
  });
});

test("whatever the markup, there is an answer", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          "<p>",
          "</p>",
          "<div class=breadcrumb>",
          "</div>",
          "<h1>",
          "<",
          ">",
          "<!--",
          "<script>",
          "<title>",
          "</body>",
          "</html>",
          "<br>",
          "<svg>",
          "<table>",
          "<template>",
          "&#0;",
          "الرئيسية » خبر » ",
          paragraph,
          "قد يعجبك أيضا",
        ),
        { maxLength: 25 },
      ),
      (pieces) => {
        const reading = readPage(pieces.join(""), null);
        return reading.ok ? reading.draft.title !== "" : reading.why.endsWith(".");
      },
    ),
    { numRuns: 300 },
  ));
