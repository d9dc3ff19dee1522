// An export is read by a thread of its own, a stretch ahead of the one that stores: both take as long, and a machine has two
// cores.
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { WxrReader } from "../sources/index.ts";
import { projectFolder } from "./parts.ts";
import { type Answer, type Question, saidIn, stretchOf } from "./wxr-message.ts";

/**
 * Of the thread's own memory: room for some articles of 20 MB, and no more for what is young than a stretch takes (the default
 * takes 50 MB more and saves no time).
 */
const resourceLimits = { maxOldGenerationSizeMb: 400, maxYoungGenerationSizeMb: 24 };

/** Reads an export file in a thread; `close` ends it. */
export function threadedReader(name: string): WxrReader & { close: () => Promise<void> } {
  const thread = new Worker(join(projectFolder(), "dist", "wxr-thread.js"), {
    workerData: name,
    resourceLimits,
  });
  thread.on("error", () => {}); // told to whoever asks
  /** @throws what the thread threw, if it ends without an answer */
  async function ask(question: Question): Promise<Answer> {
    thread.postMessage(question);
    const [answer]: Answer[] = await once(thread, "message");
    if (answer === undefined) throw new Error(`The thread that reads ${name} gave no answer.`);
    return answer;
  }
  return {
    async site() {
      const answer = await ask({ ask: "site" });
      if (answer.kind === "site") return saidIn(answer);
      return { ok: false, why: answer.kind === "no-export" ? answer.why : "It was not read." };
    },
    async *stretches(from) {
      let coming = ask({ ask: "begin", from });
      for (;;) {
        const answer = await coming;
        if (answer.kind !== "stretch") return;
        coming = ask({ ask: "next" });
        coming.catch(() => {}); // thrown where it is waited for, if it still is
        yield stretchOf(answer.stretch);
      }
    },
    close: async () => void (await thread.terminate()),
  };
}
