// One post of a WordPress as its REST API tells it: an article, or why there is none. Pure, and lenient: plugins leave out
// fields, add others and write them as they like.
import { decodeHTML } from "entities";
import { z } from "zod";
import { fold, words } from "../../arabic/index.ts";
import type { ArticleImage } from "../../articles/index.ts";
import { readDate } from "../feed/dates.ts";
import type { Category, Gone, Skipped, SourceItem } from "../item.ts";
import { hasText, importanceOf, plainText, withoutAttribution } from "./text.ts";

const rendered = z
  .object({ rendered: z.string(), protected: z.boolean().catch(false) })
  .catch({ rendered: "", protected: false });
const number = z.int().min(0).catch(0);
const terms = z
  .array(number)
  .catch([])
  .transform((ids) => ids.slice(0, 100));
const date = z.string().nullable().catch(null);

export const wordPressPost = z.object({
  id: z.int().positive(),
  date_gmt: date,
  modified_gmt: date,
  guid: rendered,
  link: z.string().catch(""),
  status: z.string().catch("publish"),
  title: rendered,
  content: rendered,
  excerpt: rendered,
  author: number,
  featured_media: number,
  sticky: z.boolean().catch(false),
  categories: terms,
  tags: terms,
  /** Written by the most common of the plugins for search engines. */
  yoast_head_json: z.object({ author: z.string() }).nullish().catch(null),
});
export type WordPressPost = z.output<typeof wordPressPost>;

/** The fields of a post to ask for. */
export const postFields = Object.keys(wordPressPost.shape)
  .filter((name) => name !== "yoast_head_json")
  .join();

/** What the numbers in posts stand for. */
export type Names = {
  authors: ReadonlyMap<number, string>;
  categories: ReadonlyMap<number, Category>;
  tags: ReadonlyMap<number, string>;
  pictures: ReadonlyMap<number, ArticleImage>;
};

export type PostReading =
  | { ok: true; item: SourceItem }
  /** `gone`: readers there no longer see it either. */
  | { ok: false; skipped: Skipped; gone: Gone | null };

/** Twice as long as any article may be once it is clean. */
const mostContent = 2_000_000;

/** @param home the site's, for the guid of a post that has none */
export function readPost(post: WordPressPost, names: Names, home: URL): PostReading {
  const remoteId = String(post.id);
  const title = plainText(post.title.rendered);
  const link = /^https?:\/\//i.test(post.link) ? post.link : null;
  const skip = (why: string, reason: string | null = null): PostReading => ({
    ok: false,
    skipped: {
      what: `${title.slice(0, 200).toWellFormed() || "A post without a title"} (${link ?? remoteId})`,
      why,
    },
    gone: reason === null ? null : { remoteId, reason },
  });
  const content = post.content.rendered;
  if (post.status !== "publish")
    return skip(
      `It is not published: its status is "${post.status.slice(0, 50)}".`,
      "No longer published on the site.",
    );
  if (post.content.protected)
    return skip("It is protected by a password.", "Protected by a password on the site.");
  // The newsroom's headline is not for us to invent. Once it has one, it comes in.
  if (title === "") return skip("It has no title. Give it one there, and it comes in.");
  if (!hasText(content)) return skip("It has no text.");
  if (content.length > mostContent) return skip(`Its text is longer than ${mostContent} characters.`);

  const yoast = plainText(post.yoast_head_json?.author ?? "");
  return {
    ok: true,
    item: {
      externalId: decodeHTML(post.guid.rendered).trim() || `${home.href.replace(/\/$/, "")}/?p=${remoteId}`,
      remoteId,
      url: link,
      title,
      summary: ownExcerpt(post.excerpt.rendered, content),
      ...withoutAttribution(content),
      categories: known(names.categories, post.categories),
      tags: known(names.tags, post.tags),
      authors: [names.authors.get(post.author) ?? yoast].filter((name) => name !== ""),
      image: names.pictures.get(post.featured_media) ?? null,
      importance: importanceOf(title, post.sticky),
      published: readDate(post.date_gmt),
      scheduled: false,
      modified: readDate(post.modified_gmt),
    },
  };
}

const known = <T>(names: ReadonlyMap<number, T>, ids: readonly number[]): T[] =>
  ids.flatMap((id) => names.get(id) ?? []);

const withoutTags = (html: string) => decodeHTML(html.replace(/<[^<>]*>/g, " "));

const lettersOf = (text: string) => fold(text).replace(/[^\p{L}\p{N}]+/gu, "");

/** So much of a text is looked through for an excerpt, which has 55 words where WordPress made it. */
const mostCompared = 30_000;
const longestExcerpt = 5000;

const notText = /<(style|script)\b(?:(?!<\1\b)[\s\S])*?<\/\1\s*>/gi;

/**
 * An excerpt that somebody wrote. Where nobody did, WordPress puts the first words of the text, paragraphs run together; REST
 * does not say which it is. Its own end in […], or in a theme's other dots, or are short texts whole, but for pictures,
 * tables and quotations. Who writes the first sentence there himself means it.
 */
export function ownExcerpt(excerpt: string, content: string): string | null {
  if (excerpt.length > longestExcerpt) return null;
  // Themes put a link to the text after it.
  const text = plainText(excerpt.replace(/<a\b[^<>]*>[^<>]*<\/a>(?=\s*(?:<\/p>)?\s*$)/i, ""));
  if (text === "" || /[[(]\s*(?:…|\.{3})\s*[\])]$/.test(text)) return null;
  const letters = lettersOf(text);
  // Of a text in several pages WordPress takes the first.
  const [page = ""] = content.slice(0, mostCompared).replace(notText, " ").split("<!--nextpage-->", 1);
  const whole = withoutTags(page);
  let at = 0;
  for (const word of words(fold(whole))) {
    const piece = lettersOf(word);
    if (letters.startsWith(piece, at)) at += piece.length;
  }
  const isTaken = at >= letters.length;
  const isCut = /(?:…|\.{3})\s*$/.test(text);
  return isTaken && (isCut || letters.length >= wholeShare * lettersOf(whole).length) ? null : text;
}

/** An excerpt with so much of the text's letters is the text, less its quotations. */
const wholeShare = 0.5;

const size = z.coerce.number().int().positive().nullable().catch(null);

export const wordPressMedia = z
  .object({
    id: z.int().positive(),
    source_url: z.string(),
    mime_type: z.string().regex(/^image\//),
    alt_text: z.string().catch(""),
    media_details: z
      .object({
        width: size,
        height: size,
        filesize: size,
        image_meta: z.object({ credit: z.string().catch("") }).catch({ credit: "" }),
      })
      .catch({ width: null, height: null, filesize: null, image_meta: { credit: "" } }),
  })
  .transform(({ id, source_url, mime_type, alt_text, media_details }) => {
    const { width, height, filesize, image_meta } = media_details;
    const picture: ArticleImage = {
      url: source_url,
      type: mime_type,
      length: filesize,
      width,
      height,
      alt: plainText(alt_text) || null,
      credit: plainText(image_meta.credit) || null,
    };
    return { id, value: picture };
  });
