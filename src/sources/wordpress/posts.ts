// Posts of a WordPress, asked for by their numbers: as many at once as the site bears, and one alone where it is not clear what
// became of it.
import type { GuardedGet } from "../../platform/index.ts";
import type { Gone, Skipped } from "../item.ts";
import type { Stretch } from "../pull.ts";
import { ask, askList, type Failure } from "./api.ts";
import { namesIn } from "./names.ts";
import { postFields, readPost, type WordPressPost, wordPressPost } from "./post.ts";

/** How a site is asked, and what was learned of it on the way. */
export type Site = {
  root: URL;
  home: URL;
  /** The most that the site gives at once. */
  perPage: number;
  /** How many whole posts it bore at once: fewer after it failed, more again while it does not. */
  batch: number;
  /** False where the site hides its users: then the plugin for search engines may name them. */
  showsUsers: boolean;
};

export type Fetched = {
  ok: true;
  posts: WordPressPost[];
  /** Those of the ids that were asked for. */
  asked: readonly number[];
  skipped: Skipped[];
  batch: number;
};

const shrink = 4;
const grow = 5;

/**
 * Asks for the first of these posts, as many as the site bears.
 *
 * @param control another post that is known to stand: if one alone always fails and this one does not, the fault is in the post
 */
export async function fetchPosts(
  get: GuardedGet,
  site: Site,
  ids: readonly number[],
  control: number | null,
): Promise<Fetched | Failure> {
  let size = Math.min(site.batch, site.perPage);
  for (;;) {
    const asked = ids.slice(0, size);
    const answer = await askFor(get, site, asked);
    if (answer.ok) {
      const read = answer.list.map((given) => wordPressPost.safeParse(given));
      const posts = read.flatMap(({ data }) => data ?? []).sort((a, b) => a.id - b.id); // the oldest first
      if (read.length > 0 && posts.length === 0) return noPosts(site.root);
      if (posts.some(({ id }) => !asked.includes(id))) return noPosts(site.root, notAsked(site.root));
      return { ok: true, posts, asked, skipped: [], batch: Math.min(100, size + grow) };
    }
    if (!answer.mayBeTooMuch) return answer;
    if (asked.length > 1) {
      size = Math.max(1, Math.floor(asked.length / shrink));
      continue;
    }
    if (control === null || !(await askFor(get, site, [control])).ok) return answer;
    const what = `Post ${asked[0]} (${new URL(`?p=${asked[0]}`, site.home).href})`;
    const why = `The site fails whenever it is asked for it, and not for others: ${answer.why}`;
    return { ok: true, posts: [], asked, skipped: [{ what, why }], batch: 1 + grow };
  }
}

const notAsked = (root: URL) =>
  `The REST API at ${root.host} gives other posts than it is asked for (include): a cache in front of it answers without looking at the question. Let the cache leave out wp-json; until then its feed can be a source instead.`;

const askFor = (get: GuardedGet, site: Site, ids: readonly number[]) =>
  askList(get, site.root, "wp/v2/posts", {
    include: ids.join(),
    per_page: String(ids.length),
    _fields: fieldsOf(site),
  });

const byline = "yoast_head_json.author";

const fieldsOf = ({ showsUsers }: Site) => (showsUsers ? postFields : `${postFields},${byline}`);

/** An answer that came well and is none all the same. */
export const noPosts = (
  root: URL,
  why = `The REST API at ${root.host} answers, but not with posts as WordPress has them. Some plugin changes its answers.`,
): Failure => ({
  ok: false,
  why,
  status: 200,
  code: "",
  headers: null,
  mayBeTooMuch: false,
  refused: [],
});

/** Makes articles of posts. The site is given back with what was learned of it. */
export async function readPosts(
  get: GuardedGet,
  site: Site,
  posts: readonly WordPressPost[],
): Promise<
  | ({ ok: true; site: Site } & Pick<Stretch, "items" | "categories"> & { skipped: Skipped[]; gone: Gone[] })
  | Failure
> {
  const found = await namesIn(get, site.root, posts, site.perPage, site.showsUsers);
  if (!found.ok) return found;
  if (found.authorsHidden) {
    const bylines = await bylinesOf(get, site, posts);
    if (!bylines.ok) return bylines;
    const signed = posts.map((post) => ({ ...post, yoast_head_json: bylines.of.get(post.id) ?? null }));
    return { ...read(signed, found.names, site.home), site: { ...site, showsUsers: false } };
  }
  return { ...read(posts, found.names, site.home), site };
}

/** What these posts were asked for without: it was not known yet that the site hides its users. */
async function bylinesOf(get: GuardedGet, { root, perPage }: Site, posts: readonly WordPressPost[]) {
  const of = new Map<number, WordPressPost["yoast_head_json"]>();
  for (let from = 0; from < posts.length; from += perPage) {
    const answer = await askList(get, root, "wp/v2/posts", {
      include: posts
        .slice(from, from + perPage)
        .map(({ id }) => id)
        .join(),
      per_page: String(perPage),
      _fields: `id,${byline}`,
    });
    if (!answer.ok) return answer;
    for (const given of answer.list) {
      const { data } = wordPressPost.safeParse(given);
      if (data) of.set(data.id, data.yoast_head_json);
    }
  }
  return { ok: true as const, of };
}

function read(posts: readonly WordPressPost[], names: Parameters<typeof readPost>[1], home: URL) {
  const readings = posts.map((post) => readPost(post, names, home));
  return {
    ok: true as const,
    items: readings.flatMap((reading) => (reading.ok ? reading.item : [])),
    skipped: readings.flatMap((reading) => (reading.ok ? [] : reading.skipped)),
    gone: readings.flatMap((reading) => (reading.ok ? [] : (reading.gone ?? []))),
    categories: [...names.categories.values()],
  };
}

/** The numbers of posts among remote ids. */
export const idsOf = (remoteIds: readonly string[]): number[] => [
  ...new Set(remoteIds.filter((id) => /^[1-9]\d{0,14}$/.test(id)).map(Number)),
];

/** What became of a post that is not in the list: it is taken back only where the site says so of this one post. */
export type Fate =
  | { kind: "stands"; post: WordPressPost }
  | { kind: "gone"; gone: Gone }
  | { kind: "unclear"; failure: Failure };

export async function fateOf(get: GuardedGet, site: Site, id: number): Promise<Fate> {
  const answer = await ask(get, site.root, `wp/v2/posts/${id}`, { _fields: fieldsOf(site) });
  if (answer.ok) {
    const { data } = wordPressPost.safeParse(answer.value);
    return data ? { kind: "stands", post: data } : { kind: "unclear", failure: noPosts(site.root) };
  }
  const gone = (reason: string): Fate => ({ kind: "gone", gone: { remoteId: String(id), reason } });
  // WordPress's own words: a wall in front of it answers with the same numbers, of everything.
  const { status, code } = answer;
  if (!code.startsWith("rest_") || code === "rest_no_route") return { kind: "unclear", failure: answer };
  if (status === 404 || status === 410) return gone("Deleted on the site.");
  if (status === 401 || status === 403)
    return gone("Taken offline on the site: trashed, private, or a draft again.");
  return { kind: "unclear", failure: answer };
}
