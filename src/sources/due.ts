// Sources whose time has come, or that told of something, are run, a few at once.
import type { SourceDeps } from "./deps.ts";
import { runSource } from "./run.ts";
import { toldSources } from "./store/hints.ts";
import { dueSources } from "./store/runs.ts";

/** So many sources are asked at once: they wait for the network, not for us. */
const atOnce = 4;

/** Runs the sources that are due, each as long as there is time. @returns how many articles came in or changed */
export async function runDueSources(
  deps: SourceDeps,
  until: Temporal.Instant,
  stop?: AbortSignal,
): Promise<number> {
  const { db } = deps.database;
  const rounds = await dueSources(db, deps.now(), mostDue); // a round begins with what the source told of
  const told = (await toldSources(db, deps.now(), mostDue)).filter((id) => !rounds.includes(id));
  const due = [
    ...told.map((id) => ({ id, hintsOnly: true })),
    ...rounds.map((id) => ({ id, hintsOnly: false })),
  ];
  let changed = 0;
  const run = async () => {
    for (let it = due.shift(); it !== undefined; it = due.shift()) {
      if (stop?.aborted || Temporal.Instant.compare(deps.now(), until) >= 0) return;
      const report = await runSource(deps, it.id, { until, stop, hintsOnly: it.hintsOnly });
      changed += report ? report.created + report.revised + report.retracted : 0;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, run));
  return changed;
}

/** A paper has dozens of sources; more than this are for the next tick. */
const mostDue = 100;
