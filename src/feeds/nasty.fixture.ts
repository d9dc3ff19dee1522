// The nasty corpus: what has broken feeds elsewhere. Each stands in a feed of its own and all of them in one; beside each
// stands what readers must find of it, spelled out, so that nothing here is judged by the code that it is to judge.
import type { Article } from "../articles/index.ts";
import { article, picture, section } from "./feeds.fixture.ts";
import type { Told } from "./readers.fixture.ts";

/** What readers find of the plain article; a row says what is different. */
const plain = {
  link: "https://news.example/articles/",
  title: "افتتاح مكتبة عامة في بيروت",
  summary: "فتحت المكتبة أبوابها صباح الأحد.",
  body: "<p>فتحت المكتبة أبوابها صباح الأحد.</p>",
  creators: [],
  categories: ["ثقافة"],
  picture: null,
  enclosure: null,
};

type Shown = Partial<Omit<Told, "content">> & {
  /** What stands inside of the block that says language and direction. */
  body?: string;
};

const c0 = Array.from({ length: 32 }, (_, i) => String.fromCharCode(i)).join("");
const c1 = Array.from({ length: 32 }, (_, i) => String.fromCharCode(0x80 + i)).join("");
const named = (...names: string[]) => names.map((name, i) => ({ slug: `name-${i}`, name }));
const tagged = (...names: string[]) => ({ tags: named(...names) });
const at = (instant: string) => Temporal.Instant.from(instant);
const long = "تقول الأمينة إن الناس أتوا من الصباح. ".repeat(2500).trim();

type Row = [what: string, over: Partial<Article>, shown: Shown];

const rows: Row[] = [
  ["nothing special", {}, {}],
  [
    "control characters",
    {
      title: `عنوان${c0}بعد`,
      summary: `موجز${c0}بعد`,
      bodyHtml: `<p>نص${c0}بعد</p>`,
      correction: `ورد${c0}خطأ`,
      sourceName: `وكالة${c0}أنباء`,
      ...tagged(`وسم${c0}آخر`),
      image: { ...picture, alt: `قاعة${c0}المطالعة`, credit: `\u0000ليلى\u001F` },
    },
    {
      title: "عنوان بعد",
      summary: "موجز بعد",
      body: `<figure><img src="${picture.url}" alt="قاعة المطالعة" width="1200" height="800"><figcaption>الصورة: ليلى</figcaption></figure>
<p><strong>تصحيح:</strong> ورد خطأ</p>
<p>نص\t\n\nبعد</p>
<p>المصدر: وكالة أنباء</p>`,
      creators: ["وكالة أنباء"],
      categories: ["ثقافة", "وسم آخر"],
      picture: { url: picture.url, description: "قاعة المطالعة", credit: "ليلى" },
      enclosure: { url: picture.url, type: "image/jpeg", length: 48_213 },
    },
  ],
  [
    "bytes of Windows-1252",
    { title: `They said ${c1}.`, bodyHtml: `<p>${c1}</p>`, summary: "\u0093Yes\u0094" },
    {
      title: "\u200FThey said €‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ.",
      body: "\u200F<p>€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ</p>",
      summary: "\u200F“Yes”",
    },
  ],
  [
    "bytes of Windows-1256",
    { title: `قال ${c1}.`, summary: "\u0093نعم\u0094 \u0085", bodyHtml: `<p>ق\u0081\u008D\u009D\u009E</p>` },
    {
      title: "قال €پ‚ƒ„…†‡ˆ‰ٹ‹Œچژڈگ‘’“”•–—ک™ڑ›œ\u200C\u200Dں.",
      summary: "“نعم” …",
      body: "<p>قپچ\u200C\u200D</p>",
    },
  ],
  [
    "delete, and what Unicode never assigns",
    {
      title: "قبل\u007F\uFFFE\uFFFF\uFDD0\uFDEF\u{1FFFE}\u{10FFFF}بعد",
      bodyHtml: "<p>ن\u007F \uFFFE\uFFFF\uFDD0 \u{2FFFF}\u{10FFFE}ص</p>",
    },
    { title: "قبلبعد", body: "<p>ن  ص</p>" },
  ],
  [
    "lone surrogates",
    {
      title: "قبل\uD800بعد \uDFFF\uD83D",
      summary: "\uDE00\uD83D",
      bodyHtml: "<p>\uDC00 😀\uD83D</p>",
      authors: named("\uD800"),
    },
    { title: "قبلبعد", summary: "", body: "<p> 😀</p>" },
  ],
  [
    "the end mark of CDATA",
    {
      title: "أ ]]> ب ]]]]>> ج <![CDATA[ د",
      summary: "]]>",
      bodyHtml: "<p>]]> ]]&gt; ]]]]>> ]]<b>></b> &lt;![CDATA[ ]]]]]]>]]></p>",
      correction: "]]>]]>",
      authors: named("]]>"),
      ...tagged("]]>", "<![CDATA[x]]>"),
      image: { ...picture, alt: "]]>", credit: "]]>" },
    },
    {
      title: "أ ]]> ب ]]]]>> ج <![CDATA[ د",
      summary: "]]>",
      body: `<figure><img src="${picture.url}" alt="]]&gt;" width="1200" height="800"><figcaption>الصورة: ]]&gt;</figcaption></figure>
<p><strong>تصحيح:</strong> ]]&gt;]]&gt;</p>
<p>]]> ]]&gt; ]]]]>> ]]<b>></b> &lt;![CDATA[ ]]]]]]>]]></p>`,
      creators: ["]]>"],
      categories: ["ثقافة", "]]>", "<![CDATA[x]]>"],
      picture: { url: picture.url, description: "]]>", credit: "]]>" },
      enclosure: { url: picture.url, type: "image/jpeg", length: 48_213 },
    },
  ],
  [
    "markup in titles and names",
    {
      title: `AT&T <b>"و"</b> 'x' < >`,
      summary: `1 < 2 && 3 > 2`,
      ...tagged(`R&D <"'>`, "<script>alert(1)</script>"),
      authors: named(`O'Neil & "Söhne" <AFP>`),
      sourceName: `A & <B> "C"`,
      correction: "<i>",
    },
    {
      title: `\u200FAT&T <b>"و"</b> 'x' < >`,
      summary: `1 < 2 && 3 > 2`,
      body: `<p><strong>تصحيح:</strong> &lt;i&gt;</p>
<p>فتحت المكتبة أبوابها صباح الأحد.</p>
<p>المصدر: A &amp; &lt;B&gt; &quot;C&quot;</p>`,
      creators: [`O'Neil & "Söhne" <AFP>`],
      categories: ["ثقافة", `R&D <"'>`, "<script>alert(1)</script>"],
    },
  ],
  [
    "the end of the document, forged",
    {
      title: "</title></item></channel></rss><?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'e'>]>&e;<!-- --",
      summary: "</description></summary></entry></feed>",
      bodyHtml: "<p>نص</p></div>]]></content></content:encoded>",
      ...tagged('"/><category term="'),
      authors: named("</name></author>"),
    },
    {
      title:
        "\u200F</title></item></channel></rss><?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'e'>]>&e;<!-- --",
      summary: "\u200F</description></summary></entry></feed>",
      body: "<p>نص</p></div>]]></content></content:encoded>",
      creators: ["</name></author>"],
      categories: ["ثقافة", '"/><category term="'],
    },
  ],
  [
    "a section with markup in its name",
    { sections: [section(7, "7", `R&D <"'> ]]>\u0001`), section(8, "8", " \n"), section(9, "9", "]]>")] },
    { categories: [`R&D <"'> ]]>`, "]]>"] },
  ],
  [
    "entities spelled out",
    {
      title: "كيف تكتب &amp; و&#39; و&nbsp; و&rarr; في HTML",
      summary: "&lt;b&gt; &quot;",
      ...tagged("&amp;", "&#x26;amp;", `&amp; > "&"`),
      authors: named("&eacute; <&amp;>"),
      image: { ...picture, alt: "&quot;&amp;quot;", credit: null },
    },
    {
      title: "كيف تكتب &amp; و&#39; و&nbsp; و&rarr; في HTML",
      summary: "\u200F&lt;b&gt; &quot;",
      body: `<figure><img src="${picture.url}" alt="&amp;quot;&amp;amp;quot;" width="1200" height="800"></figure>
<p>فتحت المكتبة أبوابها صباح الأحد.</p>`,
      creators: ["&eacute; <&amp;>"],
      categories: ["ثقافة", "&amp;", "&#x26;amp;", `&amp; > "&"`],
      picture: { url: picture.url, description: "&quot;&amp;quot;", credit: null },
      enclosure: { url: picture.url, type: "image/jpeg", length: 48_213 },
    },
  ],
  [
    "Arabic addresses",
    {
      url: "https://أخبار.example/سياسة/قصة قصيرة?ك=١&b=2#هنا",
      guid: "https://أخبار.example/?p=17",
      image: { ...picture, url: "https://صور.example/مكتبة ١.jpg", width: null, credit: null },
    },
    {
      id: "https://أخبار.example/?p=17",
      link: "https://xn--igbicxr.example/%D8%B3%D9%8A%D8%A7%D8%B3%D8%A9/%D9%82%D8%B5%D8%A9%20%D9%82%D8%B5%D9%8A%D8%B1%D8%A9?%D9%83=%D9%A1&b=2#%D9%87%D9%86%D8%A7",
      body: `<figure><img src="https://xn--wgbh1d.example/%D9%85%D9%83%D8%AA%D8%A8%D8%A9%20%D9%A1.jpg" alt="قاعة المطالعة"></figure>
<p>فتحت المكتبة أبوابها صباح الأحد.</p>`,
      picture: {
        url: "https://xn--wgbh1d.example/%D9%85%D9%83%D8%AA%D8%A8%D8%A9%20%D9%A1.jpg",
        description: "قاعة المطالعة",
        credit: null,
      },
      enclosure: {
        url: "https://xn--wgbh1d.example/%D9%85%D9%83%D8%AA%D8%A8%D8%A9%20%D9%A1.jpg",
        type: "image/jpeg",
        length: 48_213,
      },
    },
  ],
  [
    "characters that browsers let pass in addresses, but RFC 3986 does not",
    { url: 'https://news.example/a|b/[c]?d={e}&f=^`"<g>\\#h' },
    { link: "https://news.example/a%7Cb/%5Bc%5D?d=%7Be%7D&f=%5E%60%22%3Cg%3E%5C#h" },
  ],
  ["an address of IPv6", { url: "http://[2001:db8::1]/a" }, { link: "http://[2001:db8::1]/a" }],
  ["a guid that is an address with ?p=", { guid: "https://old.example/?cat=3&p=4711" }, {}],
  [
    "a guid that a URL parser would rewrite",
    { guid: "HTTP://News.Example:80/a/../?p=1&amp;x=2'" },
    { id: "HTTP://News.Example:80/a/../?p=1&amp;x=2'" },
  ],
  [
    "Latin first",
    {
      title: "Reuters - قال الوزير",
      summary: "BBC: خبر",
      bodyHtml: "<p>&quot;<b>NATO</b> يجتمع</p>",
    },
    {
      title: "\u200FReuters - قال الوزير",
      summary: "\u200FBBC: خبر",
      body: "\u200F<p>&quot;<b>NATO</b> يجتمع</p>",
    },
  ],
  [
    "figures and signs first",
    { title: "2026: «NATO» يجتمع", summary: "\u200FNATO" },
    { title: "\u200F2026: «NATO» يجتمع", summary: "\u200FNATO" },
  ],
  [
    "directions that run on",
    { title: "قال \u202Eagain\u2066 \u200Fنعم\u200E \u061C!", ...tagged("\u2067وسم\u2069") },
    { title: "قال again \u200Fنعم\u200E \u061C!", categories: ["ثقافة", "وسم"] },
  ],
  [
    "joiners, strokes and vowels",
    {
      title: "می\u200Cخواهم عـــربي ه\u200D مُدَرِّسٌ لَا إِلَٰهَ الله",
      bodyHtml: "<p>ک\u200Cتاب \u0628\u0651\u064E \uFEFB \uFDFA</p>",
    },
    {
      title: "می\u200Cخواهم عـــربي ه\u200D مُدَرِّسٌ لَا إِلَٰهَ الله",
      body: "<p>ک\u200Cتاب \u0628\u064E\u0651 \uFEFB \uFDFA</p>",
    },
  ],
  [
    "letters in pieces",
    { title: "\u0627\u0653ب cafe\u0301", authors: named("Jose\u0301") },
    { title: "\u0622ب café", creators: ["José"] },
  ],
  [
    "eighty strokes on one letter",
    { title: `ب${"\u064E".repeat(80)}ت` },
    { title: `ب${"\u064E".repeat(30)}ت` },
  ],
  [
    "spaces that are none",
    { title: "\uFEFFأ\u00A0ب\u2003ج\u2028د\u2029ه\u3000", bodyHtml: "<p>أ\u00A0ب\u2028ج\uFEFF</p>" },
    { title: "أ ب ج د ه", body: "<p>أ\u00A0ب\u2028ج\uFEFF</p>" },
  ],
  [
    "emoji",
    { title: "👩‍👩‍👧 عائلة 🇱🇧 ❤️ 1️⃣", bodyHtml: "<p>😀 👨🏽‍🚀 \u{2FA1D} \u{10FFFD} 🏴󠁧󠁢󠁳󠁣󠁴󠁿</p>", ...tagged("🇱🇧") },
    {
      title: "👩‍👩‍👧 عائلة 🇱🇧 ❤️ 1️⃣",
      body: "\u200F<p>😀 👨🏽‍🚀 \u{2A600} \u{10FFFD} 🏴󠁧󠁢󠁳󠁣󠁴󠁿</p>",
      categories: ["ثقافة", "🇱🇧"],
    },
  ],
  [
    "several authors, one of them twice",
    { authors: named("سلمى حداد", "John Smith", "سلمى حداد"), sourceName: "رويترز" },
    {
      creators: ["سلمى حداد", "John Smith"],
      body: "<p>فتحت المكتبة أبوابها صباح الأحد.</p>\n<p>المصدر: رويترز</p>",
    },
  ],
  [
    "authors like addresses",
    { authors: named("salma@news.example (سلمى حداد)", "Karim <karim@news.example>", "mailto:x@y.example") },
    { creators: ["salma@news.example (سلمى حداد)", "Karim <karim@news.example>", "mailto:x@y.example"] },
  ],
  ["an author without a name", { authors: named(" \u0000 "), sourceName: "\u0007", ...tagged("\uD800") }, {}],
  [
    "a picture whole",
    { image: { ...picture, alt: `"قاعة" <1> & 2` } },
    {
      body: `<figure><img src="${picture.url}" alt="&quot;قاعة&quot; &lt;1&gt; &amp; 2" width="1200" height="800"><figcaption>الصورة: ليلى &amp; شركاؤها</figcaption></figure>
<p>فتحت المكتبة أبوابها صباح الأحد.</p>`,
      picture: { url: picture.url, description: `"قاعة" <1> & 2`, credit: "ليلى & شركاؤها" },
      enclosure: { url: picture.url, type: "image/jpeg", length: 48_213 },
    },
  ],
  [
    "a picture without length",
    { image: { ...picture, length: null, width: null, alt: null, credit: null } },
    {
      body: `<figure><img src="${picture.url}" alt=""></figure>
<p>فتحت المكتبة أبوابها صباح الأحد.</p>`,
      picture: { url: picture.url, description: null, credit: null },
    },
  ],
  [
    "a picture that says it is a page",
    { image: { ...picture, url: "/library.jpg?a=1&b=2", type: 'text/html"><x', alt: "x", credit: null } },
    {
      body: `<figure><img src="https://news.example/library.jpg?a=1&amp;b=2" alt="x" width="1200" height="800"></figure>
<p>فتحت المكتبة أبوابها صباح الأحد.</p>`,
      picture: { url: "https://news.example/library.jpg?a=1&b=2", description: "x", credit: null },
    },
  ],
  [
    "a picture on another host, without a scheme",
    { image: { ...picture, url: "//cdn.example/a|b.jpg", alt: "x", credit: null } },
    {
      body: `<figure><img src="https://cdn.example/a|b.jpg" alt="x" width="1200" height="800"></figure>
<p>فتحت المكتبة أبوابها صباح الأحد.</p>`,
      picture: { url: "https://cdn.example/a%7Cb.jpg", description: "x", credit: null },
      enclosure: { url: "https://cdn.example/a%7Cb.jpg", type: "image/jpeg", length: 48_213 },
    },
  ],
  ["a picture nowhere", { image: { ...picture, url: "http://[no" } }, {}],
  ["a picture that is a script", { image: { ...picture, url: "javascript:alert(1)" } }, {}],
  ["a picture in the address", { image: { ...picture, url: "data:image/png;base64,AAAA" } }, {}],
  [
    "a body with only a picture",
    { bodyHtml: `<p><img src="${picture.url}" alt="x"></p>`, summary: "" },
    { body: `<p><img src="${picture.url}" alt="x"></p>`, summary: "" },
  ],
  [
    "marks of our own",
    {
      title: "place:0; <extra>place:1;</extra> $& $1 $$ $`",
      bodyHtml: "<p>&lt;![CDATA[place:0;]]&gt; place:1; $& $1 $$</p>",
      ...tagged("place:2;", "<rights>place:3;</rights>"),
    },
    {
      title: "\u200Fplace:0; <extra>place:1;</extra> $& $1 $$ $`",
      body: "\u200F<p>&lt;![CDATA[place:0;]]&gt; place:1; $& $1 $$</p>",
      categories: ["ثقافة", "place:2;", "<rights>place:3;</rights>"],
    },
  ],
  [
    "nothing but a title",
    { summary: "", bodyHtml: "", sections: [] },
    { summary: "", body: "", categories: [] },
  ],
  [
    "lines and tabs",
    {
      title: "\tسطر\r\nثان\tو\u000B\u000Cثالث\r",
      summary: "سطر\nثان\r\rثالث",
      bodyHtml: "<pre>a\r\nb\rc\n\td\r\r\ne</pre>",
      ...tagged("وسم\nآخر"),
    },
    {
      title: "سطر ثان وثالث",
      summary: "سطر ثان ثالث",
      body: "\u200F<pre>a\nb\nc\n\td\n\ne</pre>",
      categories: ["ثقافة", "وسم آخر"],
    },
  ],
  [
    "long ago, and changed before it was written",
    { publishedAt: at("1948-02-29T23:59:59.999Z"), updatedAt: at("1947-01-01T00:00Z") },
    { published: "1948-02-29T23:59:59Z", updated: "1948-02-29T23:59:59Z" },
  ],
  [
    "the last year that can be written",
    { publishedAt: at("9999-12-31T23:59:59.999Z"), updatedAt: at("9999-12-31T23:59:59.999Z") },
    { published: "9999-12-31T23:59:59Z", updated: "9999-12-31T23:59:59Z" },
  ],
  [
    "changed years later",
    { updatedAt: at("2031-12-01T10:00:00+03:00") },
    { updated: "2031-12-01T07:00:00Z" },
  ],
  ["a very long text", { bodyHtml: `<p>${long}</p>` }, { body: `<p>${long}</p>` }],
  [
    "names of everything",
    tagged(
      "__proto__",
      "constructor",
      "toString",
      "|",
      ",",
      "ثقافة",
      ...Array.from({ length: 24 }, (_, i) => `وسم ${i}`),
    ),
    {
      categories: [
        "ثقافة",
        "__proto__",
        "constructor",
        "toString",
        "|",
        ",",
        ...Array.from({ length: 24 }, (_, i) => `وسم ${i}`),
      ],
    },
  ],
];

/** Each with what readers must find of it. */
export const corpus: readonly { what: string; article: Article; told: Told }[] = rows.map(
  ([what, over, shown], i) => {
    const it = article(i + 1, over);
    const { body, ...rest } = { ...plain, ...shown };
    const second = it.publishedAt.round({ smallestUnit: "second", roundingMode: "floor" }).toString();
    return {
      what,
      article: it,
      told: {
        id: it.guid,
        content: `<div dir="rtl" lang="ar">${body}</div>`,
        published: second,
        updated: second,
        ...rest,
        link: shown.link ?? `${plain.link}${it.id}`,
      },
    };
  },
);

export const nasty: Record<string, Article> = Object.fromEntries(
  corpus.map(({ what, article }) => [what, article]),
);

/** What cannot stand in a valid feed, and what is said of it. */
export const bad: [why: string, article: Article][] = [
  ["its guid is no IRI", article(130, { guid: "post 17" })],
  ["its guid is no IRI", article(131, { guid: "tag:x,2026:\u0001" })],
  ["its guid is no IRI", article(132, { guid: "" })],
  ["its guid is no IRI", article(133, { guid: "17" })],
  ["its guid is no IRI", article(134, { guid: "tag:x,2026:\uD800" })],
  ["its guid is no IRI", article(135, { guid: "tag:x,2026:\u0085" })],
  ["its guid is no IRI", article(136, { guid: "tag:x,2026:\uFFFE" })],
  ["its URL is no http or https URL", article(140, { url: "javascript:alert(1)" })],
  ["its URL is no http or https URL", article(141, { url: "//" })],
  ["its URL is no http or https URL", article(142, { url: "//news.example/1" })],
  ["its URL is no http or https URL", article(143, { url: "" })],
  ["its URL is no http or https URL", article(144, { url: "قصة" })],
  ["it has no title", article(150, { title: " \u0000\n" })],
  ["it has no title", article(151, { title: "" })],
  ["its date has no year of four digits", article(160, { updatedAt: at("+020000-01-01T00:00Z") })],
  ["its date has no year of four digits", article(161, { publishedAt: at("0800-01-01T00:00Z") })],
  ["its date has no year of four digits", article(162, { publishedAt: at("0001-01-01T00:00Z") })],
  ["its date has no year of four digits", article(163, { publishedAt: at("-000044-03-15T00:00Z") })],
  [
    "it is retracted",
    article(170, { status: { state: "retracted", at: at("2026-03-01T05:00:00Z"), reason: "" } }),
  ],
  ["it is embargoed", article(171, { status: { state: "embargoed" } })],
];

/** A paper that is called what it should not be, and what readers must find of it. */
export const nastyPaper = {
  given: {
    title: `أ ]]> & <b>"ن"</b>\u0000 &amp;\n'`,
    description: "\u0085\uD800 place:0; $& </channel>",
    paper: `O'Neil & <Söhne> ]]>\u0007`,
    logoUrl: "https://صور.example/شعار&.png",
  },
  told: {
    title: `أ ]]> & <b>"ن"</b> &amp; '`,
    description: "… place:0; $& </channel>",
    paper: "O'Neil & <Söhne> ]]>",
    logo: "https://xn--wgbh1d.example/%D8%B4%D8%B9%D8%A7%D8%B1&.png",
  },
};

/** Of these, texts can be strung together that are nasty at every joint. */
export const pieces = [
  ...[
    "]",
    ">",
    "]>",
    "]]>",
    "<![CDATA[",
    "&",
    "<",
    '"',
    "'",
    "&amp;",
    "&#39;",
    "&lt",
    "</p>",
    "<b>",
    "-->",
    "<?",
  ],
  ...[
    "\r",
    "\n",
    "\t",
    "\u0000",
    "\u000B",
    "\u0085",
    "\u0093",
    "\uD800",
    "\uDC00",
    "\uFFFE",
    "\uFEFF",
    "\u2028",
  ],
  ...[
    "\u200F",
    "\u202E",
    "\u2069",
    "\u200D",
    "\u0651",
    "\u064E",
    "\u0338",
    "ب",
    "A",
    "é",
    "😀",
    "$&",
    "place:0;",
    "|",
  ],
];
