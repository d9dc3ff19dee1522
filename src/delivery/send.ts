// Sends what is due: claims, composes, hands over, books. Any number of these may run at once, in any process.
import type { ArticleId, ArticleTables } from "../articles/index.ts";
import {
  type Digest,
  type DigestDeps,
  type DigestTables,
  type Edition,
  editionToSend,
  editionWithout,
  type Issue,
  issueName,
  issuesUnderWay,
  listDigests,
  moveIssue,
  staleAmong,
} from "../digests/index.ts";
import type { ComposedMessage, DkimKey } from "../mail/index.ts";
import { type Database, type Mailer, othersFirst, randomToken } from "../platform/index.ts";
import { readPublisher, type SettingsTables } from "../settings/index.ts";
import { exclusionsNow, type SubscriberTables } from "../subscribers/index.ts";
import {
  book,
  type Claimed,
  type ClaimedDelivery,
  claimDeliveries,
  claimNotices,
  expire,
  type Message,
  markSending,
  recover,
  release,
  withdraw,
  withdrawWaiting,
} from "./claim.ts";
import { type Commit, groupCommit } from "./commit.ts";
import {
  composeDelivery,
  composeNotice,
  messageIdOf,
  nameOf,
  type PreparedEdition,
  prepareEdition,
  returnPathOf,
  type Sender,
} from "./compose.ts";
import { type DeliveryTables, hasOpen, hasOpenNotices, keepAccount } from "./ledger.ts";
import { repeatsFor } from "./repeats.ts";
import { outcomeOf } from "./state.ts";

export type SendDeps = Omit<DigestDeps, "database"> & {
  database: Database<DeliveryTables & DigestTables & ArticleTables & SettingsTables & SubscriberTables>;
  mailer: Mailer;
  sender: Omit<Sender, "publisher" | "dkim">;
  /** The keys that sign now; asked for every few letters. */
  dkim: () => Promise<readonly DkimKey[]>;
  /** How many letters may be under way at once: the mailer's connections. */
  connections: number;
};

/** So many letters a worker claims at once: what it holds when it dies waits for its lease to end. */
const claimSize = 40;

/** One run of a worker: the name that its claims have, and how it writes. */
type Run = { worker: string; commit: Commit };

const newRun = ({ database }: SendDeps): Run => ({ worker: randomToken(), commit: groupCommit(database) });

/**
 * Sends notices, then issues, until nothing is due, `until` has passed, or `stop` says so. What is under way is finished
 * and booked either way.
 *
 * @returns how many letters were tried
 */
export async function sendDue(deps: SendDeps, until: Temporal.Instant, stop?: AbortSignal): Promise<number> {
  const run = newRun(deps);
  const goOn = () => stop?.aborted !== true && Temporal.Instant.compare(deps.now(), until) < 0;
  const notices = await sendNotices(deps, run, goOn);
  return notices + (await sendIssues(deps, run, goOn));
}

/** Sends what a request has just queued, such as its confirmation mail; issues wait for the next tick. */
export async function sendQueuedNotices(deps: SendDeps, until: Temporal.Instant): Promise<void> {
  await sendNotices(deps, newRun(deps), () => Temporal.Instant.compare(deps.now(), until) < 0);
}

async function sendNotices(deps: SendDeps, run: Run, goOn: () => boolean): Promise<number> {
  const { db } = deps.database;
  if (!(await hasOpenNotices(db))) return 0; // as in most minutes: nothing is written for nothing
  const { worker } = run;
  await recover(deps.database, { table: "notices" }, deps.now());
  await expire(db, { table: "notices" }, deps.now());
  let tried = 0;
  let reachable = true;
  const goOnHere = () => goOn() && reachable;
  try {
    const more = async () => {
      const letters = await claimNotices(db, worker, claimSize, deps.now());
      if (letters.length === 0) return null;
      const sender = await senderNow(deps);
      const digests = await listDigests(db);
      return letters.map((letter) => ({ letter, sender, digests }));
    };
    await eachAtOnce(more, deps.connections, goOnHere, async ({ letter, sender, digests }) => {
      const message = await messageOf(sender, letter, deps.now());
      const reached = await sendOne(deps, run, letter, { ...message, edition: null }, () =>
        composeNotice(sender, deps.mail, digests, letter, message),
      );
      if (!reached) reachable = false;
      tried++;
    });
  } finally {
    await release(db, "notices", worker, deps.now());
  }
  return tried;
}

async function sendIssues(deps: SendDeps, run: Run, goOn: () => boolean): Promise<number> {
  const { db } = deps.database;
  const issues = (await issuesUnderWay(db)).filter(
    ({ state }) => state === "sending" || state === "cancelling",
  );
  if (issues.length === 0) return 0;
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
  run: Run,
  digest: Digest,
  issue: Issue,
  goOn: () => boolean,
): Promise<number> {
  const { db } = deps.database;
  const { worker } = run;
  const lot = { table: "deliveries" as const, issue: issue.id };
  await recover(deps.database, lot, deps.now());
  const deadline = issue.plannedAt.add({ minutes: digest.deadlineMinutes });
  if (Temporal.Instant.compare(deps.now(), deadline) >= 0) await expire(db, lot, deps.now());
  let tried = 0;
  let reachable = true;
  const goOnHere = () => goOn() && reachable;
  const known: Editions = new Map();
  const own: OwnEditions = new Map();
  const prepared = new WeakMap<Edition, PreparedEdition>();
  const preparedOnce: typeof prepareEdition = (sender, carried) => {
    const it = prepared.get(carried.edition) ?? prepareEdition(sender, carried);
    prepared.set(carried.edition, it);
    return it;
  };
  const more = async () => {
    const claimed = await claimDeliveries(db, issue.id, worker, claimSize, deps.now());
    if (claimed.length === 0) return null;
    const sender = await senderNow(deps);
    const letters = await stillWanted(deps, digest, claimed, worker);
    await refreshEditions(deps, digest, issue, letters, known);
    const repeats = await repeatsAmong(deps, issue, letters, known);
    return letters.map((letter) => ({
      letter,
      sender,
      shared: known.get(choiceOf(letter)) ?? null,
      sent: repeats.get(letter.subscriberId),
    }));
  };
  await eachAtOnce(more, deps.connections, goOnHere, async ({ letter, sender, shared, sent }) => {
    const edition = shared && sent ? await ownEdition(deps, digest, issue, shared, sent, own) : shared;
    if (edition === null) {
      const reason =
        shared === null
          ? "every story of its edition was retracted"
          : issue.kind === "breaking"
            ? "this reader was sent the story already"
            : "too few stories that this reader was not sent already";
      await withdraw(db, [{ id: letter.id, reason }], worker, deps.now());
      return;
    }
    const message = await messageOf(sender, letter, deps.now());
    const carried = { digest, issue, edition };
    const reached = await sendOne(deps, run, letter, { ...message, edition: edition.id }, () =>
      composeDelivery(sender, { ...carried, prepared: preparedOnce(sender, carried) }, letter, message),
    );
    if (!reached) reachable = false;
    tried++;
  });
  if (
    !(await hasOpen(db, issue.id)) &&
    (await moveIssue(db, issue.id, "sending", { state: "sent" }, deps.now()))
  ) {
    await keepAccount(db, issue.id);
    deps.log.info({ issue: issueName(issue) }, "issue sent");
  }
  return tried;
}

/** What letters are sent by as things stand: the paper's names, and the keys that sign. */
export const senderNow = async ({ sender, database: { db }, dkim }: SendDeps): Promise<Sender> => ({
  ...sender,
  publisher: await readPublisher(db),
  dkim: await dkim(),
});

/** Withdraws what has not left of an issue that was called off; once nothing of it is under way, it is over. */
async function withdrawIssue(deps: SendDeps, issue: Issue, goOn: () => boolean): Promise<void> {
  const { db } = deps.database;
  await recover(deps.database, { table: "deliveries", issue: issue.id }, deps.now());
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

const choiceOf = ({ sections, language }: ClaimedDelivery) => `${language} ${sections}`;

/** The editions that one run of an issue has read, by choice; null where nothing of one is left. */
type Editions = Map<string, Edition | null>;

/** So many editions of 40 kB a run keeps in memory; of more, those that were used longest ago are read again. */
const mostKept = 300;

/**
 * Reads the editions that these letters need and that are not there yet; anew those of which a story was corrected or retracted, which
 * one query tells for all of them. One that was
 * withdrawn from stays at the end of the map, so that what is forgotten is what was used longest ago.
 */
async function refreshEditions(
  deps: SendDeps,
  digest: Digest,
  issue: Issue,
  letters: readonly ClaimedDelivery[],
  known: Editions,
): Promise<void> {
  const asked = new Map(letters.map((letter) => [choiceOf(letter), letter]));
  const there = [...asked.keys()].flatMap((choice) => known.get(choice)?.id ?? []);
  const stale = await staleAmong(deps.database.db, there);
  for (const [choice, letter] of asked) {
    const edition = known.get(choice);
    // What a special issue carries is looked at each time: it is one article, as it is now.
    const holds = edition && issue.kind === "digest" && !stale.has(edition.id);
    const current = holds ? edition : await editionToSend(deps, digest, issue, letter);
    known.delete(choice);
    known.set(choice, current);
  }
  for (const [choice] of known) {
    if (known.size <= mostKept || asked.has(choice)) break;
    known.delete(choice);
  }
}

/** What the readers of these letters were sent already, of what they would get now. */
async function repeatsAmong(
  { database: { db } }: SendDeps,
  issue: Issue,
  letters: readonly ClaimedDelivery[],
  known: Editions,
) {
  const editions = new Set(letters.flatMap((letter) => known.get(choiceOf(letter)) ?? []));
  // A correction goes to those who were sent the story.
  const readers = issue.kind === "correction" ? [] : letters.map(({ subscriberId }) => subscriberId);
  return repeatsFor(db, issue.id, readers, [...editions]);
}

/** Editions for readers who were sent something already, being made or made, by what they leave out of which edition. */
type OwnEditions = Map<string, Promise<Edition | null>>;

/** The edition for whoever was sent these articles' stories; made once for all of a run who were sent the same. */
async function ownEdition(
  deps: SendDeps,
  digest: Digest,
  issue: Issue,
  shared: Edition,
  sent: ReadonlySet<ArticleId>,
  own: OwnEditions,
): Promise<Edition | null> {
  const ofShared = shared.articles.filter((id) => sent.has(id));
  if (ofShared.length === 0) return shared;
  const ofNext = shared.next.flatMap(({ articleId }) => (sent.has(articleId) ? articleId : []));
  const key = `${shared.id} ${[...ofShared, ...ofNext].join()}`;
  const known = await own.get(key);
  if (known && !(await staleAmong(deps.database.db, [known.id])).has(known.id)) return known;
  const making = editionWithout(deps, digest, issue, shared, sent);
  if (own.size >= mostKept) own.clear();
  own.set(key, making);
  return making;
}

/** A letter's id and date: those of its first try, if there was one. */
async function messageOf(sender: Sender, letter: Claimed, now: Temporal.Instant) {
  return {
    id: letter.messageId ?? (await messageIdOf(sender, nameOf(letter))),
    date: letter.messageDate ?? now,
  };
}

/**
 * Composes a letter and hands it over; that it leaves, and what became of it, is written down when the transport says so.
 *
 * @returns false if no server could be reached: then trying the next would only use up its tries
 * @throws if the ledger cannot be written: then nothing unrecorded has left
 */
async function sendOne(
  deps: SendDeps,
  { worker, commit }: Run,
  letter: Claimed,
  message: Message,
  compose: () => Promise<ComposedMessage>,
): Promise<boolean> {
  const { db } = deps.database;
  let composed: ComposedMessage;
  try {
    composed = await compose();
  } catch (error) {
    // One letter that cannot be written must not hold up the others; its line in the ledger says why.
    const reply = `could not be composed: ${error instanceof Error ? error.message : String(error)}`;
    deps.log.error({ [letter.table]: letter.id, reply }, "letter could not be composed");
    await commit(book(db, letter, worker, null, { state: "rejected", reply }, deps.now()));
    return true;
  }
  let isOurs = true;
  const failures: unknown[] = [];
  const written = async (write: () => Promise<boolean>): Promise<boolean> => {
    try {
      return await write();
    } catch (error) {
      failures.push(error);
      return false;
    }
  };
  const result = await deps.mailer.send(
    {
      from: await returnPathOf(deps.sender, letter),
      to: composed.recipient,
      sender: deps.sender.mailFrom,
    },
    composed.bytes,
    {
      async mayLeave() {
        isOurs = await written(
          async () => (await commit(markSending(db, letter, worker, message, deps.now()))) === 1,
        );
        return isOurs;
      },
      async over(it) {
        if (!isOurs) return;
        const outcome = outcomeOf(it, letter.tries + 1, Math.random());
        const facts = { [letter.table]: letter.id, state: outcome.state, reply: outcome.reply };
        const booked = await written(
          async () => (await commit(book(db, letter, worker, message, outcome, deps.now()))) === 1,
        );
        if (!booked) {
          const why =
            "it was this worker's no longer when the server answered; the ledger says what somebody else saw";
          deps.log.error(
            facts,
            failures.length > 0 ? "what became of a letter could not be written down" : why,
          );
        } else if (outcome.state !== "accepted") {
          deps.log.warn(facts, "letter not accepted");
        }
      },
    },
  );
  if (failures.length > 0) throw failures[0];
  return !isOurs || result.kind !== "not-sent";
}

/**
 * Works through what `more` brings until it brings null, with at most `width` at a time. The next are asked for before the last are
 * taken, so that nobody waits for them. Begins no further one once `goOn` is false or one has failed; waits for all that was begun
 * either way.
 *
 * @throws the first error, when nothing is under way any more
 */
async function eachAtOnce<Item>(
  more: () => Promise<readonly Item[] | null>,
  width: number,
  goOn: () => boolean,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue: Item[] = [];
  const errors: unknown[] = [];
  let coming: Promise<void> | null = null;
  let isOver = false;
  const ask = async () => {
    try {
      const items = await more();
      if (items === null) isOver = true;
      else queue.push(...items);
    } catch (error) {
      errors.push(error);
    }
    coming = null;
  };
  const next = async (): Promise<Item | undefined> => {
    while (goOn() && errors.length === 0) {
      if (!isOver && queue.length <= width) coming ??= ask();
      const item = queue.shift();
      if (item !== undefined || isOver) return item;
      await coming;
    }
    return undefined;
  };
  const lane = async () => {
    for (let item = await next(); item !== undefined; item = await next())
      await work(item).catch((error: unknown) => errors.push(error));
  };
  await Promise.all(Array.from({ length: width }, lane));
  await coming;
  if (errors.length > 0) throw errors[0];
}
