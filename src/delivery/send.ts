// Sends what is due: claims, composes, hands over, books. Any number of these may run at once, in any process.
import {
  type Digest,
  deadlineOf,
  type Edition,
  type Issue,
  type IssueId,
  issueById,
  issueName,
  issuesUnderWay,
  listDigests,
  moveIssue,
} from "../digests/index.ts";
import { othersFirst } from "../platform/index.ts";
import { exclusionsNow } from "../subscribers/index.ts";
import {
  choiceOf,
  type Editions,
  type OwnEditions,
  ownEdition,
  refreshEditions,
  repeatsAmong,
} from "./carried.ts";
import {
  type ClaimedDelivery,
  claimDeliveries,
  claimNotices,
  destinationsDue,
  expire,
  isDue,
  putOff,
  recover,
  release,
  withdraw,
  withdrawWaiting,
} from "./claim.ts";
import { composeDelivery, composeNotice, fromOf, type PreparedEdition, prepareEdition } from "./compose.ts";
import { eachAtOnce } from "./lanes.ts";
import { hasOpen, hasOpenNotices, keepAccount } from "./ledger.ts";
import { messageOf, type PacedRun, type SendDeps, senderNow, sendOne } from "./letter.ts";
import { createPacer, pacedNotice } from "./pace/pacer.ts";
import { claimingByTurns } from "./turns.ts";
import { asWorker } from "./workers.ts";

/**
 * So many letters a worker claims at once, for each that may be under way: what is asked once for all of them costs little, what is
 * under way does not wait long behind a claim, and what a worker holds when it dies waits no longer than it must.
 */
const claimedForEach = 5;

/**
 * Sends notices, then issues, until nothing is due, `until` has passed, or `stop` says so. What is under way is finished
 * and booked either way.
 *
 * @returns how many letters were tried
 */
export async function sendDue(deps: SendDeps, until: Temporal.Instant, stop?: AbortSignal): Promise<number> {
  const goOn = () => stop?.aborted !== true && Temporal.Instant.compare(deps.now(), until) < 0;
  return asPacedWorker(deps, async (run) => {
    const notices = await sendNotices(deps, run, goOn);
    return notices + (await sendIssues(deps, run, goOn));
  });
}

/** Sends what a request has just queued, such as its confirmation mail; issues wait for the next tick. */
export async function sendQueuedNotices(deps: SendDeps, until: Temporal.Instant): Promise<void> {
  const goOn = () => Temporal.Instant.compare(deps.now(), until) < 0;
  await asPacedWorker(deps, (run) => sendNotices(deps, run, goOn));
}

const asPacedWorker = <Result>(deps: SendDeps, work: (run: PacedRun) => Promise<Result>) =>
  asWorker(deps, async (run) => {
    const pacer = createPacer(deps);
    try {
      return await work({ ...run, pacer });
    } finally {
      await pacer.end();
    }
  });

/** How letters leave: in this process as it answers, or beside it in a thread or process of its own. */
export type Delivery = {
  /** Sends what is due until `until`. @returns how many letters were tried, as far as is known by then */
  sendDue: (until: Temporal.Instant, stop?: AbortSignal) => Promise<number>;
  /** Sends what a request has just queued. */
  sendNotices: (until: Temporal.Instant) => Promise<void>;
};

export const deliveryHere = (deps: SendDeps): Delivery => ({
  sendDue: (until, stop) => sendDue(deps, until, stop),
  sendNotices: (until) => sendQueuedNotices(deps, until),
});

/** Whether a notice is due; asked each second. */
export const areNoticesDue = ({ database: { db }, now }: SendDeps): Promise<boolean> =>
  isDue(db, { table: "notices" }, now());

/** Whether anything is due, or an issue is to be withdrawn; asked each second, so that it asks little and writes nothing. */
export async function isAnythingDue({ database: { db }, now }: SendDeps): Promise<boolean> {
  if (await isDue(db, { table: "notices" }, now())) return true;
  for (const { id, state, paused } of await issuesUnderWay(db)) {
    if (state === "cancelling") return true;
    if (state === "sending" && !paused && (await isDue(db, { table: "deliveries", issue: id }, now())))
      return true;
  }
  return false;
}

async function sendNotices(deps: SendDeps, run: PacedRun, goOn: () => boolean): Promise<number> {
  const { db } = deps.database;
  if (!(await hasOpenNotices(db))) return 0; // as in most minutes: nothing is written for nothing
  run.pacer.sendAs(deps.sender.mailFrom);
  await run.pacer.begin();
  if (run.pacer.isShut()) return 0;
  const { worker } = run;
  await recover(deps.database, { table: "notices" }, deps.watch, deps.now());
  await expire(deps.database, { table: "notices" }, deps.now());
  let tried = 0;
  let reachable = true;
  const goOnHere = () => goOn() && reachable;
  try {
    await run.begin();
    const more = async () => {
      const letters = await claimNotices(db, worker, deps.connections * claimedForEach, deps.now());
      if (letters.length === 0) return null;
      const sender = await senderNow(deps);
      const digests = await listDigests(db);
      return letters.map((letter) => ({ letter, sender, digests }));
    };
    await eachAtOnce(more, deps.connections, goOnHere, async ({ letter, sender, digests }) => {
      const message = await messageOf(sender, sender.mailFrom, letter, deps.now());
      const paced = pacedNotice(letter);
      const result = await sendOne(deps, run, letter, paced, null, { ...message, edition: null }, () =>
        composeNotice(sender, deps.mail, digests, letter, message),
      );
      if (result === "unreachable") reachable = false;
      tried++;
    });
  } finally {
    await release(db, "notices", worker, deps.now());
  }
  return tried;
}

async function sendIssues(deps: SendDeps, run: PacedRun, goOn: () => boolean): Promise<number> {
  const { db } = deps.database;
  const issues = (await issuesUnderWay(db)).filter(
    ({ state }) => state === "sending" || state === "cancelling",
  );
  if (issues.length === 0) return 0;
  await run.pacer.begin();
  const digests = new Map((await listDigests(db)).map((digest) => [digest.id, digest]));
  let tried = 0;
  try {
    for (const issue of issues) {
      const digest = digests.get(issue.digestId);
      if (!digest) continue;
      try {
        if (issue.state === "cancelling") await withdrawIssue(deps, issue, goOn);
        else tried += await sendIssue(deps, run, digest, issue, goOn);
      } catch (error) {
        deps.log.error({ issue: issueName(issue), error: String(error) }, "issue not sent on"); // the others go on
      }
    }
  } finally {
    await release(db, "deliveries", run.worker, deps.now());
  }
  return tried;
}

async function sendIssue(
  deps: SendDeps,
  run: PacedRun,
  digest: Digest,
  issue: Issue,
  goOn: () => boolean,
): Promise<number> {
  const { db } = deps.database;
  const { worker } = run;
  const lot = { table: "deliveries" as const, issue: issue.id };
  await recover(deps.database, lot, deps.watch, deps.now());
  if (Temporal.Instant.compare(deps.now(), deadlineOf(issue, digest)) >= 0)
    await expire(deps.database, lot, deps.now());
  let tried = 0;
  let reachable = true;
  let isHalted = false;
  const goOnHere = () =>
    goOn() && reachable && !isHalted && !run.pacer.isPaused(issue.id) && !run.pacer.isShut();
  const claimSize = deps.connections * claimedForEach;
  const { pacer } = run;
  pacer.sendAs(digest.sender.address ?? deps.sender.mailFrom);
  await pacer.watch(issue.id);
  const claimNext = claimingByTurns(
    {
      due: () => destinationsDue(db, issue.id, deps.now()),
      room: pacer.room,
      async claim(to, most) {
        const claimed = await claimDeliveries(db, issue.id, to, worker, most, deps.now());
        await pacer.claimed(to, claimed.length, most);
        return claimed;
      },
      breath: pacer.breath,
    },
    claimSize,
  );
  const known: Editions = new Map();
  const own: OwnEditions = new Map();
  const prepared = new WeakMap<Edition, PreparedEdition>();
  const preparedOnce: typeof prepareEdition = (sender, carried) => {
    const it = prepared.get(carried.edition) ?? prepareEdition(sender, carried);
    prepared.set(carried.edition, it);
    return it;
  };
  const more = async () => {
    await pacer.begin();
    const claimed = await claimNext();
    if (claimed === null) return null;
    if (claimed.length === 0) return [];
    const sender = await senderNow(deps);
    const letters = await stillWanted(deps, digest, claimed, worker);
    const wanted = new Set(letters);
    for (const letter of claimed) if (!wanted.has(letter)) pacer.over(letter);
    await refreshEditions(deps, digest, issue, letters, known);
    const repeats = await repeatsAmong(deps, issue, letters, known);
    return letters.map((letter) => ({
      letter,
      sender,
      shared: known.get(choiceOf(letter)) ?? null,
      sent: repeats.get(letter.subscriberId),
    }));
  };
  type Item = NonNullable<Awaited<ReturnType<typeof more>>>[number];
  const send = async ({ letter, sender, shared, sent }: Item) => {
    const restsUntil = pacer.restsUntil(letter);
    if (restsUntil !== null) {
      await run.commit(putOff(letter, worker, restsUntil));
      return;
    }
    const edition = shared && sent ? await ownEdition(deps, digest, issue, shared, sent, own) : shared;
    if (edition === null) {
      const others = issue.kind === "breaking" ? "had-story" : "too-few-new-stories";
      const reason = shared === null ? "stories-retracted" : others;
      await withdraw(db, [{ id: letter.id, reason }], worker, deps.now());
      return;
    }
    const { address: from } = fromOf(sender, digest, letter.language);
    const message = await messageOf(sender, from, letter, deps.now());
    const carried = { digest, issue, edition };
    const result = await sendOne(
      deps,
      run,
      letter,
      letter,
      issue.id,
      { ...message, edition: edition.id },
      () => composeDelivery(sender, { ...carried, prepared: preparedOnce(sender, carried) }, letter, message),
    );
    if (result === "unreachable") reachable = false;
    // Each further letter that may not leave would cost a connection.
    if (result === "not-ours" && !(await isSentOn(db, issue.id))) isHalted = true;
    tried++;
  };
  const sendPaced = async (item: Item) => {
    try {
      await send(item);
    } finally {
      pacer.ended(item.letter);
      pacer.over(item.letter);
    }
  };
  // In one step: of several lanes that ask in one turn, each must see what the one before it has begun.
  const begins = ({ letter }: Item): boolean => {
    if (!pacer.mayBegin(letter)) return false;
    pacer.begun(letter);
    return true;
  };
  await run.begin();
  await eachAtOnce(more, deps.connections, goOnHere, sendPaced, begins);
  if (
    !(await hasOpen(db, issue.id)) &&
    (await moveIssue(db, issue.id, "sending", { state: "sent" }, deps.now()))
  ) {
    await keepAccount(db, issue.id);
    deps.log.info({ issue: issueName(issue) }, "issue sent");
  }
  return tried;
}

/** Whether letters of an issue may leave: nobody paused it, or called it off. */
async function isSentOn(db: SendDeps["database"]["db"], id: IssueId): Promise<boolean> {
  const issue = await issueById(db, id);
  return issue?.state === "sending" && issue.paused === null;
}

/** Withdraws what has not left of an issue that was called off; once nothing of it is under way, it is over. */
async function withdrawIssue(deps: SendDeps, issue: Issue, goOn: () => boolean): Promise<void> {
  const { db } = deps.database;
  await recover(deps.database, { table: "deliveries", issue: issue.id }, deps.watch, deps.now());
  while (goOn() && (await withdrawWaiting(db, issue.id, deps.now())) > 0) await othersFirst();
  if (
    !(await hasOpen(db, issue.id)) &&
    (await moveIssue(db, issue.id, "cancelling", { state: "cancelled" }, deps.now()))
  ) {
    await keepAccount(db, issue.id);
    deps.log.info({ issue: issueName(issue) }, "issue cancelled");
  }
}

/** Withdraws the letters of those who left or were suppressed since the audience was frozen, and keeps the others. */
async function stillWanted(
  deps: SendDeps,
  digest: Digest,
  letters: readonly ClaimedDelivery[],
  worker: string,
) {
  const { db } = deps.database;
  const now = deps.now();
  const excluded = await exclusionsNow(
    db,
    digest.id,
    letters.map(({ subscriberId }) => subscriberId),
    now,
  );
  const gone = letters.flatMap(({ id, subscriberId }) => {
    const reason = excluded.get(subscriberId);
    return reason === undefined ? [] : [{ id, reason }];
  });
  await withdraw(db, gone, worker, now);
  return letters.filter(({ subscriberId }) => !excluded.has(subscriberId));
}
