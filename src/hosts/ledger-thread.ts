// The thread that writes for the one that sends letters: it alone waits for the disk.
import { parentPort, workerData } from "node:worker_threads";
import type { FromLedger, ToLedger } from "./ledger-message.ts";
import { batchOf, connect, keptStatements } from "./sqlite.ts";

const port = parentPort;
if (port === null) throw new Error("This file is for a thread of Nashra and does nothing by itself.");
const sqlite = connect(String(workerData));
const run = batchOf(sqlite, keptStatements(sqlite));
let known: { sql: string; takes: number }[] = [];

port.on("message", (asked: ToLedger) => {
  if (asked.say === "close") {
    sqlite.close();
    port.close();
    return;
  }
  if (asked.anew) known = [];
  known.push(...asked.learn);
  port.postMessage(write(asked));
});

function write({ id, statements, values }: Extract<ToLedger, { say: "write" }>): FromLedger {
  let from = 0;
  const batch = statements.map((number) => {
    const { sql = "", takes = 0 } = known[number] ?? {};
    const parameters = values.slice(from, from + takes);
    from += takes;
    return { sql, parameters };
  });
  try {
    const results = run(batch);
    return {
      id,
      changes: results.map(({ changes }) => changes),
      rows: results.flatMap(({ rows }, of) => (rows.length > 0 ? { of, rows } : [])),
    };
  } catch (error) {
    const { message, code } = Object(error);
    return { id, refused: { message: String(message), code: typeof code === "string" ? code : null } };
  }
}
