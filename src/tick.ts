// Everything that the clock starts, in order. Called any number of times, from any number of places at once.
import type { AccountTables } from "./accounts/index.ts";
import { type ArticleTables, forgetOldShingles, indexMissing } from "./articles/index.ts";
import {
  type Delivery,
  type DeliveryTables,
  type FoldDeps,
  type FreezeDeps,
  foldLedger,
  forgetNotices,
  forgetWebhookEvents,
  prepareIssue,
  queueNoticeIn,
  type SendDeps,
  tellEditors,
} from "./delivery/index.ts";
import {
  type ClickCount,
  type DigestTables,
  forgetReaderClicks,
  forgetWorthMarks,
  issueById,
  issuesUnderWay,
  listDigests,
  openDueIssues,
} from "./digests/index.ts";
import type { FeedTables } from "./feeds/index.ts";
import { type HookDeps, type HookTables, tellHooks } from "./hooks/index.ts";
import type { Database } from "./platform/index.ts";
import { type PublishDeps, publishDue } from "./publish.ts";
import { foldReaders, type ReaderCount, type ReaderTables } from "./readership/index.ts";
import { readPublisher, type SettingsTables } from "./settings/index.ts";
import { runDueSources, type SourceDeps } from "./sources/index.ts";
import {
  answerWaiting,
  forgetUnconfirmed,
  noteSubscribers,
  type SubscriberTables,
} from "./subscribers/index.ts";
import type { Hub } from "./websub/index.ts";

export type TickDeps = Omit<SendDeps & FreezeDeps & PublishDeps, "database"> & {
  database: Database<
    AccountTables &
      ArticleTables &
      FeedTables &
      ReaderTables &
      SettingsTables &
      SubscriberTables &
      DigestTables &
      DeliveryTables &
      HookTables
  >;
  hub: Pick<Hub, "run">;
  sources: SourceDeps;
  readers: Pick<ReaderCount, "flush">;
  delivery: Pick<Delivery, "sendDue">;
  clicks: Pick<ClickCount, "flush">;
} & Pick<HookDeps, "call" | "lanes" | "mostCalls"> &
  Pick<FoldDeps, "ledgerDays">;

/** What a tick did, for the log and for whoever called it. */
export type TickReport = { pulled: number; published: number; pushed: number; tried: number };

/**
 * Publishes what an embargo held back, pushes feeds that changed, opens the issues that are due, and brings every issue
 * under way on: its editions, its audience, its letters.
 *
 * @param until when sending stops, so that a tick ends; the next one goes on
 */
export async function tick(deps: TickDeps, until: Temporal.Instant, stop?: AbortSignal): Promise<TickReport> {
  const pulled = await pullSources(deps, until, stop);
  const published = await publishDue(deps);
  await forgetOldShingles(deps.database.db, deps.now());
  await indexSome(deps.database);
  // Feeds are pushed beside the mail: neither waits for the other's slow servers.
  const pushing = pushFeeds(deps, until, stop);
  const telling = tellOutside(deps, until, stop);
  const unanswered = (request: number, error: unknown) =>
    deps.log.error({ request, error: String(error) }, "sign-up not answered");
  await answerWaiting(deps.database, queueNoticeIn(deps.database.db), mostRequests, unanswered, deps.now());
  await forgetUnconfirmed(deps.database, deps.now());
  await forgetNotices(deps.database.db, deps.now());
  await forgetWebhookEvents(deps.database.db, deps.now());
  await forgetWorthMarks(deps.database.db, deps.now());
  await openDueIssues(deps);
  await prepareIssues(deps);
  await tellEditors(deps);
  const tried = await deps.delivery.sendDue(until, stop);
  const pushed = await pushing;
  await telling;
  await deps.readers.flush();
  await deps.clicks.flush(deps.now());
  const { clicks } = await readPublisher(deps.database.db);
  await forgetReaderClicks(deps.database.db, clicks === "personal", deps.now());
  await foldReaders(deps.database, deps.now());
  await noteSubscribers(deps.database.db, deps.now());
  await foldLedger(deps, until, stop);
  return { pulled, published, pushed, tried };
}

/** Sign-ups that one tick answers where the process that took them died. */
const mostRequests = 500;

/** So long sources may take of a tick, so that what is due goes out all the same; what is left is for the next. */
const pullSeconds = 20;

/** @returns how many articles came in or changed */
async function pullSources(
  { sources, log, now }: TickDeps,
  until: Temporal.Instant,
  stop?: AbortSignal,
): Promise<number> {
  const own = now().add({ seconds: pullSeconds });
  try {
    return await runDueSources(sources, Temporal.Instant.compare(own, until) < 0 ? own : until, stop);
  } catch (error) {
    log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      "sources not read",
    );
    return 0;
  }
}

/** Articles of a store that is older than its search are made to be found, two thousand a tick until there are no more. */
async function indexSome({ db, batch }: TickDeps["database"]): Promise<void> {
  for (let step = 0; step < 5; step++) if ((await indexMissing(db, batch, 400)) === 0) return;
}

/** A hub that fails does not hold up the mail. */
async function pushFeeds(
  { hub, log }: TickDeps,
  until: Temporal.Instant,
  stop?: AbortSignal,
): Promise<number> {
  try {
    return await hub.run(until, stop);
  } catch (error) {
    log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      "feeds not pushed",
    );
    return 0;
  }
}

/** So long webhooks may take of a tick. */
const tellSeconds = 25;

/** Webhooks that fail hold up nothing. */
async function tellOutside(deps: TickDeps, until: Temporal.Instant, stop?: AbortSignal): Promise<void> {
  const own = deps.now().add({ seconds: tellSeconds });
  try {
    await tellHooks(deps, Temporal.Instant.compare(own, until) < 0 ? own : until, stop);
  } catch (error) {
    deps.log.error({ error: String(error) }, "webhooks not told");
  }
}

/** Builds, has approved and freezes what was opened. One issue that fails does not hold up the others. */
async function prepareIssues(deps: TickDeps): Promise<void> {
  const { db } = deps.database;
  const underWay = await issuesUnderWay(db);
  if (underWay.length === 0) return;
  const digests = new Map((await listDigests(db)).map((digest) => [digest.id, digest]));
  for (const { id } of underWay) {
    try {
      for (const before of ["opened", "waiting", "built"]) {
        const issue = await issueById(db, id);
        const digest = issue && digests.get(issue.digestId);
        if (issue?.state === before && digest) await prepareIssue(deps, digest, issue);
      }
    } catch (error) {
      deps.log.error(
        { issue: id, error: error instanceof Error ? error.message : String(error) },
        "issue not prepared",
      );
    }
  }
}
