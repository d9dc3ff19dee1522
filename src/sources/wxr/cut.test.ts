import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutElements, mostElementOctets, preamble } from "./cut.ts";
import { readFields } from "./element.ts";
import { bytesOf, exportXml, headXml, inPieces, itemXml } from "./read.fixture.ts";

/** The ids of the items that were read, and why others were not. */
async function cutsOf(file: string | Uint8Array, sizes?: readonly number[]) {
  const bytes = typeof file === "string" ? bytesOf(file) : file;
  const ids: string[] = [];
  const whys: string[] = [];
  const read = (name: string, it: Uint8Array) => {
    if (name === preamble) return preamble;
    const { text, whole } = readFields(new TextDecoder().decode(it));
    return whole ? (text.get("wp:post_id") ?? "?") : null;
  };
  for await (const cut of cutElements(inPieces(bytes, sizes), 0, { names: ["item"], read })) {
    if (!cut.ok) whys.push(cut.why);
    else if (cut.value !== preamble) ids.push(cut.value);
  }
  return { ids: ids.join(" "), whys: whys.join(" ") };
}

const item = (id: number, content?: string) => itemXml(content === undefined ? { id } : { id, content });
const swallowing = (id: number) => item(id).replace("]]></excerpt:encoded>", "</excerpt:encoded>");

describe("what is whole is read, what is broken is told, and the next is read again", () => {
  test.each<[string, string, string, RegExp]>([
    ["whole", exportXml(item(1), item(2)), "1 2", /^$/],
    ["no items", exportXml(), "", /^$/],
    ["an end of an item in CDATA", exportXml(item(1, "كود: </item> <item> هنا"), item(2)), "1 2", /^$/],
    ["]]> in CDATA", exportXml(item(1, "قبل ]]> بعد </item>"), item(2)), "1 2", /^$/],
    ["an end in a comment", exportXml(item(1), "<!-- </item><item> -->", item(2)), "1 2", /^$/],
    [
      "tags with blanks",
      exportXml(item(1).replace("<item>", "<item >").replace("</item>", "</item\n>")),
      "1",
      /^$/,
    ],
    ["names that begin alike", exportXml("<items><item2></item2></items>", item(1)), "1", /^$/],
    ["control characters", exportXml(item(1, "قبل\u000B\u0008\u001Fبعد"), item(2)), "1 2", /^$/],
    [
      "a lone <",
      exportXml(item(1).replace("<description>", "<description>1 < 2 & 3 <"), item(2)),
      "1 2",
      /^$/,
    ],
    ["a tag that never closes", exportXml(item(1).replace("</guid>", ""), item(2)), "2", /do not close/],
    ["an item without an end", exportXml(item(1).replace("</item>", ""), item(2)), "2", /Another begins/],
    ["CDATA that ends in the same item", exportXml(swallowing(1), item(2)), "2", /do not close/],
    [
      "CDATA that swallows the next item",
      exportXml(
        item(1).replace("]]></wp:post_password>", "").replace("</item>", "<x><![CDATA[</item>"),
        item(2),
        item(3),
      ),
      "2 3",
      /do not close/,
    ],
    [
      "CDATA without any end",
      exportXml(item(1), item(2).replaceAll("]]>", ""), item(3).replaceAll("]]>", "")),
      "1",
      /middle of it.*middle of it/,
    ],
    [
      "a declaration",
      exportXml(item(1).replace("<title>", '<!ENTITY x "y"><title>'), item(2)),
      "2",
      /do not close/,
    ],
    [
      "nested too deep",
      exportXml(item(1).replace("<title>", `${"<a>".repeat(30)}${"</a>".repeat(30)}<title>`), item(2)),
      "2",
      /do not close/,
    ],
    ["cut short between items", headXml + item(1), "1", /breaks off/],
    ["cut short in an item", headXml + item(1) + item(2).slice(0, -40), "1", /middle of it/],
    ["cut short in CDATA", headXml + item(1) + item(2).slice(0, 300), "1", /middle of it/],
    [
      "a comment without an end",
      `${headXml}${item(1)}<!-- ${item(2)}</channel></rss>`,
      "1",
      /comment that begins at octet \d+ has no end/,
    ],
    ["empty", "", "", /breaks off/],
    ["no XML", "hello", "", /breaks off/],
  ])("%s", async (_, file, ids, whys) => {
    const found = await cutsOf(file);
    expect(found.ids).toBe(ids);
    expect(found.whys).toMatch(whys);
    expect(await cutsOf(file, [1])).toEqual(found);
    expect(await cutsOf(file, [7, 64, 3])).toEqual(found);
  });

  test("an entity that a file declares means nothing", async () => {
    const text = readFields("<item><title>a &xxe; &amp;amp; b &#x41;</title></item>").text.get("title");
    expect(text).toBe("a &xxe; &amp; b A");
  });

  test("any bytes at all are read to their end, in pieces as in one", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom(
            "<item>",
            "</item>",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "<a",
            ">",
            "</a>",
            " ",
            "ن",
            "]",
            "-",
            '"',
            "</rss>",
          ),
          { maxLength: 60 },
        ),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
        async (parts, sizes) => {
          const file = headXml + parts.join("");
          expect(await cutsOf(file, sizes)).toEqual(await cutsOf(file, [1_000_000]));
        },
      ),
      { numRuns: 300 },
    ));

  test("what is too large goes by, and the next is read", async () => {
    const large = item(1, "س".repeat(mostElementOctets / 2 + 1000));
    const found = await cutsOf(exportXml(large, item(2)));
    expect(found).toEqual({ ids: "2", whys: expect.stringMatching(/^It is larger than 20 MB[^.]*\.$/) });
    expect(await cutsOf(exportXml(large, item(2)), [100_000_000])).toEqual(found);
  });

  test("CDATA that never ends in a large file costs one article", async () => {
    const [start = "", rest = ""] = item(1).split("<excerpt:encoded>");
    const broken = `${start}<excerpt:encoded>${rest.replaceAll("]]>", "")}`;
    const many = Array.from({ length: 3 }, (_, i) => item(i + 2).replaceAll(/<!\[CDATA\[|\]\]>/g, ""));
    const filler = `<x>${"س".repeat(mostElementOctets / 2)}</x>`;
    const found = await cutsOf(exportXml(broken, ...many, filler));
    expect(found.ids).toBe("2 3 4");
  });
});
