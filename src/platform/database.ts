// The database as the core sees it: Kysely for single statements, and one atomic write that both hosts have.
import type { CompiledQuery, Kysely } from "kysely";

/** What one statement of a batch did: the rows it returned (if it has `returning`), and how many it changed. */
export type StatementResult = { rows: readonly unknown[]; changes: number };

/**
 * Runs statements in order, all or none. On better-sqlite3 in one transaction, on D1 by `batch()`; neither has a
 * transaction that the core could hold open between statements, so nothing read in a batch can steer it, except in SQL.
 */
export type Batch = (statements: readonly CompiledQuery[]) => Promise<StatementResult[]>;

/**
 * Tables of a part, and the batch. A part asks for its own tables only, so naming another's does not compile.
 * `db` never opens a transaction and never streams: both would block every other query of the process.
 */
export type Database<Tables> = { db: Kysely<Tables>; batch: Batch };
