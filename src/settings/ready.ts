// Whether this process can do its work, for /readyz: asked by whoever watches over it, every few seconds and from several sides.
import { type Kysely, sql } from "kysely";
import type { Clock, Log } from "../platform/index.ts";
import type { SettingsTables } from "./store.ts";

/** What was found holds so long, however often it is asked. */
const holdsSeconds = 5;

const name = "last-asked-if-ready";

type Deps = {
  db: Kysely<SettingsTables>;
  now: Clock;
  log: Log;
  /** Why the host cannot, beside the database. */
  unfit?: (() => Promise<readonly string[]>) | undefined;
};

/**
 * @param clock milliseconds that only grow
 * @returns gives the reasons why not, in words for whoever runs the machine; none where all is well
 */
export function readiness({ db, now, log, unfit }: Deps, clock = () => performance.now()) {
  const ask = async (): Promise<readonly string[]> => {
    const reasons: string[] = [];
    try {
      await writeProbe(db, now());
    } catch (error) {
      log.error({ error: String(error) }, "the database cannot be written");
      reasons.push("the database does not answer, or cannot be written");
    }
    return [...reasons, ...((await unfit?.()) ?? [])];
  };
  let known: { at: number; reasons: readonly string[] } | null = null;
  return async (): Promise<readonly string[]> => {
    const at = clock();
    if (known === null || at - known.at >= holdsSeconds * 1000) known = { at, reasons: await ask() };
    return known.reasons;
  };
}

/** A row that is always the same: only a write tells whether one can write. @throws what the database says, such as that the disk is full */
async function writeProbe(db: Kysely<SettingsTables>, now: Temporal.Instant): Promise<void> {
  await sql`insert into settings (name, value, changed_at) values (${name}, 'true', ${now.epochMilliseconds})
    on conflict (name) do update set changed_at = excluded.changed_at`.execute(db);
}
