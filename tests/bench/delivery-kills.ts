// kill -9 at random moments while an issue is sent: what the ledger says against what the mail server got.
import { join } from "node:path";
import { importBundled } from "../support/bundled.ts";
import { killAgainAndAgain } from "../support/kills.ts";
import { digits, say, table } from "./report.ts";
import type { Options } from "./run.ts";

export async function kills({ recipients, kills }: Options): Promise<void> {
  const it = await importBundled(join(import.meta.dirname, "delivery-kills-main.ts"));
  if (!isPreparation(it)) throw new Error("tests/bench/delivery-kills-main.ts has no prepareIssue any more.");
  const toll = await killAgainAndAgain(
    { kills, spread: 1500, connections: 10, processes: 2, answersAfter: 40 },
    (env) => it.prepareIssue(env, recipients),
    say,
  );
  table(
    ["", "letters"],
    [
      ["recipients", toll.recipients],
      ["not booked as accepted at the end", toll.open],
      ["of whom the server has nothing", toll.lost],
      ["that the server has twice", toll.doubles],
      ["of those, not named in the ledger", toll.unnamed],
      ["named as in doubt, all in all", toll.inDoubt],
      ["at most, by one a connection and kill", toll.kills * toll.connections],
    ].map(([name, count]) => [String(name), Number(count).toLocaleString("en")]),
  );
  say(
    `${toll.kills} kills in ${digits(toll.seconds)} s, of one of two processes with ${toll.connections} connections each. Database: ${toll.integrity}.`,
  );
}

type Prepare = (env: Record<string, string>, recipients: number) => Promise<void>;

export const isPreparation = (it: unknown): it is { prepareIssue: Prepare } =>
  typeof it === "object" && it !== null && "prepareIssue" in it && typeof it.prepareIssue === "function";
