// What a run of a source is given.
import type { CompiledQuery } from "kysely";
import type { ArticleId, ArticleInput, Outcome, Prepared } from "../articles/index.ts";
import type { Batch, Clock, Database, GuardedCall, GuardedGet, Log } from "../platform/index.ts";
import type { Category } from "./item.ts";
import type { Pull } from "./pull.ts";
import type { SourceKind } from "./source.ts";
import type { SourceDatabase } from "./tables.ts";

export type SourceDeps = {
  database: Database<SourceDatabase>;
  get: GuardedGet;
  /** Asks hubs of feeds. */
  call: GuardedCall;
  site: URL;
  now: Clock;
  log: Log;
  /** What publishes, all that it writes going through this batch. */
  publisher: (batch: Batch) => Publisher;
  /** How each kind of source is read; a file is not asked. */
  pulls: Record<Exclude<SourceKind, "file">, Pull>;
  isCatchAll: (category: Category) => boolean;
};

export type Publisher = {
  /** Stores articles of an origin and says what became of each, in their order; the texts of `prepared` are clean already. */
  publishAll: (
    origin: string,
    inputs: readonly ArticleInput[],
    prepared: ReadonlyMap<ArticleInput, Prepared>,
  ) => Promise<readonly Outcome[]>;
  /** Retracts an article; `also` is written in the same batch, and told whether it stood until then. */
  retract: (
    id: ArticleId,
    reason: string,
    also: (stood: boolean) => readonly CompiledQuery[],
  ) => Promise<unknown>;
  /** Puts back what was retracted. */
  reinstate: (id: ArticleId) => Promise<unknown>;
};
