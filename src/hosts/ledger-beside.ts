// The database of the thread that sends letters: it reads for itself, and a thread of its own writes. While one commit is on its way to
// the disk letters are composed and replies are read, and all that is to be written by then goes into the next.
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import Sqlite from "better-sqlite3";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { AllTables } from "../tables.ts";
import type { FromLedger, Refused, ToLedger } from "./ledger-message.ts";
import { projectFolder } from "./parts.ts";
import { connect, keptStatements, mostStatements, type OpenDatabase } from "./sqlite.ts";
import { withoutTransactions } from "./without-transactions.ts";

/** What one statement did. */
type Written<Row> = { rows: Row[]; changes: number };
type Statement = Pick<CompiledQuery, "sql" | "parameters">;

/**
 * Opens a database that is up to date. Whatever writes goes to the thread, in the order in which it was asked for, and is on the disk when
 * it is answered; so nothing here waits for the lock of another process either.
 */
export function openBeside(file: string): OpenDatabase {
  const ledger = ledgerThread(file);
  const sqlite = connect(file);
  const prepare = keptStatements(sqlite);
  const connection: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery) {
      const statement = prepare(query.sql);
      if (statement.readonly) return { rows: statement.all(...query.parameters) };
      const [written] = await ledger.write<Row>([query]);
      return { rows: written?.rows ?? [], numAffectedRows: BigInt(written?.changes ?? 0) };
    },
    streamQuery() {
      throw new Error("Nothing is streamed while letters are sent. Read many rows in keyset pages.");
    },
  };
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => withoutTransactions(connection),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  const db = new Kysely<AllTables>({ dialect });
  return {
    db,
    batch: (statements) => ledger.write<unknown>(statements),
    async close() {
      await ledger.close();
      await db.destroy();
      sqlite.close();
    },
  };
}

/** Of the thread's own memory, without SQLite's: it holds a commit of two hundred letters, or a claim of some hundred. */
const resourceLimits = { maxOldGenerationSizeMb: 200, maxYoungGenerationSizeMb: 8 };

/** A thread that writes; begun when there is something to write, and anew after it failed. */
function ledgerThread(file: string) {
  type Waiting = { resolve: (written: Written<never>[]) => void; reject: (error: Error) => void };
  type Thread = {
    worker: Worker;
    over: Promise<void>;
    known: Map<string, number>;
    waiting: Map<number, Waiting>;
  };
  let thread: Thread | null = null;
  let lastId = 0;

  function begin(): Thread {
    const worker = new Worker(join(projectFolder(), "dist", "ledger-thread.js"), {
      workerData: file,
      resourceLimits,
    });
    const waiting: Thread["waiting"] = new Map();
    let why = "the thread that writes the ledger ended";
    worker.on("message", (it: FromLedger) => {
      const asked = waiting.get(it.id);
      waiting.delete(it.id);
      if (it.refused) asked?.reject(errorOf(it.refused));
      else asked?.resolve(writtenIn(it));
    });
    worker.on("error", (error) => {
      why = `the thread that writes the ledger failed: ${error instanceof Error ? error.message : String(error)}`;
    });
    const over = new Promise<void>((resolve) =>
      worker.once("exit", () => {
        if (thread?.worker === worker) thread = null;
        for (const { reject } of waiting.values()) reject(new Error(why)); // as for a letter that is not written down
        resolve();
      }),
    );
    return { worker, over, known: new Map(), waiting };
  }

  return {
    write<Row>(statements: readonly Statement[]): Promise<Written<Row>[]> {
      thread ??= begin();
      const { worker, known, waiting } = thread;
      const id = ++lastId;
      if (known.size > mostStatements) known.clear();
      const anew = known.size === 0;
      const message: ToLedger = { say: "write", id, learn: [], anew, statements: [], values: [] };
      for (const { sql, parameters } of statements) {
        const number = known.get(sql) ?? known.size;
        if (number === known.size) {
          known.set(sql, number);
          message.learn.push({ sql, takes: parameters.length });
        }
        message.statements.push(number);
        message.values.push(...parameters);
      }
      try {
        worker.postMessage(message);
      } catch (error) {
        known.clear(); // it learned nothing of this
        return Promise.reject(error);
      }
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    /** Ends when all that was asked for is written. */
    async close() {
      const last = thread;
      const bye: ToLedger = { say: "close" };
      last?.worker.postMessage(bye);
      await last?.over;
    },
  };
}

const errorOf = ({ message, code }: Refused): Error =>
  code === null ? new Error(message) : new Sqlite.SqliteError(message, code);

function writtenIn({ changes, rows }: Extract<FromLedger, { changes: number[] }>): Written<never>[] {
  const written = changes.map((count): Written<never> => ({ rows: [], changes: count }));
  for (const it of rows) written[it.of] = { rows: it.rows, changes: it.rows.length };
  return written;
}
