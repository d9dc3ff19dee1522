// The loop that sends, wherever it runs: in a thread of nashra serve, or in nashra deliver.
import { setTimeout as pause } from "node:timers/promises";
import type { Config } from "../config.ts";
import {
  areNoticesDue,
  isAnythingDue,
  type Pulse,
  type SendDeps,
  sendDue,
  sendQueuedNotices,
} from "../delivery/index.ts";
import type { Log } from "../platform/index.ts";
import { createSending } from "../service.ts";
import { openParts } from "./parts.ts";

export type Deliverer = {
  /** Looks at once for what was queued just now. */
  wake: () => void;
  /** Sends all that is due. @returns how many letters were tried by the round that begins now or next */
  round: () => Promise<number>;
  /** Claims nothing more. Ends when what is under way is finished and written down, and everything is closed. */
  stop: () => Promise<void>;
};

const lookSeconds = 1;

/** Each round looks at everything anew, as a tick would: deadlines, workers that fell silent. */
const roundSeconds = 50;
const idleRoundSeconds = 10;

/** After a fault, such as a full disk, it is tried again, and not as fast as it can be. */
const restSeconds = 5;

/** Opens the store and sends what is due, until it is stopped. */
export async function startDelivering(
  config: Config,
  options: Parameters<typeof openParts>[1] & { pulse?: Pulse } = {},
): Promise<Deliverer> {
  const parts = await openParts(config, options);
  const { database, dkim, templates, mailer, log } = parts;
  const sending = createSending({
    config,
    ...options,
    ...parts,
    dkim: dkim.keys,
    templates: templates.source,
  });
  await sending.dkim(); // a broken key stops the start, and not the morning's mail
  const running = deliver(sending, log);
  return {
    ...running,
    async stop() {
      await running.stop();
      await mailer.close();
      await database.close();
    },
  };
}

/** Notices and issues in loops of their own: a confirmation does not wait until a million letters are out. */
function deliver(sending: SendDeps, log: Log): Deliverer {
  const stopping = new AbortController();
  const { signal } = stopping;
  const notices = bell();
  const rounds = bell();
  let next = Promise.withResolvers<number>();

  const guarded = async <Result>(otherwise: Result, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      log.error(
        { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        "not sent on",
      );
      await pause(restSeconds * 1000, undefined, { signal }).catch(() => {});
      return otherwise;
    }
  };
  const until = () => sending.now().add({ seconds: roundSeconds });

  async function sendNotices(): Promise<void> {
    while (!signal.aborted) {
      await guarded(undefined, async () => {
        if (await areNoticesDue(sending)) await sendQueuedNotices(sending, until());
      });
      await notices.rung(lookSeconds);
    }
  }

  async function sendRounds(): Promise<void> {
    let isAsked = false;
    let roundAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      const answer = isAsked ? next : null;
      if (answer) next = Promise.withResolvers();
      const tried = await guarded(0, async () => {
        const isTime = performance.now() - roundAt > idleRoundSeconds * 1000;
        if (!answer && !isTime && !(await isAnythingDue(sending))) return 0;
        roundAt = performance.now();
        return sendDue(sending, until(), signal);
      });
      answer?.resolve(tried);
      isAsked = await rounds.rung(tried > 0 ? 0 : lookSeconds);
    }
    next.resolve(0);
  }

  const both = Promise.all([sendNotices(), sendRounds()]);
  return {
    wake: () => notices.ring(),
    round() {
      const { promise } = next;
      rounds.ring();
      return signal.aborted ? Promise.resolve(0) : promise;
    },
    async stop() {
      stopping.abort();
      notices.ring();
      rounds.ring();
      await both;
    },
  };
}

/** Rung while nobody listens, it is heard by who listens next. */
function bell() {
  let isRung = false;
  let heard = () => {};
  return {
    ring() {
      isRung = true;
      heard();
    },
    /** Waits until it rings, at most so long. @returns whether it rang since this was asked last */
    async rung(seconds: number): Promise<boolean> {
      if (!isRung)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, seconds * 1000);
          heard = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      const was = isRung;
      isRung = false;
      return was;
    },
  };
}
