// The thread that reads an export: cuts it into articles and cleans their texts while the main thread stores those before.
import { createReadStream } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { type WxrStretch, wxrReader } from "../sources/index.ts";
import { type Answer, plainSite, plainStretch, type Question } from "./wxr-message.ts";

const port = parentPort;
if (port === null) throw new Error("This file is for a thread of nashra import and does nothing by itself.");
const name = String(workerData);
const reader = wxrReader((from) => createReadStream(name, { start: from, highWaterMark: 1_000_000 }));
let stretches: AsyncIterator<WxrStretch> | null = null;

port.on("message", (question: Question) => {
  answer(question).then(
    (it) => port.postMessage(it),
    (error: unknown) => {
      setImmediate(() => {
        throw error; // the main thread is told by the end of this one
      });
    },
  );
});

async function answer(question: Question): Promise<Answer> {
  if (question.ask === "site") {
    const reading = await reader.site();
    return reading.ok ? plainSite(reading) : { kind: "no-export", why: reading.why };
  }
  if (question.ask === "begin") stretches = reader.stretches(question.from)[Symbol.asyncIterator]();
  const next = await stretches?.next();
  return next && !next.done ? plainStretch(next.value) : { kind: "end" };
}
