// The addresses that must not be mailed, as the publisher keeps them: listed, added, lifted, taken over from other programs.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { audit, auditIfChanged } from "../../accounts/index.ts";
import { fold } from "../../arabic/index.ts";
import { fromMilliseconds } from "../../platform/index.ts";
import type { SettingsTables } from "../../settings/index.ts";
import { parseAddress } from "../address.ts";
import { liftedByOwner, type SuppressionReason } from "../consent.ts";
import { erasedMark, erasureHash } from "../erasure.ts";
import { subscriberAt } from "../preferences/erase.ts";
import type { SubscriberTables } from "../tables.ts";
import { bareCell } from "./cells.ts";
import type { ListFile } from "./csv.ts";
import { layoutOf, rowsOf } from "./layout.ts";
import type { ListDatabase } from "./rows.ts";

/** Reasons that a person may give; who is erased is erased by erasing, not by a word. */
export const givenReasons = ["hard-bounce", "complaint", "unsubscribed", "manual", "imported"] as const;
export type GivenReason = (typeof givenReasons)[number];

/** `address` of somebody erased is `erased:` and a hash. */
export type Suppression = { address: string; reason: SuppressionReason; at: Temporal.Instant };

/** In the order of addresses. @param after the address that the page before ended with; '' at first */
export async function listSuppressions(
  db: Kysely<SubscriberTables>,
  after: string,
  limit: number,
): Promise<Suppression[]> {
  const rows = await db
    .selectFrom("suppressions")
    .selectAll()
    .where("address_key", ">", after)
    .orderBy("address_key")
    .limit(limit)
    .execute();
  return rows.map(({ address_key, reason, at }) => ({
    address: address_key,
    reason,
    at: fromMilliseconds(at),
  }));
}

/** Why an address must not be mailed, and since when; null if it may be. Who was erased is found by the hash of their address. */
export async function suppressionOf(
  db: Kysely<SubscriberTables & SettingsTables>,
  key: string,
): Promise<Omit<Suppression, "address"> | null> {
  const [hash] = await erasureHash(db, [key]);
  const row = await db
    .selectFrom("suppressions")
    .select(["reason", "at"])
    .where("address_key", "in", [key, `${erasedMark}${hash}`])
    .executeTakeFirst();
  return row ? { reason: row.reason, at: fromMilliseconds(row.at) } : null;
}

/** What both doors to this list have. */
type Deps = { database: ListDatabase; actor: string; now: Temporal.Instant };

/**
 * Keeps mail from an address, from the next message that is claimed.
 *
 * @returns false if it was suppressed already for a reason that counts as much
 */
export async function suppress(
  { database: { db, batch }, actor, now }: Deps,
  address: { key: string },
  reason: GivenReason,
): Promise<boolean> {
  const subject = `${await namelessly(db, address.key)} (${reason})`;
  const [added] = await batch([
    suppressing(db, [{ key: address.key, reason }], now),
    auditIfChanged(db, { actor, act: "suppression-add", subject }, now),
  ]);
  return (added?.rows.length ?? 0) > 0;
}

/** Lifts a suppression, whatever its reason. What the person left stays left. @returns false if there was none */
export async function liftSuppression(
  { database: { db, batch }, actor, now }: Deps,
  address: { key: string },
): Promise<boolean> {
  const [hash] = await erasureHash(db, [address.key]);
  const subject = await namelessly(db, address.key);
  const [lifted] = await batch([
    db
      .deleteFrom("suppressions")
      .where("address_key", "in", [address.key, `${erasedMark}${hash}`])
      .compile(),
    auditIfChanged(db, { actor, act: "suppression-remove", subject }, now),
  ]);
  return (lifted?.changes ?? 0) > 0;
}

/** Who is meant, for the audit log: without the address, which the log would keep when the person is erased. */
async function namelessly(db: ListDatabase["db"], key: string): Promise<string> {
  const id = await subscriberAt(db, key);
  return id === null ? `an address at ${key.slice(key.lastIndexOf("@") + 1)}` : `subscriber ${id}`;
}

/**
 * Suppresses addresses, for a batch that does more. A reason that an owner could lift gives way to one that only the publisher can.
 *
 * @param condition in SQL: whether to do it at all
 * @returns a statement that gives a row for each address that it suppressed; D1 counts rows that triggers changed along with them
 */
export function suppressing(
  db: Kysely<SubscriberTables>,
  list: readonly { key: string; reason: Exclude<SuppressionReason, "erased"> }[],
  now: Temporal.Instant,
  condition: RawBuilder<boolean> = sql`1 = 1`,
): CompiledQuery {
  const lifted = sql.join(liftedByOwner.map((reason) => sql`${reason}`));
  return sql`insert into suppressions (address_key, reason, at)
    select j.value ->> 'key', j.value ->> 'reason', ${now.epochMilliseconds} from json_each(${JSON.stringify(list)}) j where ${condition}
    on conflict (address_key) do update set reason = excluded.reason, at = excluded.at
      where suppressions.reason in (${lifted}) and excluded.reason not in (${lifted})
    returning address_key`.compile(db);
}

export type SuppressionCounts = { added: number; known: number; refused: number };

const chunkSize = 1000;

/**
 * Takes over a list of addresses that must not be mailed. Taking it over again changes nothing, so an import that was
 * interrupted is simply run again.
 *
 * @param reason of rows that give none that we know
 */
export async function importSuppressions(
  { database: { db, batch }, actor, now }: Deps,
  file: ListFile,
  reason: GivenReason,
  onProgress: (octets: number, rows: number) => void = () => {},
): Promise<SuppressionCounts> {
  const layout = await layoutOf(file, null);
  const { columns } = layout;
  const counts: SuppressionCounts = { added: 0, known: 0, refused: 0 };
  let [chunk, octets, rows]: [Map<string, GivenReason>, number, number] = [new Map(), 0, 0];
  await batch([audit(db, { actor, act: "suppression-import", subject: file.name }, now)]);
  const flush = async () => {
    const list = [...chunk].map(([key, why]) => ({ key, reason: why }));
    const [stored] = await batch([suppressing(db, list, now)]);
    const added = stored?.rows.length ?? 0;
    counts.added += added;
    counts.known += list.length - added;
    chunk = new Map();
    onProgress(octets, rows);
  };
  const place = columns.get("address") ?? 0;
  const listed = rowsOf(file, layout, (read) => {
    octets = read;
  });
  for await (const { row, cells, holds } of listed) {
    rows = row;
    if (!holds) continue;
    const address = parseAddress(bareCell(cells[place] ?? ""));
    const said = cells[columns.get("reason") ?? columns.get("state") ?? -1] ?? "";
    if (!address.ok) counts.refused++;
    else if (chunk.has(address.key)) counts.known++;
    else chunk.set(address.key, reasonOf(said) ?? reason);
    if (chunk.size === chunkSize) await flush();
  }
  await flush();
  return counts;
}

/** A reason in the words of other programs. */
function reasonOf(word: string): GivenReason | null {
  const said = fold(word).replace(/[_ ]+/g, "-").trim();
  if (/bounce|cleaned|invalid/.test(said)) return "hard-bounce";
  if (/complain|spam|abuse/.test(said)) return "complaint";
  if (/unsub|opt(?:ed)?-out|left/.test(said)) return "unsubscribed";
  return givenReasons.find((reason) => reason === said) ?? null;
}
