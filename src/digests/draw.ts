// From what was published to the editions of an issue: read and scored once, then chosen and rendered for each choice of
// sections. Stores nothing.
import type { Kysely } from "kysely";
import {
  type ArticleHead,
  type ArticleId,
  type ArticleTables,
  type Candidate,
  candidatesById,
  coverageOf,
  publishedBetween,
  type SectionId,
  titlesBetween,
} from "../articles/index.ts";
import type { MailRenderer } from "../mail/index.ts";
import type { Clock, Database, Log } from "../platform/index.ts";
import { type Publisher, readPublisher, type SettingsTables } from "../settings/index.ts";
import type { SubscriberTables } from "../subscribers/index.ts";
import { type ClickLinks, withMarks } from "./clicking/links.ts";
import { digestMail, type Said, templateOf } from "./edition.ts";
import { issuesCarrying, storiesSentTo } from "./editions.ts";
import { fitted } from "./fit.ts";
import { type Hand, noHand, ownSubject } from "./hand.ts";
import { lastOpened } from "./issue-store.ts";
import { choose, type Wishes } from "./rank.ts";
import { gatherHours } from "./schedule.ts";
import { type Ranked, type Scored, score } from "./score.ts";
import type { Digest, DigestTables, IssueId } from "./tables.ts";

export type DigestDeps = {
  database: Database<DigestTables & ArticleTables & SettingsTables & SubscriberTables>;
  mail: Pick<MailRenderer, "render">;
  site: URL;
  now: Clock;
  log: Log;
  /** The links by which stories are counted; without them mails have the stories' own. */
  clickLinks?: ClickLinks;
};

/** A choice of sections (as subscriptions keep it) in a language: what makes an edition. */
export type Choice = { sections: string; language: "ar" | "en" };

/** How far back the pool reaches beyond the last issue: what came in late is still news, once. */
const overlapHours = 12;
const longestHours = 72;
/** The newest of so many: three days of a large paper with its agencies. */
const poolSize = 5000;

/** What all editions of an issue are chosen from. */
export type Selection = {
  scored: readonly Scored[];
  wishes: Wishes;
  /** Earlier issues of the digest that carried some of it. */
  carriedIn: readonly IssueId[];
};

/** Reads and scores what an issue may carry, once for all its editions. */
export async function selectionFor(
  db: Kysely<DigestTables & ArticleTables>,
  digest: Digest,
  before: IssueId,
  hand: Hand,
  now: Temporal.Instant,
): Promise<Selection> {
  const gathers = gatherHours(digest.schedule);
  const hours = reachHours(gathers, await lastOpened(db, digest.id, before), now);
  const since = now.subtract({ seconds: Math.round(hours * 3600) });
  const recent = await publishedBetween(db, since, now, poolSizeOf(hours));
  const known = new Map<number, Candidate>(recent.map((article) => [article.id, article]));
  // What a hand names may be older than all of that.
  const named = [...new Set([...hand.pins, ...hand.hides, ...hand.order])].filter((id) => !known.has(id));
  for (const article of await candidatesById(db, named)) known.set(article.id, article);
  const pins = hand.pins.filter((id) => known.get(id)?.status.state === "published");
  const pinned = pins.flatMap((id) => (named.includes(id) ? (known.get(id) ?? []) : []));
  const articles = [...recent, ...pinned];
  const storyIds = [...new Set(articles.map(({ storyId }) => storyId))];
  const pool = {
    articles,
    coverage: await coverageOf(db, storyIds),
    earlierTitles: await titlesBetween(db, since.subtract({ hours: 24 * 7 }), since, 2000),
  };
  const storyOf = (ids: Hand["order"]) => ids.flatMap((id) => known.get(id)?.storyId ?? []);
  return {
    scored: score(pool, now, gathers),
    wishes: { pins, hidden: new Set(storyOf(hand.hides)), order: storyOf(hand.order) },
    carriedIn: await issuesCarrying(db, digest.id, before, storyIds),
  };
}

/**
 * How far back an issue looks: to the one before it, and never less than a run of its schedule gathers, also where something was
 * sent by hand yesterday. After a pause it looks no further than three days, or what it gathers if that is more.
 */
export function reachHours(gathers: number, last: Temporal.Instant | null, now: Temporal.Instant): number {
  const usual = Math.ceil(gathers) + overlapHours;
  const sinceLast = last === null ? 0 : now.since(last).total("hours") + overlapHours;
  return Math.max(usual, Math.min(sinceLast, longestHours));
}

/** The newest of so many are looked at: as many a day for a weekly as for a daily. */
export const poolSizeOf = (hours: number): number => Math.ceil(poolSize * Math.max(1, hours / longestHours));

/** A choice as subscriptions keep it: '' is every section, else a JSON list of their ids. */
export const sectionIdsOf = (choice: string): SectionId[] => (choice === "" ? [] : JSON.parse(choice));

/** How many stories are kept behind those of an edition, for readers to whom some of it is nothing new. */
const fewestNext = 12;

/** The stories of one choice of sections, but for those that its readers were sent by this digest. */
export async function chooseFor(
  db: Kysely<DigestTables>,
  digest: Digest,
  selection: Selection,
  sections: string,
): Promise<{ stories: Ranked[]; next: Ranked[] }> {
  const sent = await storiesSentTo(db, sections, selection.carriedIn);
  const wanted = new Set<number>(sectionIdsOf(sections));
  const articles = selection.scored.filter(
    ({ article }) =>
      !sent.has(article.storyId) && (wanted.size === 0 || article.sections.some(({ id }) => wanted.has(id))),
  );
  return choose(articles, selection.wishes, digest.maxStories, Math.max(fewestNext, digest.maxStories));
}

/** Ranks one choice as it would be now. */
export async function drawStories(
  { database: { db }, now }: Pick<DigestDeps, "database" | "now">,
  digest: Digest,
  before: IssueId,
  sections: string,
  hand: Hand,
): Promise<{ stories: Ranked[]; next: Ranked[] }> {
  return chooseFor(db, digest, await selectionFor(db, digest, before, hand, now()), sections);
}

export type Drawn = {
  mail: RenderedEdition;
  stories: readonly Ranked[];
};

/** Ranks and renders one choice as it would be sent now: the dry run is this and no more. */
export async function drawEdition(
  deps: DigestDeps,
  digest: Digest,
  before: IssueId,
  at: Temporal.Instant,
  choice: Choice,
): Promise<Drawn | { tooFew: number }> {
  const { stories } = await drawStories(deps, digest, before, choice.sections, noHand);
  if (stories.length < digest.minStories) return { tooFew: stories.length };
  const articles = stories.map(({ article }) => article);
  return { mail: await renderEdition(deps, digest, null, at, choice.language, articles, noHand), stories };
}

/**
 * The bytes of an edition. Where they are more than mail programs show, its longest summaries are shortened, and the log says so.
 *
 * @param issue whose it is, for whoever counts clicks; null where there is no issue yet
 */
export async function renderEdition(
  deps: Pick<DigestDeps, "mail" | "site" | "log" | "clickLinks"> & {
    database: { db: Kysely<SettingsTables> };
  },
  digest: Digest,
  issue: IssueId | null,
  at: Temporal.Instant,
  language: "ar" | "en",
  articles: readonly ArticleHead[],
  hand: Hand,
): Promise<RenderedEdition> {
  const publisher = await readPublisher(deps.database.db);
  const counted = await countedLinks(deps, publisher, issue, articles);
  const facts = { digest, publisher, site: deps.site, language, at, links: counted.links };
  const mail = digestMail(facts, articles, saidBy(hand, articles));
  const { rendered, shortened, tooMany } = await fitted(mail, async (it) =>
    counted.finish(await deps.mail.render(templateOf(digest), it)),
  );
  if (shortened > 0 || tooMany > 0) {
    const octets = new TextEncoder().encode(rendered.html).length;
    deps.log.warn(
      { digest: digest.slug, language, shortened, octets },
      "edition too large: summaries shortened",
    );
  }
  return { subject: mail.subject, preheader: mail.preheader, ...rendered, shortened };
}

/** What an edition says, before it is set: its subject and preheader are what an inbox shows of it. */
export async function mailOf(
  { database, site }: Pick<DigestDeps, "site"> & { database: { db: Kysely<SettingsTables> } },
  digest: Digest,
  at: Temporal.Instant,
  language: "ar" | "en",
  articles: readonly ArticleHead[],
  hand: Hand,
) {
  const publisher = await readPublisher(database.db);
  return digestMail({ digest, publisher, site, language, at }, articles, saidBy(hand, articles));
}

const saidBy = (hand: Hand, articles: readonly ArticleHead[]): Said => ({
  intro: hand.intro,
  subject: ownSubject(hand, articles[0]?.id),
  placed: new Set<number>([...hand.pins, ...hand.order]),
});

/** The links of an issue's stories as its publisher counts them, and what is to be done to the mail that has them. */
export async function countedLinks(
  { clickLinks }: Pick<DigestDeps, "clickLinks">,
  { clicks }: Publisher,
  issue: IssueId | null,
  articles: readonly ArticleHead[],
) {
  const ids = articles.map(({ id }) => id);
  const links =
    issue === null || clicks === "off" || !clickLinks
      ? new Map<ArticleId, string>()
      : await clickLinks(issue, ids);
  const finish = <Mail extends { html: string; text: string }>(mail: Mail): Mail =>
    clicks === "personal" ? withMarks(mail, links.values()) : mail;
  return { links, finish };
}

/** @param shortened how many summaries were shortened to fit */
export type RenderedEdition = {
  subject: string;
  preheader: string;
  html: string;
  text: string;
  shortened: number;
};
