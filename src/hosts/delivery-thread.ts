// The thread of nashra serve that sends letters, beside the one that answers requests: with a connection of its own to the database,
// and its own to the relays.
import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { readConfig } from "../config.ts";
import { startDelivering } from "./deliver.ts";
import type { FromDelivery, ToDelivery } from "./delivery-message.ts";

const port = parentPort;
if (port === null) throw new Error("This file is for a thread of nashra serve and does nothing by itself.");
// Whoever asks for a page goes first. On Linux this is about the calling thread, and those that it begins (setpriority(2)).
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const reading = readConfig(workerData);
if (!reading.ok) throw new Error(reading.problems.join("\n"));
const deliverer = await startDelivering(reading.config);
const tell = (it: FromDelivery) => port.postMessage(it);

port.on("message", (asked: ToDelivery) => {
  if (asked.say === "wake") deliverer.wake();
  else if (asked.say === "round")
    void deliverer.round().then((letters) => tell({ say: "tried", id: asked.id, letters }));
  else void deliverer.stop().finally(() => port.close());
});
tell({ say: "sends" });
