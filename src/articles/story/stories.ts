// Stories in the store: which one a text belongs to, and what one is made of. What editors put together and take apart
// stands in hand.ts.
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import { fromMilliseconds } from "../../platform/index.ts";
import type { Article, ArticleId } from "../article.ts";
import type { ArticleTables } from "../tables.ts";
import { type Overlap, sameStory, storyWindowHours, type Told } from "./story.ts";

type Db = Kysely<ArticleTables>;

/** Who shares less, some eight words in a row, is no reprint. */
const fewestShared = 6;
const mostCandidates = 5;
/** Of a lead's HTML, as much as is read for the words of a headline. */
const headLength = 12_000;
/** A story that a whole country's papers reprint has dozens. */
const mostMembers = 1000;

const numbers = z.array(z.number());

/** The story that a new text belongs to, or null if it opens its own. */
export async function findStory(
  db: Db,
  text: Told,
  shingles: readonly number[],
  publishedAt: Temporal.Instant,
): Promise<ArticleId | null> {
  return sameStory(text, await overlaps(db, shingles, publishedAt));
}

/**
 * The leads published within three days of a text that share most with it, the nearest first, at most five. A lead under
 * embargo is among them: of two who have the same news one may hold it back, and no reader sees a story by its lead alone.
 */
export async function overlaps(
  db: Db,
  shingles: readonly number[],
  publishedAt: Temporal.Instant,
): Promise<Overlap[]> {
  if (shingles.length === 0) return [];
  const since = publishedAt.subtract({ hours: storyWindowHours }).epochMilliseconds;
  const until = publishedAt.add({ hours: storyWindowHours }).epochMilliseconds;
  // One row holds all, and a shingle's place in the list stands for it: to hand over a row for each would take longer than to
  // find them.
  const { rows } = await sql<{ places: string; leads: string }>`
    select json_group_array(j.key) as places, json_group_array(s.lead_id) as leads
    from json_each(${JSON.stringify(shingles)}) j cross join story_shingles s on s.shingle = j.value
    where s.published_at between ${since} and ${until}`.execute(db);
  const places = numbers.parse(JSON.parse(rows[0]?.places ?? "[]"));
  const leadIds = numbers.parse(JSON.parse(rows[0]?.leads ?? "[]"));
  const leadsWith = new Uint32Array(shingles.length);
  for (const place of places) leadsWith[place] = (leadsWith[place] ?? 0) + 1;
  const weightOf = (place: number) => 1 / (leadsWith[place] || 1);
  const shared = new Map<number, { count: number; weight: number }>();
  for (const [i, lead] of leadIds.entries()) {
    const share = shared.get(lead) ?? { count: 0, weight: 0 };
    share.count += 1;
    share.weight += weightOf(places[i] ?? 0);
    if (share.count === 1) shared.set(lead, share);
  }
  const nearest = [...shared]
    .filter(([, { count }]) => count >= fewestShared)
    .sort(([, a], [, b]) => b.weight - a.weight)
    .slice(0, mostCandidates);
  if (nearest.length === 0) return [];
  const largest = Math.max(...shingles);
  const leads = await leadsOf(
    db,
    nearest.map(([id]) => id),
    largest,
  );
  return nearest.flatMap(([id, { count, weight }]) => {
    const lead = leads.get(id);
    if (!lead || lead.size === 0) return []; // it was forgotten meanwhile
    // Both keep their smallest shingles. Above the largest of either nothing can be shared, and nothing is counted.
    const bound = Math.min(largest, lead.largest);
    let mine = 0;
    for (const [place, shingle] of shingles.entries()) if (shingle <= bound) mine += weightOf(place);
    // What the lead has alone weighs 1 each: to look up every one of them would cost more than all the rest.
    const theirs = lead.size - count + weight;
    const told = () => ({ title: lead.title, text: lead.head.replace(/<[^>]*(?:>|$)/g, " ") }); // clean.ts made it
    return [{ storyId: lead.story_id, shared: weight, mine, theirs, told }];
  });
}

type Lead = {
  id: number;
  story_id: ArticleId;
  title: string;
  head: string;
  largest: number;
  /** How many shingles it has that are not larger than those of the text. */
  size: number;
};

async function leadsOf(db: Db, ids: readonly number[], bound: number): Promise<Map<number, Lead>> {
  const { rows } = await sql<Lead>`
    select a.id, coalesce(a.story_id, a.id) as story_id, a.title, substr(a.body_html, 1, ${headLength}) as head,
      (select max(s.shingle) from story_shingles s where s.lead_id = a.id) as largest,
      (select count(*) from story_shingles s where s.lead_id = a.id and s.shingle <= ${bound}) as size
    from json_each(${JSON.stringify(ids)}) j cross join articles a on a.id = j.value`.execute(db);
  return new Map(rows.map((it) => [it.id, it]));
}

/** Forgets shingles of leads that can gain no member any more, a bounded number at a time. */
export async function forgetOldShingles(db: Db, now: Temporal.Instant): Promise<void> {
  const before = now.subtract({ hours: storyWindowHours }).epochMilliseconds;
  await sql`delete from story_shingles where (shingle, lead_id) in (
    select shingle, lead_id from story_shingles where published_at < ${before} limit 20000)`.execute(db);
}

/** A story's article, in whatever state, and whether a hand put it there. */
export type StoryArticle = Pick<Article, "id" | "title" | "url" | "sourceName" | "publishedAt"> & {
  state: Article["status"]["state"];
  byHand: boolean;
};

export type Story = {
  /** What it is called: the id of the article that opened it, whatever became of that one. */
  id: ArticleId;
  /** Stands for it: the article that opened it, or while that is held back or once it is withdrawn the first published. */
  lead: StoryArticle;
  /** All the others, the earliest first. */
  members: readonly StoryArticle[];
  /** Of what is published: how many articles, how many sources outside the paper, and from when to when. */
  spread: {
    articles: number;
    sources: number;
    first: Temporal.Instant | null;
    last: Temporal.Instant | null;
  };
};

type StoryRow = {
  story: ArticleId;
  id: ArticleId;
  title: string;
  url: string | null;
  source_name: string | null;
  published_at: number;
  state: StoryArticle["state"];
  by_hand: 0 | 1;
};

/** Stories that gained a published article since then and have several, the most recent first. */
export async function recentStories(db: Db, since: Temporal.Instant, limit: number): Promise<ArticleId[]> {
  const { rows } = await sql<{ id: ArticleId }>`
    select story_id as id from articles
    where state = 'published' and published_at >= ${since.epochMilliseconds} and story_id is not null
    group by story_id order by max(published_at) desc, story_id desc limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** The story that an article leads or belongs to, or null if there is no such article. */
export async function storyWith(db: Db, id: ArticleId): Promise<Story | null> {
  const { rows } = await sql<StoryRow>`
    select s.id as story, a.id, a.title, a.url, a.source_name, a.published_at, a.state,
      exists (select 1 from story_hand h
        where h.article_id = a.id and h.story_id = s.id and h.kind = 'joined') as by_hand
    from articles it cross join articles s on s.id = coalesce(it.story_id, it.id)
    cross join articles a on a.id = s.id or a.story_id = s.id
    where it.id = ${id} order by a.published_at, a.id limit ${mostMembers}`.execute(db);
  const story = rows[0]?.story;
  const all = rows.map(
    ({ id, title, url, source_name, published_at, state, by_hand }): StoryArticle => ({
      id,
      title,
      url,
      sourceName: source_name,
      publishedAt: fromMilliseconds(published_at),
      state,
      byHand: by_hand === 1,
    }),
  );
  const published = all.filter(({ state }) => state === "published");
  const named = all.find((it) => it.id === story);
  const lead = named?.state === "published" ? named : (published[0] ?? named);
  if (story === undefined || lead === undefined) return null;
  return {
    id: story,
    lead,
    members: all.filter((it) => it !== lead),
    spread: {
      articles: published.length,
      sources: new Set(published.flatMap(({ sourceName }) => sourceName ?? [])).size,
      first: published[0]?.publishedAt ?? null,
      last: published.at(-1)?.publishedAt ?? null,
    },
  };
}
