// Workers and their signs of life, so that the letters of one that died are soon somebody else's.
import { CompiledQuery, type Kysely, sql } from "kysely";
import { type Database, randomToken } from "../platform/index.ts";
import { type Commit, groupCommit } from "./commit.ts";
import type { DeliveryTables } from "./ledger.ts";

/** How often a worker beats, and how long others wait in vain before they take it for dead. */
export type Pulse = { beatSeconds: number; silentSeconds: number };
export const usualPulse: Pulse = { beatSeconds: 5, silentSeconds: 40 };

/** What workers have beaten so far: their names, and how often. */
type Beats = readonly { name: string; beats: number }[];

/** Who of these has fallen silent. Asked again and again, with all that there are. */
export type Watch = (workers: Beats) => string[];

/**
 * Watches workers with eyes of its own: silent is who was not seen to beat for so long on this process's stopwatch. No clock that
 * can be set, and none of another machine, has a say in it.
 *
 * @param elapsed milliseconds since whenever
 */
export function watchWorkers(
  { silentSeconds }: Pick<Pulse, "silentSeconds">,
  elapsed: () => number = () => performance.now(),
): Watch {
  let seen = new Map<string, { beats: number; since: number }>();
  return (workers) => {
    const now = elapsed();
    seen = new Map(
      workers.map(({ name, beats }) => {
        const before = seen.get(name);
        return [name, before?.beats === beats ? before : { beats, since: now }];
      }),
    );
    return [...seen].flatMap(([name, { since }]) => (now - since >= silentSeconds * 1000 ? name : []));
  };
}

export const allWorkers = async (db: Kysely<DeliveryTables>): Promise<Beats> =>
  db.selectFrom("delivery_workers").select(["name", "beats"]).execute();

/** A sign of life. */
const beat = (worker: string): CompiledQuery =>
  CompiledQuery.raw(
    `insert into delivery_workers (name, beats) values (?, 1)
      on conflict (name) do update set beats = beats + 1`,
    [worker],
  );

/** Forgets those of these workers who hold nothing any more. */
export const forgetWorkers = (db: Kysely<DeliveryTables>, names: readonly string[]): CompiledQuery =>
  sql`delete from delivery_workers where name in (select value from json_each(${JSON.stringify(names)}))
    and not exists (select 1 from deliveries d where d.worker = delivery_workers.name)
    and not exists (select 1 from notices n where n.worker = delivery_workers.name)`.compile(db);

/** One run of a worker: the name that its claims have, and how it writes. */
export type Run = {
  worker: string;
  commit: Commit;
  /** Says that it lives; before its first claim. */
  begin: () => Promise<void>;
};

/** Works under a new name, and beats until that is over. Who finds nothing to do writes nothing. */
export async function asWorker<Result>(
  { database, pulse }: { database: Database<DeliveryTables>; pulse: Pulse },
  work: (run: Run) => Promise<Result>,
): Promise<Result> {
  const worker = randomToken();
  let beating: ReturnType<typeof setInterval> | undefined;
  let beaten: Promise<unknown> | null = null; // a beat on its way; one at a time, on a database that takes long
  const begin = async () => {
    await database.batch([beat(worker)]);
    beating ??= setInterval(() => {
      // Where a beat cannot be written, nothing else can be either, and whoever tries says so.
      beaten ??= database
        .batch([beat(worker)])
        .catch(() => {})
        .finally(() => {
          beaten = null;
        });
    }, pulse.beatSeconds * 1000);
  };
  try {
    return await work({ worker, commit: groupCommit(database), begin });
  } finally {
    clearInterval(beating);
    await beaten; // one that came after would be the name of nobody
    if (beating) await database.batch([forgetWorkers(database.db, [worker])]);
  }
}
