// An issue as somebody would get it, also before there is one: nothing is stored, and its links do nothing to anybody.
import { candidatesById } from "../articles/index.ts";
import {
  archivePath,
  behindAllIssues,
  type Digest,
  drawStories,
  editionById,
  handOf,
  type Issue,
  type IssueId,
  inboxLines,
  issuePath,
  mailOf,
  newestEdition,
  placed,
  plannedFrom,
  renderEdition,
  runNamed,
  storiesOf,
  storiesWithout,
  uncounted,
} from "../digests/index.ts";
import { fillPersonal } from "../mail/index.ts";
import {
  candidateOf,
  parseAddress,
  type SubscriberId,
  subscriberAt,
  testLinks,
} from "../subscribers/index.ts";
import type { SendDeps } from "./letter.ts";
import { repeatsFor } from "./repeats.ts";

export type PreviewDeps = Omit<
  SendDeps,
  "mailer" | "sender" | "dkim" | "connections" | "watch" | "pulse" | "lines"
>;

export type Preview = {
  kind: "preview";
  digest: Digest;
  /** The issue's, for whoever approves it; null where there is no issue yet. */
  revision: number | null;
  state: Issue["state"] | null;
  /** Whether this is an edition that stands, and not how one would be now. */
  built: boolean;
  sections: string;
  language: "ar" | "en";
  /** Why this reader would get nothing of it, as things stand. */
  exclusion: string | null;
  /** Where "view in a browser" leads: its page, or, before it is out, the digest's archive. */
  webUrl: URL;
  subject: string;
  preheader: string;
  inbox: ReturnType<typeof inboxLines>;
  html: string;
  text: string;
};

export type Previewing =
  | Preview
  /** No digest is called so, or no slot of it. */
  | { kind: "unknown-issue"; why: string }
  /** `why` is {@link NoPreview} in words. */
  | { kind: "nothing"; because: NoPreview; why: string };

/** The address is none, has no subscription to the digest, or its choice finds too few stories; or the issue is of another kind, or over. */
export type NoPreview = "no-address" | "no-subscription" | "too-few-stories" | "one-article" | "no-edition";

/** Whose issue is wanted: a subscriber's, or that of everybody who chose no sections, in a language. */
export type PreviewFor = { address: string } | { language: "ar" | "en" };

/**
 * What a reader would be sent of an issue: of one that stands, their edition; of one that is still to come, how it would be if it were
 * built now, with what editors have decided of it so far.
 *
 * @param name digest/date-slot
 */
export async function previewIssue(deps: PreviewDeps, name: string, whose: PreviewFor): Promise<Previewing> {
  const { db } = deps.database;
  const found = await runNamed(db, name, deps.now());
  if (found.kind === "unknown-issue") return found;
  const { digest, at, issue } = found;
  if (issue !== null && issue.kind !== "digest")
    return nothing("one-article", `${name} carries one article, and was shown before it was confirmed.`);
  const reader = "address" in whose ? await readerOf(deps, digest, at, issue, whose.address) : null;
  if (reader && "why" in reader) return reader;
  const sections = reader?.sections ?? "";
  const language = reader?.language ?? ("language" in whose ? whose.language : "ar");
  const { hand } = await handOf(db, at);
  const sentEdition = reader?.sentEdition ?? null;
  const edition = sentEdition ?? (issue && (await newestEdition(db, issue.id, sections, language)));
  if (issue && !edition && !["opened", "waiting", "built"].includes(issue.state))
    return nothing("no-edition", `${name} is ${issue.state}, and has no edition for these sections.`);

  const shared = edition
    ? { stories: await storiesOf(db, edition.id), next: edition.next }
    : await drawn(deps, digest, issue, sections, hand);
  const articles = shared.stories.map(({ articleId }) => articleId);
  const asked = [{ articles, next: shared.next }];
  const repeats =
    reader && !sentEdition
      ? await repeatsFor(db, issue?.id ?? behindAllIssues, [reader.subscriberId], asked)
      : null;
  const sent = (reader && repeats?.get(reader.subscriberId)) ?? new Set();
  const own = articles.some((id) => sent.has(id));
  const stories = own
    ? ((await storiesWithout(deps, digest, shared, sent)) ?? []).map(({ story }) => story.articleId)
    : articles;
  if ((own || !edition) && stories.length < digest.minStories)
    return nothing(
      "too-few-stories",
      `Too few stories: ${stories.length}, and "${digest.slug}" takes ${digest.minStories}.`,
    );

  const heads = await candidatesById(db, stories);
  const plannedAt = issue?.plannedAt ?? plannedOf(digest, at) ?? deps.now();
  const mail =
    edition && !own
      ? edition
      : await renderEdition(deps, digest, issue?.id ?? null, plannedAt, language, heads, hand);
  const { preheader } = await mailOf(deps, digest, plannedAt, language, heads, hand);
  // What is not out has no page yet.
  const isOut = issue?.state === "sending" || issue?.state === "sent";
  const webUrl = new URL(isOut ? issuePath(issue) : archivePath(digest), deps.site);
  const filled = fillPersonal(mail, {
    ...testLinks(deps.site),
    webUrl: webUrl.href,
    address: reader?.address ?? "reader@example.org",
    clickMark: "",
  });
  const { html, text } = uncounted(filled, deps.site);
  return {
    kind: "preview",
    digest,
    revision: issue?.revision ?? null,
    state: issue?.state ?? null,
    built: edition !== null,
    sections,
    language,
    exclusion: reader?.exclusion ?? null,
    webUrl,
    subject: mail.subject,
    preheader,
    inbox: inboxLines({ subject: mail.subject, preheader }),
    html,
    text,
  };
}

type At = { date: string; slot: string };

/** Who reads there, and what they were sent of the issue if they were: that is it, whatever came after. */
async function readerOf(
  deps: PreviewDeps,
  digest: Digest,
  { date, slot }: At,
  issue: Issue | null,
  typed: string,
) {
  const { db } = deps.database;
  const address = parseAddress(typed);
  if (!address.ok) return nothing("no-address", `"${typed}" is no address.`);
  const subscriberId = issue && (await subscriberAt(db, address.key));
  const letter = subscriberId && (await letterTo(db, issue.id, subscriberId));
  const sentEdition = letter && letter.edition_id !== null && (await editionById(db, letter.edition_id));
  if (subscriberId && letter && sentEdition) {
    const { sections, language } = sentEdition;
    return { subscriberId, address: letter.address, sections, language, exclusion: null, sentEdition };
  }
  const digestSlots = digest.schedule.slots.map(({ name }) => name);
  const about = { date: Temporal.PlainDate.from(date), slot, digestSlots };
  const candidate = await candidateOf(db, digest.id, address.key, about, deps.now());
  if (candidate) return { ...candidate, sentEdition: null };
  return nothing("no-subscription", `${address.address} has no subscription to "${digest.slug}".`);
}

const nothing = (because: NoPreview, why: string) => ({ kind: "nothing" as const, because, why });

const letterTo = (db: PreviewDeps["database"]["db"], issue: IssueId, subscriber: SubscriberId) =>
  db
    .selectFrom("deliveries")
    .select(["address", "edition_id"])
    .where("issue_id", "=", issue)
    .where("subscriber_id", "=", subscriber)
    .executeTakeFirst();

async function drawn(
  deps: PreviewDeps,
  digest: Digest,
  issue: Issue | null,
  sections: string,
  hand: Parameters<typeof drawStories>[4],
) {
  const { stories, next } = await drawStories(deps, digest, issue?.id ?? behindAllIssues, sections, hand);
  return { stories: stories.map(placed), next: next.map(placed) };
}

/** When a run that is still to come is planned; null for one that no schedule has. */
function plannedOf({ schedule }: Digest, { date, slot }: At): Temporal.Instant | null {
  const from = Temporal.PlainDate.from(date).toZonedDateTime(schedule.zone).toInstant();
  const runs = plannedFrom(schedule, from, schedule.slots.length + 1);
  return runs.find((run) => run.date === date && run.slot === slot)?.at ?? null;
}
