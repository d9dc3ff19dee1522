// A mail server in a thread of its own, so that what it reads keeps no client of the bench waiting.
import { parentPort } from "node:worker_threads";
import { startSink } from "../support/sink.ts";

const sink = await startSink();
parentPort?.postMessage({ url: sink.url, taken: 0 });
setInterval(() => parentPort?.postMessage({ url: sink.url, taken: sink.taken.size }), 50);
