// Cloudflare D1 behind Kysely: SQLite's dialect with a driver of ours, and the batch.
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Database } from "../platform/index.ts";

/** A D1 binding, as far as we use it. */
export type D1 = {
  prepare(sql: string): D1Statement;
  batch<Row>(statements: D1Statement[]): Promise<D1Result<Row>[]>;
};
export type D1Statement = {
  bind(...values: unknown[]): D1Statement;
  all<Row>(): Promise<D1Result<Row>>;
};
export type D1Result<Row> = { results: Row[]; meta: { changes: number; last_row_id: number } };

/**
 * The database of a Worker. Its tables are made by `wrangler d1 migrations apply`, never from inside.
 *
 * Two things differ from SQLite on Node. A number of changes counts rows that a foreign key deleted along, as SQLite's
 * total_changes() does. And D1 refuses what SQLite would take: bigints, `undefined`, more than 100 parameters.
 */
export function openD1<Tables>(d1: D1): Database<Tables> {
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driverOf(d1),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return {
    db: new Kysely<Tables>({ dialect }),
    async batch(statements) {
      if (statements.length === 0) return []; // which D1 takes for an error
      const results = await d1.batch(statements.map((statement) => bound(d1, statement)));
      return results.map(({ results: rows, meta }) => ({ rows, changes: rows.length || meta.changes }));
    },
  };
}

const bound = (d1: D1, { sql, parameters }: CompiledQuery) => d1.prepare(sql).bind(...parameters);

/** D1 has no connection to hold: each statement is a request of its own, and the pool is Cloudflare's. */
function driverOf(d1: D1): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery) {
      const { results, meta } = await bound(d1, query).all<Row>();
      if (results.length > 0) return { rows: results };
      return { rows: [], insertId: BigInt(meta.last_row_id), numAffectedRows: BigInt(meta.changes) };
    },
    streamQuery() {
      throw new Error("D1 gives all rows at once. Read many rows in keyset pages.");
    },
  };
  const noTransaction = async () => {
    throw new Error("D1 has no transaction that could be held open. Run what belongs together as a batch.");
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: noTransaction,
    commitTransaction: noTransaction,
    rollbackTransaction: noTransaction,
    destroy: async () => {},
  };
}

/** The same database, which says when this many queries have been made. */
export function withBudget(d1: D1, queries: number, onSpent: () => void): D1 {
  let left = queries;
  return {
    prepare(sql) {
      left -= 1;
      if (left === 0) onSpent();
      return d1.prepare(sql);
    },
    batch: (statements) => d1.batch(statements),
  };
}
