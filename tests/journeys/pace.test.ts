// Destinations that want less of us, and an issue that pauses by itself.
import { afterEach, expect, test } from "vitest";
import { bookFeedback } from "../../src/delivery/feedback/book.ts";
import { whyOf } from "../../src/delivery/index.ts";
import { createLog } from "../../src/platform/index.ts";
import { startChaos } from "../support/chaos-smtp.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";

const issue = "daily/2026-03-01-morning";
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(...readers: string[]) {
  return startWith({}, ...readers);
}

async function startWith(settings: Record<string, string>, ...readers: string[]) {
  const { nashra, ...it } = await prepare(settings, ...readers);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  return { nashra, ...it };
}

/** All that is needed for the issue of the next morning. */
async function prepare(settings: Record<string, string>, ...readers: string[]) {
  const server = await startChaos();
  const env = { NASHRA_SMTP_CONNECTIONS: "1", ...settings };
  const logged: string[] = [];
  const log = createLog("warn", { write: (line) => void logged.push(line) });
  const nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: server.url.href, env, log });
  closing.push(server.close, nashra.stop);
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  for (const section of ["سياسة", "اقتصاد", "ثقافة"])
    await nashra.article({ title: `خبر ${section}`, sections: [section] });
  await nashra.confirmed(...readers);
  return { server, nashra, env, logged };
}

const pausedBy = async (nashra: TestNashra) => {
  const { paused } = await nashra.database.db
    .selectFrom("issues")
    .select("paused")
    .where("slot", "=", "morning")
    .executeTakeFirstOrThrow();
  return JSON.parse(paused ?? "null")?.reason ?? null;
};
const statesOf = async (nashra: TestNashra) => {
  const counts: Record<string, number> = {};
  for (const { state } of (await nashra.ledger(issue)).values()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};
/** Every so many of them with a fault. */
const many = (count: number, every: number, fault: string) =>
  Array.from({ length: count }, (_, i) => `r${i}${i % every === every - 1 ? `+${fault}` : ""}@example.org`);

test("a group that says three times that it wants less rests for a quarter of an hour, and others go on", async () => {
  const slow = ["a", "b", "c"].map((name) => `${name}+rate@gmail.com`);
  const { server, nashra } = await start(...slow, "x@gmail.com", "y@example.org", "z@outlook.com");
  const [pace] = await nashra.database.db
    .selectFrom("paces")
    .selectAll()
    .where("destination", "=", "gmail")
    .execute();
  expect(pace).toMatchObject({ reason: "rate", rests: 1, at_once: 1 });
  expect(pace?.rests_until).toBe(nashra.at().add({ minutes: 15 }).epochMilliseconds);
  expect(server.taken.map(({ to }) => to)).toEqual(
    expect.arrayContaining(["y@example.org", "z@outlook.com"]),
  );
  const before = server.to("x@gmail.com").length;
  await nashra.tickAt("2026-03-01T05:14:00Z");
  expect(server.to("x@gmail.com").length).toBe(before);
  await nashra.tickAt("2026-03-01T05:15:01Z"); // those that are refused again do not go first
  expect(server.to("x@gmail.com").length).toBe(1);
}, 30_000);

test("who waits for a group that rests, or for the next day of a warm-up, is told so", async () => {
  const slow = ["a", "b", "c"].map((name) => `${name}+rate@gmail.com`);
  const { nashra } = await start(...slow, "x@gmail.com");
  const { db } = nashra.database;
  const waitsOf = async (address: string) => {
    const [letter] = (await whyOf(db, address, null, 1, nashra.at())).letters;
    return letter && "waits" in letter ? letter.waits : null;
  };
  const until = nashra.at().add({ minutes: 15 }).toString();
  expect(await waitsOf("c+rate@gmail.com")).toMatchObject([
    { destination: "gmail", because: "rate", until, reply: "450 4.7.1 Error: too much mail from you" },
  ]);
  nashra.setClock("2026-03-01T05:15:01Z");
  expect(await waitsOf("c+rate@gmail.com")).toEqual([]);
}, 30_000);

test("an issue that servers refuse for what it says pauses by itself", async () => {
  const readers = Array.from({ length: 60 }, (_, i) => `r${i}${i % 4 === 0 ? "+d554" : ""}@example.org`);
  const { server, nashra } = await start(...readers);
  const { paused } = await nashra.database.db
    .selectFrom("issues")
    .select("paused")
    .where("slot", "=", "morning")
    .executeTakeFirstOrThrow();
  expect(JSON.parse(paused ?? "null")).toMatchObject({ reason: { kind: "content" }, by: null });
  expect(server.taken.length).toBeLessThan(45);
  const states = new Set([...(await nashra.ledger(issue)).values()].map(({ state }) => state));
  expect(states).toEqual(new Set(["accepted", "rejected", "queued"]));
}, 30_000);

test("hard bounces at the door pause an issue past the line, and what another worker holds goes back to the queue", async () => {
  const { server, nashra } = await prepare({ NASHRA_PAUSE_AT: "5,0.1,20" }, ...many(60, 8, "r550"));
  const other = await startNashra({
    now: "2026-03-01T05:00:00Z",
    folder: nashra.folder,
    smtp: server.url.href,
  });
  closing.push(other.stop);
  const { db } = nashra.database;
  // The issue is written, and somebody else has claimed a few of it.
  nashra.setClock("2026-03-01T05:00:00Z");
  await nashra.tick(0);
  const lease = nashra.at().add({ minutes: 20 }).epochMilliseconds;
  const written = await db.selectFrom("deliveries").select("id").execute();
  expect(written).toHaveLength(60);
  await db.insertInto("delivery_workers").values({ name: "other", beats: 1 }).execute();
  const held = written.slice(-10).map(({ id }) => id);
  await db
    .updateTable("deliveries")
    .set({ state: "claimed", worker: "other", due_at: lease })
    .where("id", "in", held)
    .execute();
  await nashra.tick(600);
  expect(await pausedBy(nashra)).toMatchObject({ kind: "bounces", line: 5 });
  expect(server.taken.length).toBeLessThan(30);
  expect(Object.keys(await statesOf(nashra)).sort()).toEqual(["accepted", "queued", "rejected"]);
  expect((await nashra.database.db.selectFrom("suppressions").selectAll().execute()).length).toBeGreaterThan(
    0,
  );
  const before = server.taken.length;
  await nashra.tickAt("2026-03-01T05:10:00Z");
  expect(server.taken.length).toBe(before);
}, 30_000);

test("at two percent the newsroom is warned, once, and the issue goes on", async () => {
  const { server, nashra, logged } = await startWith({}, ...many(100, 45, "r550"));
  expect(await pausedBy(nashra)).toBeNull();
  expect(server.taken).toHaveLength(98);
  await nashra.tickAt("2026-03-01T05:10:00Z");
  expect(logged.filter((line) => line.includes("many letters of an issue bounce"))).toHaveLength(1);
}, 30_000);

test.each([
  ["bounces", 2],
  ["complaints", 1],
] as const)(
  "%s that come back pause an issue that is still being sent",
  async (kind, count) => {
    const readers = [...many(39, 100, "none"), "late+r451@example.org"];
    const { server, nashra } = await startWith({ NASHRA_PAUSE_AT: "5,0.1,20" }, ...readers);
    expect(await pausedBy(nashra)).toBeNull();
    expect(await statesOf(nashra)).toEqual({ accepted: 39, deferred: 1 });
    const rows = await nashra.database.db
      .selectFrom("deliveries")
      .select(["id", "address", "subscriber_id"])
      .where("state", "=", "accepted")
      .limit(count)
      .execute();
    const report = async (n: number) => {
      const { id, address, subscriber_id } = rows[n] ?? { id: 0, address: "", subscriber_id: null };
      const letter = {
        table: "deliveries",
        id,
        address,
        subscriber: subscriber_id,
        knownBy: "return-path",
        sentAt: nashra.at(),
      } as const;
      const about = { id: `report ${n}`, text: "", recipient: null };
      const fact =
        kind === "bounces"
          ? ({ kind: "bounce", verdict: "hard", code: "5.1.1", words: "nobody", about } as const)
          : ({ kind: "complaint", type: "abuse", about } as const);
      await bookFeedback(nashra.database, letter, fact, new Uint8Array(), nashra.at());
    };
    for (let n = 0; n < count; n++) await report(n);
    await nashra.tickAt("2026-03-01T05:10:00Z");
    expect(await pausedBy(nashra)).toMatchObject({ kind });
    expect(await statesOf(nashra)).toEqual({ accepted: 39, deferred: 1 });
    expect(server.taken).toHaveLength(39);
  },
  30_000,
);
