// What is changed of a digest itself: names and numbers, look, approval rule, schedule, on and off. Each change is one batch with its
// entry in the audit log. Commands, the API and the pages all come through here.
import type { CompiledQuery } from "kysely";
import { type FeedTables, touchFeeds } from "../feeds/index.ts";
import type { Clock, Database } from "../platform/index.ts";
import type { Approval } from "./approval.ts";
import { issueByName } from "./issue-store.ts";
import { plannedFrom, type RunKey, type Schedule, type Skip } from "./schedule.ts";
import {
  addDigest,
  type DigestFacts,
  digestBySlug,
  factWords,
  listDigests,
  type NewDigest,
  rescheduling,
  type SeenFacts,
  setApproval,
  setFacts,
  setSender,
  switchOff,
  switchOn,
} from "./store.ts";
import type { Digest, DigestSender, DigestTables } from "./tables.ts";

export type ChangeDeps = {
  database: Database<DigestTables & FeedTables>;
  now: Clock;
  /** Writes down who did what, if the statement before it in the batch changed something. */
  audit: (entry: { actor: string; act: string; subject: string }, now: Temporal.Instant) => CompiledQuery;
  /** Opens what is due by the rules before they change, so that it is not lost by the new ones. */
  openDue: () => Promise<void>;
  /** Pages and feeds name digests: has this process look again. */
  changed: () => void;
};

/** As many as the pages and forms list. */
export const mostDigests = 200;
/** As many stories as an issue can have. */
export const mostStories = 50;
export const longestDigestName = 100;

type Gone = { kind: "unknown" };
/** Somebody else changed it after it was looked at; this is how it stands now. */
type Moved = { kind: "moved"; digest: Digest };
type Done = { kind: "done"; digest: Digest };

export type Adding = { kind: "added"; digest: Digest } | { kind: "taken" } | { kind: "too-many" };

/** Adds a digest that runs every morning at seven. */
export async function addDailyDigest(
  deps: ChangeDeps,
  { zone, hijriOffset }: { zone: string; hijriOffset: NonNullable<Schedule["hijriShift"]> },
  { slug, name, nameEn }: Pick<NewDigest, "slug" | "name" | "nameEn">,
  actor: string,
): Promise<Adding> {
  const { db } = deps.database;
  if ((await listDigests(db)).length >= mostDigests) return { kind: "too-many" };
  const schedule = {
    zone,
    days: [1, 2, 3, 4, 5, 6, 7],
    slots: [{ name: "morning", time: "07:00" }],
    hijriShift: hijriOffset,
  };
  const statement = addDigest(db, { slug, name, nameEn, schedule, maxStories: 8, minStories: 3 }, deps.now());
  const isNew = await run(deps, [statement], { actor, act: "digest-add", subject: slug }, null);
  const digest = isNew ? await digestBySlug(db, slug) : null;
  return digest ? { kind: "added", digest } : { kind: "taken" };
}

/**
 * Changes names, numbers, the look, and what becomes of letters in doubt.
 *
 * @param seen the digest as whoever changes it saw it: of any other nothing is changed; null for whatever it is
 */
export async function changeFacts(
  deps: ChangeDeps,
  { id, slug }: Pick<Digest, "id" | "slug">,
  facts: DigestFacts,
  actor: string,
  seen: SeenFacts | null = null,
): Promise<Done | Gone | Moved | { kind: "least-over-most"; digest: Digest }> {
  const { db } = deps.database;
  const entry = { actor, act: "digest-set", subject: `${slug}: ${factWords(facts)}` };
  const done = await run(deps, [setFacts(db, id, facts, seen)], entry, id);
  const digest = await digestBySlug(db, slug);
  if (digest === null) return { kind: "unknown" };
  if (done) return { kind: "done", digest };
  const hasMoved = seen !== null && !sameFacts(seen, digest);
  return { kind: hasMoved ? "moved" : "least-over-most", digest };
}

/** Changes whom its letters come from, from the next edition that is made. @param seen the sender as whoever changes it saw it */
export async function changeSender(
  deps: ChangeDeps,
  { id, slug }: Pick<Digest, "id" | "slug">,
  sender: DigestSender,
  actor: string,
  seen: DigestSender,
): Promise<Done | Gone | Moved> {
  const { db } = deps.database;
  const facts = { fromAddress: sender.address, fromName: sender.name };
  const entry = { actor, act: "digest-set", subject: `${slug}: ${factWords(facts)}` };
  const done = await run(deps, [setSender(db, id, sender, seen)], entry, id);
  const digest = await digestBySlug(db, slug);
  return digest ? { kind: done ? "done" : "moved", digest } : { kind: "unknown" };
}

export const sameFacts = (one: SeenFacts, other: SeenFacts): boolean =>
  one.name === other.name &&
  one.nameEn === other.nameEn &&
  one.maxStories === other.maxStories &&
  one.minStories === other.minStories &&
  one.template === other.template &&
  one.inDoubt === other.inDoubt;

/**
 * Sets whether its issues wait for an editor.
 *
 * @param words the rule, for the audit log
 * @param seen the revision of the schedule that whoever sets it saw; null for any
 */
export async function changeApproval(
  deps: ChangeDeps,
  { id, slug }: Pick<Digest, "id" | "slug">,
  approval: Approval | null,
  actor: string,
  seen: number | null = null,
): Promise<Done | Gone | Moved> {
  const { db } = deps.database;
  const entry = { actor, act: "digest-set", subject: `${slug}: ${approvalWords(approval)}` };
  const done = await run(deps, setApproval(db, id, approval, seen), entry, id);
  const digest = await digestBySlug(db, slug);
  return digest ? { kind: done ? "done" : "moved", digest } : { kind: "unknown" };
}

/** The rule in words. */
export function approvalWords(approval: Approval | null): string {
  if (approval === null) return "Its issues go out by themselves.";
  const { aheadMinutes, deadlineMinutes, unanswered } = approval;
  const then = unanswered === "send" ? "sent all the same" : "not sent";
  return `Its issues are built ${aheadMinutes} minutes ahead and wait for an editor; one that nobody approves within ${deadlineMinutes} minutes after its time is ${then}.`;
}

export type Rescheduled =
  | (Done & { next: RunKey | null })
  | Gone
  | Moved
  /** A run that is to be left out is open as an issue, or no run that is still to come. */
  | { kind: "skip-open" | "skip-unknown"; skip: Skip; digest: Digest };

/**
 * Gives a digest another schedule, from the one that it has once what is due is open.
 *
 * @param words the schedule, for the audit log
 * @param seen the revision that whoever changes it saw; null for any
 */
export async function changeSchedule(
  deps: ChangeDeps,
  slug: string,
  change: (before: Schedule) => Schedule,
  words: (schedule: Schedule) => string,
  actor: string,
  seen: number | null = null,
): Promise<Rescheduled> {
  const { db } = deps.database;
  const now = deps.now();
  await deps.openDue();
  const digest = await digestBySlug(db, slug);
  if (digest === null) return { kind: "unknown" };
  if (seen !== null && digest.scheduleRevision !== seen) return { kind: "moved", digest };
  const changed = change(digest.schedule);
  // What was left out by hand and is over says nothing any more.
  const over = digest.next?.date ?? "";
  const schedule = { ...changed, skips: (changed.skips ?? []).filter(({ date }) => date >= over) };
  for (const skip of changed.skips ?? []) {
    if (digest.schedule.skips?.some((it) => it.date === skip.date && it.slot === skip.slot)) continue;
    if (await issueByName(db, `${slug}/${skip.date}-${skip.slot}`))
      return { kind: "skip-open", skip, digest };
    if (!isToCome(schedule, skip, digest.next, now)) return { kind: "skip-unknown", skip, digest };
  }
  const opened: RunKey[] = [];
  let { next, statement } = rescheduling(db, digest, schedule, now);
  while (next && (await issueByName(db, `${slug}/${next.date}-${next.slot}`))) {
    opened.push(next);
    ({ next, statement } = rescheduling(db, digest, schedule, now, opened));
  }
  const entry = { actor, act: "digest-set", subject: `${slug}: ${words(schedule)}` };
  const done = await run(deps, [statement], entry, digest.id);
  const after = await digestBySlug(db, slug);
  if (after === null) return { kind: "unknown" };
  return done ? { kind: "done", digest: after, next } : { kind: "moved", digest: after };
}

function isToCome(schedule: Schedule, { date, slot }: Skip, next: RunKey | null, now: Temporal.Instant) {
  const from = Temporal.PlainDate.from(date).toZonedDateTime(schedule.zone).toInstant();
  const start = Temporal.Instant.compare(from, now) > 0 ? from : now;
  const planned = [...plannedFrom(schedule, start, schedule.slots.length * 2), next];
  return planned.some((run) => run?.date === date && run.slot === slot);
}

/** Lets a digest rest, or run again from now on. */
export async function switchDigest(
  deps: ChangeDeps,
  slug: string,
  on: boolean,
  actor: string,
): Promise<Done | Gone | Moved | { kind: "already"; digest: Digest }> {
  const { db } = deps.database;
  const digest = await digestBySlug(db, slug);
  if (digest === null) return { kind: "unknown" };
  if (digest.on === on) return { kind: "already", digest };
  const statement = on ? switchOn(db, digest, deps.now()) : switchOff(db, digest.id);
  const entry = { actor, act: on ? "digest-on" : "digest-off", subject: slug };
  const done = await run(deps, [statement], entry, digest.id);
  const after = await digestBySlug(db, slug);
  return after ? { kind: done ? "done" : "moved", digest: after } : { kind: "unknown" };
}

/** Runs a change with its entry in the audit log right behind it. @returns whether it changed anything */
async function run(
  { database: { db, batch }, audit, now, changed }: ChangeDeps,
  [first, ...others]: readonly CompiledQuery[],
  entry: Parameters<ChangeDeps["audit"]>[0],
  id: Digest["id"] | null,
): Promise<boolean> {
  if (first === undefined) return false;
  const [result] = await batch([
    first,
    audit({ ...entry, subject: entry.subject.slice(0, 300) }, now()),
    ...others,
    ...touchFeeds(db, ["house", ...(id === null ? [] : [`digest/${id}` as const])], now()),
  ]);
  changed();
  return result !== undefined && result.changes > 0;
}
