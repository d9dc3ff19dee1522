// The SQL that takes over a chunk of a list: all of it or nothing, and the cursor with it.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { fromMilliseconds } from "../../platform/index.ts";
import type { ImportId, Outcome, SubscriberTables } from "../tables.ts";
import type { ListedPerson } from "./row.ts";

/** `erasedKey`: how the address would stand among the suppressions if it was erased; null where none was. */
export type ChunkRow = { row: number } & (
  | { person: ListedPerson; erasedKey: string | null }
  | { outcome: "refused" | "duplicate" }
);

type Chunk = {
  id: ImportId;
  /** Rows of the list before this chunk, and with it. */
  from: number;
  to: number;
  rows: readonly ChunkRow[];
  /** What the publisher says of the whole list. */
  consent: string;
  sample: boolean;
  now: Temporal.Instant;
};

/** What becomes of each person of a list `j`; null for one who gets a digest. `id`: of the import, for duplicates in the list. */
const outcomeOf = (id: ImportId | null) => sql`
  case
    when x.reason is not null then 'suppressed-' || x.reason
    when exists (select 1 from suppressions e where e.address_key = j.value ->> 3) then 'erased'
    when u.id is null then null
    when u.state not in ('pending', 'confirmed') then 'left'
    when exists (select 1 from json_each(j.value -> 6) w where not exists (select 1 from subscriptions s
      where s.digest_id = w.value and s.subscriber_id = u.id and s.state <> 'pending')) then null
    when exists (select 1 from consents c where c.subscriber_id = u.id and c.act = 'imported'
      and c.proof ->> 'import' = ${id}) then 'duplicate'
    when exists (select 1 from json_each(j.value -> 6) w, subscriptions s
      where s.digest_id = w.value and s.subscriber_id = u.id and s.state in ('active', 'paused')) then 'known'
    else 'left'
  end`;

const judged = (people: string, id: ImportId | null) => sql`
  select j.value ->> 0 as row, ${outcomeOf(id)} as outcome from json_each(${people}) j
  left join suppressions x on x.address_key = j.value ->> 1
  left join subscribers u on u.address_key = j.value ->> 1`;

/** The statements of one chunk, a batch. The last one counts 1 change, or 0 where another process had stored it before. */
export function chunkStatements(db: Kysely<SubscriberTables>, chunk: Chunk): CompiledQuery[] {
  const { id, from, to, rows } = chunk;
  const ms = chunk.now.epochMilliseconds;
  const listed = rows.flatMap((it) => ("person" in it ? [it] : []));
  const people = JSON.stringify(listed.map(({ row, person, erasedKey }) => personOf(row, person, erasedKey)));
  const wants = JSON.stringify(
    listed.flatMap(({ row, person }) =>
      person.wanted.map((it) => [
        row,
        person.key,
        it.digest,
        it.sections,
        it.frequency,
        it.slots,
        it.state,
        it.until,
        it.breaking,
      ]),
    ),
  );
  const proofs = JSON.stringify(
    listed.flatMap(({ row, person }) => {
      const proof = proofOf(person, chunk);
      return person.wanted.map(({ digest }) => [row, person.key, digest, proof]);
    }),
  );
  const problems = JSON.stringify(rows.flatMap((it) => ("outcome" in it ? [[it.row, it.outcome]] : [])));
  const ours = sql`exists (select 1 from imports i where i.id = ${id} and i.rows = ${from} and i.state = 'running')`;
  // Of the people of this chunk, those who were not judged otherwise in the first statement.
  const adds = (row: RawBuilder<unknown>) =>
    sql`not exists (select 1 from import_rows r where r.import_id = ${id} and r.row = ${row})`;
  const gains = (list: string) => sql`
    from json_each(${list}) w cross join subscribers u on u.address_key = w.value ->> 1
    where ${ours} and ${adds(sql`w.value ->> 0`)} and not exists (select 1 from subscriptions s
      where s.digest_id = w.value ->> 2 and s.subscriber_id = u.id and s.state <> 'pending')`;
  return [
    sql`insert into import_rows (import_id, row, outcome)
      select ${id}, row, outcome from (${judged(people, id)}) where outcome is not null and ${ours}
      union all select ${id}, j.value ->> 0, j.value ->> 1 from json_each(${problems}) j where ${ours}`.compile(
      db,
    ),
    sql`insert into subscribers (address, address_key, state, language, created_at, confirmed_at, sample, source, import_id)
      select j.value ->> 2, j.value ->> 1, 'confirmed', j.value ->> 4, ${ms},
        coalesce(j.value ->> 5, ${ms}), ${chunk.sample ? 1 : 0}, ${chunk.sample ? "sample" : "import"}, ${id}
      from json_each(${people}) j where ${ours} and ${adds(sql`j.value ->> 0`)}
      on conflict (address_key) do nothing`.compile(db),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select u.id, ${ms}, 'imported', w.value ->> 2, w.value ->> 3 ${gains(proofs)}`.compile(db),
    sql`update subscribers set state = 'confirmed', confirmed_at = ${ms}
      where state = 'pending' and ${ours} and id in (select u.id from json_each(${people}) j
        cross join subscribers u on u.address_key = j.value ->> 1 where ${adds(sql`j.value ->> 0`)})`.compile(
      db,
    ),
    sql`insert into subscriptions
        (subscriber_id, digest_id, state, sections, frequency, slots, paused_until, breaking, since)
      select u.id, w.value ->> 2, w.value ->> 6, w.value ->> 3, w.value ->> 4, w.value ->> 5, w.value ->> 7, w.value ->> 8, ${ms}
      ${gains(wants)}
      on conflict (digest_id, subscriber_id) do update set state = excluded.state, sections = excluded.sections,
        frequency = excluded.frequency, slots = excluded.slots, paused_until = excluded.paused_until,
        breaking = excluded.breaking, since = excluded.since`.compile(db),
    sql`update imports set rows = ${to}, added = added + ${rows.length} - (select count(*) from import_rows
        where import_id = ${id} and row > ${from} and row <= ${to})
      where id = ${id} and rows = ${from} and state = 'running'`.compile(db),
  ];
}

/** What would become of these people, in no certain order: those who would get a digest have null. */
export async function judgeChunk(
  db: Kysely<SubscriberTables>,
  rows: readonly ChunkRow[],
): Promise<(Outcome | null)[]> {
  const people = rows.flatMap((it) => ("person" in it ? [personOf(it.row, it.person, it.erasedKey)] : []));
  const result = await sql<{ outcome: Outcome | null }>`${judged(JSON.stringify(people), null)}`.execute(db);
  return result.rows.map(({ outcome }) => outcome);
}

/** As lists and not as objects, which SQLite would take a third longer to read. */
const personOf = (
  row: number,
  { key, address, language, consentedAt, wanted }: ListedPerson,
  erasedKey: string | null,
) => [...[row, key, address, erasedKey, language, consentedAt], wanted.map(({ digest }) => digest)];

function proofOf({ consentedAt, consentSource }: ListedPerson, { id, consent }: Chunk): string {
  return JSON.stringify({
    via: "import",
    import: id,
    consent,
    ...(consentSource === "" ? {} : { source: consentSource }),
    ...(consentedAt === null ? {} : { consentedAt: fromMilliseconds(consentedAt).toString() }),
  });
}
