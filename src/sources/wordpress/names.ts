// What the numbers in posts stand for: asked for many posts together, so that each name is made once by the site and not once
// for each post (`_embed` makes the whole of each of them again and again).
import { z } from "zod";
import type { GuardedGet } from "../../platform/index.ts";
import { categoryOf } from "../wxr/item.ts";
import { askList, type Failure, isHidden } from "./api.ts";
import { type Names, type WordPressPost, wordPressMedia } from "./post.ts";
import { plainText } from "./text.ts";

const named = z
  .object({ id: z.int().positive(), name: z.string() })
  .transform(({ id, name }) => ({ id, value: plainText(name) }));

export const wordPressCategory = z
  .object({ id: z.int().positive(), name: z.string(), slug: z.string().catch("") })
  .transform(({ id, name, slug }) => ({ id, value: categoryOf(slug, name) }));

/** More pages of names than this for one page of posts would be no newsroom's. */
const mostPages = 12;

/**
 * The names in these posts. What the site hides, its authors mostly, is missing for good; where it merely fails, nothing is
 * told, since an article without its author would be taken for a change.
 *
 * @param perPage the most that the site gives at once
 * @param authorsToo false where they are known to be hidden
 */
export async function namesIn(
  get: GuardedGet,
  root: URL,
  posts: readonly WordPressPost[],
  perPage: number,
  authorsToo: boolean,
): Promise<{ ok: true; names: Names; authorsHidden: boolean } | Failure> {
  async function lookUp<T>(
    path: string,
    fields: string,
    ids: readonly number[],
    entry: z.ZodType<{ id: number; value: T }>,
  ): Promise<{ ok: true; found: Map<number, T>; hidden: boolean } | Failure> {
    const found = new Map<number, T>();
    const wanted = [...new Set(ids)].filter((id) => id > 0).slice(0, mostPages * perPage);
    for (let from = 0; from < wanted.length; from += perPage) {
      const include = wanted.slice(from, from + perPage).join();
      const answer = await askList(get, root, `wp/v2/${path}`, {
        include,
        per_page: String(perPage),
        _fields: fields,
      });
      if (!answer.ok) {
        // Who is asked for users by a robot may show it the front page instead.
        const hidden =
          isHidden(answer) || (path === "users" && answer.status === 200 && !answer.mayBeTooMuch);
        return hidden ? { ok: true, found, hidden } : answer;
      }
      for (const given of answer.list) {
        const read = entry.safeParse(given);
        if (read.success) found.set(read.data.id, read.data.value);
      }
    }
    return { ok: true, found, hidden: false };
  }

  const writers = authorsToo ? posts.map(({ author }) => author) : [];
  const authors = await lookUp("users", "id,name", writers, named);
  if (!authors.ok) return authors;
  const categories = await lookUp(
    "categories",
    "id,name,slug",
    posts.flatMap((post) => post.categories),
    wordPressCategory,
  );
  if (!categories.ok) return categories;
  const tags = await lookUp(
    "tags",
    "id,name",
    posts.flatMap((post) => post.tags),
    named,
  );
  if (!tags.ok) return tags;
  // Of a picture's details none can be asked for alone: WordPress then gives none at all.
  const pictures = await lookUp(
    "media",
    "id,source_url,mime_type,alt_text,media_details",
    posts.map(({ featured_media }) => featured_media),
    wordPressMedia,
  );
  if (!pictures.ok) return pictures;
  const names = {
    authors: authors.found,
    categories: categories.found,
    tags: tags.found,
    pictures: pictures.found,
  };
  return { ok: true, names, authorsHidden: authors.hidden };
}
