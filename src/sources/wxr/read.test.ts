import { readFileSync } from "node:fs";
import { decodeHTML } from "entities";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { SourceItem } from "../item.ts";
import { attachmentXml, bytesOf, exportXml, headXml, inPieces, itemXml, metaXml } from "./read.fixture.ts";
import { readWxr, readWxrHead, type WxrStretch } from "./read.ts";

const folder = new URL("../fixtures/wordpress/", import.meta.url);
const sample = readFileSync(new URL("export.wxr.xml", folder));

async function headOf(bytes: Uint8Array, sizes?: readonly number[]) {
  const reading = await readWxrHead(inPieces(bytes, sizes));
  if (!reading.ok) throw new Error(reading.why);
  return reading.head;
}

async function readAll(bytes: Uint8Array, sizes?: readonly number[], from = 0) {
  const head = await headOf(bytes, sizes);
  const stretches: WxrStretch[] = [];
  for await (const stretch of readWxr(inPieces(bytes, sizes, from), from, head)) stretches.push(stretch);
  const items = stretches.flatMap((it) => it.items);
  return { head, stretches, items, skipped: stretches.flatMap((it) => it.skipped) };
}

const ids = (items: readonly SourceItem[]) => items.map(({ remoteId }) => remoteId);

describe("a real export beside what REST says of the same articles", async () => {
  const { head, items, skipped, stretches } = await readAll(sample);
  const rest = <T>(name: string, schema: z.ZodType<T>) =>
    z.array(schema).parse(JSON.parse(readFileSync(new URL(`rest/${name}.json`, folder), "utf8")));
  const html = z.object({ rendered: z.string() });
  const term = z.object({
    id: z.number(),
    name: z.string(),
    slug: z.string(),
    parent: z.number().optional(),
  });
  const medium = z.object({
    id: z.number(),
    source_url: z.string(),
    mime_type: z.string(),
    alt_text: z.string(),
    media_details: z.object({ width: z.number(), height: z.number(), filesize: z.number() }),
  });
  const post = z.object({
    id: z.number(),
    guid: html,
    link: z.string(),
    date_gmt: z.string(),
    modified_gmt: z.string(),
    title: html,
    excerpt: html,
    content: z.object({ rendered: z.string(), protected: z.boolean() }),
    author: z.number(),
    featured_media: z.number(),
    sticky: z.boolean(),
    categories: z.array(z.number()),
    tags: z.array(z.number()),
  });
  const posts = [1, 2, 3, 4].flatMap((page) => rest(`posts-page-${page}`, post));
  const byId = <T extends { id: number }>(list: readonly T[]) => new Map(list.map((it) => [it.id, it]));
  const [media, categories, tags] = [
    byId(rest("media", medium)),
    byId(rest("categories", term)),
    byId(rest("tags", term)),
  ];
  const users = byId(rest("users", z.object({ id: z.number(), name: z.string() })));

  /** REST shows quotes and dashes as a typographer sets them. */
  const plain = (text: string) =>
    decodeHTML(text)
      .replace(/[“”«»″]/g, '"')
      .replace(/[‘’′]/g, "'")
      .replace(/–|—/g, "-");
  /** Without shortcodes of plugins, which REST shows, and what it puts round galleries. */
  const text = (body: string) =>
    plain(body.replace(/<(style|dd)\b.*?<\/\1>|<!--.*?-->|<[^<>]*>/gs, " "))
      .replace(/\[[a-z_/].*?\]/g, " ")
      .replace(/\s+/g, " ")
      .trim();
  const names = (of: Map<number, z.output<typeof term>>, list: readonly number[]) =>
    list.map((id) => decodeHTML(of.get(id)?.name ?? "")).sort();

  const open = posts.filter(({ content, title }) => !content.protected && content.rendered && title.rendered);

  test("all that are published are there, and the scheduled one", () => {
    expect(ids(items).sort()).toEqual([...open.map(({ id }) => String(id)), "88"].sort());
    expect(items.filter(({ scheduled }) => scheduled).map(({ remoteId }) => remoteId)).toEqual(["88"]);
    expect(skipped.map(({ why }) => why).sort()).toMatchInlineSnapshot(`
      [
        "It has no text.",
        "It has no title.",
        "It is a draft.",
        "It is private: only who is signed in there may read it.",
        "It is protected by a password.",
        "It lies in the trash.",
        "It waits for review and was never published.",
      ]
    `);
    expect(
      stretches.map(({ others, shortcodes }) => [Object.fromEntries(others), Object.fromEntries(shortcodes)]),
    ).toMatchInlineSnapshot(`
      [
        [
          {
            "attachment": 12,
            "page": 1,
          },
          {
            "contact-form-7": 1,
            "related_posts": 1,
            "vc_column": 1,
            "vc_row": 1,
          },
        ],
      ]
    `);
  });

  test.each(open.map((it) => [it.id, it] as const))("post %i", (id, it) => {
    const item = items.find(({ remoteId }) => remoteId === String(id));
    const picture = media.get(it.featured_media);
    const excerpt = text(it.excerpt.rendered);
    expect(
      item && {
        ...item,
        title: plain(item.title),
        tags: item.tags.toSorted(),
        published: item.published?.toString(),
        modified: item.modified?.toString(),
        bodyHtml: "",
        sourceName: "",
      },
    ).toEqual({
      externalId: decodeHTML(it.guid.rendered),
      remoteId: String(id),
      url: it.link,
      title: plain(it.title.rendered).replace(/\s+/g, " "),
      summary: expect.toSatisfy((it: string | null) => it === null || plain(it) === excerpt),
      bodyHtml: "",
      categories: expect.toSatisfy(
        (list: SourceItem["categories"]) =>
          list
            .map(({ label }) => label)
            .sort()
            .join() === names(categories, it.categories).join(),
      ),
      tags: names(tags, it.tags),
      authors: [users.get(it.author)?.name],
      sourceName: "",
      image: picture
        ? {
            url: picture.source_url,
            type: picture.mime_type,
            length: picture.media_details.filesize,
            width: picture.media_details.width,
            height: picture.media_details.height,
            alt: picture.alt_text || null,
            credit: null,
          }
        : null,
      importance: it.sticky ? 2 : 0,
      published: `${it.date_gmt}Z`,
      scheduled: false,
      modified: `${it.modified_gmt}Z`,
    });
    // The text, too, but for the source's line, which is taken out.
    const source = item?.sourceName ? /[\p{L} ]+\d-/u.exec(text(it.content.rendered).slice(-60))?.[0] : null;
    const whole = text(item?.bodyHtml ?? "") + (source ? ` ${source.trim()}${item?.sourceName}` : "");
    expect(whole).toBe(text(it.content.rendered));
  });

  test("the five retold ones have their sources", () =>
    expect(items.flatMap(({ sourceName }) => sourceName ?? []).length).toBe(5));

  test("the site", () => {
    const { categories: found, ...site } = head.site;
    expect(site).toMatchInlineSnapshot(`
      {
        "authors": Map {
          "admin" => "admin",
          "nada" => "ندى القاسم",
          "salim" => "سليم الحاج علي",
          "ahmad" => "أحمد بن يوسف",
          "ahmad2" => "احمد بن يوسف",
          "desk" => "غرفة الأخبار – Desk",
        },
        "homeUrl": "http://newsroom.test/",
        "language": "ar",
        "title": "بوابة المرفأ",
      }
    `);
    const all = [...categories.values()].map(({ name, slug, parent }) => ({
      key: decodeURIComponent(slug).normalize("NFC"),
      label: decodeHTML(name),
      parentKey: categories.get(parent ?? 0)?.slug ?? null,
    }));
    expect(found.toSorted((a, b) => a.key.localeCompare(b.key))).toEqual(
      all.toSorted((a, b) => a.key.localeCompare(b.key)),
    );
  });

  test("in whatever pieces it comes", async () => {
    for (const sizes of [[1], [997, 13], [1_000_000]]) {
      const found = await readAll(sample, sizes);
      expect(found.items).toEqual(items);
      expect(found.skipped).toEqual(skipped);
      expect(found.stretches.at(-1)?.offset).toBe(stretches.at(-1)?.offset);
    }
  });
});

describe("stretches", () => {
  const many = bytesOf(
    exportXml(
      ...Array.from({ length: 950 }, (_, i) =>
        i % 10 === 3
          ? itemXml({ id: i, status: "draft" })
          : i % 50 === 17
            ? itemXml({ id: i }).replace("</guid>", "")
            : i % 50 === 9
              ? attachmentXml(i, `https://paper.test/${i}.jpg`)
              : itemXml({ id: i, more: metaXml("_thumbnail_id", String(i + 2)) }),
      ),
    ),
  );

  test("none holds more than a hundred", async () => {
    const { stretches, items, skipped } = await readAll(many);
    expect(stretches.map((it) => it.items.length + it.skipped.length)).toEqual([...Array(9).fill(100), 31]);
    for (const { offset } of stretches)
      expect(new TextDecoder().decode(many.slice(offset - 7, offset))).toMatch(/<\/item>|<\/rss>\n/);
    expect(items.length).toBe(817);
    expect(skipped.length).toBe(114);
    expect(items.filter(({ image }) => image !== null).length).toBe(19);
  });

  test("a reading that was killed after any of them goes on without loss or doubles", async () => {
    const head = await headOf(many);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
        fc.integer({ min: 10, max: 5000 }),
        async (lives, size) => {
          const stored: string[] = [];
          let offset = 0;
          // Each life stores some stretches; the last one all that is left.
          for (const most of [...lives, Number.POSITIVE_INFINITY]) {
            let done = 0;
            for await (const stretch of readWxr(inPieces(many, [size], offset), offset, head)) {
              if (done++ >= most) break; // read, but died before it was stored
              for (const { externalId } of stretch.items) stored.push(externalId);
              for (const { what } of stretch.skipped) stored.push(what);
              offset = stretch.offset;
            }
          }
          expect(stored.length).toBe(931);
          expect(new Set(stored).size).toBe(931);
        },
      ),
      { numRuns: 15 },
    );
  });

  test("a long way without articles is told too", async () => {
    const pages = Array.from({ length: 30 }, (_, id) =>
      itemXml({ id, type: "page", content: "س".repeat(500_000) }),
    );
    const { stretches } = await readAll(bytesOf(exportXml(...pages)));
    expect(stretches.map(({ others }) => others.get("page"))).toEqual([...Array(10).fill(3), undefined]);
  });

  test("however many types a file makes up", async () => {
    const { stretches } = await readAll(
      bytesOf(exportXml(...Array.from({ length: 500 }, (_, id) => itemXml({ id, type: `type-${id}` })))),
    );
    expect(stretches.map(({ others }) => [others.size, others.get("…")])).toEqual([[101, 400]]);
  });
});

test.each([
  ["before the article", (a: string, b: string) => a + b],
  ["after it", (a: string, b: string) => b + a],
])("a picture that stands %s", async (_, order) => {
  const picture = attachmentXml(2, "https://paper.test/2.jpg");
  const { items } = await readAll(
    bytesOf(exportXml(order(picture, itemXml({ id: 1, more: metaXml("_thumbnail_id", "2") })))),
  );
  expect(items[0]?.image?.url).toBe("https://paper.test/2.jpg");
});

test("an export in another encoding, as the file says", async () => {
  const arabic = "سلمى".split("").map((letter) => "ابةتثجحخدذرزسشصضـطظعغفقكàلâمنهوçèéêëىي".indexOf(letter));
  expect(arabic.every((at) => at >= 0)).toBe(true);
  const text = exportXml(itemXml({ title: "TITLE" }))
    .replace("UTF-8", "windows-1256")
    .replace(/[^\0-\x7F]/g, "?");
  const bytes = Uint8Array.from(
    text.split("TITLE").flatMap((part, i) => [...(i > 0 ? [0xd3, 0xe1, 0xe3, 0xec] : []), ...bytesOf(part)]),
  );
  expect((await readAll(bytes)).items[0]?.title).toBe("سلمى");
});

test("a mark at the beginning, and a site that says nothing of itself", async () => {
  const bare = `\uFEFF<rss xmlns:wp="http://wordpress.org/export/1.0/"><channel>${itemXml({})}</channel></rss>`;
  const { head, items } = await readAll(bytesOf(bare));
  expect(head.site).toEqual({ homeUrl: null, title: "", language: null, categories: [], authors: new Map() });
  expect(items[0]?.authors).toEqual(["salma"]);
});

test.each<[string, string | Uint8Array, RegExp]>([
  ["nothing", "", /no WordPress export/],
  [
    "a feed",
    '<rss version="2.0"><channel><item><title>خبر</title></item></channel></rss>',
    /no WordPress export/,
  ],
  ["a page", "<!DOCTYPE html><html><p>wp</html>", /no WordPress export/],
  ["a text without an end", "س".repeat(3_000_000), /no WordPress export/],
  ["entities of its own", headXml.replace("<rss", '<!DOCTYPE rss [<!ENTITY a "b">]><rss'), /DOCTYPE/],
  ["UTF-16", new Uint8Array([0xff, 0xfe, 0x3c, 0, 0x72, 0]), /UTF-16/],
  ["a compressed file", new Uint8Array([0x1f, 0x8b, 8, 0]), /unpack/],
])("%s is refused, and why", async (_, file, why) => {
  const reading = await readWxrHead(inPieces(typeof file === "string" ? bytesOf(file) : file));
  expect(reading).toEqual({ ok: false, why: expect.stringMatching(why) });
});
