// The issues of a digest that are out, as its feed shows them: each with its stories as they are today.
import { type Kysely, type RawBuilder, sql } from "kysely";
import { escapeHtml, oneLine, rtlTitle } from "../arabic/index.ts";
import { type ArticleId, type ArticleTables, articleUrl } from "../articles/index.ts";
import type { FeedIssue } from "../feeds/index.ts";
import { fromMilliseconds } from "../platform/index.ts";
import { subjectOf } from "./edition.ts";
import { retractionTitle } from "./special-mail.ts";
import { type DigestTables, type EditionId, issuePath } from "./tables.ts";

type Db = Kysely<DigestTables & ArticleTables>;

/** Issues are out once their audience stands, which is when the first letter may leave. */
const out = sql`('sending', 'sent')`;

/** How many issues are looked at for those that are out: of so many, few were skipped. */
const mostLookedAt = 500;

/**
 * In SQL: the edition that stands for an issue, in its newest revision: of all sections in Arabic, else of all in English,
 * else of the choice that comes first. One step in an index, which has them in this order but for the revision.
 */
const shownEdition = (
  issue: string,
) => sql<EditionId>`(select x.id from editions x where x.issue_id = ${sql.ref(issue)}
  order by x.sections, x.language, x.revision desc limit 1)`;

/**
 * The newest issues of a digest that are out, newest first, at most `limit`. What was retracted since is not in them, and
 * an issue of which nothing is left is not there. Two queries.
 */
export async function pastIssues(db: Db, site: URL, digestId: number, limit: number): Promise<FeedIssue[]> {
  const page = sql`select * from issues where digest_id = ${digestId} order by planned_at desc limit ${mostLookedAt}`;
  return shown(db, site, await issuesIn(db, page, limit));
}

/** A place in a digest's archive: the issue that a page ended with. */
export type ArchivePlace = { plannedAt: number; id: number };

/**
 * A page of all issues of a digest that are out, newest first; the same issues as {@link pastIssues} has, without an end.
 *
 * @param after where the page before ended; null at first
 * @returns `next` is null where there are no more
 */
export async function archivePage(
  db: Db,
  site: URL,
  digestId: number,
  after: ArchivePlace | null,
  limit: number,
): Promise<{ issues: FeedIssue[]; next: ArchivePlace | null }> {
  const before = after ?? { plannedAt: Number.MAX_SAFE_INTEGER, id: 0 };
  const page = sql`select * from issues where digest_id = ${digestId} and state in ${out}
    and (planned_at, id) < (${before.plannedAt}, ${before.id}) order by planned_at desc, id desc limit ${limit + 1}`;
  const rows = await issuesIn(db, page, limit + 1);
  const last = rows[limit - 1];
  return {
    issues: await shown(db, site, rows.slice(0, limit)),
    next: rows.length > limit && last ? { plannedAt: last.planned_at, id: last.id } : null,
  };
}

type PastRow = {
  id: number;
  guid: string;
  local_date: string;
  slot: string;
  planned_at: number;
  opened_at: number;
  digest_slug: string;
  edition: EditionId;
  subject: string;
  words: string | null;
};

/** Those of a page of issues that are out, each with the edition that stands for it. */
async function issuesIn(db: Db, page: RawBuilder<unknown>, limit: number): Promise<PastRow[]> {
  const { rows } = await sql<PastRow>`
    select page.id, page.guid, page.local_date, page.slot, page.planned_at, page.opened_at, d.slug as digest_slug,
      e.id as edition, e.subject, s.words from (${page}) page
    cross join digests d on d.id = page.digest_id
    cross join editions e on e.id = ${shownEdition("page.id")}
    left join special_issues s on s.issue_id = page.id and s.kind = 'correction'
    where page.state in ${out} and page.guid is not null order by page.planned_at desc, page.id desc limit ${limit}`.execute(
    db,
  );
  return rows;
}

async function shown(db: Db, site: URL, issues: readonly PastRow[]): Promise<FeedIssue[]> {
  const stories = await storiesOfEach(
    db,
    issues.map(({ edition }) => edition),
  );
  return issues.flatMap((row) => {
    const all = stories.get(row.edition) ?? [];
    const left = all.filter(({ state }) => state === "published");
    const [lead] = left;
    // A correction stands also where it says that the story was withdrawn.
    const words = row.words === null ? [] : [row.words];
    if (lead === undefined && words.length === 0) return [];
    const issue = { digestSlug: row.digest_slug, date: row.local_date, slot: row.slot };
    const titles = left.map(({ title }) => rtlTitle(oneLine(title)));
    const items = left
      .map((story, i) => `<li>${link(articleUrl(site, story), titles[i] ?? "")}</li>`)
      .join("");
    return {
      guid: row.guid,
      // The subject names the lead; where that was withdrawn it is what the next revision's would be.
      title: lead === undefined ? retractionTitle : lead === all[0] ? row.subject : subjectOf(lead.title),
      url: new URL(issuePath(issue), site),
      // One that editors were asked about is opened ahead of its time.
      publishedAt: fromMilliseconds(Math.max(row.opened_at, row.planned_at)),
      summary: [...words, ...titles].join(" · "),
      html:
        words.map((text) => `<p>${escapeHtml(text)}</p>`).join("") +
        (items === "" ? "" : `<ol>${items}</ol>`),
    };
  });
}

type Story = {
  id: ArticleId;
  url: string | null;
  title: string;
  state: "published" | "embargoed" | "retracted";
};

/** The articles of these editions, each edition's in its order, in one query. */
async function storiesOfEach(db: Db, editions: readonly EditionId[]): Promise<Map<EditionId, Story[]>> {
  const { rows } = await sql<Story & { edition: EditionId }>`
    select s.edition_id as edition, a.id, a.url, a.title, a.state from json_each(${JSON.stringify(editions)}) j
    cross join edition_stories s on s.edition_id = j.value cross join articles a on a.id = s.article_id
    order by j.key, s.position`.execute(db);
  return Map.groupBy(rows, ({ edition }) => edition);
}

/** A link if the address is one of the web, else the words alone. */
function link(address: string, words: string): string {
  const url = URL.parse(address);
  return url && /^https?:$/.test(url.protocol)
    ? `<a href="${escapeHtml(url.href)}">${escapeHtml(words)}</a>`
    : escapeHtml(words);
}

/**
 * In SQL: the keys of the digests' feeds that name one of these articles in their newest `length` issues, so that a change
 * of the article can touch them in its own batch.
 */
export const feedsOfIssuesWith = (
  guids: readonly string[],
  length: number,
): RawBuilder<{ feed: `digest/${number}` }> => sql`
  select distinct 'digest/' || i.digest_id as feed from json_each(${JSON.stringify(guids)}) j
  cross join articles a on a.guid = j.value
  cross join edition_stories s on s.article_id = a.id
  cross join editions e on e.id = s.edition_id
  cross join issues i on i.id = e.issue_id and i.state in ${out} and e.id = ${shownEdition("i.id")}
  where (select count(*) from (select 1 from issues n where n.digest_id = i.digest_id and n.planned_at > i.planned_at
    and n.state in ${out} limit ${length})) < ${length}`;
