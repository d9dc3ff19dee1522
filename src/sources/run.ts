// One run of a source: stretch by stretch until there is no more. A run that dies goes on where it was: what it stored is known
// again, what it did not is asked for again.
import { withoutKeys } from "../platform/index.ts";
import type { SourceDeps } from "./deps.ts";
import { offeredHub } from "./feed/poll.ts";
import { keepSubscribed, type WebSubState } from "./feed/websub.ts";
import { type Holding, holding, LostHold } from "./hold.ts";
import { emptyReport } from "./report.ts";
import { claimMinutes, nextRun, type RunReport, type SourceId } from "./source.ts";
import { forgetHints, hintsOf } from "./store/hints.ts";
import { recentRemoteIds, remoteIdsAfter } from "./store/items.ts";
import { claimSource, endRun, keepCursor } from "./store/runs.ts";
import { keepWebSub, sourceBy, webSubOf } from "./store/sources.ts";
import { storeStretch } from "./stretch.ts";

export type RunOptions = {
  /** When to stop asking for more; what is left is for the next run. */
  until: Temporal.Instant;
  /** Whether to look at what the source told of and nothing else. */
  hintsOnly?: boolean;
  stop?: AbortSignal | undefined;
  /** Told after each stretch. */
  progress?: (report: RunReport) => void;
};

/** Runs a source. @returns what came of it, or null if its run is in somebody else's hands */
export async function runSource(
  deps: SourceDeps,
  id: SourceId,
  options: RunOptions,
): Promise<RunReport | null> {
  const { database, now, log } = deps;
  const startedAt = now();
  const claim = await claimSource(database.db, id, startedAt, startedAt.add({ minutes: claimMinutes }));
  if (claim === null) return null;
  const report = emptyReport();
  let notBefore: Temporal.Instant | null = null;
  let finished = false;
  let hintsLeft = true;
  try {
    const end = await pullAll(holding(deps, claim), report, options);
    notBefore = end.notBefore;
    finished = end.finished;
    hintsLeft = end.hintsLeft;
    if (claim.source.kind === "feed" && !options.hintsOnly) await subscribe(deps, claim.source.id);
  } catch (error) {
    // Not the source's fault, so words for whoever runs the service; the list of sources says where to look.
    const words = error instanceof Error ? error.message : String(error);
    report.error = withoutKeys(error instanceof LostHold ? words : `The run broke off: ${words}`);
    log.error({ source: claim.source.slug, error: report.error }, "source not read");
  }
  // A look at what the source told of is no round: the round comes when it was to come.
  const { kind, failures: before, nextRunAt: planned } = claim.source;
  const failures = options.hintsOnly ? before : report.error === null ? 0 : before + 1;
  const next = report.error === null && !finished ? now() : nextRun(kind, failures, notBefore, now());
  const nextRunAt = options.hintsOnly ? planned : next;
  const hintFailures = claim.source.hintFailures + 1;
  const hints = hintsLeft
    ? { failures: hintFailures, after: nextRun(kind, hintFailures, notBefore, now()) }
    : null;
  await endRun(database, claim, report, { startedAt, nextRunAt, failures, hints }, now());
  return report;
}

/** Asks the hub that a feed offers to tell of changes, if it is time to. */
async function subscribe(deps: SourceDeps, id: SourceId): Promise<void> {
  const { db } = deps.database;
  const source = await sourceBy(db, { id });
  const kept = {
    stateOf: () => webSubOf(db, id),
    saveState: (_: number, state: WebSubState) => keepWebSub(db, id, state),
    runNow: async () => {},
  };
  await keepSubscribed({ ...deps, ...kept }, id, offeredHub(source?.cursor));
}

type End = {
  notBefore: Temporal.Instant | null;
  /** Whether it came to the end of what there is. */
  finished: boolean;
  /** Whether something that the source told of could not be seen. */
  hintsLeft: boolean;
};

async function pullAll(
  held: Holding,
  report: RunReport,
  { until, hintsOnly, stop, progress }: RunOptions,
): Promise<End> {
  const { claim, database, get, now } = held;
  const { source } = claim;
  let hintsLeft = false;
  const end = (notBefore: Temporal.Instant | null, finished = true): End => ({
    notBefore,
    finished,
    hintsLeft,
  });
  if (source.kind === "file") return end(null);
  const pull = held.pulls[source.kind];
  const { db } = database;
  const ask = (cursor: unknown, only: readonly string[] | null) =>
    pull({
      url: source.url,
      cursor,
      only,
      recentRemoteIds: (limit) => recentRemoteIds(db, source.id, limit),
      remoteIdsAfter: (id, limit) => remoteIdsAfter(db, source.id, id, limit),
      get,
      now: now(),
    });
  while (!hintsLeft) {
    const hints = await hintsOf(db, source.id, now());
    if (hints.length === 0) break;
    const only = [...new Set(hints.map(({ remote_id }) => remote_id))];
    const told = await ask(source.cursor, only);
    if (!told.ok) {
      hintsLeft = true;
      if (!hintsOnly) break; // the rest of the round may do better
      report.error = withoutKeys(told.why);
      return end(told.notBefore);
    }
    await storeStretch(held, told, report);
    const unclear = new Set(told.unclear);
    hintsLeft = unclear.size > 0;
    await forgetHints(
      db,
      hints.flatMap(({ id, remote_id }) => (unclear.has(remote_id) ? [] : id)),
    );
  }
  if (hintsOnly) return end(null);
  let cursor = source.cursor;
  for (;;) {
    const stretch = await ask(cursor, null);
    if (!stretch.ok) {
      report.error = withoutKeys(stretch.why);
      return end(stretch.notBefore);
    }
    await storeStretch(held, stretch, report);
    cursor = stretch.cursor;
    const isOurs = await keepCursor(db, claim, cursor, now().add({ minutes: claimMinutes }));
    progress?.(report);
    if (!isOurs || !stretch.more) return end(stretch.notBefore);
    if (stop?.aborted || Temporal.Instant.compare(now(), until) >= 0) return end(stretch.notBefore, false);
  }
}
