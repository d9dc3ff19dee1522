// A relay as our mailer: a few sessions that are kept open and pipeline, or nodemailer where the server cannot.
import type { Mailer, SendResult, Steps } from "../../platform/index.ts";
import { isPlainAddress, nodemailerMailer, relayOf } from "./nodemailer.ts";
import { type Letter, type Opening, openSession, type Relay } from "./session.ts";

/** A session takes no more: servers count (and nobody would hear of a new certificate). */
const mostInSession = 100;

/** Letters that a session has at once: one whose content is out, and one whose envelope is. */
const mostAtOnce = 2;

/** A letter is tried in so many, where one after the other ends before its turn. */
const mostSessions = 5;

/** A session that has nothing to send says goodbye. */
const idleSeconds = 20;

/** A server that was found unfit for this is asked again after a while: it may have been changed. */
const unfitMinutes = 10;

type Slot = {
  opening: Promise<Opening> | null;
  underWay: number;
  given: number;
  idle: ReturnType<typeof setTimeout> | undefined;
};

/**
 * Sends through a relay by sessions that pipeline.
 *
 * @param connections how many sessions at most; each takes two letters at once, so that many sends should be under way
 */
export function relayMailer(url: URL, connections: number): Mailer {
  const relay: Relay = relayOf(url);
  const plain = nodemailerMailer(url, connections);
  const slots: Slot[] = Array.from({ length: connections }, () => ({
    opening: null,
    underWay: 0,
    given: 0,
    idle: undefined,
  }));
  const waiting: (() => void)[] = [];
  let unfitUntil = Number.NEGATIVE_INFINITY;

  /** A place in the slot that has least to do, which is the caller's from now on; waits for one if all are busy. */
  async function takePlace(): Promise<Slot> {
    for (;;) {
      const slot = slots.reduce((least, it) => (it.underWay < least.underWay ? it : least));
      if (slot.underWay < mostAtOnce) {
        slot.underWay++;
        clearTimeout(slot.idle);
        return slot;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  function sessionIn(slot: Slot): Promise<Opening> {
    if (slot.opening === null || slot.given >= mostInSession) {
      leave(slot);
      slot.given = 0;
      slot.opening = openSession(relay);
    }
    return slot.opening;
  }

  /** Lets a slot's session go; what is under way in it is finished. */
  function leave(slot: Slot): void {
    void slot.opening?.then((it) => it.kind === "open" && it.session.quit());
    slot.opening = null;
  }

  async function sendIn(slot: Slot, letter: Letter) {
    try {
      let asked = sessionIn(slot);
      let opening = await asked;
      // The server closed it since the letter before.
      if (opening.kind === "open" && !opening.session.isOpen()) {
        if (slot.opening === asked) slot.opening = null;
        asked = sessionIn(slot);
        opening = await asked;
      }
      if (opening.kind !== "open") {
        if (slot.opening === asked) slot.opening = null;
        return opening;
      }
      slot.given++;
      const sent = await opening.session.send(letter);
      if (!opening.session.isOpen() && slot.opening === asked) slot.opening = null;
      return sent;
    } finally {
      slot.underWay--;
      if (slot.underWay === 0) slot.idle = setTimeout(() => leave(slot), idleSeconds * 1000).unref();
      waiting.shift()?.();
    }
  }

  async function send(envelope: Letter["envelope"], message: Uint8Array, steps: Steps): Promise<SendResult> {
    const ended = async (result: SendResult) => {
      await steps.over(result);
      return result;
    };
    if (![envelope.from, envelope.to].every(isPlainAddress))
      return ended({ kind: "refused", code: 553, reply: `not sent: "${envelope.to}" is no single address` });
    let reply = "";
    for (let sessions = 0, blamed = 0; sessions < mostSessions && blamed < 2; sessions++) {
      if (performance.now() < unfitUntil) return plain.send(envelope, message, steps);
      const sent = await sendIn(await takePlace(), { envelope, message, steps });
      if (sent.kind === "unfit") {
        unfitUntil = performance.now() + unfitMinutes * 60_000;
        return plain.send(envelope, message, steps);
      }
      if (sent.kind === "failed") return ended({ kind: "not-sent", reply: sent.reply });
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
      }
      await plain.close();
    },
  };
}
