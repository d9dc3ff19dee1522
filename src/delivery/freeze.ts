// The audience of an issue, written into the ledger before the first message leaves.

import type { ArticleTables } from "../articles/index.ts";
import {
  buildIssue,
  type Digest,
  type DigestDeps,
  type DigestTables,
  editionsOf,
  endFreezing,
  frozenTo,
  handIs,
  handOf,
  type Issue,
  issueName,
  markFrozenThrough,
} from "../digests/index.ts";
import { type FeedTables, touchFeeds } from "../feeds/index.ts";
import { type Database, othersFirst } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { audiencePage, audienceSize, markIssued, type SubscriberTables } from "../subscribers/index.ts";
import { audienceCounts, type DeliveryTables, writeAudience } from "./ledger.ts";

export type FreezeDeps = Omit<DigestDeps, "database"> & {
  database: Database<
    FeedTables & DeliveryTables & DigestTables & ArticleTables & SettingsTables & SubscriberTables
  >;
};

/** How many subscriptions one batch writes: small enough for a bound parameter on D1, and for requests not to wait for long. */
const pageSize = 1000;

/** Brings an issue from opened to sending: builds its editions, then writes its audience. Takes up where it was stopped. */
export async function prepareIssue(deps: FreezeDeps, digest: Digest, issue: Issue): Promise<void> {
  if (issue.state === "opened") await buildIssue(deps, digest, issue);
  else if (issue.state === "built") await freezeAudience(deps, digest, issue);
}

/**
 * Writes every candidate of an issue into the ledger, in ranges of subscription id, then lets it be sent.
 *
 * @throws if candidates are not deliveries plus exclusions at the end: then nothing is sent
 */
async function freezeAudience(deps: FreezeDeps, digest: Digest, issue: Issue): Promise<void> {
  const { db, batch } = deps.database;
  const { version } = await handOf(db, issue); // before the editions: whoever changes it now drops them
  const editions = new Set(
    (await editionsOf(db, issue.id)).map(({ sections, language }) => `${language} ${sections}`),
  );
  const deadline = issue.plannedAt.add({ minutes: digest.deadlineMinutes });
  const issueDate = Temporal.PlainDate.from(issue.date);
  const digestSlots = digest.schedule.slots.map(({ name }) => name);
  const about = { date: issueDate, slot: issue.slot, digestSlots };
  let through = issue.frozenThrough;
  for (;;) {
    const now = deps.now();
    const page = await audiencePage(db, digest.id, through, pageSize, about, now);
    const last = page.at(-1);
    if (!last) break;
    const judged = page.map((candidate) => ({
      ...candidate,
      reason:
        candidate.exclusion ??
        (editions.has(`${candidate.language} ${candidate.sections}`) ? null : "too-few-stories"),
    }));
    const [marked] = await batch([
      markFrozenThrough(db, issue.id, through, last.subscriptionId, handIs(issue, version)),
      ...writeAudience(db, issue.id, judged, deadline, frozenTo(issue.id, last.subscriptionId), now),
      markIssued(
        db,
        judged.filter(({ reason }) => reason === null).map(({ subscriptionId }) => subscriptionId),
        issueDate,
      ),
    ]);
    if (marked?.changes !== 1) return; // another process writes it, or an editor had it built anew
    through = last.subscriptionId;
    await othersFirst();
  }
  const candidates = await audienceSize(db, digest.id, through);
  const { deliveries, exclusions } = await audienceCounts(db, issue.id);
  if (candidates !== deliveries + exclusions) {
    throw new Error(
      `${issueName(issue)} has ${candidates} candidates, but ${deliveries} deliveries and ${exclusions} exclusions. Nothing of it is sent until the sums agree.`,
    );
  }
  // From now on it is out: the digest's feed shows it.
  await batch([
    endFreezing(db, issue.id, candidates),
    ...touchFeeds(db, [`digest/${issue.digestId}`], deps.now()),
  ]);
  deps.log.info({ issue: issueName(issue), candidates, deliveries, exclusions }, "audience frozen");
}
