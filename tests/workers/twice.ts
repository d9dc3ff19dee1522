// The Worker, in front of which a queue delivers every message twice at once, and then all of them again.
import worker from "../../src/hosts/worker.ts";

type Env = Parameters<typeof worker.queue>[1];
type Twice = { messages: readonly { timestamp: Date; attempts: number }[]; retryAll(): void };

export default {
  fetch: worker.fetch,
  scheduled: worker.scheduled,
  async queue(batch: Twice, env: Env): Promise<void> {
    await Promise.all([worker.queue(batch, env), worker.queue(batch, env)]);
    if (batch.messages.some(({ attempts }) => attempts === 1)) batch.retryAll();
    // biome-ignore lint/suspicious/noConsole: the test counts turns by the log
    console.log({ msg: "turn over", attempts: batch.messages[0]?.attempts });
  },
};
