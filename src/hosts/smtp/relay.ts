// A relay as a transport: a few sessions that are kept open and pipeline, or nodemailer where the server cannot.
import type { SendOutcome, Steps, Transport } from "../../platform/index.ts";
import { minutesFor, type Patience } from "./connection.ts";
import { isPlainAddress, nodemailerTransport, relayOf } from "./nodemailer.ts";
import { type Letter, type Opening, openSession, type Relay, type Session } from "./session.ts";

/** A session takes no more: servers count (and nobody would hear of a new certificate). */
const mostInSession = 100;

/**
 * Letters that a session has at once: one whose content is out, one whose envelope is, and one that waits, so that its envelope leaves
 * together with the next content. Alone and right behind it, it is answered late: the server's TCP keeps back its second small answer
 * until ours acknowledges the first, and ours waits up to 40 ms with that (RFC 896, RFC 1122 §4.2.3.2).
 */
export const mostAtOnce = 3;

/** A letter is tried in so many, where one after the other ends before its turn. */
const mostSessions = 5;

/** A session that has nothing to send says goodbye. */
const idleSeconds = 20;

/** A server that was found unfit for this is asked again after a while: it may have been changed. */
const unfitMinutes = 10;

/** A connection that the server would not have is not asked for again at once: it may want fewer of them. */
const restSeconds = 60;

/** Room for one connection at a time. */
type Slot = {
  session: Session | null;
  /** While there is no session and one is being opened. */
  opening: Promise<Opening> | null;
  /** Over when the connection before is closed: the server counts them. */
  left: Promise<unknown>;
  underWay: number;
  /** Letters that the session was given. */
  given: number;
  restsUntil: number;
  idle: ReturnType<typeof setTimeout> | undefined;
};

/** The server makes nothing of our commands (RFC 5321 §4.2.4, RFC 3463 §3.6), which are not the letter's fault. */
const blamesCommands = (result: SendOutcome): boolean =>
  result.kind === "refused" &&
  result.stage !== "before" &&
  /^(5\d\d[ -]5\.5\.\d|50[0-4](?![ -]5\.))/.test(result.reply);

const isUp = ({ session }: Slot): boolean => session?.isOpen() === true;

/**
 * Sends through a relay by sessions that pipeline.
 *
 * @param connections how many sessions at most; each takes {@link mostAtOnce} letters, so that many sends should be under way
 * @param patience how long its server may take for what
 */
export function relayTransport(url: URL, connections: number, patience: Patience = minutesFor): Transport {
  const relay: Relay = { ...relayOf(url), patience };
  const plain = nodemailerTransport(url, connections);
  const slots: Slot[] = Array.from({ length: connections }, () => ({
    session: null,
    opening: null,
    left: Promise.resolve(),
    underWay: 0,
    given: 0,
    restsUntil: Number.NEGATIVE_INFINITY,
    idle: undefined,
  }));
  const waiting: (() => void)[] = [];
  let unfitUntil = Number.NEGATIVE_INFINITY;

  /** A place in the slot that has least to do, which is the caller's from now on; waits for one if all are busy. */
  async function takePlace(): Promise<Slot> {
    for (;;) {
      const slot = leastBusy();
      if (slot) {
        if (slot.given >= mostInSession) leave(slot);
        slot.given++;
        slot.underWay++;
        clearTimeout(slot.idle);
        return slot;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  function leastBusy(): Slot | undefined {
    // One that was given all it takes is emptied first.
    const free = slots.filter((it) => it.underWay < (it.given >= mostInSession ? 1 : mostAtOnce));
    const awake = free.filter(({ restsUntil }) => restsUntil <= performance.now());
    const chosen = awake.length > 0 || slots.some(isUp) ? awake : free;
    return chosen.toSorted((a, b) => a.underWay - b.underWay)[0];
  }

  /** Lets a slot's session go; what is under way in it is finished. */
  function leave(slot: Slot): void {
    slot.left = Promise.all([slot.left, slot.session?.quit()]);
    slot.session = null;
    slot.given = 0;
  }

  /** A slot's session, a new one where there is none or the server closed it. */
  async function sessionIn(slot: Slot): Promise<Opening> {
    if (slot.session?.isOpen()) return { kind: "open", session: slot.session };
    slot.opening ??= slot.left
      .then(() => openSession(relay))
      .then((opening) => {
        slot.session = opening.kind === "open" ? opening.session : null;
        // One that is let in has rested, or whoever waits for it would wait for good.
        if (slot.session) slot.restsUntil = Number.NEGATIVE_INFINITY;
        slot.opening = null;
        slot.given = slot.underWay;
        return opening;
      });
    return slot.opening;
  }

  async function sendIn(slot: Slot, letter: Letter) {
    try {
      const opening = await sessionIn(slot);
      if (opening.kind === "failed") {
        slot.restsUntil = performance.now() + restSeconds * 1000;
        await Promise.all(slots.map((it) => it.opening)); // another may be let in just now
        if (slots.some(isUp)) return { ...opening, kind: "lost" as const, blameless: true };
      }
      if (opening.kind !== "open") return opening;
      return await opening.session.send(letter);
    } finally {
      slot.underWay--;
      if (slot.underWay === 0) slot.idle = setTimeout(() => leave(slot), idleSeconds * 1000).unref();
      for (const wake of waiting.splice(0)) wake();
    }
  }

  async function send(envelope: Letter["envelope"], message: Uint8Array, steps: Steps<SendOutcome>) {
    const ended = async (result: SendOutcome) => {
      await steps.over(result);
      return result;
    };
    if (![envelope.from, envelope.to].every(isPlainAddress))
      return ended({
        kind: "refused",
        code: 553,
        reply: `not sent: "${envelope.to}" is no single address`,
        stage: "before",
      });
    let left = false;
    const once: Steps<SendOutcome> = {
      async mayLeave() {
        left = await steps.mayLeave();
        return left;
      },
      over: (result) => (blamesCommands(result) ? Promise.resolve() : steps.over(result)),
    };
    let reply = "";
    for (let sessions = 0, blamed = 0; sessions < mostSessions && blamed < 2; sessions++) {
      if (performance.now() < unfitUntil) return plain.send(envelope, message, steps);
      const sent = await sendIn(await takePlace(), { envelope, message, steps: once });
      if (sent.kind === "unfit") {
        unfitUntil = performance.now() + unfitMinutes * 60_000;
        return plain.send(envelope, message, steps);
      }
      if (sent.kind === "failed" || (sent.kind === "lost" && sent.fault))
        return ended({ kind: "not-sent", reply: sent.reply, ...(sent.fault ? { fault: sent.fault } : {}) });
      // What another program has for commands may please it more. It took nothing, and that it may leave was written down.
      if (sent.kind !== "lost" && blamesCommands(sent))
        return plain.send(envelope, message, { ...steps, mayLeave: async () => left || steps.mayLeave() });
      if (sent.kind !== "lost") return sent;
      reply = sent.reply; // the connection, and not this letter: another may do
      if (!sent.blameless) blamed++;
    }
    return ended({ kind: "not-sent", reply });
  }

  return {
    send,
    async close() {
      for (const slot of slots) {
        clearTimeout(slot.idle);
        leave(slot);
        void slot.opening?.then(() => leave(slot));
      }
      await plain.close();
    },
  };
}
