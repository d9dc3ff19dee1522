// What of an article is compared, how it is read on either side, and where the two may differ for a reason. Reads texts by
// cheerio and by rules of its own, so that no mistake of ours is on both sides.
import { load } from "cheerio";
import { z } from "zod";
import type { WordPressPost } from "./wordpress.ts";

const named = z.object({ slug: z.string(), name: z.string() });
/** As `GET /api/v1/articles` has it. */
export const storedArticle = z.object({
  id: z.int(),
  external_id: z.string(),
  guid: z.string(),
  url: z.string(),
  state: z.enum(["published", "embargoed", "retracted"]),
  title: z.string(),
  summary: z.string(),
  body_html: z.string(),
  sections: z.array(z.object({ slug: z.string(), title: z.string() })),
  tags: z.array(named),
  authors: z.array(named),
  image: z
    .object({
      url: z.string(),
      type: z.string().nullable(),
      length: z.int().nullable(),
      width: z.int().nullable(),
      height: z.int().nullable(),
      alt: z.string().nullable(),
    })
    .nullable(),
  published_at: z.string(),
  updated_at: z.string(),
  importance: z.int(),
  revision: z.int(),
});
export type StoredArticle = z.infer<typeof storedArticle>;

/** The way the articles came. An export holds what was typed, REST what a page shows. */
export type Way = "rest" | "export";

type Field = {
  name: string;
  wordpress: (post: WordPressPost, way: Way) => unknown;
  nashra: (article: StoredArticle) => unknown;
  explain?: Explain;
};

/** Why the two may differ all the same, in words; null if they may not. */
type Explain = (post: WordPressPost, article: StoredArticle, way: Way) => string | null;

const catchAll = "آخر الأخبار";

export const fields: readonly Field[] = [
  { name: "guid", wordpress: ({ guid }) => guid, nashra: ({ guid }) => guid },
  { name: "url", wordpress: ({ permalink }) => decoded(permalink), nashra: ({ url }) => decoded(url) },
  {
    name: "title",
    wordpress: titleOf,
    nashra: ({ title }) => title,
    explain: (post, { title }, way) =>
      withoutBidi(titleOf(post, way)) === title ? "the controls that turn what follows are taken out" : null,
  },
  {
    name: "text",
    wordpress: ({ content }) => letters(content),
    nashra: ({ body_html }) => letters(body_html),
    explain: (post, article, way) =>
      way === "rest"
        ? null
        : typed(letters(post.content)) === typed(letters(article.body_html))
          ? "an export has quotation marks and dashes as typed"
          : /<!-- wp:site-title|\[gallery/.test(post.contentRaw)
            ? "made by WordPress when it shows the page"
            : null,
  },
  {
    name: "links",
    wordpress: ({ content, permalink }) => attributes(content, "a[href]", "href", permalink),
    nashra: ({ body_html, url }) => attributes(body_html, "a[href]", "href", url),
    explain: (post, _, way) =>
      way === "export" && /<!-- wp:site-title|\[gallery/.test(post.contentRaw)
        ? "made by WordPress when it shows the page"
        : null,
  },
  {
    name: "pictures in the text",
    wordpress: ({ content, permalink }) => attributes(content, "img[src]", "src", permalink),
    nashra: ({ body_html, url }) => attributes(body_html, "img[src]", "src", url),
    explain: (post, _, way) =>
      way === "export" && /\[gallery/.test(post.contentRaw)
        ? "made by WordPress when it shows the page"
        : null,
  },
  {
    name: "summary",
    wordpress: ({ excerpt }) => textOf(excerpt),
    nashra: ({ summary }) => summary,
    explain: (post, article, way) =>
      post.excerpt === ""
        ? "WordPress has none: made of the text"
        : way === "export" && typed(textOf(post.excerpt)) === typed(article.summary)
          ? "an export has quotation marks and dashes as typed"
          : null,
  },
  {
    name: "sections",
    wordpress: ({ categories }) =>
      inOrder(categories.map(({ name }) => name).filter((name) => name !== catchAll)),
    nashra: ({ sections }) => inOrder(sections.map(({ title }) => title)),
    explain: ({ categories }) =>
      categories.every(({ name, slug }) => name === catchAll || slug === "uncategorized")
        ? "its categories say nothing: the section for the rest"
        : null,
  },
  {
    name: "tags",
    wordpress: ({ tags }) => inOrder(tags),
    nashra: ({ tags }) => inOrder(tags.map(({ name }) => name)),
    explain: ({ tags }, article) =>
      `${inOrder(tags.map(joined))}` === `${inOrder(article.tags.map(({ name }) => joined(name)))}`
        ? "spellings with and without hamza are one tag"
        : null,
  },
  {
    name: "author",
    wordpress: ({ author }) => [author],
    nashra: ({ authors }) => authors.map(({ name }) => name),
  },
  {
    name: "picture",
    wordpress: (it) => it.image && decoded(it.image.url),
    nashra: (it) => it.image && decoded(it.image.url),
  },
  {
    name: "its type",
    wordpress: (it) => it.image?.type,
    nashra: (it) => it.image?.type,
    explain: unsaid("type"),
  },
  {
    name: "its size",
    wordpress: (it) => it.image && `${it.image.width}×${it.image.height}`,
    nashra: (it) => it.image && `${it.image.width}×${it.image.height}`,
    explain: unsaid("width"),
  },
  {
    name: "its length",
    wordpress: (it) => it.image?.length,
    nashra: (it) => it.image?.length,
    explain: unsaid("length"),
  },
  {
    name: "its description",
    wordpress: (it) => it.image?.alt || null,
    nashra: (it) => it.image?.alt || null,
  },
  { name: "published", wordpress: (it) => it.date?.toString(), nashra: (it) => it.published_at },
  { name: "updated", wordpress: (it) => it.modified?.toString(), nashra: (it) => it.updated_at },
  {
    name: "importance",
    wordpress: ({ sticky }) => (sticky ? 2 : 0),
    nashra: ({ importance }) => importance,
  },
  {
    name: "state",
    wordpress: ({ status }) => ({ publish: "published", future: "embargoed" })[String(status)] ?? "retracted",
    nashra: ({ state }) => state,
  },
];

/** A page shows a title with round quotation marks, an export has it as typed. */
function titleOf({ title, titleRendered }: WordPressPost, way: Way): string {
  return textOf(way === "rest" ? titleRendered : title);
}

/** An export says what a picture is by its metadata; a feed or an old site may not. */
function unsaid(key: "type" | "width" | "length"): Explain {
  return (_, { image }, way) =>
    way === "export" && image && image[key] === null ? "the export does not say" : null;
}

/** Bytes of an old code page as what they mean, without controls: these no store may keep. */
const readable = (text: string): string =>
  text
    .replace(/[\u0080-\u009F]/g, (byte) =>
      new TextDecoder("windows-1256").decode(Uint8Array.of(byte.charCodeAt(0))),
    )
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, "")
    .normalize("NFC");

/** HTML's text on one line. */
export function textOf(html: string): string {
  return readable(load(html, null, false).text())
    .replace(/\s+/g, " ")
    .trim();
}

/** HTML's text without any space, so that no rule about spaces counts. What browsers do not show is left out. */
export function letters(html: string): string {
  const page = load(html, null, false);
  page("script, style, template, noscript, iframe, textarea, select, svg").remove();
  return readable(page.root().text()).replace(/\s+/g, "");
}

/** Quotation marks, dashes and dots as a keyboard has them: WordPress makes them round when it shows a page. */
const typed = (text: string): string =>
  text
    .replace(/[“”″]/g, '"')
    .replace(/[‘’′]/g, "'")
    .replace(/[–—]/g, "-")
    .replace(/-{2,3}/g, "-")
    .replace(/×/g, "x")
    .replace(/…/g, "...");

const withoutBidi = (text: string): string => text.replace(/[\u202A-\u202E\u2066-\u2069]/g, "");
const joined = (tag: string): string => tag.replace(/[أإآ]/g, "ا");
const inOrder = (list: readonly string[]): string[] => [...new Set(list)].sort();

const attributes = (html: string, selector: string, name: string, base: string): string[] => {
  const page = load(html, null, false);
  return page(selector)
    .toArray()
    .map((element) => URL.parse(page(element).attr(name) ?? "", base))
    .flatMap((url) => (url && /^(https?|mailto|tel):$/.test(url.protocol) ? [decoded(url.href)] : []));
};

function decoded(url: string): string {
  try {
    return decodeURI(url).normalize("NFC");
  } catch {
    return url;
  }
}
