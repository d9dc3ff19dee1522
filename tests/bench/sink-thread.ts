// A mail server in a thread of its own, so that what it reads keeps no client of the bench waiting; elsewhere it would be another
// machine, and so it takes no turn of a processor that the client wants.
import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { startSink } from "../support/sink.ts";

setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const sink = await startSink();
parentPort?.postMessage({ url: sink.url, taken: 0 });
setInterval(() => parentPort?.postMessage({ url: sink.url, taken: sink.taken.size }), 50);
