// The only SQL for special issues: what an editor was shown, and what its confirmation opens.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import type { ArticleId } from "../articles/index.ts";
import { fromMilliseconds } from "../platform/index.ts";
import { slotPrefix } from "./special.ts";
import type { BreakingRule, DigestId, DigestTables, IssueId, SpecialKind } from "./tables.ts";

type Db = Kysely<DigestTables>;

/** What a special issue carries. */
export type Special = {
  kind: SpecialKind;
  digestId: DigestId;
  articleId: ArticleId;
  /** See versionOf. */
  articleVersion: number;
  /** The issue that carried the wrong one. */
  corrects: IssueId | null;
  /** Since when the article is right. */
  rightFrom: Temporal.Instant | null;
  /** Its first revision that is; of one that was retracted none it ever had. Null of what was confirmed before it was kept. */
  rightRevision: number | null;
  /** The editor's, for each language; may be empty. */
  words: { ar: string; en: string };
  /** It may go out in quiet hours. */
  loud: boolean;
  /** How many readers it was said to reach. */
  readers: number;
};

const toSpecial = (row: {
  kind: SpecialKind;
  digest_id: DigestId;
  article_id: ArticleId;
  article_version: number;
  corrects: IssueId | null;
  right_from: number | null;
  right_revision: number | null;
  words: string;
  words_en: string;
  loud: 0 | 1;
  readers: number;
}): Special => ({
  kind: row.kind,
  digestId: row.digest_id,
  articleId: row.article_id,
  articleVersion: row.article_version,
  corrects: row.corrects,
  rightFrom: row.right_from === null ? null : fromMilliseconds(row.right_from),
  rightRevision: row.right_revision,
  words: { ar: row.words, en: row.words_en },
  loud: row.loud === 1,
  readers: row.readers,
});

/** Keeps what an editor is shown until it is confirmed, and forgets what nobody confirmed in time. */
export function askToConfirm(
  db: Db,
  special: Special,
  tokenHash: string,
  now: Temporal.Instant,
  expiresAt: Temporal.Instant,
): CompiledQuery[] {
  const row = {
    token_hash: tokenHash,
    kind: special.kind,
    digest_id: special.digestId,
    article_id: special.articleId,
    article_version: special.articleVersion,
    corrects: special.corrects,
    right_from: special.rightFrom?.epochMilliseconds ?? null,
    right_revision: special.rightRevision,
    words: special.words.ar,
    words_en: special.words.en,
    loud: special.loud ? (1 as const) : (0 as const),
    readers: special.readers,
    asked_at: now.epochMilliseconds,
    expires_at: expiresAt.epochMilliseconds,
    issue_id: null,
  };
  return [
    db
      .deleteFrom("special_issues")
      .where("issue_id", "is", null)
      .where("expires_at", "<=", now.epochMilliseconds)
      .compile(),
    db.insertInto("special_issues").values(row).compile(),
  ];
}

/** What a token would confirm; null if it was used, is over, or never was. */
export async function askedBy(db: Db, tokenHash: string, now: Temporal.Instant): Promise<Special | null> {
  const row = await db
    .selectFrom("special_issues")
    .selectAll()
    .where("token_hash", "=", tokenHash)
    .where("issue_id", "is", null)
    .where("expires_at", ">", now.epochMilliseconds)
    .executeTakeFirst();
  return row ? toSpecial(row) : null;
}

/** What an issue carries; null if it is no special one. */
export async function specialOf(db: Db, issue: IssueId): Promise<Special | null> {
  const row = await db
    .selectFrom("special_issues")
    .selectAll()
    .where("issue_id", "=", issue)
    .executeTakeFirst();
  return row ? toSpecial(row) : null;
}

/** In SQL: how many breaking issues of a digest went out, or will, on a local day; one that was called off may have reached some. */
const sentOn = (digest: DigestId, date: string): RawBuilder<number> => sql<number>`(
  select count(*) from issues n where n.digest_id = ${digest} and n.local_date = ${date}
    and n.kind = 'breaking' and n.state <> 'skipped' and not (n.state = 'cancelled' and n.frozen_through = 0))`;

/** How many breaking issues a digest had on a local day. */
export async function breakingOn(db: Db, digest: DigestId, date: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select ${sentOn(digest, date)} as count`.execute(db);
  return rows[0]?.count ?? 0;
}

/**
 * Opens the issue that a token confirms: once, however many press; while the article is what was shown; and within what the digest
 * allows of a day, however many articles are sent at once. One batch.
 *
 * @param name how to find the issue: its local date and its id in the feed
 * @param audit stands in the batch right behind what opens the issue
 * @returns statements, the first of which counts 1 change if the issue is open
 */
export function openSpecial(
  db: Db,
  { kind, digestId }: Pick<Special, "kind" | "digestId">,
  tokenHash: string,
  name: { date: string; guid: string },
  audit: CompiledQuery,
  now: Temporal.Instant,
): CompiledQuery[] {
  const ms = now.epochMilliseconds;
  const prefix = slotPrefix(kind);
  const allowed =
    kind === "breaking"
      ? sql<boolean>`${sentOn(digestId, name.date)} < d.breaking_a_day and d.state = 'on'`
      : sql<boolean>`1 = 1`;
  return [
    // Slots are counted from 1 and never given back, so that the count names the next.
    sql`insert into issues (digest_id, local_date, slot, kind, state, planned_at, opened_at, guid)
      select d.id, ${name.date}, ${prefix} || (1 + (select count(*) from issues o where o.digest_id = d.id
          and o.local_date = ${name.date} and o.slot like ${`${prefix}%`})),
        s.kind, 'opened', ${ms}, ${ms}, ${name.guid}
      from special_issues s cross join digests d on d.id = s.digest_id cross join articles a on a.id = s.article_id
      where s.token_hash = ${tokenHash} and s.issue_id is null and s.expires_at > ${ms}
        and a.revision * 2 + (a.state = 'retracted') = s.article_version and ${allowed}`.compile(db),
    audit,
    sql`update special_issues set issue_id = (select i.id from issues i
        where i.digest_id = ${digestId} and i.local_date = ${name.date} and i.guid = ${name.guid})
      where token_hash = ${tokenHash} and issue_id is null`.compile(db),
  ];
}

/** The name of the issue that was opened so; null if it was not. */
export async function openedAs(
  db: Db,
  digest: DigestId,
  { date, guid }: { date: string; guid: string },
): Promise<{ slot: string } | null> {
  const row = await db
    .selectFrom("issues")
    .select("slot")
    .where("digest_id", "=", digest)
    .where("local_date", "=", date)
    .where("guid", "=", guid)
    .executeTakeFirst();
  return row ?? null;
}

/** Changes what a digest allows of breaking news. */
export function setBreaking(db: Db, digest: DigestId, { aDay, quiet }: BreakingRule): CompiledQuery {
  return db
    .updateTable("digests")
    .set({ breaking_a_day: aDay, quiet_from: quiet?.from ?? null, quiet_until: quiet?.until ?? null })
    .where("id", "=", digest)
    .compile();
}
