// A publisher's own list of subscribers, taken over in chunks, each chunk whole or not at all.
import { sql } from "kysely";
import type { Database } from "../platform/index.ts";
import { parseAddress } from "./address.ts";
import { createLineReader } from "./lines.ts";
import type { SubscriberTables } from "./tables.ts";
import { addressProblems } from "./words.ts";

/** Lines that go in as one batch. */
const chunkSize = 1000;
/** Refused lines that are told one by one. */
const mostTold = 100;

export type ImportOptions = {
  digest: number;
  /** What the publisher says about how these people agreed; kept with each of them. */
  consent: string;
  /** Of those whose line names none. */
  language: "ar" | "en";
  /** Invented subscribers, who go when the sample newsroom goes. */
  sample?: boolean;
  now: Temporal.Instant;
  /** Told after each chunk how many lines were read. */
  onProgress?: (lines: number) => void;
};

export type ImportResult = {
  /** Who gets the digest from now on and did not before. */
  added: number;
  /** Who has it already, stands twice in the list, left, or must not be mailed: all stay as they are. */
  known: number;
  refused: number;
  /** The first hundred refused lines, numbered from 1, the text cut to 200 characters. */
  refusals: { line: number; text: string; why: string }[];
};

type Entry = { address: string; key: string; language: "ar" | "en" };

/**
 * Subscribes the people of a list to all sections of a digest, confirmed at once: the publisher vouches for their
 * consent. Whoever left or is suppressed stays so. Running the same list again adds nobody, so an import that was
 * interrupted is simply run again.
 *
 * @param lines of a CSV file, or one address each
 */
export async function importSubscribers(
  database: Database<SubscriberTables>,
  options: ImportOptions,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<ImportResult> {
  const read = createLineReader();
  const result: ImportResult = { added: 0, known: 0, refused: 0, refusals: [] };
  let chunk = new Map<string, Entry>();
  let line = 0;
  const flush = async () => {
    const added = await importChunk(database, options, [...chunk.values()]);
    result.added += added;
    result.known += chunk.size - added;
    chunk = new Map();
    options.onProgress?.(line);
  };
  for await (const text of lines) {
    line++;
    const listed = read(text);
    if (!listed) continue;
    const parsed = parseAddress(listed.address);
    if (!parsed.ok) {
      result.refused++;
      const why = addressProblems.en[parsed.why];
      if (result.refusals.length < mostTold) {
        result.refusals.push({ line, text: listed.text.slice(0, 200), why });
      }
    } else if (chunk.has(parsed.key)) {
      result.known++;
    } else {
      const { address, key } = parsed;
      chunk.set(key, { address, key, language: listed.language ?? options.language });
      if (chunk.size === chunkSize) await flush();
    }
  }
  await flush();
  return result;
}

/** @returns how many got the digest by this */
async function importChunk(
  { db, batch }: Database<SubscriberTables>,
  options: ImportOptions,
  entries: readonly Entry[],
): Promise<number> {
  if (entries.length === 0) return 0;
  const { digest } = options;
  const ms = options.now.epochMilliseconds;
  const list = JSON.stringify(entries);
  const keys = JSON.stringify(entries.map(({ key }) => key));
  const proof = JSON.stringify({ via: "import", consent: options.consent });
  // Those of the list who did not have the digest and never left it.
  const gaining = sql`
    json_each(${keys}) j cross join subscribers u on u.address_key = j.value
    where u.state in ('pending', 'confirmed')
      and not exists (select 1 from subscriptions s
        where s.digest_id = ${digest} and s.subscriber_id = u.id and s.state <> 'pending')
      and not exists (select 1 from suppressions x where x.address_key = u.address_key)`;
  const [, consents] = await batch([
    sql`insert into subscribers (address, address_key, state, language, created_at, sample, source)
      select j.value ->> 'address', j.value ->> 'key', 'pending', j.value ->> 'language', ${ms},
        ${options.sample ? 1 : 0}, ${options.sample ? "sample" : "import"}
      from json_each(${list}) j
      where not exists (select 1 from suppressions x where x.address_key = j.value ->> 'key')
      on conflict (address_key) do nothing`.compile(db),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select u.id, ${ms}, 'imported', ${digest}, ${proof} from ${gaining}`.compile(db),
    sql`update subscribers set state = 'confirmed', confirmed_at = ${ms}
      where state = 'pending' and id in (select u.id from ${gaining})`.compile(db),
    sql`insert into subscriptions (subscriber_id, digest_id, state, sections, since)
      select u.id, ${digest}, 'active', '', ${ms} from ${gaining}
      on conflict (digest_id, subscriber_id) do update set state = 'active', since = excluded.since`.compile(
      db,
    ),
  ]);
  return consents?.changes ?? 0;
}
