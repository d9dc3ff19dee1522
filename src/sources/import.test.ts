import { describe, expect, test } from "vitest";
import { type ImportReading, readImport } from "./import.ts";

const section = "محليات";
const now = Temporal.Instant.from("2026-03-01T06:00:00Z");
const overrides = { publishedAt: null, section, now };
const bytes = (text: string) => new TextEncoder().encode(text);
const read = (content: string | Uint8Array, over: { contentType?: string; url?: string } = {}) =>
  readImport(
    {
      bytes: typeof content === "string" ? bytes(content) : content,
      contentType: over.contentType ?? null,
      url: over.url === undefined ? null : new URL(over.url),
    },
    overrides,
  );

function only(reading: ImportReading) {
  if (!reading.ok) throw new Error(reading.why);
  const [article, ...others] = reading.articles;
  if (article === undefined || others.length > 0) throw new Error("not exactly one article");
  return article;
}
const whyNot = (reading: ImportReading) => (reading.ok ? "it was read" : reading.why);

const json = {
  external_id: "press-1",
  title: "خبر",
  body_html: "<p>نص</p>",
  sections: ["politics"],
};
const paragraph =
  "أُعيد فتح الجسر القديم أمام المارة بعد ترميم دام سنتين، وقالت البلدية إن الأشغال انتهت قبل موعدها بشهر كامل.";
const paragraphs = Array(4).fill(paragraph);
const plain = ["عنوان الخبر", ...paragraphs].join("\n\n");
const html = (head: string) =>
  `<!doctype html><html><head>${head}<title>عنوان الخبر</title></head><body><article><h1>عنوان الخبر</h1>${paragraphs
    .map((text) => `<p>${text}</p>`)
    .join("")}</article></body></html>`;

/** The one-octet letters of Windows-1256, as far as these texts need them. */
function windows1256(text: string): Uint8Array {
  const decoder = new TextDecoder("windows-1256");
  const octets = new Map(
    Array.from({ length: 256 }, (_, octet) => [decoder.decode(Uint8Array.of(octet)), octet]),
  );
  return Uint8Array.from([...text].map((letter) => octets.get(letter) ?? 63));
}

test.each([
  ["2026-03-03T05:00:00Z", "2026-03-03T05:00:00Z"],
  ["2026-03-03T07:00:00Z", null], // more than two days ahead
  ["2099-01-01T00:00:00Z", null],
])("a page that says it is of %s", async (said, taken) => {
  const page = html(`<meta property="article:published_time" content="${said}">`);
  expect(only(await read(page)).published_at).toBe(taken);
});

describe("JSON", () => {
  test("an object is an article, a list is several, as the API takes them", async () => {
    const one = await read(JSON.stringify(json));
    expect(only(one)).toEqual({ ...json, tags: [], authors: [], importance: 0 });
    const two = await read(JSON.stringify([json, { ...json, external_id: "press-2" }]));
    expect(two.ok && two.articles.map((it) => it.external_id)).toEqual(["press-1", "press-2"]);
  });

  test.each([
    ["{", { contentType: "application/json" }, "begins like JSON, but is none"],
    ['{"title": ', {}, "begins like JSON, but is none"],
    ["[]", {}, "no article and no list"],
    ["{}", {}, "external_id"],
    ["[[1]]", {}, "no article and no list"],
    ["3", { contentType: "application/problem+json" }, "no article and no list"],
    [JSON.stringify({ ...json, titel: "x" }), {}, '"titel"'],
    [JSON.stringify([json, { ...json, title: "" }]), {}, "Article 2 of 2: title"],
    [JSON.stringify({ ...json, published_at: "2026-03-01" }), {}, "with its offset"],
    [
      JSON.stringify({ ...json, published_at: `2026-03-01T07:00:00.${"1".repeat(12)}Z` }),
      {},
      "with its offset",
    ],
    ['[{"__proto__":{"title":"x"},"constructor":1}]', {}, "Article 1 of 1"],
  ])("%s", async (content, over, why) => expect(whyNot(await read(content, over))).toContain(why));

  test("a title that begins with a bracket is no JSON", async () =>
    expect(only(await read(plain.replace("عنوان", "[فيديو] عنوان"))).title).toBe("[فيديو] عنوان الخبر"));
});

describe("a page", () => {
  test("becomes an article whose id is its address", async () => {
    const article = only(await read(html(""), { url: "https://paper.example/news/1?x=2#top" }));
    expect(article).toMatchObject({
      external_id: "https://paper.example/news/1?x=2",
      url: "https://paper.example/news/1?x=2",
      title: "عنوان الخبر",
      sections: [section],
      published_at: null,
    });
    expect(article.body_html.match(/<p>/g)).toHaveLength(4);
  });

  test("a text whose first paragraph is the summary keeps it", async () => {
    const lede = `<meta name="description" content="${paragraph}">`;
    const article = only(await read(html(lede)));
    expect(article.summary).toBe(paragraph);
    expect(article.body_html.match(/<p>/g)).toHaveLength(4);
  });

  test("what it says of itself too long is left out, and the text stays", async () => {
    const long = "طويل ".repeat(700);
    const article = only(
      await read(
        html(
          `<meta name="description" content="${long}"><meta property="og:image" content="https://paper.example/a.jpg">` +
            `<meta property="og:image:alt" content="${long}">`,
        ),
        { url: `https://paper.example/${"خبر".repeat(120)}` },
      ),
    );
    expect(article).toMatchObject({
      summary: null,
      image: { url: "https://paper.example/a.jpg", alt: null },
    });
    expect(article.external_id).toMatch(/^sha256:[0-9a-f]{40}$/);
    expect(article.url).toBeNull();
    const picture = `<meta property="og:image" content="https://paper.example/${"خ".repeat(400)}.jpg">`;
    expect(only(await read(html(picture))).image).toBeNull();
  });

  test.each([
    ["the server names its encoding", "text/html; charset=windows-1256", ""],
    ["the page names it", "text/html", '<meta charset="windows-1256">'],
    [
      "the page names it the old way",
      "text/html",
      '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">',
    ],
    ["the server is wrong and the page is right", "text/html; charset=utf-8", "<meta charset=windows-1256>"],
  ])("in Windows-1256: %s", async (_, contentType, head) => {
    const article = only(await read(windows1256(html(head)), { contentType }));
    expect(article.title).toBe("عنوان الخبر");
    expect(article.body_html).toContain(paragraph);
  });
});

test("an Arabic address, long as it is once it is escaped, is the id", async () => {
  const article = only(await read(html(""), { url: `https://paper.example/${"خبر".repeat(60)}` }));
  expect(article.external_id.length).toBeGreaterThan(1000);
  expect(article.external_id).toBe(article.url);
});

describe("plain text", () => {
  test("becomes an article; its first paragraph is the lede and stays in the body", async () => {
    const article = only(await read(plain));
    expect(article).toMatchObject({
      title: "عنوان الخبر",
      summary: paragraph,
      url: null,
      sections: [section],
    });
    expect(article.body_html.match(/<p>/g)).toHaveLength(4);
  });

  test.each([
    ["UTF-8 with a mark", Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes(plain))],
    ["UTF-16, as Windows saves it", Uint8Array.of(0xff, 0xfe, ...utf16(plain, true))],
    ["UTF-16, the other way round", Uint8Array.of(0xfe, 0xff, ...utf16(plain, false))],
    ["Windows-1256, named by the server", windows1256(plain), "text/plain; charset=windows-1256"],
  ])("%s", async (_, content, contentType = "text/plain") =>
    expect(only(await read(content, { contentType }))).toMatchObject({
      title: "عنوان الخبر",
      summary: paragraph,
    }),
  );
});

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), littleEndian);
  return new Uint8Array(view.buffer);
}

test.each([
  ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13), "no text"],
  ["Windows-1256 that nobody names", windows1256(plain), "neither UTF-8"],
  ["an encoding that nobody knows", windows1256(html("<meta charset=utf-7>")), "neither UTF-8"],
  ["zeros", bytes(`${plain}\0`), "no text"],
  ["nothing", bytes(""), "empty"],
  ["too much", new Uint8Array(5_000_001).fill(32), "larger than 5 MB"],
  ["a feed", bytes('<?xml version="1.0"?><rss version="2.0"><channel/></rss>'), "feed or other XML"],
  ["a text without words", bytes("عنوان\nنص"), "fewer than 40 words"],
])("%s is no article", async (_, content, why) => expect(whyNot(await read(content))).toContain(why));

test("the same content is the same article, another is another", async () => {
  const ids = await Promise.all(
    [plain, plain, `\uFEFF${plain.replaceAll("\n\n", "\r\n")}\r\n`, `${plain}\n${paragraph}`].map(
      async (content) => only(await read(content)).external_id,
    ),
  );
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).toBe(ids[0]);
  expect(ids[3]).not.toBe(ids[0]);
});

test("a date given by hand goes before every date in the text", async () => {
  const publishedAt = Temporal.Instant.from("2026-03-01T05:00:00Z");
  const dated = html('<meta property="article:published_time" content="2025-01-01T00:00:00Z">');
  const given = JSON.stringify([
    { ...json, published_at: "2025-01-01T00:00:00Z" },
    { ...json, external_id: "b" },
  ]);
  for (const content of [plain, dated, given]) {
    const reading = await readImport(
      { bytes: bytes(content), contentType: null, url: null },
      { publishedAt, section, now },
    );
    expect(reading.ok && reading.articles.map((it) => it.published_at)).toEqual(
      reading.ok && reading.articles.map(() => "2026-03-01T05:00:00Z"),
    );
  }
  expect(only(await read(dated)).published_at).toBe("2025-01-01T00:00:00Z");
});
