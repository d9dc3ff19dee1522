// What monitoring asks of the mail and the house. What each costs does not grow with the store: tables of a few rows, and counts that end.
import { type Kysely, sql } from "kysely";
import { letterCounts } from "./delivery/index.ts";
import { issuesUnderWay } from "./digests/index.ts";
import type { HouseFigures } from "./readership/index.ts";
import { heldSince, lastBackup } from "./settings/index.ts";
import { listSources } from "./sources/index.ts";
import type { AllTables } from "./tables.ts";

export async function houseFigures(db: Kysely<AllTables>, now: Temporal.Instant): Promise<HouseFigures> {
  const underWay = await issuesUnderWay(db);
  const backup = await lastBackup(db);
  const secondsSince = (at: Temporal.Instant) =>
    Math.max(0, Math.round((now.epochMilliseconds - at.epochMilliseconds) / 1000));
  const waits = underWay.flatMap(({ state, paused, plannedAt }) =>
    state === "sending" && paused === null ? [secondsSince(plannedAt)] : [],
  );
  const { rows } = await sql<{
    notices: number;
    noticeDue: number | null;
    hooks: number;
    failing: number;
    workers: number;
    beats: number;
  }>`select
    (select count(*) from (select 1 from notices
      where state in ('queued', 'claimed', 'sending', 'deferred', 'in_doubt') limit 1000)) as notices,
    (select min(due_at) from (select (select min(n.due_at) from notices n where n.state = j.value) as due_at
      from json_each('["queued","deferred","in_doubt"]') j)) as noticeDue,
    (select count(*) from (select 1 from webhook_calls where state = 'waiting' and expires_at > 0 limit 10000)) as hooks,
    (select count(*) from webhook_endpoints where failing_since is not null) as failing,
    (select count(*) from delivery_workers) as workers,
    (select coalesce(sum(beats), 0) from delivery_workers) as beats`.execute(db);
  const [row] = rows;
  const noticeDue = row?.noticeDue ?? null;
  return {
    gauges: {
      nashra_issues_under_way: underWay.length,
      nashra_issues_paused: underWay.filter(({ paused }) => paused !== null).length,
      nashra_mail_oldest_waiting_seconds: Math.max(0, ...waits),
      nashra_mail_held: (await heldSince(db)) === null ? 0 : 1,
      nashra_notices_waiting: row?.notices ?? null,
      nashra_notices_oldest_due_seconds:
        noticeDue === null ? 0 : Math.max(0, Math.round((now.epochMilliseconds - noticeDue) / 1000)),
      nashra_delivery_workers: row?.workers ?? null,
      nashra_delivery_beats: row?.beats ?? null,
      nashra_webhooks_waiting: row?.hooks ?? null,
      nashra_webhooks_failing: row?.failing ?? null,
      nashra_backup_age_seconds: backup === null ? null : secondsSince(backup.at),
    },
    letters: await letterCounts(db),
    sources: (await listSources(db)).flatMap(({ slug, failures, pausedAt }) =>
      pausedAt === null ? [{ source: slug, failures }] : [],
    ),
  };
}
