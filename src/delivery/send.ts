// Sends what is due: claims, composes, hands over, books. Any number of these may run at once, in any process.
import type { ArticleTables } from "../articles/index.ts";
import {
  type Digest,
  type DigestDeps,
  type DigestTables,
  type Edition,
  editionToSend,
  type Issue,
  issueName,
  issuesUnderWay,
  listDigests,
  moveIssue,
} from "../digests/index.ts";
import type { ComposedMessage } from "../mail/index.ts";
import { type Database, type Mailer, randomToken } from "../platform/index.ts";
import { readPublisher, type SettingsTables } from "../settings/index.ts";
import { exclusionsNow, type SubscriberTables } from "../subscribers/index.ts";
import { composeDelivery, composeNotice, messageIdOf, type Sender } from "./compose.ts";
import {
  book,
  type Claimed,
  type ClaimedDelivery,
  claimDeliveries,
  claimNotices,
  type DeliveryTables,
  expire,
  hasOpen,
  markSending,
  recover,
  release,
  withdraw,
} from "./ledger.ts";
import { outcomeOf } from "./state.ts";

export type SendDeps = Omit<DigestDeps, "database"> & {
  database: Database<DeliveryTables & DigestTables & ArticleTables & SettingsTables & SubscriberTables>;
  mailer: Mailer;
  sender: Omit<Sender, "publisher">;
  /** How many letters may be under way at once: the mailer's connections. */
  connections: number;
};

const claimSize = 40;

/**
 * Sends notices, then issues, until nothing is due, `until` has passed, or `stop` says so. What is under way is finished
 * and booked either way.
 *
 * @returns how many letters were tried
 */
export async function sendDue(deps: SendDeps, until: Temporal.Instant, stop?: AbortSignal): Promise<number> {
  const { db } = deps.database;
  const worker = randomToken();
  const goOn = () => stop?.aborted !== true && Temporal.Instant.compare(deps.now(), until) < 0;
  let tried = 0;
  try {
    tried += await sendNotices(deps, worker, goOn);
    const digests = new Map((await listDigests(db)).map((digest) => [digest.id, digest]));
    for (const issue of await issuesUnderWay(db)) {
      const digest = digests.get(issue.digestId);
      if (issue.state === "sending" && digest) tried += await sendIssue(deps, worker, digest, issue, goOn);
    }
  } finally {
    await release(db, "deliveries", worker, deps.now());
    await release(db, "notices", worker, deps.now());
  }
  return tried;
}

/** Sends what a request has just queued, such as its confirmation mail; issues wait for the next tick. */
export async function sendQueuedNotices(deps: SendDeps, until: Temporal.Instant): Promise<void> {
  const worker = randomToken();
  try {
    await sendNotices(deps, worker, () => Temporal.Instant.compare(deps.now(), until) < 0);
  } finally {
    await release(deps.database.db, "notices", worker, deps.now());
  }
}

async function sendNotices(deps: SendDeps, worker: string, goOn: () => boolean): Promise<number> {
  const { db } = deps.database;
  await recover(deps.database, { table: "notices" }, deps.now());
  await expire(db, { table: "notices" }, deps.now());
  let tried = 0;
  while (goOn()) {
    const letters = await claimNotices(db, worker, claimSize, deps.now());
    if (letters.length === 0) break;
    const sender = { ...deps.sender, publisher: await readPublisher(db) };
    const digests = await listDigests(db);
    await eachAtOnce(letters, deps.connections, goOn, async (letter) => {
      const message = await messageOf(sender, letter, deps.now());
      await sendOne(deps, worker, letter, { ...message, edition: null }, () =>
        composeNotice(sender, deps.mail, digests, letter, message),
      );
      tried++;
    });
  }
  return tried;
}

async function sendIssue(
  deps: SendDeps,
  worker: string,
  digest: Digest,
  issue: Issue,
  goOn: () => boolean,
): Promise<number> {
  const { db } = deps.database;
  const lot = { table: "deliveries" as const, issue: issue.id };
  await recover(deps.database, lot, deps.now());
  const deadline = issue.plannedAt.add({ minutes: digest.deadlineMinutes });
  if (Temporal.Instant.compare(deps.now(), deadline) >= 0) await expire(db, lot, deps.now());
  let tried = 0;
  while (goOn()) {
    const claimed = await claimDeliveries(db, issue.id, worker, claimSize, deps.now());
    if (claimed.length === 0) break;
    const sender = { ...deps.sender, publisher: await readPublisher(db) };
    const letters = await stillWanted(deps, digest, claimed, worker);
    const editions = await editionsFor(deps, digest, issue, letters);
    await eachAtOnce(letters, deps.connections, goOn, async (letter) => {
      const edition = editions.get(choiceOf(letter)) ?? null;
      if (edition === null) {
        await withdraw(
          db,
          [{ id: letter.id, reason: "every story of its edition was retracted" }],
          worker,
          deps.now(),
        );
        return;
      }
      const message = await messageOf(sender, letter, deps.now());
      await sendOne(deps, worker, letter, { ...message, edition: edition.id }, () =>
        composeDelivery(sender, { digest, issue, edition }, letter, message),
      );
      tried++;
    });
  }
  if (
    !(await hasOpen(db, issue.id)) &&
    (await moveIssue(db, issue.id, "sending", { state: "sent" }, deps.now()))
  ) {
    deps.log.info({ issue: issueName(issue) }, "issue sent");
  }
  return tried;
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

const choiceOf = ({ sections, language }: ClaimedDelivery) => `${language} ${sections}`;

async function editionsFor(
  deps: SendDeps,
  digest: Digest,
  issue: Issue,
  letters: readonly ClaimedDelivery[],
) {
  const editions = new Map<string, Edition | null>();
  for (const letter of letters) {
    const choice = choiceOf(letter);
    if (!editions.has(choice)) editions.set(choice, await editionToSend(deps, digest, issue, letter));
  }
  return editions;
}

/** A letter's id and date: those of its first try, if there was one. */
async function messageOf(sender: Sender, letter: Claimed, now: Temporal.Instant) {
  const name = letter.table === "deliveries" ? `delivery ${letter.id}` : `notice ${letter.id}`;
  return { id: letter.messageId ?? (await messageIdOf(sender, name)), date: letter.messageDate ?? now };
}

async function sendOne(
  deps: SendDeps,
  worker: string,
  letter: Claimed,
  message: Parameters<typeof markSending>[3],
  compose: () => Promise<ComposedMessage>,
): Promise<void> {
  const { db } = deps.database;
  let composed: ComposedMessage;
  try {
    composed = await compose();
  } catch (error) {
    // One letter that cannot be written must not hold up the others; its line in the ledger says why.
    const reply = `could not be composed: ${error instanceof Error ? error.message : String(error)}`;
    deps.log.error({ [letter.table]: letter.id, reply }, "letter could not be composed");
    await book(db, letter, worker, { state: "rejected", reply }, deps.now());
    return;
  }
  if (composed.needsSmtpUtf8) {
    const reply =
      "no SMTPUTF8: the part before the @ is not ASCII, and our transport cannot tell whether a server takes that";
    await book(db, letter, worker, { state: "rejected", reply }, deps.now());
    return;
  }
  if (!(await markSending(db, letter, worker, message, deps.now()))) return;
  const result = await deps.mailer.send(
    { from: deps.sender.mailFrom, to: composed.recipient },
    composed.bytes,
  );
  const outcome = outcomeOf(result, letter.tries + 1, Math.random());
  await book(db, letter, worker, outcome, deps.now());
  if (outcome.state !== "accepted") {
    deps.log.warn(
      { [letter.table]: letter.id, state: outcome.state, reply: outcome.reply },
      "letter not accepted",
    );
  }
}

/** Works through a list with at most `width` at a time; begins no further one once `goOn` is false. */
async function eachAtOnce<Item>(
  items: readonly Item[],
  width: number,
  goOn: () => boolean,
  work: (item: Item) => Promise<void>,
) {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined && goOn(); item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
