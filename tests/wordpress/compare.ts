// What Nashra stored beside what WordPress itself says of every post, field by field. Pure.
import { fields, letters, type StoredArticle, textOf, type Way } from "./fields.ts";
import type { WordPressPost } from "./wordpress.ts";

/** Shown in the table: how often a field was the same, was not, or was not for a reason. */
export type Tally = { field: string; equal: number; different: number; explained: Map<string, number> };
export type Difference = { post: number; field: string; wordpress: unknown; nashra: unknown };

/** Why readers of the site do not see a post; null if they do. Nashra must not have it either. */
function hidden({ status, password }: WordPressPost, way: Way): string | null {
  if (password) return "a password keeps it from readers";
  if (status === "publish" || (status === "future" && way === "export")) return null;
  return `its status is ${status}`;
}

/** Why Nashra may leave out a post all the same. */
function unfit({ title, content }: WordPressPost): string | null {
  if (textOf(title) === "") return "it has no title";
  return letters(content) === "" ? "it has no text" : null;
}

/**
 * Compares everything with everything.
 *
 * @param gone posts that were there at an earlier run: of them a retracted article must be left
 */
export function compare(
  posts: readonly WordPressPost[],
  articles: readonly StoredArticle[],
  way: Way,
  gone: readonly number[] = [],
) {
  const tallies = new Map<string, Tally>();
  const differences: Difference[] = [];
  const book = (
    field: string,
    post: number,
    wordpress: unknown,
    nashra: unknown,
    why: () => string | null,
  ) => {
    const tally = tallies.get(field) ?? {
      field,
      equal: 0,
      different: 0,
      explained: new Map<string, number>(),
    };
    tallies.set(field, tally);
    if (JSON.stringify(wordpress ?? null) === JSON.stringify(nashra ?? null)) tally.equal++;
    else {
      const reason = why();
      if (reason !== null) tally.explained.set(reason, (tally.explained.get(reason) ?? 0) + 1);
      else {
        tally.different++;
        differences.push({ post, field, wordpress, nashra });
      }
    }
  };
  const unmatched = new Set(articles);
  for (const post of posts) {
    const article = articles.find(({ guid, external_id }) => guid === post.guid || external_id === post.guid);
    if (article) unmatched.delete(article);
    const why = hidden(post, way);
    const there = article && article.state !== "retracted" ? "there" : "absent";
    if (why === null) book("there", post.id, "there", there, () => unfit(post));
    else book("hidden", post.id, "absent", there, () => null);
    if (gone.includes(post.id)) book("retracted", post.id, "retracted", article?.state, () => null);
    if (!article || there === "absent" || why !== null) continue;
    for (const { name, wordpress, nashra, explain } of fields)
      book(name, post.id, wordpress(post, way), nashra(article), () => explain?.(post, article, way) ?? null);
  }
  for (const article of unmatched)
    if (article.state !== "retracted") book("there", 0, "no such post", article.external_id, () => null);
  return { tallies: [...tallies.values()], differences };
}

/** A table for the terminal, and under it what differs without a reason. */
export function asTable({ tallies, differences }: ReturnType<typeof compare>): string {
  const rows = tallies.map(({ field, equal, different, explained }) => {
    const reasons = [...explained].map(([why, times]) => `${times}: ${why}`).join("; ");
    return `${field.padEnd(22)}${String(equal).padStart(6)}${String(different).padStart(11)}  ${reasons}`;
  });
  const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 300) ?? "nothing";
  const first = differences.slice(0, 20).map(({ post, field, wordpress, nashra }) => {
    const [theirs, ours] = aroundDifference(wordpress, nashra);
    return `post ${post}, ${field}:\n  WordPress ${shown(theirs)}\n  Nashra    ${shown(ours)}`;
  });
  return [`${"field".padEnd(22)} equal  different  explained`, ...rows, ...first].join("\n");
}

/** Of two long texts what stands round the place where they part. */
function aroundDifference(a: unknown, b: unknown): [unknown, unknown] {
  if (typeof a !== "string" || typeof b !== "string") return [a, b];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - 40);
  return [a.slice(from, at + 80), b.slice(from, at + 80)];
}
