// What somebody chose, and choosing anew: the SQL behind the page of preferences. Whoever holds its link owns the address, so
// that joining another digest needs no confirmation.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { z } from "zod";
import { type Database, fromMilliseconds } from "../../platform/index.ts";
import {
  type Frequency,
  liftedByOwner,
  type SubscriberId,
  type SubscriberState,
  type Subscription,
  sectionsKey,
  wantsBreaking,
} from "../consent.ts";
import { leaving } from "../leave.ts";
import type { Proof } from "../proof.ts";
import { chooseBreaking, chooseSlots } from "../store.ts";
import type { SubscriberTables } from "../tables.ts";

type Db = Kysely<SubscriberTables>;
type Language = "ar" | "en";

/** One digest of a person's: what they chose of it, whether or not it comes at present. */
export type Chosen = {
  digest: number;
  state: Subscription["state"];
  /** Ids; none means all. */
  sections: readonly number[];
  frequency: Frequency;
  /** Names of hours of its day; none means all. */
  slots: readonly string[];
  /** Whether its breaking news comes to them, as they said or as it follows from how often they want it. */
  breaking: boolean;
  pausedUntil: Temporal.Instant | null;
};

export type Person = {
  id: SubscriberId;
  address: string;
  language: Language;
  state: SubscriberState;
  /** Nothing but their own leaving keeps mail from them. */
  reachable: boolean;
  chosen: readonly Chosen[];
};

const ids = z.array(z.number());
const names = z.array(z.string());

/** Who holds a link, with all they chose; null where nobody is there any more, or nothing is kept of them. */
export async function personOf(db: Db, subscriber: SubscriberId): Promise<Person | null> {
  const person = await db
    .selectFrom("subscribers as u")
    .leftJoin("suppressions as x", "x.address_key", "u.address_key")
    .select(["u.id", "u.address", "u.language", "u.state", "x.reason"])
    .where("u.id", "=", subscriber)
    .where("u.state", "<>", "erased")
    .executeTakeFirst();
  if (!person) return null;
  const rows = await db
    .selectFrom("subscriptions")
    .select(["digest_id", "state", "sections", "frequency", "slots", "breaking", "paused_until"])
    .where("subscriber_id", "=", subscriber)
    .execute();
  const { reason, ...rest } = person;
  return {
    ...rest,
    reachable: person.state !== "suppressed" && (reason === null || liftedByOwner.includes(reason)),
    chosen: rows.map((row) => ({
      digest: row.digest_id,
      state: row.state,
      sections: row.sections === "" ? [] : ids.parse(JSON.parse(row.sections)),
      frequency: row.frequency,
      slots: row.slots === "" ? [] : names.parse(JSON.parse(row.slots)),
      breaking: wantsBreaking(row),
      pausedUntil: row.paused_until === null ? null : fromMilliseconds(row.paused_until),
    })),
  };
}

/** Whether a digest is somebody's at present, paused or not. */
export const hasDigest = ({ state }: Pick<Chosen, "state">): boolean =>
  state === "active" || state === "paused";

/** What somebody wants from now on. */
export type Wanted = {
  language: Language;
  digests: readonly {
    digest: number;
    sections: readonly number[];
    frequency: Frequency;
    slots: readonly string[];
    /** Whether its breaking news comes, where the form asked. */
    breaking?: boolean | undefined;
  }[];
};

/**
 * Makes it so, in one batch, each change with an act in the ledger: joins what is wanted and was not theirs, changes what
 * differs, ends what they have and do not want. Nothing where nothing differs, so that a repeated press is harmless.
 */
export async function choose(
  { db, batch }: Database<SubscriberTables>,
  person: Person,
  wanted: Wanted,
  proof: Proof,
  now: Temporal.Instant,
): Promise<void> {
  const has = person.chosen.filter(hasDigest).map(({ digest }) => digest);
  const unwanted = has.filter((id) => !wanted.digests.some(({ digest }) => digest === id));
  await batch([
    ...languageChanging(db, person.id, wanted.language, proof, now),
    ...wanted.digests.flatMap((digest) => [
      ...joining(db, person.id, digest, proof, now),
      ...changing(db, person.id, digest, proof, now),
      ...chooseSlots(db, { subscriber: person.id, digest: digest.digest }, digest.slots, proof, now),
      ...(digest.breaking === undefined
        ? []
        : chooseBreaking(db, { subscriber: person.id, digest: digest.digest }, digest.breaking, proof, now)),
    ]),
    ...unwanted.flatMap((digest) =>
      leaving(db, { subscriber: person.id, digest }, "preferences", proof, now),
    ),
  ]);
}

const noteActive = (db: Db, subscriber: SubscriberId, now: Temporal.Instant) =>
  sql`update subscribers set active_at = ${now.epochMilliseconds} where id = ${subscriber} and changes() > 0`.compile(
    db,
  );

function languageChanging(
  db: Db,
  subscriber: SubscriberId,
  language: Language,
  proof: Proof,
  now: Temporal.Instant,
): CompiledQuery[] {
  return [
    sql`update subscribers set language = ${language} where id = ${subscriber} and state <> 'erased'
      and language <> ${language}`.compile(db),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select ${subscriber}, ${now.epochMilliseconds}, 'changed', null, ${JSON.stringify({ ...proof, language })}
      where changes() > 0`.compile(db),
    noteActive(db, subscriber, now),
  ];
}

type WantedDigest = Wanted["digests"][number];

/** Runs for whoever was confirmed or left and may be mailed, and only where the digest is not theirs yet. */
function joining(
  db: Db,
  subscriber: SubscriberId,
  { digest, sections, frequency }: WantedDigest,
  proof: Proof,
  now: Temporal.Instant,
): CompiledQuery[] {
  const ms = now.epochMilliseconds;
  const key = sectionsKey(sections);
  const lifted = sql.join(liftedByOwner.map((reason) => sql`${reason}`));
  return [
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select u.id, ${ms}, 'confirmed', ${digest}, ${JSON.stringify({ ...proof, sections: key, frequency })}
      from subscribers u where u.id = ${subscriber} and u.state in ('confirmed', 'left')
        and not exists (select 1 from suppressions x where x.address_key = u.address_key and x.reason not in (${lifted}))
        and not exists (select 1 from subscriptions s where s.subscriber_id = u.id and s.digest_id = ${digest}
          and s.state in ('active', 'paused'))`.compile(db),
    sql`insert into subscriptions (subscriber_id, digest_id, state, sections, frequency, since)
      select ${subscriber}, ${digest}, 'active', ${key}, ${frequency}, ${ms} where changes() > 0
      on conflict (digest_id, subscriber_id) do update set state = 'active', sections = excluded.sections,
        frequency = excluded.frequency, since = excluded.since, paused_until = null, left_at = null, left_by = null`.compile(
      db,
    ),
    sql`update subscribers set state = 'confirmed', confirmed_at = coalesce(confirmed_at, ${ms}), active_at = ${ms}
      where id = ${subscriber} and changes() > 0`.compile(db),
    sql`delete from suppressions where changes() > 0 and reason in (${lifted})
      and address_key = (select address_key from subscribers where id = ${subscriber})`.compile(db),
  ];
}

/** Runs where the digest is theirs with other sections or at another pace; a pause goes on. */
function changing(
  db: Db,
  subscriber: SubscriberId,
  { digest, sections, frequency }: WantedDigest,
  proof: Proof,
  now: Temporal.Instant,
): CompiledQuery[] {
  const key = sectionsKey(sections);
  return [
    sql`update subscriptions set sections = ${key}, frequency = ${frequency}
      where subscriber_id = ${subscriber} and digest_id = ${digest} and state in ('active', 'paused')
        and (sections <> ${key} or frequency <> ${frequency})`.compile(db),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select ${subscriber}, ${now.epochMilliseconds}, 'changed', ${digest},
        ${JSON.stringify({ ...proof, sections: key, frequency })} where changes() > 0`.compile(db),
    noteActive(db, subscriber, now),
  ];
}
