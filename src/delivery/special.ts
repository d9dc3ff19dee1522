// An editor sends one article: breaking news to a digest's readers, or a correction to those who were sent it wrong. Two steps:
// the first shows what would go to how many and gives a token, the second sends what the token was given for, once.
import type { CompiledQuery } from "kysely";
import type { AccountTables } from "../accounts/index.ts";
import { oneLine } from "../arabic/index.ts";
import {
  type Article,
  type ArticleId,
  type ArticleTables,
  articleById,
  lastChanged,
} from "../articles/index.ts";
import {
  askedBy,
  askToConfirm,
  breakingOn,
  carries,
  confirmMinutes,
  type Digest,
  type DigestDeps,
  type DigestTables,
  digestBySlug,
  type Issue,
  type IssueId,
  isQuiet,
  isSameAudience,
  issueByName,
  issueName,
  longestWords,
  openedAs,
  openSpecial,
  renderSpecial,
  type Special,
  versionOf,
} from "../digests/index.ts";
import { type Database, othersFirst, randomToken, sha256 } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import type { SubscriberTables } from "../subscribers/index.ts";
import { type Audience, breakingAudience, correctionAudience } from "./audience.ts";
import type { DeliveryTables } from "./ledger.ts";

export type SpecialDeps = Omit<DigestDeps, "database"> & {
  database: Database<
    AccountTables & DeliveryTables & DigestTables & ArticleTables & SettingsTables & SubscriberTables
  >;
  /** Writes down who did what, if the statement before it in the batch changed something. */
  audit: (entry: { actor: string; act: string; subject: string }, now: Temporal.Instant) => CompiledQuery;
};

/** What would happen, as an editor is asked to confirm it. */
export type Asked = {
  kind: "asked";
  /** Confirms exactly this, once, until `expiresAt`. */
  token: string;
  expiresAt: Temporal.Instant;
  digest: Digest;
  article: Article;
  /** As a mailbox shows it, in Arabic and in English. */
  subject: { ar: string; en: string };
  preheader: { ar: string; en: string };
  readers: number;
  /** Who gets nothing, and why. */
  excluded: readonly { reason: string; count: number }[];
  /** Of breaking news: how many more the digest may send today, this one among them. */
  left: number | null;
  /** Of a correction: the issue that carried the wrong one, and since when the article is right. */
  corrects: { issue: Issue; rightFrom: Temporal.Instant } | null;
  /** The hours are quiet now, and it is to go out all the same. */
  loud: boolean;
  now: Temporal.Instant;
};

/** Why nothing was sent; each with what a person needs to know. */
export type Refused =
  | { kind: "unknown-digest" | "digest-off"; digest: string }
  | { kind: "unknown-issue"; issue: string }
  | { kind: "unknown-article" | "not-published"; article: number }
  | { kind: "no-breaking" }
  | { kind: "day-full"; aDay: number }
  | { kind: "quiet"; from: string; until: string; zone: string }
  | { kind: "nobody"; excluded: Asked["excluded"] }
  | { kind: "not-carried"; issue: string }
  /** Its ledger is counts by now. */
  | { kind: "folded"; issue: string }
  | { kind: "not-changed" }
  | { kind: "unknown-revision"; revision: number }
  | { kind: "no-words" | "too-long" }
  /** The token was used, is over, is for something else, or never was. */
  | { kind: "no-token" }
  /** The article or the audience is not what was shown any more. */
  | { kind: "changed"; what: "article" | "readers" };

export type Opened = { kind: "opened"; issue: Issue };

/** What an editor says of a correction. */
export type Said = { ar: string; en?: string | undefined; since?: number | undefined };

const noIssue = 0 as IssueId;

/**
 * What it would be to send an article at once to a digest's readers.
 *
 * @param loud whether it may go out in quiet hours
 */
export async function askBreaking(
  deps: SpecialDeps,
  slug: string,
  articleId: ArticleId,
  { loud }: { loud: boolean },
): Promise<Asked | Refused> {
  const { db } = deps.database;
  const now = deps.now();
  const digest = await digestBySlug(db, slug);
  if (!digest) return { kind: "unknown-digest", digest: slug };
  const article = await articleById(db, articleId);
  if (!article) return { kind: "unknown-article", article: articleId };
  if (article.status.state !== "published") return { kind: "not-published", article: articleId };
  const refused = await mayBreak(deps, digest, loud, now);
  if (refused) return refused;
  const special: Special = {
    kind: "breaking",
    digestId: digest.id,
    articleId,
    articleVersion: versionOf(article),
    corrects: null,
    rightFrom: null,
    rightRevision: null,
    words: { ar: "", en: "" },
    loud: loud && isQuiet(digest.breaking.quiet, now.toZonedDateTimeISO(digest.schedule.zone)),
    readers: 0,
  };
  return ask(deps, digest, article, special, null, now);
}

/**
 * What it would be to tell those who were sent an article in an issue that it was wrong.
 *
 * @param name the issue, as digest/date-slot
 * @param said the editor's words, for each language; for English those in Arabic where there are none. `since`: the revision from
 *   which on the article was right, where it was changed again after it was put right; else its last one
 */
export async function askCorrection(
  deps: SpecialDeps,
  name: string,
  articleId: ArticleId,
  said: Said,
): Promise<Asked | Refused> {
  const { db } = deps.database;
  const now = deps.now();
  const issue = await issueByName(db, name);
  const digest = issue && (await digestBySlug(db, issue.digestSlug));
  if (!issue || !digest) return { kind: "unknown-issue", issue: name };
  const article = await articleById(db, articleId);
  if (!article) return { kind: "unknown-article", article: articleId };
  if (article.status.state === "embargoed") return { kind: "not-published", article: articleId };
  const words = { ar: oneLine(said.ar), en: oneLine(said.en ?? "") };
  if (words.ar === "") return { kind: "no-words" };
  if (Math.max(words.ar.length, words.en.length) > longestWords) return { kind: "too-long" };
  const { since } = said;
  const right = await lastChanged(db, article, since);
  if (right === null && since !== undefined) return { kind: "unknown-revision", revision: since };
  if (right === null) return { kind: "not-changed" };
  if (issue.foldedThrough > 0) return { kind: "folded", issue: name };
  if (!(await carries(db, issue.id, articleId))) return { kind: "not-carried", issue: name };
  const special: Special = {
    kind: "correction",
    digestId: digest.id,
    articleId,
    articleVersion: versionOf(article),
    corrects: issue.id,
    rightFrom: right.at,
    rightRevision: right.revision,
    words,
    loud: false,
    readers: 0,
  };
  return ask(deps, digest, article, special, issue, now);
}

/** Why a digest may send no breaking news now; null if it may. */
async function mayBreak(
  { database: { db } }: SpecialDeps,
  digest: Digest,
  loud: boolean,
  now: Temporal.Instant,
): Promise<Refused | null> {
  const { aDay, quiet } = digest.breaking;
  const local = now.toZonedDateTimeISO(digest.schedule.zone);
  if (!digest.on) return { kind: "digest-off", digest: digest.slug };
  if (aDay === 0) return { kind: "no-breaking" };
  if ((await breakingOn(db, digest.id, local.toPlainDate().toString())) >= aDay)
    return { kind: "day-full", aDay };
  if (quiet && !loud && isQuiet(quiet, local)) return { kind: "quiet", ...quiet, zone: digest.schedule.zone };
  return null;
}

async function ask(
  deps: SpecialDeps,
  digest: Digest,
  article: Article,
  special: Special,
  corrects: Issue | null,
  now: Temporal.Instant,
): Promise<Asked | Refused> {
  const { db, batch } = deps.database;
  const { readers, excluded } = await count(await audienceOf(deps, digest, special), now);
  if (readers === 0) return { kind: "nobody", excluded };
  const [ar, en] = [
    await renderSpecial(deps, digest, null, special, article, "ar", now),
    await renderSpecial(deps, digest, null, special, article, "en", now),
  ];
  const token = randomToken();
  const expiresAt = now.add({ minutes: confirmMinutes });
  await batch(askToConfirm(db, { ...special, readers }, await sha256(token), now, expiresAt));
  const today = now.toZonedDateTimeISO(digest.schedule.zone).toPlainDate().toString();
  return {
    kind: "asked",
    token,
    expiresAt,
    digest,
    article,
    subject: { ar: ar.subject, en: en.subject },
    preheader: { ar: ar.preheader, en: en.preheader },
    readers,
    excluded,
    left:
      special.kind === "breaking" ? digest.breaking.aDay - (await breakingOn(db, digest.id, today)) : null,
    corrects: corrects && special.rightFrom ? { issue: corrects, rightFrom: special.rightFrom } : null,
    loud: special.loud,
    now,
  };
}

const audienceOf = async ({ database: { db } }: SpecialDeps, digest: Digest, special: Special) =>
  special.kind === "breaking"
    ? breakingAudience(db, digest, special.articleId, noIssue)
    : correctionAudience(db, special, noIssue);

/** Counts by the very pages that are written into the ledger later. Others are answered between two pages. */
async function count(
  { page }: Audience,
  now: Temporal.Instant,
): Promise<{ readers: number; excluded: Asked["excluded"] }> {
  let readers = 0;
  const reasons = new Map<string, number>();
  for (let next = await page(0, now); next !== null; next = await page(next.through, now)) {
    for (const { reason } of next.readers) {
      if (reason === null) readers++;
      else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    await othersFirst();
  }
  return { readers, excluded: [...reasons].map(([reason, count]) => ({ reason, count })) };
}

/** What a token must be for. */
type Expected =
  | { kind: "breaking"; digest: string; article: ArticleId }
  | { kind: "correction"; issue: string; article: ArticleId };

/**
 * Sends what an editor was shown: opens its issue, which the next tick takes up. What is shown by `ask…` must still hold; nobody is
 * asked twice, so that of two presses one opens it.
 *
 * @param expected what the token must be for
 * @param actor who confirms it, for the audit log
 */
export async function confirmSpecial(
  deps: SpecialDeps,
  token: string,
  expected: Expected,
  actor: string,
): Promise<Opened | Refused> {
  const { db, batch } = deps.database;
  const now = deps.now();
  const hash = await sha256(token);
  const special = await askedBy(db, hash, now);
  if (!special || special.kind !== expected.kind || special.articleId !== expected.article)
    return { kind: "no-token" };
  const wrongIssue = expected.kind === "correction" ? await issueByName(db, expected.issue) : null;
  const slug = expected.kind === "breaking" ? expected.digest : (wrongIssue?.digestSlug ?? "");
  const digest = await digestBySlug(db, slug);
  if (!digest || digest.id !== special.digestId || (wrongIssue?.id ?? null) !== special.corrects)
    return { kind: "no-token" };
  if (wrongIssue && wrongIssue.foldedThrough > 0) return { kind: "folded", issue: issueName(wrongIssue) };
  const article = await articleById(db, special.articleId);
  if (!article || versionOf(article) !== special.articleVersion) return { kind: "changed", what: "article" };
  const refused = special.kind === "breaking" ? await mayBreak(deps, digest, special.loud, now) : null;
  if (refused) return refused;
  const { readers } = await count(await audienceOf(deps, digest, special), now);
  if (!isSameAudience(special.readers, readers)) return { kind: "changed", what: "readers" };
  const date = now.toZonedDateTimeISO(digest.schedule.zone).toPlainDate().toString();
  const name = { date, guid: `urn:uuid:${crypto.randomUUID()}` };
  const subject = [
    `${digest.slug}: article ${article.id}, ${readers} readers`,
    ...(wrongIssue ? [`sent wrong in ${issueName(wrongIssue)}`] : []),
    ...(special.loud ? ["in quiet hours"] : []),
  ].join(", ");
  const entry = deps.audit({ actor, act: `issue-${special.kind}`, subject }, now);
  await batch(openSpecial(db, special, hash, name, entry, now));
  const opened = await openedAs(db, digest.id, name);
  const issue = opened && (await issueByName(db, issueName({ digestSlug: digest.slug, date, ...opened })));
  if (issue) return { kind: "opened", issue };
  // Somebody was quicker: with this token, with another article, or by changing this one.
  if ((await askedBy(db, hash, now)) === null) return { kind: "no-token" };
  return (await mayBreak(deps, digest, special.loud, now)) ?? { kind: "changed", what: "article" };
}

/** Both steps of both kinds, for whoever asks an editor. @param opened called when something is to be sent */
export const specialSender = (deps: SpecialDeps, opened: () => void) => {
  const confirm = async (token: string, expected: Expected, actor: string) => {
    const result = await confirmSpecial(deps, token, expected, actor);
    if (result.kind === "opened") opened();
    return result;
  };
  return {
    askBreaking: (digest: string, article: ArticleId, how: { loud: boolean }) =>
      askBreaking(deps, digest, article, how),
    askCorrection: (issue: string, article: ArticleId, said: Said) =>
      askCorrection(deps, issue, article, said),
    confirmBreaking: (token: string, digest: string, article: ArticleId, actor: string) =>
      confirm(token, { kind: "breaking", digest, article }, actor),
    confirmCorrection: (token: string, issue: string, article: ArticleId, actor: string) =>
      confirm(token, { kind: "correction", issue, article }, actor),
  };
};

export type SpecialSender = ReturnType<typeof specialSender>;
