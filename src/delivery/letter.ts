// One letter on its way: composed, handed over, and written down step by step.
import type { CompiledQuery } from "kysely";
import type { ArticleTables } from "../articles/index.ts";
import type { DigestDeps, DigestTables, IssueId } from "../digests/index.ts";
import { type DkimKey, domainOf } from "../mail/index.ts";
import type { Database, Mailer } from "../platform/index.ts";
import { readPublisher, type SettingsTables } from "../settings/index.ts";
import type { SubscriberTables } from "../subscribers/index.ts";
import { book, type Claimed, type Message, markSending } from "./claim.ts";
import { messageIdOf, nameOf, returnPathOf, type Sender, type SignedMessage } from "./compose.ts";
import { bookingRefusal } from "./feedback/book.ts";
import { judge } from "./feedback/verdict.ts";
import { type DeliveryTables, forgetAccountOf } from "./ledger.ts";
import type { HealthLines } from "./pace/health.ts";
import type { Paced, Pacer } from "./pace/pacer.ts";
import { outcomeOf } from "./state.ts";
import type { Pulse, Run, Watch } from "./workers.ts";

export type SendDeps = Omit<DigestDeps, "database"> & {
  database: Database<DeliveryTables & DigestTables & ArticleTables & SettingsTables & SubscriberTables>;
  mailer: Mailer;
  sender: Omit<Sender, "publisher" | "dkim">;
  /** The keys that sign now; asked for every few letters. */
  dkim: () => Promise<readonly DkimKey[]>;
  /** How many letters may be under way at once: the mailer's connections. */
  connections: number;
  /** Who of the workers has fallen silent, as this process sees it. */
  watch: Watch;
  pulse: Pulse;
  /** Where an issue pauses by itself. */
  lines: HealthLines;
};

/** An answer within so many seconds finds its letter as it was: others take over only what was silent for longer. */
const promptSeconds = 10;

/** A run that keeps to the pace of each destination. */
export type PacedRun = Run & { pacer: Pacer };

/** What letters are sent by as things stand: the paper's names, and the keys that sign. */
export const senderNow = async ({ sender, database: { db }, dkim }: SendDeps): Promise<Sender> => ({
  ...sender,
  publisher: await readPublisher(db),
  dkim: await dkim(),
});

/**
 * A letter's id and date: those of its first try, if there was one.
 *
 * @param from the address that it comes from
 */
export async function messageOf(sender: Sender, from: string, letter: Claimed, now: Temporal.Instant) {
  return {
    id: letter.messageId ?? (await messageIdOf(sender, nameOf(letter), domainOf(from))),
    date: letter.messageDate ?? now,
  };
}

/**
 * Composes a letter and hands it over; what its server says counts for the pace of where it goes; that it leaves, and what became of it, is written down when the transport says so.
 *
 * @returns `unreachable` if no server was: then trying the next would only use up its tries; `not-ours` if the letter was taken from this
 *   worker meanwhile, as when its issue is paused or called off
 * @throws if the ledger cannot be written: then nothing unrecorded has left
 */
export async function sendOne(
  deps: SendDeps,
  { worker, commit, pacer }: PacedRun,
  letter: Claimed,
  paced: Paced,
  issue: IssueId | null,
  message: Message,
  compose: () => Promise<SignedMessage>,
): Promise<"tried" | "unreachable" | "not-ours"> {
  let composed: SignedMessage;
  try {
    composed = await compose();
  } catch (error) {
    // One letter that cannot be written must not hold up the others; its line in the ledger says why.
    const reply = `could not be composed: ${error instanceof Error ? error.message : String(error)}`;
    deps.log.error({ [letter.table]: letter.id, reply }, "letter could not be composed");
    await commit(book(letter, worker, null, { state: "rejected", reply }, deps.now()));
    return "tried";
  }
  let isOurs = true;
  let leftAt = deps.now();
  const failures: unknown[] = [];
  /** Whether it was, and the letter was still this worker's. */
  const written = async (statements: () => readonly CompiledQuery[]): Promise<boolean> => {
    try {
      return (await commit(statements())) === 1;
    } catch (error) {
      failures.push(error);
      return false;
    }
  };
  const result = await deps.mailer.send(
    { from: await returnPathOf(deps.sender, letter), to: composed.recipient, sender: composed.from },
    composed.bytes,
    {
      async mayLeave() {
        leftAt = deps.now();
        isOurs = await written(() => markSending(letter, worker, message, leftAt));
        return isOurs;
      },
      async over(it) {
        if (!isOurs) return;
        const outcome = outcomeOf(it, letter.tries + 1, Math.random());
        const barred = (it.barredBy ?? []).flatMap(({ transport, reply }) => pacer.barred(transport, reply));
        const learned = pacer.heard(
          paced,
          issue === null ? null : { issue, id: letter.id },
          it.transport,
          outcome,
        );
        const now = deps.now();
        const took = Math.abs(now.epochMilliseconds - leftAt.epochMilliseconds) / 1000;
        const recount =
          letter.table === "deliveries" && outcome.state === "accepted" && took > promptSeconds
            ? [forgetAccountOf(deps.database.db, letter.id)]
            : [];
        const said = aboutAddress(deps.database.db, letter, worker, message, outcome, now);
        const facts = { [letter.table]: letter.id, state: outcome.state, reply: outcome.reply };
        const booked = await written(() => [
          ...said,
          ...barred,
          ...learned,
          ...recount,
          ...book(letter, worker, message, outcome, now),
        ]);
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
  if (!isOurs) return "not-ours";
  return result.kind === "not-sent" ? "unreachable" : "tried";
}

/** What the server said of the address, and what follows for it, for the batch that books the letter. */
function aboutAddress(
  db: SendDeps["database"]["db"],
  letter: Claimed,
  worker: string,
  { date }: Message,
  { fault, reply }: ReturnType<typeof outcomeOf>,
  now: Temporal.Instant,
) {
  if (fault !== "hard" && fault !== "unclear" && fault !== "soft") return [];
  const { table, id, address, subscriberId } = letter;
  const about = { table, id, address, subscriber: subscriberId, knownBy: "reply" as const, sentAt: date };
  const { code } = judge(null, reply);
  return bookingRefusal(db, about, worker, { verdict: fault, code, words: reply.slice(0, 1000) }, now);
}
