// Delivery in a thread of its own, as nashra serve has it: started again if it ends, and waited for at the end.
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Delivery } from "../delivery/index.ts";
import type { Log } from "../platform/index.ts";
import type { FromDelivery, ToDelivery } from "./delivery-message.ts";
import { projectFolder } from "./parts.ts";

/** One that ends by itself is started again after this; longer, if it does not live that long. */
const restSeconds = 1;
const mostRestSeconds = 60;

/** Letters are left to nashra deliver. */
export const deliveryApart: Delivery = { sendDue: async () => 0, sendNotices: async () => {} };

export type DeliveryBeside = Delivery & {
  /** Lets it begin. */
  start: () => void;
  /** Whether its thread ended by itself, and no other sends yet. */
  isDown: () => boolean;
  /** What is under way is finished and written down. */
  stop: () => Promise<void>;
};

/**
 * @param settings the environment, as config.ts reads it
 * @param now the clock that `sendDue` is told the time by
 */
export function deliveryBeside(
  settings: Readonly<Record<string, string | undefined>>,
  log: Log,
  now: () => Temporal.Instant = () => Temporal.Now.instant(),
): DeliveryBeside {
  const waiting = new Map<number, (letters: number) => void>();
  let thread: Worker | null = null;
  let lastId = 0;
  let stopping = false;
  let down = false;
  const told = Promise.withResolvers<void>();
  let over: Promise<void> = Promise.resolve();

  const say = (it: ToDelivery) => thread?.postMessage(it);
  const ended = () => {
    thread = null;
    for (const answer of waiting.values()) answer(0);
    waiting.clear();
  };

  /** Runs one thread after the other until it is told to stop. */
  async function keepRunning(): Promise<void> {
    for (let rest = restSeconds; !stopping; rest = Math.min(rest * 2, mostRestSeconds)) {
      const started = performance.now();
      const worker = new Worker(join(projectFolder(), "dist", "delivery-thread.js"), {
        workerData: settings,
      });
      thread = worker;
      worker.on("error", (error) => log.error({ error: String(error) }, "the delivery thread failed"));
      worker.on("message", (it: FromDelivery) => {
        if (it.say === "sends") {
          down = false;
          log.debug({}, "the delivery thread sends");
        } else {
          waiting.get(it.id)?.(it.letters);
          waiting.delete(it.id);
        }
      });
      await new Promise((resolve) => worker.once("exit", resolve));
      ended();
      if (stopping) return;
      down = true;
      if (performance.now() - started > mostRestSeconds * 1000) rest = restSeconds;
      log.error({ againInSeconds: rest }, "the delivery thread ended, and is started again");
      await Promise.race([pause(rest * 1000, undefined, { ref: false }), told.promise]);
    }
  }

  return {
    start() {
      over = keepRunning();
    },
    async sendDue(until) {
      if (thread === null || stopping) return 0;
      const id = ++lastId;
      const answered = new Promise<number>((resolve) => waiting.set(id, resolve));
      say({ say: "round", id });
      const left = until.epochMilliseconds - now().epochMilliseconds;
      const timer = setTimeout(() => waiting.get(id)?.(0), Math.max(0, left));
      const letters = await answered;
      clearTimeout(timer);
      waiting.delete(id);
      return letters;
    },
    isDown: () => down,
    async sendNotices() {
      say({ say: "wake" });
    },
    async stop() {
      stopping = true;
      told.resolve();
      say({ say: "stop" });
      await over;
    },
  };
}
