// Stories put together and taken apart by hand. What a hand decided is kept, and stands above what is found by likeness.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { Clock, Database } from "../../platform/index.ts";
import type { ArticleId } from "../article.ts";
import { htmlToText } from "../clean.ts";
import { articleById } from "../read.ts";
import type { ArticleTables } from "../tables.ts";
import { type Story, type StoryArticle, storyWith } from "./stories.ts";
import { storyShingles, storyWindowHours } from "./story.ts";

type Db = Kysely<ArticleTables>;

export type HandDeps = {
  database: Database<ArticleTables>;
  now: Clock;
  /** Writes down who did what, if the statement before it in the batch changed something. */
  audit: (entry: { actor: string; act: string; subject: string }, now: Temporal.Instant) => CompiledQuery;
};

export type Merging = { kind: "merged" | "one-already"; story: Story } | { kind: "unknown"; id: ArticleId };
export type Splitting =
  | { kind: "split"; opened: Story; left: Story }
  | { kind: "unknown"; id: ArticleId }
  /** These are not in the story. */
  | { kind: "elsewhere"; ids: ArticleId[] }
  /** Nothing would be left. */
  | { kind: "all" };

/** How often it is tried again when others change the same stories at the same time. */
const mostAttempts = 5;

/**
 * Puts the story of one article into that of another: all its articles belong there now, and its reprints will. Undone by
 * taking them out again.
 */
export async function mergeStories(
  { database: { db, batch }, now, audit }: HandDeps,
  into: ArticleId,
  from: ArticleId,
  actor: string,
): Promise<Merging> {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const [story, other] = [await storyWith(db, into), await storyWith(db, from)];
    if (story === null || other === null) return { kind: "unknown", id: story === null ? into : from };
    if (story.id === other.id) return { kind: "one-already", story };
    const at = now();
    const subject = `story ${other.id} into ${story.id}`;
    const results = await batch([
      ...joinStories(db, story.id, other.id, actor, at),
      audit({ actor, act: "story-merge", subject }, at),
    ]);
    const merged = await storyWith(db, into);
    if ((results[0]?.changes ?? 0) > 0 && merged) return { kind: "merged", story: merged };
  }
  throw changedByOthers(into);
}

/**
 * Takes articles out of a story. They open one of their own together, and no run puts them back; later reprints go to the
 * story that they are nearer to. Where the article that the story is named after is among them, those that stay move
 * instead, which comes to the same. Undone by putting the two together again.
 */
export async function splitStory(
  { database: { db, batch }, now, audit }: HandDeps,
  id: ArticleId,
  articles: readonly ArticleId[],
  actor: string,
): Promise<Splitting> {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const story = await storyWith(db, id);
    if (story === null) return { kind: "unknown", id };
    const all = [story.lead, ...story.members];
    const ids = new Set(all.map((it) => it.id));
    const elsewhere = articles.filter((it) => !ids.has(it));
    if (elsewhere.length > 0) return { kind: "elsewhere", ids: elsewhere };
    const out = all.filter((it) => articles.includes(it.id));
    const rest = all.filter((it) => !articles.includes(it.id));
    if (rest.length === 0) return { kind: "all" };
    const moving = articles.includes(story.id) ? rest : out;
    const at = now();
    const lead = await leadOf(db, moving);
    const shingles = await shinglesOf(db, lead, at);
    const subject = `articles ${out.map((it) => it.id).join(", ")} out of story ${story.id}`;
    const statements = partStories(db, story.id, moving, { lead, shingles }, actor, at);
    const results = await batch([...statements, audit({ actor, act: "story-split", subject }, at)]);
    if (results[0]?.changes !== moving.length) continue;
    const [opened, left] = [await storyWith(db, out[0]?.id ?? id), await storyWith(db, rest[0]?.id ?? id)];
    if (opened && left) return { kind: "split", opened, left };
  }
  throw changedByOthers(id);
}

const changedByOthers = (id: ArticleId) =>
  new Error(`The story of article ${id} was changed by others ${mostAttempts} times meanwhile. Try again.`);

/** Who leads what was taken out: one that led already, so that its reprints find it, else the first published. */
async function leadOf(db: Db, moving: readonly StoryArticle[]): Promise<ArticleId> {
  const { rows } = await sql<{ id: ArticleId }>`
    select a.id from json_each(${JSON.stringify(moving.map(({ id }) => id))}) j cross join articles a on a.id = j.value
    order by a.state = 'retracted', not exists (select 1 from story_shingles s where s.lead_id = a.id),
      a.published_at, a.id limit 1`.execute(db);
  const [lead] = rows;
  if (!lead) throw new Error("Articles that were in a story a moment ago are not there any more.");
  return lead.id;
}

/** By which its reprints will find the new lead, if it is young enough to have any. */
async function shinglesOf(db: Db, id: ArticleId, now: Temporal.Instant): Promise<number[]> {
  const article = await articleById(db, id);
  if (!article || now.since(article.publishedAt).total("hours") > storyWindowHours) return [];
  return storyShingles(article.title, htmlToText(article.bodyHtml));
}

/** Changes nothing unless both still lead: the first result then counts 0 changes. Shingles stay: both leads' find the one. */
function joinStories(
  db: Db,
  into: ArticleId,
  from: ArticleId,
  by: string,
  now: Temporal.Instant,
): CompiledQuery[] {
  const bothLead = sql`(select count(*) from articles l where l.id in (${into}, ${from}) and l.story_id is null) = 2`;
  return [
    sql`insert into story_hand (article_id, story_id, kind, by_whom, at)
      select a.id, ${into}, 'joined', ${by}, ${now.epochMilliseconds} from articles a
      where (a.id = ${from} or a.story_id = ${from}) and ${bothLead}
      on conflict do update set kind = excluded.kind, by_whom = excluded.by_whom, at = excluded.at`.compile(
      db,
    ),
    // Who was taken out of the one and stands in the other is with it again.
    sql`delete from story_hand where story_id = ${from} and kind = 'apart' and ${bothLead}
      and article_id in (select a.id from articles a where a.id = ${into} or a.story_id = ${into})`.compile(
      db,
    ),
    sql`update articles set story_id = ${into} where (id = ${from} or story_id = ${from}) and ${bothLead}`.compile(
      db,
    ),
  ];
}

/** Changes nothing unless all of them are still members of the story: the first result then counts 0 changes. */
function partStories(
  db: Db,
  story: ArticleId,
  articles: readonly StoryArticle[],
  { lead, shingles }: { lead: ArticleId; shingles: readonly number[] },
  by: string,
  now: Temporal.Instant,
): CompiledQuery[] {
  const ids = JSON.stringify(articles.map(({ id }) => id));
  const members = sql`articles a where a.story_id = ${story} and a.id in (select value from json_each(${ids}))`;
  const allThere = sql`(select count(*) from ${members}) = ${articles.length}`;
  const decide = (on: ArticleId, kind: "joined" | "apart") =>
    sql`
    insert into story_hand (article_id, story_id, kind, by_whom, at)
    select a.id, ${on}, ${kind}, ${by}, ${now.epochMilliseconds} from ${members} and a.id <> ${on} and ${allThere}
    on conflict do update set kind = excluded.kind, by_whom = excluded.by_whom, at = excluded.at`.compile(db);
  return [
    decide(story, "apart"),
    decide(lead, "joined"),
    sql`insert or ignore into story_shingles (shingle, lead_id, published_at)
      select j.value, a.id, a.published_at from articles a, json_each(${JSON.stringify(shingles)}) j
      where a.id = ${lead} and ${allThere}`.compile(db),
    sql`update articles set story_id = nullif(${lead}, id)
      where story_id = ${story} and id in (select value from json_each(${ids})) and ${allThere}`.compile(db),
  ];
}
