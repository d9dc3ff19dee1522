// What monitoring asks of the mail and the house. What each costs does not grow with the store: tables of a few rows, and counts that end.
import { type Kysely, sql } from "kysely";
import type { AllTables } from "./app.tsx";
import { issuesUnderWay } from "./digests/index.ts";
import type { HouseGauge } from "./readership/index.ts";
import { heldSince, lastBackup } from "./settings/index.ts";

export async function houseFigures(
  db: Kysely<AllTables>,
  now: Temporal.Instant,
): Promise<Record<HouseGauge, number | null>> {
  const underWay = await issuesUnderWay(db);
  const backup = await lastBackup(db);
  const secondsSince = (at: Temporal.Instant) =>
    Math.max(0, Math.round((now.epochMilliseconds - at.epochMilliseconds) / 1000));
  const waits = underWay.flatMap(({ state, paused, plannedAt }) =>
    state === "sending" && paused === null ? [secondsSince(plannedAt)] : [],
  );
  const { rows } = await sql<{ notices: number; hooks: number; failing: number }>`select
    (select count(*) from (select 1 from notices
      where state in ('queued', 'claimed', 'sending', 'deferred', 'in_doubt') limit 1000)) as notices,
    (select count(*) from (select 1 from webhook_calls where state = 'waiting' limit 10000)) as hooks,
    (select count(*) from webhook_endpoints where failing_since is not null) as failing`.execute(db);
  return {
    nashra_issues_under_way: underWay.length,
    nashra_issues_paused: underWay.filter(({ paused }) => paused !== null).length,
    nashra_mail_oldest_waiting_seconds: Math.max(0, ...waits),
    nashra_mail_held: (await heldSince(db)) === null ? 0 : 1,
    nashra_notices_waiting: rows[0]?.notices ?? null,
    nashra_webhooks_waiting: rows[0]?.hooks ?? null,
    nashra_webhooks_failing: rows[0]?.failing ?? null,
    nashra_backup_age_seconds: backup === null ? null : secondsSince(backup.at),
  };
}
