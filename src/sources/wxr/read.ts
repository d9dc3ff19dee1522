// WordPress export files (WXR 1.0 to 1.2), read as a stream: a gigabyte in flat memory. An export is read twice: once for
// what it says of the site and for its pictures, which may stand after the articles that name them; then for the articles,
// from the beginning or from where an earlier reading stopped.
import type { Category, Gone, Skipped, SourceItem } from "../item.ts";
import { plainText } from "../wordpress/text.ts";
import { type Cut, cutElements, preamble } from "./cut.ts";
import { type Fields, readFields } from "./element.ts";
import { categoryOf, readItem, type WxrCategory, type WxrSite } from "./item.ts";
import { type Pictures, pictureIndex, readPicture } from "./pictures.ts";

/** What the first reading of an export found. */
export type WxrHead = {
  site: WxrSite;
  pictures: Pictures;
  /** What the file says it is written in; null for UTF-8. */
  encoding: string | null;
};

/** A batch of an export's articles: stored whole, with the place where the next one begins. */
export type WxrStretch = {
  items: readonly SourceItem[];
  skipped: readonly Skipped[];
  gone: readonly Gone[];
  categories: readonly Category[];
  /** How many there were of what is no article, by its type: pages, attachments, menus. */
  others: ReadonlyMap<string, number>;
  /** How many shortcodes were taken out of texts, by name. */
  shortcodes: ReadonlyMap<string, number>;
  /** The octet of the file at which reading can go on. */
  offset: number;
};

/** So few that what a reader is ahead and what is being stored take little memory; storing fewer at once takes longer. */
const mostItems = 100;
/** However few articles there are: a stretch also says how far the reading is. */
const mostOctets = 3_000_000;
const mostNames = 100;
const mostAuthors = 50_000;
const mostCategories = 10_000;

/**
 * Reads what an export says of its site, and where its pictures are. Takes one pass over the whole file.
 *
 * @returns `why`, a sentence on which a person can act, where the file is no WordPress export
 */
export async function readWxrHead(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ ok: true; head: WxrHead } | { ok: false; why: string }> {
  const authors = new Map<string, string>();
  const categories = new Map<string, WxrCategory>();
  const pictures = pictureIndex();
  const seen: { channel: { fields: Fields; encoding: string | null } | null; why: string | null } = {
    channel: null,
    why: null,
  };
  let decode = decoderOf(null);

  function read(name: string, bytes: Uint8Array): true | null {
    if (name === preamble) {
      const text = latin1.decode(bytes);
      seen.why = refusal(bytes, text);
      const encoding = /^[^<]*<\?xml\b[^<>]*?\bencoding\s*=\s*["']([\w-]+)/.exec(text)?.[1] ?? null;
      seen.channel = { fields: readFields(decoderOf(encoding)(bytes)), encoding };
      decode = decoderOf(encoding);
      return true;
    }
    const xml = decode(bytes);
    if (name === "item") {
      if (!xml.includes("<wp:attachment_url>")) return true;
      const found = readPicture(readFields(xml));
      if (found) pictures.add(found.id, found.picture);
      return true;
    }
    const { text, whole } = readFields(xml);
    if (!whole) return null;
    const field = (key: string) => text.get(key)?.trim() ?? "";
    if (name === "wp:author") {
      const login = field("wp:author_login");
      const shown = plainText(field("wp:author_display_name"));
      if (authors.size < mostAuthors) authors.set(login, shown || login);
    } else {
      const category = categoryOf(field("wp:category_nicename"), field("wp:cat_name"));
      const parent = field("wp:category_parent");
      const parentKey = parent === "" ? null : categoryOf(parent, "").key;
      if (categories.size < mostCategories) categories.set(category.key, { ...category, parentKey });
    }
    return true;
  }

  for await (const _ of cutElements(chunks, 0, { names: ["item", "wp:author", "wp:category"], read }))
    if (seen.why !== null) return { ok: false, why: seen.why };
  if (seen.channel === null) return { ok: false, why: "The file is empty." };
  const { fields, encoding } = seen.channel;
  const said = (name: string) => fields.text.get(name)?.trim() ?? "";
  const home = said("wp:base_blog_url") || said("link");
  return {
    ok: true,
    head: {
      site: {
        homeUrl: /^https?:/i.test(home) ? URL.parse(home) : null,
        title: plainText(said("title")),
        language: said("language") || null,
        categories: [...categories.values()],
        authors,
      },
      pictures,
      encoding,
    },
  };
}

/** Why a file is none that can be read, by its beginning; null if it can. */
function refusal([first = 0, second = 0]: Uint8Array, start: string): string | null {
  const mark = first * 256 + second;
  if (mark === 0xfffe || mark === 0xfeff || mark === 0x3c00 || mark === 0x003c)
    return "The file is in UTF-16. WordPress exports UTF-8: save it so, or export again.";
  if (mark === 0x504b || mark === 0x1f8b) return "The file is compressed: unpack it first.";
  if (/<!DOCTYPE|<!ENTITY/i.test(start) && /<rss\b/i.test(start))
    return "The file declares entities of its own (DOCTYPE), as no WordPress does: it is not read.";
  if (!/wordpress\.org\/export\/|<wp:wxr_version>/i.test(start))
    return "The file is no WordPress export: under Tools, Export, WordPress makes one.";
  return null;
}

/**
 * Reads an export's articles, in stretches.
 *
 * @param chunks the file's bytes from the octet `from` on
 * @param from 0, or the `offset` of the last stretch that was stored
 * @param head of the same file
 */
export async function* readWxr(
  chunks: AsyncIterable<Uint8Array>,
  from: number,
  { site, pictures, encoding }: WxrHead,
): AsyncGenerator<WxrStretch> {
  const decode = decoderOf(encoding);
  const read = (name: string, bytes: Uint8Array) => {
    if (name === preamble) return { kind: "other", type: preamble } as const;
    const fields = readFields(decode(bytes));
    return fields.whole ? readItem(fields, site, pictures) : null;
  };
  let stretch = emptyStretch(site, from);
  let begun = from;
  for await (const cut of cutElements(chunks, from, { names: ["item"], read })) {
    add(stretch, cut);
    const isFull =
      stretch.items.length + stretch.skipped.length >= mostItems || stretch.offset - begun >= mostOctets;
    if (!isFull) continue;
    yield stretch;
    begun = stretch.offset;
    stretch = emptyStretch(site, begun);
  }
  yield stretch;
}

type Growing = WxrStretch & {
  items: SourceItem[];
  skipped: Skipped[];
  others: Map<string, number>;
  shortcodes: Map<string, number>;
};

const emptyStretch = ({ categories }: WxrSite, offset: number): Growing => ({
  items: [],
  skipped: [],
  gone: [],
  categories,
  others: new Map(),
  shortcodes: new Map(),
  offset,
});

function add(stretch: Growing, cut: Cut<ReturnType<typeof readItem>>): void {
  stretch.offset = cut.end;
  if (!cut.ok) {
    stretch.skipped.push({ what: `What begins at octet ${cut.start}`, why: cut.why });
    return;
  }
  const { value } = cut;
  if (value.kind === "skipped") stretch.skipped.push(value.skipped);
  else if (value.kind === "article") {
    stretch.items.push(value.item);
    for (const name of value.removedShortcodes) count(stretch.shortcodes, name);
  } else if (value.type !== preamble) count(stretch.others, value.type.slice(0, 50));
}

/** However many names a file makes up, so many are counted apart. */
function count(counts: Map<string, number>, name: string): void {
  const key = counts.has(name) || counts.size < mostNames ? name : "…";
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const latin1 = new TextDecoder("latin1");

/** Reads UTF-8 with whatever is broken in it, or what the file says it is, where that is not UTF-8 after all. */
function decoderOf(encoding: string | null): (bytes: Uint8Array) => string {
  const utf8 = new TextDecoder();
  const other = encoding === null || /^utf-?8$/i.test(encoding) ? null : decoderNamed(encoding);
  if (other === null) return (bytes) => utf8.decode(bytes);
  const strict = new TextDecoder("utf-8", { fatal: true });
  return (bytes) => {
    try {
      return strict.decode(bytes);
    } catch {
      return other.decode(bytes);
    }
  };
}

function decoderNamed(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label);
  } catch {
    return null; // an encoding that nobody knows
  }
}
