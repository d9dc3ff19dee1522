// What servers and crashes do to a letter, and what the ledger says of it afterwards.
import { afterEach, beforeEach, expect, test } from "vitest";
import { sendDue } from "../../src/delivery/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
const issue = "daily/2026-03-01-morning";

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  await nashra.threeArticles();
  await nashra.article({ title: "المرفأ يعمل ليلا", sections: ["اقتصاد"] });
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

test.each([
  ["a refusal for good", "a+r550@example.org", { state: "rejected", tries: 1, arrived: 0 }],
  ["a refusal after the text", "a+t554@example.org", { state: "rejected", tries: 1, arrived: 0 }],
  ["a refusal for now", "a+t451@example.org", { state: "deferred", tries: 1, arrived: 0 }],
  ["no answer to the last dot", "a+dropdot@example.org", { state: "in_doubt", tries: 1, arrived: 1 }],
  ["no trouble", "a@example.org", { state: "accepted", tries: 1, arrived: 1 }],
])("%s", async (_, address, expected) => {
  await nashra.confirmed(address);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  const line = (await nashra.ledger(issue)).get(address);
  expect({ state: line?.state, tries: line?.tries, arrived: smtp.to(address).length }).toEqual(expected);
  expect(line?.reply).toBeTruthy();
});

test("what was put off is tried again, with the same Message-ID and Date", async () => {
  const address = "a+dropdot@example.org";
  await nashra.confirmed(address);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  await nashra.tickAt("2026-03-01T05:10:00Z");
  const line = (await nashra.ledger(issue)).get(address);
  expect([line?.state, line?.tries, line?.in_doubt]).toEqual(["accepted", 2, 1]);
  const [first, second] = smtp.to(address).map(({ raw }) => raw);
  expect(second).toBe(first); // byte for byte
  expect(first).toContain(`Message-ID: ${line?.message_id}`);
  expect((await nashra.issue(issue)).state).toBe("sent");
});

test("letters and notices are signed by the keys in use, and a key that is put to use signs the next", async () => {
  await nashra.confirmed("a@example.org", "b+once451@example.org");
  await nashra.dkim.create("first", "rsa");
  await nashra.dkim.create("second", "rsa");
  nashra.dkim.use(["first"]);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  nashra.dkim.use(["second"]);
  await nashra.tickAt("2026-03-01T05:10:00Z");
  await nashra.post("/subscribe", { address: "c@example.org" });
  await expect.poll(() => smtp.to("c@example.org").length, { timeout: 5000 }).toBe(1);
  const signedBy = (address: string) =>
    smtp.to(address).map(({ raw }) => /^DKIM-Signature: [\s\S]*?d=localhost;\s+s=(\w+);/.exec(raw)?.[1]);
  expect(["a@example.org", "b+once451@example.org", "c@example.org"].map(signedBy)).toEqual([
    ["first"],
    ["second"],
    ["second"],
  ]);
});

test("where the ledger cannot be written nothing leaves, and later everything does", async () => {
  const readers = Array.from({ length: 30 }, (_, i) => `reader${i}@example.org`);
  await nashra.confirmed(...readers);
  const { database, mailer } = nashra.ticking;
  nashra.setClock("2026-03-01T05:00:00Z");
  await nashra.tick(0); // opens and freezes, and sends nothing
  const full = {
    ...database,
    batch: (statements: Parameters<typeof database.batch>[0]) =>
      statements.some(({ sql }) => sql.includes("set state = 'sending'"))
        ? Promise.reject(new Error("database or disk is full"))
        : database.batch(statements),
  };
  await sendDue({ ...nashra.ticking, mailer, database: full }, nashra.at().add({ minutes: 1 }));
  const states = async () => new Set([...(await nashra.ledger(issue)).values()].map(({ state }) => state));
  expect([smtp.arrived.length, await states()]).toEqual([0, new Set(["queued"])]);
  await nashra.tickAt("2026-03-01T05:10:00Z");
  expect([smtp.arrived.length, await states()]).toEqual([30, new Set(["accepted"])]);
});

test("past its deadline a letter has expired, and the issue is over", async () => {
  await nashra.confirmed("a+t451@example.org", "b@example.org");
  for (const time of ["05:00", "05:10", "06:00", "08:00", "10:00", "11:01", "11:02"])
    await nashra.tickAt(`2026-03-01T${time}:00Z`);
  const ledger = await nashra.ledger(issue);
  expect(ledger.get("a+t451@example.org")?.state).toBe("expired");
  expect(ledger.get("b@example.org")?.state).toBe("accepted");
  expect((await nashra.issue(issue)).state).toBe("sent");
});

test("who leaves while the issue is sent gets nothing more of it", async () => {
  await nashra.confirmed("a+once451@example.org");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  await nashra.database.db
    .updateTable("subscriptions")
    .set({ state: "left", left_by: "page", left_at: 1 })
    .execute();
  await nashra.tickAt("2026-03-01T05:10:00Z");
  const line = (await nashra.ledger(issue)).get("a+once451@example.org");
  expect([line?.state, line?.reason]).toEqual(["withdrawn", "left-by-page"]);
  expect(smtp.arrived).toHaveLength(0);
});

test("while a large audience is written, others get their turns", async () => {
  const readers = Array.from({ length: 5000 }, (_, i) => `reader${i}@example.org`);
  await nashra.confirmed(...readers);
  nashra.setClock("2026-03-01T05:00:00Z");
  const seen = new Set<number>();
  const freezing = { done: false };
  const tick = nashra.tick(0).finally(() => {
    freezing.done = true;
  });
  while (!freezing.done) {
    const { deliveries } = await countDeliveries();
    seen.add(deliveries);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await tick;
  expect([...seen].filter((count) => count > 0 && count < readers.length).length).toBeGreaterThan(1);
  expect(await countDeliveries()).toEqual({ deliveries: readers.length });
});

const countDeliveries = () =>
  nashra.database.db
    .selectFrom("deliveries")
    .select(({ fn }) => fn.countAll<number>().as("deliveries"))
    .executeTakeFirstOrThrow();

test("four senders at once: each letter leaves once", async () => {
  const readers = Array.from({ length: 120 }, (_, i) => `reader${i}@example.org`);
  await nashra.confirmed(...readers);
  nashra.setClock("2026-03-01T05:00:00Z");
  await nashra.tick(0); // opens, builds and freezes, and sends nothing
  expect(smtp.arrived).toHaveLength(0);
  const until = nashra.at().add({ hours: 1 });
  await Promise.all(Array.from({ length: 4 }, () => sendDue(nashra.ticking, until)));
  expect(smtp.arrived.map(({ to }) => to).sort()).toEqual(readers.sort());
});

test("a process that died in the middle: nobody is lost, what was under way is named and sent again", async () => {
  await nashra.confirmed("a@example.org", "b@example.org", "c@example.org");
  nashra.setClock("2026-03-01T05:00:00Z");
  await nashra.tick(0);
  // What a killed process leaves behind: one letter claimed, one about to be answered.
  const { db } = nashra.database;
  const lease = nashra.at().add({ minutes: 15 }).epochMilliseconds;
  const [first, second] = await db.selectFrom("deliveries").select("id").orderBy("id").execute();
  const gone = { worker: "gone", due_at: lease };
  await db
    .updateTable("deliveries")
    .set({ ...gone, state: "claimed" })
    .where("id", "=", first?.id ?? 0)
    .execute();
  await db
    .updateTable("deliveries")
    .set({ ...gone, state: "sending", tries: 1, message_id: "<delivery.2.x@localhost>", message_date: 0 })
    .where("id", "=", second?.id ?? 0)
    .execute();

  await nashra.tickAt("2026-03-01T05:01:00Z");
  expect(smtp.arrived.map(({ to }) => to)).toEqual(["c@example.org"]); // the leases still hold
  await nashra.tickAt("2026-03-01T05:16:00Z");
  expect(smtp.arrived.map(({ to }) => to).sort()).toEqual([
    "a@example.org",
    "b@example.org",
    "c@example.org",
  ]);
  const ledger = await nashra.ledger(issue);
  expect([...ledger.values()].map(({ address, state, in_doubt }) => [address, state, in_doubt])).toEqual([
    ["a@example.org", "accepted", 0],
    ["b@example.org", "accepted", 1],
    ["c@example.org", "accepted", 0],
  ]);
  expect(ledger.get("b@example.org")?.message_id).toBe("<delivery.2.x@localhost>");
});

test("a server that is not there: nothing is lost, and it goes out when the server is back", async () => {
  await nashra.confirmed("a@example.org");
  const { port } = new URL(smtp.url);
  await smtp.close();
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect((await nashra.ledger(issue)).get("a@example.org")?.state).toBe("deferred");
  smtp = await startSmtp(Number(port));
  await nashra.tickAt("2026-03-01T05:05:00Z");
  expect((await nashra.ledger(issue)).get("a@example.org")?.state).toBe("accepted");
  expect(smtp.to("a@example.org")).toHaveLength(1);
});
