// The audience of an issue, written into the ledger before the first message leaves.

import type { ArticleTables } from "../articles/index.ts";
import {
  buildIssue,
  buildSpecial,
  type Digest,
  type DigestDeps,
  type DigestTables,
  endFreezing,
  finishIssue,
  frozenTo,
  handIs,
  handOf,
  type Issue,
  issueName,
  markFrozenThrough,
  pauseIssue,
  refreshIssue,
  settleUnanswered,
  specialOf,
} from "../digests/index.ts";
import { type FeedTables, touchFeeds } from "../feeds/index.ts";
import { type Database, othersFirst } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { type Candidate, markIssued, type SubscriberTables } from "../subscribers/index.ts";
import {
  type Audience,
  breakingAudience,
  correctionAudience,
  digestAudience,
  hasLettersBegunBefore,
  type Judged,
} from "./audience.ts";
import {
  audienceCounts,
  countExclusions,
  type DeliveryTables,
  keepAudience,
  writeAudience,
} from "./ledger.ts";

export type FreezeDeps = Omit<DigestDeps, "database"> & {
  database: Database<
    FeedTables & DeliveryTables & DigestTables & ArticleTables & SettingsTables & SubscriberTables
  >;
};

/**
 * Takes an issue one step on its way to being sent: builds its editions; where it waits for an editor, keeps them true, and at its
 * deadline does what the rule says; from its time on writes its audience. Takes up where it was stopped.
 */
export async function prepareIssue(deps: FreezeDeps, digest: Digest, issue: Issue): Promise<void> {
  if (issue.kind !== "digest") return prepareSpecial(deps, digest, issue);
  if (issue.state === "opened") return buildIssue(deps, digest, issue);
  if (issue.state === "waiting") {
    await refreshIssue(deps, digest, issue);
    return settleUnanswered(deps, issue);
  }
  if (issue.state !== "built") return;
  const builtAhead = issue.approval !== null && issue.frozenThrough === 0;
  if (Temporal.Instant.compare(deps.now(), issue.plannedAt) < 0) return refreshIssue(deps, digest, issue);
  if (builtAhead) await finishIssue(deps, digest, issue);
  await freezeAudience(deps, digest, issue, () => digestAudience(deps.database.db, digest, issue));
}

/** The same for an issue that no schedule opened: an editor confirmed it, so that no digest's rule holds it back. */
async function prepareSpecial(deps: FreezeDeps, digest: Digest, issue: Issue): Promise<void> {
  const { db } = deps.database;
  if (issue.state === "opened") return buildSpecial(deps, digest, issue);
  const special = issue.state === "built" ? await specialOf(db, issue.id) : null;
  if (special === null) return;
  // The next tick goes on where letters of the wrong issue are just being written.
  if (special.corrects !== null && (await hasLettersBegunBefore(db, special.corrects, issue.openedAt)))
    return;
  await freezeAudience(deps, digest, issue, async () =>
    special.kind === "breaking"
      ? breakingAudience(db, digest, special.articleId, issue.id)
      : correctionAudience(db, special, issue.id),
  );
}

/**
 * Writes every candidate of an issue into the ledger, in ranges of id, then lets it be sent.
 *
 * @throws if candidates are not deliveries plus exclusions at the end: then it is paused, and nothing is sent
 */
async function freezeAudience(
  deps: FreezeDeps,
  digest: Digest,
  issue: Issue,
  audienceOf: () => Promise<Audience<Judged & Partial<Pick<Candidate, "subscriptionId">>>>,
): Promise<void> {
  const { db, batch } = deps.database;
  const { version } = await handOf(db, issue); // before the editions: whoever changes it now drops them
  const audience = await audienceOf();
  const deadline = issue.plannedAt.add({ minutes: digest.deadlineMinutes });
  let through = issue.frozenThrough;
  for (;;) {
    const now = deps.now();
    const page = await audience.page(through, now);
    if (page === null) break;
    const meant = page.readers.filter(({ reason }) => reason === null);
    const [marked] = await batch([
      markFrozenThrough(db, issue.id, through, page.through, handIs(issue, version)),
      ...writeAudience(db, issue.id, page.readers, deadline, frozenTo(issue.id, page.through), now),
      // What is sent once and to whoever wants it counts as none of the issues that somebody wants in a day or a week.
      ...(issue.kind === "digest"
        ? [
            markIssued(
              db,
              meant.flatMap(({ subscriptionId }) => subscriptionId ?? []),
              Temporal.PlainDate.from(issue.date),
            ),
          ]
        : []),
    ]);
    if (marked?.changes !== 1) return; // another process writes it, or an editor had it built anew
    through = page.through;
    await othersFirst();
  }
  const candidates = await audience.size(through);
  const { deliveries, exclusions } = await audienceCounts(db, issue.id);
  if (candidates !== deliveries + exclusions) {
    const reason = { kind: "sums", candidates, letters: deliveries, excluded: exclusions } as const;
    await batch([pauseIssue(db, issue.id, reason, null, deps.now())]); // the newsroom says it, and a person lets it go on
    throw new Error(
      `${issueName(issue)} has ${candidates} candidates, but ${deliveries} deliveries and ${exclusions} exclusions. Nothing of it is sent until the sums agree.`,
    );
  }
  // From now on it is out: the digest's feed shows it.
  const written = { letters: deliveries, exclusions: await countExclusions(db, issue.id) };
  await batch([
    endFreezing(db, issue.id, candidates),
    keepAudience(db, issue.id, written),
    ...touchFeeds(db, [`digest/${issue.digestId}`], deps.now()),
  ]);
  deps.log.info({ issue: issueName(issue), candidates, deliveries, exclusions }, "audience frozen");
}
