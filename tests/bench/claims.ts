// How long it takes to claim letters of an issue, and to see where some wait, by how many letters the ledger holds.
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { sql } from "kysely";
import { openDatabase } from "../../src/hosts/sqlite.ts";
import { importBundled } from "../support/bundled.ts";
import { makePaper, type Paper } from "./paper.ts";
import { digits, median, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const migrations = join(import.meta.dirname, "../../migrations");
const slot = "claims";

export async function claiming({ subscribers }: Options): Promise<void> {
  const sizes = [100, 10, 1].map((part) => Math.round(subscribers / part));
  const rows: string[][] = [];
  let smallest: number | null = null;
  for (const size of sizes) {
    const paper = makePaper({ articles: 100, sections: 3, each: 1, characters: 300 });
    addLetters(paper, size);
    const { first, last, places } = await claimTimes(paper, slot);
    smallest ??= first;
    rows.push([size.toLocaleString("en"), ...[first, last, places].map(digits), digits(first / smallest)]);
    paper.remove();
  }
  say("\nForty letters of an issue claimed, and before each claim the groups asked for that have some:");
  table(["letters", "ms a claim", "ten in eleven sent", "ms for the groups", "to the smallest"], rows);
}

/** An issue that is being sent, with so many letters that wait, and half as many again of an earlier one that have left. */
function addLetters({ folder }: Pick<Paper, "folder">, count: number): void {
  const sqlite = new Sqlite(join(folder, "nashra.sqlite"));
  sqlite.exec(
    "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000; pragma foreign_keys = off",
  );
  const now = Date.now();
  const numbers = `with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${count})`;
  const address =
    "'reader-' || i || '@' || case i % 5 when 0 then 'gmail.com' when 1 then 'outlook.com' else 'example.org' end";
  const destination = "case i % 5 when 0 then 'gmail' when 1 then 'microsoft' else 'other' end";
  sqlite.exec(`insert into subscribers (id, address, address_key, state, language, created_at, confirmed_at)
    ${numbers} select i, ${address}, ${address}, 'confirmed', 'ar', ${now}, ${now} from numbers`);
  for (const [id, name, state] of [
    [1, "earlier", "sent"],
    [2, slot, "sending"],
  ] as const) {
    sqlite.exec(`insert into issues (id, digest_id, local_date, slot, state, planned_at, opened_at, candidates)
      values (${id}, 1, '2026-01-01', '${name}', '${state}', ${now}, ${now}, ${count})`);
    const isSent = state === "sent";
    sqlite.exec(`insert into deliveries (issue_id, subscriber_id, sections, language, address, destination, state, tries,
        message_id, reply, due_at, deadline_at, at)
      ${numbers} select ${id}, i, '', 'ar', ${address}, ${destination}, '${isSent ? "accepted" : "queued"}', ${isSent ? 1 : 0},
        ${isSent ? "'<delivery.' || i || '.0123456789abcdef01234567@example.org>', '250 2.0.0 Ok: queued as ' || i" : "null, null"},
        ${now}, ${now + 36_000_000}, ${now} from numbers where ${isSent ? `i <= ${count / 2}` : "1 = 1"}`);
  }
  sqlite.close();
}

/**
 * To claim forty letters of an issue, in milliseconds: while all are there, and when ten in eleven have been sent; and to see which groups
 * have some.
 *
 * @param slot the issue's
 */
export async function claimTimes(
  { folder }: Pick<Paper, "folder">,
  slot: string,
): Promise<{ first: number; last: number; places: number }> {
  const database = await openDatabase(join(folder, "nashra.sqlite"), migrations);
  const { db } = database;
  const issue = await db.selectFrom("issues").select("id").where("slot", "=", slot).executeTakeFirstOrThrow();
  const claims = await importBundled(join(import.meta.dirname, "../../src/delivery/claim.ts"));
  if (!areClaims(claims)) throw new Error("src/delivery/claim.ts has no claimDeliveries any more.");
  const { claimDeliveries, destinationsDue } = claims;
  const later = Temporal.Now.instant().add({ minutes: 30 }); // what the server's own try put off is due again
  const places: number[] = [];
  const taken = async () => {
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      const asked = performance.now();
      await destinationsDue(db, issue.id, later);
      const started = performance.now();
      const claimed = await claimDeliveries(db, issue.id, "other", "bench", 40, later);
      times.push(performance.now() - started);
      places.push(started - asked);
      if (claimed.length !== 40) throw new Error(`${claimed.length} of 40 letters were claimed.`);
      const sent = claimed.map(({ id }) => id);
      await db
        .updateTable("deliveries")
        .set({ state: "accepted", worker: null })
        .where("id", "in", sent)
        .execute();
    }
    return median(times);
  };
  const first = await taken();
  await sql`update deliveries set state = 'accepted' where state = 'queued' and id % 11 > 0`.execute(db);
  const last = await taken();
  await database.close();
  return { first, last, places: median(places) };
}

type Claims = Pick<typeof import("../../src/delivery/claim.ts"), "claimDeliveries" | "destinationsDue">;

const areClaims = (it: unknown): it is Claims =>
  typeof it === "object" &&
  it !== null &&
  "claimDeliveries" in it &&
  typeof it.claimDeliveries === "function" &&
  "destinationsDue" in it;
