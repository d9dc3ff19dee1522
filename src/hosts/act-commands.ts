// nashra issue approve, cancel, rebuild, pause, resume: what an editor does with an issue as a whole.
import type { Command } from "commander";
import { auditIfChanged } from "../accounts/index.ts";
import { beginHealthAnew, releaseClaimed, withdrawClaimed } from "../delivery/index.ts";
import {
  type ActDeps,
  type Acting,
  approveIssue,
  cancelIssue,
  type IssueId,
  longestReason,
  mostMinutes,
  pauseByHand,
  rebuildIssue,
  resumeByHand,
} from "../digests/index.ts";
import type { Nashra } from "./node.ts";
import { Refusal, say, WrongUsage } from "./output.ts";

type Tools = {
  add: (parent: Command, usage: string, about: string) => Command;
  withNashra: <Result>(work: (nashra: Nashra) => Promise<Result>) => Promise<Result>;
  count: (text: string) => number;
};

const actor = "command line";

/** Adds the commands to `nashra issue`. */
export function actCommands(issue: Command, { add, withNashra, count }: Tools): void {
  add(issue, "approve <issue>", "let an issue that waits be sent when its time has come")
    .requiredOption("--revision <n>", "the one you looked at; nashra issue preview tells it", count)
    .action((name: string, { revision }: { revision: number }) =>
      withNashra(async (it) => told(name, await approveIssue(actingIn(it), name, revision, actor))),
    );
  add(issue, "cancel <issue>", "call an issue off; of one that is being sent, withdraw what has not left")
    .requiredOption("--reason <text>", "why; it stays with the issue")
    .action((name: string, { reason }: { reason: string }) => {
      const why = reason.trim();
      if (why === "" || why.length > longestReason)
        throw new WrongUsage("Say why, in 500 characters at most.");
      return withNashra(async (it) => {
        const acting = {
          ...actingIn(it),
          withdrawClaimed: ({ id }: { id: IssueId }, now: Temporal.Instant) =>
            withdrawClaimed(it.database.db, id, now),
        };
        told(name, await cancelIssue(acting, name, why, actor));
      });
    });
  add(issue, "pause <issue>", "nothing of it leaves until it is resumed; its letters do not expire meanwhile")
    .option("--reason <text>", "why, for whoever finds it paused", "")
    .action((name: string, { reason }: { reason: string }) => {
      const why = reason.trim();
      if (why.length > longestReason) throw new WrongUsage("Say why in 500 characters at most.");
      return withNashra(async (it) => {
        const pausing = {
          ...actingIn(it),
          releaseClaimed: ({ id }: { id: IssueId }, now: Temporal.Instant) =>
            releaseClaimed(it.database.db, id, now),
        };
        told(name, await pauseByHand(pausing, name, why, actor));
      });
    });
  add(issue, "resume <issue>", "let a paused issue go on; past its deadline only with --minutes")
    .option("--minutes <n>", "for how long its letters may leave from now, whatever their deadline", count)
    .action((name: string, { minutes }: { minutes?: number }) => {
      if (minutes !== undefined && minutes > mostMinutes)
        throw new WrongUsage(`Give ${mostMinutes} minutes, which is a week, at most.`);
      return withNashra(async (it) => {
        const resuming = {
          ...actingIn(it),
          forgetHealth: ({ id }: { id: IssueId }) => beginHealthAnew(it.database.db, id),
        };
        told(name, await resumeByHand(resuming, name, minutes ?? null, actor));
      });
    });
  add(issue, "rebuild <issue>", "build an issue anew from what is published now").action((name: string) =>
    withNashra(async (it) => told(name, await rebuildIssue(actingIn(it), name, actor))),
  );
}

const actingIn = ({ database, now }: Nashra): ActDeps => ({
  database,
  now,
  audit: (entry, at) => auditIfChanged(database.db, entry, at),
});

function told(name: string, result: Acting): void {
  if (result.kind !== "done") throw new Refusal(result.why);
  const { state, reason, approvedBy, plannedAt, revision, paused } = result.issue;
  if (paused) {
    say(`${name} is ${state} and paused: nothing of it leaves until "nashra issue resume ${name}".`);
    return;
  }
  const then: Partial<Record<typeof state, string>> = {
    opened: "is built anew by the next tick",
    built: `${approvedBy === null ? "stands" : `is approved by ${approvedBy}`}, in revision ${revision}; it goes out at ${plannedAt}, or with the next tick`,
    cancelling: "is being called off: the next tick withdraws what has not left",
    cancelled: `is called off: ${reason}`,
    sending: "goes on with the next tick",
  };
  say(`${name} ${then[state] ?? `is ${state}`}.`);
}
