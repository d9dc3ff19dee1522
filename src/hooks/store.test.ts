// What is to be told is written with what caused it, once for each endpoint that asked; on both hosts.
import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { markRestored } from "../settings/index.ts";
import type { AllTables } from "../tables.ts";
import { eventKinds, newSecret } from "./event.ts";
import {
  addEndpoint,
  bookCalls,
  hasEndpoints,
  listEndpoints,
  mostEndpoints,
  replay,
  takeCalls,
  tidyCalls,
} from "./store.ts";

const now = Temporal.Instant.from("2026-03-01T04:00:00Z");
const ms = now.epochMilliseconds;

async function open(...endpoints: readonly (readonly (typeof eventKinds)[number][])[]) {
  const { db, batch } = openTestDatabase<AllTables>();
  const url = new URL("https://crm.example.org/hook");
  for (const events of endpoints) await batch([addEndpoint(db, { url, events, secret: newSecret() }, now)]);
  const run = (text: string) => sql.raw(text).compile(db);
  await batch([
    run(`insert into digests (id, slug, name, state, zone, days, slots, max_stories, min_stories, late_minutes, deadline_minutes)
      values (1, 'daily', 'نشرة', 'on', 'Asia/Damascus', '[1]', '[]', 8, 1, 180, 360)`),
    run(`insert into subscribers (id, address, address_key, state, language, created_at)
      values (7, 'salma@example.org', 'salma@example.org', 'confirmed', 'ar', 0)`),
  ]);
  const consent = (act: string) =>
    run(
      `insert into consents (subscriber_id, at, act, digest_id, proof) values (7, ${ms}, '${act}', 1, '{"by":"one-click"}')`,
    );
  const calls = async () => {
    const rows = await db.selectFrom("webhook_calls").selectAll().orderBy("id").execute();
    return rows.map(({ endpoint_id, event, state }) => `${endpoint_id} ${event} ${state}`);
  };
  const [first] = await listEndpoints(db);
  return { db, batch, run, consent, calls, first };
}

test("who confirms, leaves or is erased is told to whoever asked for it, and nobody else; other acts are not", async () => {
  const { batch, consent, calls } = await open(
    ["subscriber.confirmed", "subscriber.unsubscribed"],
    ["subscriber.unsubscribed", "subscriber.erased"],
  );
  for (const act of ["asked", "confirmed", "imported", "changed", "left", "erased"])
    await batch([consent(act)]);
  expect(await calls()).toEqual([
    "1 subscriber.confirmed waiting",
    "1 subscriber.unsubscribed waiting",
    "2 subscriber.unsubscribed waiting",
    "2 subscriber.erased waiting",
  ]);
});

test("without an endpoint nothing is written; nor with one that is off; nor where the cause fails", async () => {
  const none = await open();
  await none.batch([none.consent("confirmed")]);
  expect([await none.calls(), await hasEndpoints(none.db)]).toEqual([[], false]);
  const off = await open(["subscriber.confirmed"]);
  await off.batch([off.run("update webhook_endpoints set state = 'off'"), off.consent("confirmed")]);
  await off.batch([off.run("update webhook_endpoints set state = 'on'")]);
  await off.batch([off.consent("confirmed"), off.run("insert into nothing values (1)")]).catch(() => null);
  expect(await off.calls()).toEqual([]);
});

test("an issue that is sent is told once; bounces and complaints, each", async () => {
  const { batch, run, calls } = await open([...eventKinds]);
  const feedback = (kind: string, report: string) =>
    run(`insert into feedback (delivery_id, subscriber_id, kind, verdict, code, known_by, report, letter_at, at)
      values (9, 7, '${kind}', 'hard', '5.1.1', 'return-path', '${report}', ${ms}, ${ms})`);
  await batch([
    run(`insert into issues (id, digest_id, local_date, slot, state, planned_at, opened_at)
      values (5, 1, '2026-03-01', 'morning', 'sending', ${ms}, ${ms})`),
    run(`insert into deliveries (id, issue_id, subscriber_id, sections, language, address, state, due_at, deadline_at, at)
      values (9, 5, 7, '', 'ar', 'salma@example.org', 'accepted', ${ms}, ${ms}, ${ms})`),
    run(`update issues set state = 'sent', finished_at = ${ms} where id = 5`),
    run("update issues set state = 'sent' where id = 5"),
    feedback("bounce", "a"),
    feedback("complaint", "b"),
  ]);
  expect(await calls()).toEqual([
    "1 issue.sent waiting",
    "1 letter.bounced waiting",
    "1 letter.complained waiting",
  ]);
});

test("of any number that take calls at once each gets others; what a dead one took is due again", async () => {
  const { db, batch, consent, first } = await open(["subscriber.confirmed"]);
  if (!first) throw new Error("There is no endpoint.");
  for (let i = 0; i < 30; i++) await batch([consent("confirmed")]);
  const taken = await Promise.all([1, 2, 3, 4].map(() => takeCalls(db, first.id, 10, now)));
  expect(new Set(taken.flat().map(({ id }) => id)).size).toBe(30);
  expect(await takeCalls(db, first.id, 10, now.add({ minutes: 4 }))).toEqual([]);
  const again = await takeCalls(db, first.id, 100, now.add({ minutes: 6 }));
  expect(again).toHaveLength(30);
  // Who slept through its lease books nothing.
  await batch(
    bookCalls(
      db,
      first.id,
      taken.flat().map((call) => ({ call, kind: "told" as const })),
      false,
      now,
    ),
  );
  expect(await db.selectFrom("webhook_calls").select("id").where("state", "=", "told").execute()).toEqual([]);
});

test("what nobody takes is given up after four days, can be replayed, and is forgotten a week later", async () => {
  const { db, batch, consent, calls, first } = await open(["subscriber.confirmed"]);
  if (!first) throw new Error("There is no endpoint.");
  await batch([consent("confirmed")]);
  await tidyCalls(db, now.add({ hours: 95 }));
  expect(await calls()).toEqual(["1 subscriber.confirmed waiting"]);
  const later = now.add({ hours: 97 });
  await tidyCalls(db, later);
  expect(await calls()).toEqual(["1 subscriber.confirmed dead"]);
  await batch(replay(db, first.id, null, later));
  expect(await takeCalls(db, first.id, 10, later)).toHaveLength(1);
  await tidyCalls(db, later.add({ hours: 97 }));
  await tidyCalls(db, later.add({ hours: 97 + 7 * 24 + 1 }));
  expect(await calls()).toEqual([]);
});

test("a restored copy tells nobody until it may send, nor by itself what waited", async () => {
  const { db, batch, consent, calls } = await open(["subscriber.confirmed"]);
  await batch([consent("confirmed")]);
  await batch([markRestored(db, now, now.add({ hours: 1 }))]);
  expect([await calls(), await hasEndpoints(db)]).toEqual([["1 subscriber.confirmed dead"], false]);
  await batch([consent("confirmed")]);
  const ids = await db.selectFrom("webhook_calls").select("id").orderBy("id").execute();
  const [before = 0, after = 0] = ids.map(({ id }) => id);
  expect(after - before).toBe(1_000_001); // no id comes twice, also of those given out since the copy
});

test("there are no more endpoints than an event may cost rows", async () => {
  const { db, batch } = await open();
  const url = new URL("https://crm.example.org/");
  const add = async () =>
    (await batch([addEndpoint(db, { url, events: ["issue.sent"], secret: newSecret() }, now)]))[0]?.changes;
  for (let i = 0; i < mostEndpoints; i++) expect(await add()).toBe(1);
  expect(await add()).toBe(0);
});
