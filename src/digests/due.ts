// The clock's share of a digest: runs whose time has come become issues, each once, whoever comes first.
import { z } from "zod";
import { lastRestored, readPublisher } from "../settings/index.ts";
import type { DigestDeps } from "./draw.ts";
import type { HijriShift } from "./hijri.ts";
import { issueName, type Outcome, openRuns } from "./issue-store.ts";
import { dueRuns, type RunKey, type Schedule, skipReason } from "./schedule.ts";
import { digestBySlug, dueDigests, moveOn, reschedule } from "./store.ts";
import type { Digest } from "./tables.ts";

type Deps = Pick<DigestDeps, "database" | "now" | "log">;

/** A machine that was off for long has many runs to skip; the next tick takes up where this one stops. */
const mostRuns = 500;

/**
 * Opens an issue for every digest whose time has come and moves the digest on. Called any number of times, from any number
 * of places at once, each slot is opened once. A run that is too late for news, falls on a holiday or was left out by hand is
 * kept as skipped, with the reason; so is one that was due before the database was restored from a backup: it may have gone out.
 */
export async function openDueIssues(deps: Deps): Promise<void> {
  const { db } = deps.database;
  const { hijriOffset } = await readPublisher(db);
  const digests = await dueDigests(db, hijriOffset, deps.now());
  const restored = digests.length === 0 ? null : await lastRestored(db);
  for (const digest of digests) {
    try {
      await openDueIssue(deps, digest, restored);
      if (digest.schedule.hijriShift !== hijriOffset) await shiftMoon(deps, digest, hijriOffset);
    } catch (error) {
      deps.log.error({ digest: digest.slug, error: String(error) }, "digest not opened"); // the others go on
    }
  }
}

async function openDueIssue(
  { database: { db, batch }, now: clock, log }: Deps,
  digest: Digest,
  restored: Temporal.Instant | null,
): Promise<void> {
  if (digest.next === null) return;
  const now = clock();
  // What editors are asked about is opened so long before its time.
  const until = now.add({ minutes: digest.approval?.aheadMinutes ?? 0 });
  const { due, next } = dueRuns(digest.schedule, digest.next, until, mostRuns);
  if (due.length === 0) return;
  const decided = due.map((run) => ({ run, outcome: outcomeOf(digest, run, restored, now) }));
  const [opened] = await batch([openRuns(db, digest, decided, now), moveOn(db, digest, next)]);
  for (const { local_date: date, slot, state, reason } of openedRows.parse(opened?.rows ?? [])) {
    const issue = issueName({ digestSlug: digest.slug, date, slot });
    log.info({ issue, state, ...(reason === null ? {} : { reason }) }, `issue ${state}`);
  }
}

const openedRows = z.array(
  z.object({
    local_date: z.string(),
    slot: z.string(),
    state: z.enum(["opened", "skipped"]),
    reason: z.string().nullable(),
  }),
);

function outcomeOf(
  { schedule, lateMinutes: limit }: { schedule: Schedule; lateMinutes: number },
  run: RunKey,
  restored: Temporal.Instant | null,
  now: Temporal.Instant,
): Outcome {
  const leftOut = skipReason(schedule, run);
  if (leftOut !== null) return { state: "skipped", reason: leftOut };
  if (restored !== null && Temporal.Instant.compare(run.at, restored) <= 0)
    return {
      state: "skipped",
      reason: "it may have gone out before the database was restored from a backup",
    };
  const late = Math.floor(now.since(run.at).total("minutes"));
  return late > limit
    ? { state: "skipped", reason: `late by ${late} minutes; the limit is ${limit}` }
    : { state: "opened" };
}

/** The publisher said that the moon was seen on another day: the next run is computed with that. */
async function shiftMoon({ database: { db }, now }: Deps, { slug }: Digest, hijriShift: HijriShift) {
  const digest = await digestBySlug(db, slug); // it may have moved on
  if (digest) await reschedule(db, digest, { ...digest.schedule, hijriShift }, now()); // if not, the next tick does
}
