// Sign-ins that were refused, for the audit log. Whoever is refused learns nothing by it: it is written behind the reply. However
// many try, the log grows by so many lines a day, and strangers leave room for what is tried with somebody's own link or key.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { sha256 } from "../platform/index.ts";
import type { Tried } from "./limits.ts";
import { stranger } from "./roles.ts";
import type { AccountTables } from "./tables.ts";

type Db = Kysely<AccountTables>;

/** What was refused: a link that was pressed, what a device sent for a passkey, or a network that tried too often. */
export type Refused =
  | { way: "link"; token: string }
  | { way: "passkey"; credential: string | null }
  | { way: "too-often"; of: Tried };

/** From one network the same is told once in so many hours. */
export const sameHours = 1;
/** So many lines in 24 hours: all strangers together, and each person by whose link or key it was tried. */
export const mostRefused = { strangers: 50, person: 20 } as const;

/** The statement that notes it, or does not where enough is known: whose link or key it was stands there, and no address that a stranger typed. */
export async function refusedSignIn(
  db: Db,
  refused: Refused,
  network: string,
  now: Temporal.Instant,
): Promise<CompiledQuery> {
  const same = now.subtract({ hours: sameHours }).epochMilliseconds;
  const day = now.subtract({ hours: 24 }).epochMilliseconds;
  const subject = refused.way === "too-often" ? `${refused.of}, too often` : refused.way;
  const lines = sql`from audit_log l where l.actor = who.actor and l.act = 'sign-in-refused'`;
  return sql`insert into audit_log (at, actor, act, subject, network)
    select ${now.epochMilliseconds}, who.actor, 'sign-in-refused', ${subject}, ${network}
    from (select coalesce((${await ownerOf(refused)}), ${stranger}) as actor) who
    where (select count(*) ${lines} and l.at > ${day})
        < iif(who.actor = ${stranger}, ${mostRefused.strangers}, ${mostRefused.person})
      and not exists (select 1 ${lines} and l.at > ${same} and l.network = ${network} and l.subject = ${subject})`.compile(
    db,
  );
}

/** In SQL: the address of the editor whose link or key it is; none where it is nobody's. */
async function ownerOf(refused: Refused) {
  switch (refused.way) {
    case "link":
      return sql`select e.address from login_links k join editors e on e.id = k.editor_id
        where k.token_hash = ${await sha256(refused.token)}`;
    case "passkey":
      return sql`select e.address from passkeys k join editors e on e.id = k.editor_id
        where k.credential_id = ${refused.credential ?? ""}`;
    case "too-often":
      return sql`select null`;
  }
}
