// Whom an issue goes to, by its kind: pages of readers, each with the reason where one gets nothing. Reads only; freeze.ts writes
// what these give into the ledger, and special.ts counts it for an editor beforehand.
import { type Kysely, sql } from "kysely";
import { type ArticleId, type ArticleTables, candidatesById } from "../articles/index.ts";
import {
  type Digest,
  type DigestTables,
  editionsOf,
  type Issue,
  type IssueId,
  type Special,
} from "../digests/index.ts";
import { othersFirst } from "../platform/index.ts";
import {
  audiencePage,
  audienceSize,
  breakingPage,
  type Candidate,
  type Reader,
  readersNow,
  type SubscriberId,
  type SubscriberTables,
} from "../subscribers/index.ts";
import { leaseFrom } from "./claim.ts";
import { audienceCounts, type DeliveryTables } from "./ledger.ts";
import { repeatsFor } from "./repeats.ts";

type Db = Kysely<DeliveryTables & DigestTables & ArticleTables & SubscriberTables>;

/** Somebody who may get an issue; `reason`: why not. */
export type Judged = Omit<Reader, "exclusion"> & { reason: string | null };

export type Audience<It extends Judged = Judged> = {
  /**
   * The next readers after an id, in the order of ids, and the id that they go up to. Null if nobody is left; a page may be empty and
   * not the last.
   */
  page: (after: number, now: Temporal.Instant) => Promise<{ through: number; readers: It[] } | null>;
  /** How many readers the pages give up to an id, counted another way. */
  size: (through: number) => Promise<number>;
};

/** How many rows one page looks at: small enough for a bound parameter on D1, and for other queries to get a turn. */
const pageSize = 1000;
/** The same where nothing is written. */
const windowSize = 20_000;

/** All who subscribe to a digest; those get an issue who want it at this hour and whose choice has an edition. */
export async function digestAudience(
  db: Db,
  digest: Digest,
  issue: Issue,
): Promise<Audience<Judged & Candidate>> {
  const editions = new Set(
    (await editionsOf(db, issue.id)).map(({ sections, language }) => `${language} ${sections}`),
  );
  const digestSlots = digest.schedule.slots.map(({ name }) => name);
  const about = { date: Temporal.PlainDate.from(issue.date), slot: issue.slot, digestSlots };
  return {
    async page(after, now) {
      const page = await audiencePage(db, digest.id, after, pageSize, about, now);
      const last = page.at(-1);
      if (!last) return null;
      const readers = page.map((candidate) => ({
        ...candidate,
        reason:
          candidate.exclusion ??
          (editions.has(`${candidate.language} ${candidate.sections}`) ? null : "too-few-stories"),
      }));
      return { through: last.subscriptionId, readers };
    },
    size: (through) => audienceSize(db, digest.id, through),
  };
}

/**
 * All who subscribe to a digest; those get breaking news who want it, chose a section of the article, and were not sent its story
 * already, in whatever digest.
 *
 * @param issue its own; 0 while there is none yet
 */
export async function breakingAudience(
  db: Db,
  digest: Pick<Digest, "id">,
  article: ArticleId,
  issue: IssueId,
): Promise<Audience> {
  const sections = (await candidatesById(db, [article])).flatMap((it) => it.sections.map(({ id }) => id));
  return {
    async page(after, now) {
      const page = await breakingPage(db, digest.id, after, pageSize, sections, now);
      const last = page.at(-1);
      if (!last) return null;
      const wanting = page.flatMap(({ exclusion, subscriberId }) => (exclusion ? [] : subscriberId));
      const had = await repeatsFor(db, issue, wanting, [{ articles: [article], next: [] }]);
      const readers = page.map(({ exclusion, ...reader }) => ({
        ...reader,
        sections: "", // all of them share one edition
        reason: exclusion ?? (had.has(reader.subscriberId) ? "had-story" : null),
      }));
      return { through: last.subscriptionId, readers };
    },
    size: (through) => audienceSize(db, digest.id, through),
  };
}

/**
 * Those who were sent an article as it was before it was put right, and nobody else: by the ledger of the issue that carried it,
 * whether the server took the letter, may have taken it, or has it at this moment. Who had the same correction already is left out.
 *
 * @param issue the correction's own; 0 while there is none yet
 */
export function correctionAudience(db: Db, special: Special, issue: IssueId): Audience {
  const { articleId, articleVersion, corrects, rightRevision } = special;
  const rightFrom = special.rightFrom?.epochMilliseconds ?? 0;
  // By what an edition says, whenever it was built: an edition may have been built anew in its place, and clocks of processes differ.
  const saysWrong = sql`case when s.revision is null or ${rightRevision} is null then e.built_at <= ${rightFrom}
    else s.revision < ${rightRevision} end`;
  const wrong = sql`wrong as materialized (
    select distinct e.id from issue_articles c cross join editions e on e.issue_id = c.issue_id
    cross join edition_stories s on s.edition_id = e.id and s.article_id = c.article_id
    where c.article_id = ${articleId} and c.issue_id = ${corrects} and ${saysWrong})`;
  const mayHaveIt = sql<0 | 1>`(page.state in ('sending', 'accepted', 'in_doubt') or page.in_doubt > 0)
    and (page.edition_id in (select id from wrong) or (page.in_doubt > 0 and exists (
      select 1 from earlier_tries t where t.delivery_id = page.id and t.edition_id in (select id from wrong)
        and coalesce(t.reply, '') not glob '[45][0-9][0-9]*')))`; // a server that refused that try took nothing
  return {
    async page(after, now) {
      const { rows } = await sql<{ subscriber: SubscriberId; wrong: 0 | 1; had: 0 | 1 }>`
        with ${wrong}, page as (select d.id, d.subscriber_id, d.state, d.in_doubt, d.edition_id from deliveries d
          where d.issue_id = ${corrects} and d.subscriber_id > ${after} order by d.subscriber_id limit ${pageSize})
        select page.subscriber_id as subscriber, ${mayHaveIt} as wrong, exists (
          select 1 from special_issues s cross join deliveries x on x.issue_id = s.issue_id and x.subscriber_id = page.subscriber_id
          where s.article_id = ${articleId} and s.kind = 'correction' and s.article_version >= ${articleVersion}
            and s.corrects = ${corrects} and s.issue_id <> ${issue}
            and x.state not in ('rejected', 'expired', 'withdrawn')) as had
        from page order by page.subscriber_id`.execute(db);
      const last = rows.at(-1);
      if (!last) return null;
      const wronged = rows.filter((row) => row.wrong === 1);
      const had = new Set(wronged.flatMap((row) => (row.had === 1 ? row.subscriber : [])));
      const people = await readersNow(
        db,
        special.digestId,
        wronged.map(({ subscriber }) => subscriber),
        now,
      );
      const readers = people.map(({ exclusion, ...reader }) => ({
        ...reader,
        reason: exclusion ?? (had.has(reader.subscriberId) ? "had-correction" : null),
      }));
      return { through: last.subscriber, readers };
    },
    // The ledger goes on meanwhile: a letter that was under way may be refused. So whoever stands in this issue's accounts counts,
    // and so does everybody who ought to stand there. In windows, so that others are answered.
    async size(through) {
      const { deliveries, exclusions } = await audienceCounts(db, issue);
      let missing = 0;
      for (let after = 0; ; ) {
        const { rows } = await sql<{ last: number | null; missing: number }>`
          with ${wrong}, page as (select d.id, d.subscriber_id, d.state, d.in_doubt, d.edition_id from deliveries d
            where d.issue_id = ${corrects} and d.subscriber_id > ${after} and d.subscriber_id <= ${through}
            order by d.subscriber_id limit ${windowSize})
          select max(page.subscriber_id) as last, count(*) filter (where ${mayHaveIt}
            and not exists (select 1 from deliveries n where n.issue_id = ${issue} and n.subscriber_id = page.subscriber_id)
            and not exists (select 1 from exclusions n where n.issue_id = ${issue} and n.subscriber_id = page.subscriber_id))
            as missing from page`.execute(db);
        const [found] = rows;
        if (!found || found.last === null) return deliveries + exclusions + missing;
        missing += found.missing;
        after = found.last;
        await othersFirst();
      }
    },
  };
}

/**
 * Whether letters of an issue that were begun before a moment are still being written: which edition they carry is not known yet.
 * Once it is false, no letter can leave any more with what was wrong before that moment.
 */
export async function hasLettersBegunBefore(
  db: Kysely<DeliveryTables>,
  issue: IssueId,
  moment: Temporal.Instant,
): Promise<boolean> {
  const { rows } = await sql`select 1 from deliveries
    where issue_id = ${issue} and state = 'claimed' and due_at <= ${leaseFrom(moment)} limit 1`.execute(db);
  return rows.length > 0;
}
