// Pace, warm-up and what a server says of an address, over days: through real sockets, the real ledger and a clock that is set.
import { afterEach, expect, test } from "vitest";
import { startWarmup } from "../../src/delivery/index.ts";
import { mostAtOnce } from "../../src/hosts/smtp/relay.ts";
import { startChaos } from "../support/chaos-smtp.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";

const issue = "daily/2026-03-01-morning";
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function news(nashra: TestNashra, day = "01") {
  nashra.setClock(`2026-03-${day}T03:00:00Z`);
  for (const [title, section] of [
    ["المجلس يقر الموازنة", "سياسة"],
    ["الليرة تستقر في السوق", "اقتصاد"],
    ["معرض الكتاب يفتح أبوابه", "ثقافة"],
    ["الفريق يفوز بالكأس", "سياسة"],
  ] as const)
    await nashra.article({ title: `${title} ${day}`, sections: [section] });
}

async function prepare(manners: Parameters<typeof startChaos>[0], ...readers: string[]) {
  const server = await startChaos(manners);
  const env = { NASHRA_SMTP_CONNECTIONS: "1" };
  const nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: server.url.href, env });
  closing.push(server.close, nashra.stop);
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  await news(nashra);
  await nashra.confirmed(...readers);
  const { db } = nashra.database;
  await db
    .updateTable("digests")
    .set({ deadline_minutes: 3 * 24 * 60 })
    .execute();
  const restOf = (destination: string) =>
    db.selectFrom("paces").selectAll().where("destination", "=", destination).executeTakeFirst();
  const suppressed = async () =>
    (await db.selectFrom("suppressions").select("reason").execute()).map(({ reason }) => reason);
  return { server, nashra, env, restOf, suppressed };
}
const names = (count: number, domain: string, fault = "") =>
  Array.from({ length: count }, (_, i) => `r${i}${fault}@${domain}`);

test("who is not let in rests as a whole, tries no letter meanwhile, asks with one, and goes on when let in", async () => {
  const manners: { auth?: string } = { auth: "post:hush" };
  const { server, nashra, restOf } = await prepare(manners, ...names(5, "example.org"));
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect(await restOf("")).toMatchObject({
    reason: "credentials",
    rests_until: nashra.at().add({ minutes: 15 }).epochMilliseconds,
  });
  expect([...(await nashra.ledger(issue)).values()].every(({ tries }) => tries === 0)).toBe(true);
  const mails = () => server.said.filter((line) => line.startsWith("MAIL")).length;
  const first = server.connections();
  await nashra.tickAt("2026-03-01T05:14:00Z");
  expect(server.connections()).toBe(first);
  const before = mails();
  await nashra.tickAt("2026-03-01T05:16:00Z");
  expect(mails() - before).toBe(1);
  expect((await restOf(""))?.rests_until).toBe(nashra.at().add({ minutes: 30 }).epochMilliseconds);
  delete manners.auth;
  await nashra.tickAt("2026-03-01T05:47:00Z");
  await nashra.tickAt("2026-03-01T05:50:00Z");
  expect(server.taken.map(({ to }) => to).sort()).toEqual(names(5, "example.org"));
  expect(await restOf("")).toMatchObject({ rests: 0, rests_until: null });
}, 60_000);

test("ten in a row that a group refuses because of us: it rests, also for another process, and others go on", async () => {
  const refused = names(16, "yahoo.com", "+r571");
  const { server, nashra, env, restOf, suppressed } = await prepare({}, ...refused, "x@example.org");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect(await restOf("yahoo")).toMatchObject({ reason: "sender", rests: 1 });
  const asked = () => server.said.filter((line) => line.startsWith("RCPT") && line.includes("r571")).length;
  expect(asked()).toBeLessThanOrEqual(9 + mostAtOnce); // the others of that session were handed over already
  const before = asked();
  expect(server.to("x@example.org")).toHaveLength(1);
  const other = await startNashra({
    now: "2026-03-01T05:30:00Z",
    smtp: server.url.href,
    folder: nashra.folder,
    env,
  });
  closing.push(other.stop);
  await other.tick(600);
  expect(asked()).toBe(before);
  await other.tickAt("2026-03-01T06:00:01Z");
  expect(asked()).toBeGreaterThan(before);
  expect(await suppressed()).toEqual([]);
}, 60_000);

test("a warm-up sends what its day allows, also by a process that was started since, and goes on the next day", async () => {
  const { server, nashra, env } = await prepare({}, ...names(230, "gmail.com"), ...names(5, "example.org"));
  const { db, batch } = nashra.database;
  const domain = nashra.config.mailFrom.split("@")[1] ?? "";
  await batch([startWarmup(db, domain, "test", nashra.at())]);
  for (const time of ["05:00", "05:20"]) await nashra.tickAt(`2026-03-01T${time}:00Z`);
  const again = await startNashra({
    now: "2026-03-01T18:00:00Z",
    smtp: server.url.href,
    folder: nashra.folder,
    env,
  });
  closing.push(again.stop);
  await again.tick(600);
  const toGmail = () => new Set(server.taken.flatMap(({ to }) => (to.endsWith("@gmail.com") ? to : []))).size;
  expect([toGmail(), server.taken.length]).toEqual([200, 205]);
  await again.tickAt("2026-03-02T00:10:00Z");
  expect([toGmail(), server.taken.length]).toEqual([230, 235]);
  const days = await db.selectFrom("warmup_days").select(["day", "destination", "taken"]).execute();
  expect(days.filter(({ destination }) => destination === "gmail").map(({ taken }) => taken)).toEqual([
    200, 30,
  ]);
}, 120_000);

test("a mailbox that two issues on different days are refused for without a clear code is left alone after the second", async () => {
  const { nashra, suppressed } = await prepare({}, "a+r551nc@example.org", "b@example.org");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect(await suppressed()).toEqual([]);
  await news(nashra, "02");
  await nashra.tickAt("2026-03-02T05:00:00Z");
  expect(await suppressed()).toEqual(["hard-bounce"]);
}, 60_000);

test("a mailbox that is full in five issues of nine days is left alone after the fifth", async () => {
  const { nashra, suppressed } = await prepare({}, "a+full@example.org", "b@example.org");
  const told: number[] = [];
  for (const day of ["01", "03", "05", "07", "09"]) {
    if (day !== "01") await news(nashra, day);
    await nashra.tickAt(`2026-03-${day}T05:00:00Z`);
    told.push((await suppressed()).length);
  }
  expect(told).toEqual([0, 0, 0, 0, 1]);
  expect(await suppressed()).toEqual(["soft-bounces"]);
}, 60_000);

test.each([
  [-3, { accepted: 60 }],
  [3, { accepted: 60 }],
  [96, {}],
] as const)(
  "the clock is set by %i hours while an issue is sent: nobody is lost and nobody gets it twice",
  async (hours, end) => {
    const readers = names(60, "example.org");
    const { server, nashra } = await prepare({}, ...readers);
    nashra.setClock("2026-03-01T05:00:00Z");
    const jump = setInterval(() => {
      if (server.taken.length < 10) return;
      clearInterval(jump);
      nashra.wait({ hours });
    }, 1);
    await nashra.tick(600);
    clearInterval(jump);
    for (const minutes of [1, 30, 200]) {
      nashra.wait({ minutes });
      await nashra.tick(600);
    }
    const states: Record<string, number> = {};
    for (const { state } of (await nashra.ledger(issue)).values()) states[state] = (states[state] ?? 0) + 1;
    expect(states).toMatchObject(end);
    expect((states["accepted"] ?? 0) + (states["expired"] ?? 0)).toBe(60);
    const ends = server.taken.flatMap(({ to, text }) =>
      text.includes("2026") && readers.includes(to) ? to : [],
    );
    const ofFirst = (
      await nashra.database.db
        .selectFrom("deliveries")
        .select(["address", "message_id"])
        .where("issue_id", "=", (await nashra.issue(issue)).id)
        .where("state", "=", "accepted")
        .execute()
    ).map(({ message_id }) => server.taken.filter(({ text }) => text.includes(message_id ?? "none")).length);
    expect(new Set(ofFirst)).toEqual(new Set([1]));
    expect(ends.length).toBeGreaterThanOrEqual(10);
  },
  60_000,
);
