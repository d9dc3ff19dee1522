// What is booked of a report, and what follows from it: on a real database, by the days that letters were sent on.
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openTestDatabase } from "../../../tests/support/database.ts";
import type { AccountTables } from "../../accounts/index.ts";
import type { Keyring } from "../../config.ts";
import { addDigest, type DigestTables, listDigests } from "../../digests/index.ts";
import type { SettingsTables } from "../../settings/index.ts";
import { importSubscribers, liftSuppression, type SubscriberTables } from "../../subscribers/index.ts";
import { messageIdOf } from "../compose.ts";
import type { DeliveryTables } from "../ledger.ts";
import { blankLetters } from "../reader.ts";
import { returnPath } from "../verp.ts";
import { bookFeedback } from "./book.ts";
import { letterOf } from "./letter.ts";
import { dsn, failed, letterHeaders, mail } from "./mails.fixture.ts";
import { readReport } from "./read.ts";
import { takeMail } from "./take.ts";

const start = Temporal.Instant.from("2026-03-01T05:00:00Z");
const salma = "Salma@example.org";
const key = { id: "k1", key: "k".repeat(40) };
const keys: Keyring = [key];
const sender = { keys };

type Tables = DeliveryTables & DigestTables & SubscriberTables & SettingsTables & AccountTables;

async function open() {
  const database = openTestDatabase<Tables>();
  const { db, batch } = database;
  const schedule = { zone: "UTC", days: [7], slots: [{ name: "morning", time: "05:00" }] };
  const paper = { slug: "daily", name: "نشرة", nameEn: null, schedule, maxStories: 8, minStories: 1 };
  await batch([addDigest(db, paper, start)]);
  await importSubscribers(database, { digest: 1, consent: "test", language: "ar", now: start }, [
    salma,
    "karim@example.org",
  ]);
  let clock = start;
  const take = (bytes: Uint8Array, sentTo?: string) =>
    takeMail({ database, keys, now: () => clock, digests: () => listDigests(db) }, bytes, sentTo);
  const rows = async () => db.selectFrom("feedback").selectAll().orderBy(sql<number>`id`).execute();
  return {
    database,
    db,
    take,
    rows,
    at: (day: number) => {
      clock = start.add({ hours: Math.round(24 * day) });
    },
    /** A letter of that day's issue that a server took. @returns its number */
    async sent(day: number, subscriber = 1, address = salma): Promise<number> {
      const at = start.add({ hours: Math.round(24 * day) }).epochMilliseconds;
      const { rows: issues } = await sql<{ id: number }>`
        insert into issues (digest_id, local_date, slot, state, planned_at, opened_at)
        values (1, ${String(day)}, ${`s${day}`}, 'sent', ${at}, ${at}) on conflict do update set state = 'sent' returning id`.execute(
        db,
      );
      const { rows: made } = await sql<{ id: number }>`
        insert into deliveries (issue_id, subscriber_id, sections, language, address, state, tries, message_date, due_at, deadline_at, at)
        values (${issues[0]?.id}, ${subscriber}, '', 'ar', ${address}, 'accepted', 1, ${at}, ${at}, ${at}, ${at}) returning id`.execute(
        db,
      );
      const id = made[0]?.id ?? 0;
      const messageId = await messageIdOf(sender, `delivery ${id}`, "news.example");
      await sql`update deliveries set message_id = ${messageId} where id = ${id}`.execute(db);
      return id;
    },
    /** A report to that letter's return path comes in. */
    async bounced(delivery: number, status: string, words = "", id = `<${delivery}@mx.example>`) {
      const path = await returnPath(key, "bounce.example", { table: "deliveries", id: delivery });
      return take(reportTo(path, status, words, id));
    },
    suppressed: async () =>
      (await db.selectFrom("suppressions").select(["address_key", "reason"]).execute()).map(
        ({ address_key, reason }) => `${address_key}: ${reason}`,
      ),
  };
}

const text = new TextDecoder();
const reportTo = (path: string, status: string, words: string, id: string) =>
  new TextEncoder().encode(
    text
      .decode(dsn({ status: failed(status, words), returned: "Subject: x" }))
      .replaceAll(/b-k1-7-abcdefghijklmnop@bounce\.example/g, path)
      .replace("<20260301@mx.host.example>", id),
  );

describe("a hard bounce", () => {
  test("is a fact beside the letter, never its state, and ends mail to the address", async () => {
    const it = await open();
    const id = await it.sent(0);
    expect(await it.bounced(id, "5.1.1", "smtp; 550 5.1.1 unknown user")).toEqual({
      did: "booked",
      kind: "bounce",
      verdict: "hard",
      letter: `delivery ${id}`,
      suppressed: true,
    });
    expect(await it.rows()).toMatchObject([
      {
        delivery_id: id,
        subscriber_id: 1,
        code: "5.1.1",
        words: "550 5.1.1 unknown user",
        known_by: "return-path",
      },
    ]);
    expect(await it.suppressed()).toEqual(["salma@example.org: hard-bounce"]);
    expect(await it.db.selectFrom("deliveries").select("state").execute()).toEqual([{ state: "accepted" }]);
    const { suppressed } = await it.db
      .selectFrom("subscribers")
      .select("suppressed")
      .where(sql<number>`id`, "=", 1)
      .executeTakeFirstOrThrow();
    expect(suppressed).toBe(1);
  });

  test("that comes again is booked once, and suppresses nobody again whom the publisher let back", async () => {
    const it = await open();
    const id = await it.sent(0);
    await it.bounced(id, "5.1.1");
    await liftSuppression({ database: it.database, actor: "test", now: start }, { key: "salma@example.org" });
    expect(await it.bounced(id, "5.1.1")).toMatchObject({ did: "had-booked", suppressed: false });
    expect([await it.suppressed(), (await it.rows()).length]).toEqual([[], 1]);
    expect(await it.bounced(id, "5.1.1", "", "<another@mx.example>")).toMatchObject({ did: "booked" });
  });

  test("is found by the Message-ID where the report came to another address", async () => {
    const it = await open();
    const id = await it.sent(0);
    const messageId = await messageIdOf(sender, `delivery ${id}`, "news.example");
    const returned = letterHeaders
      .replace(/^Return-Path.*\n/, "")
      .replace(/Message-ID: .*/, `Message-ID: ${messageId}`);
    const came = text.decode(dsn({ status: failed("5.1.1", ""), returned }));
    const bytes = new TextEncoder().encode(
      came.replaceAll(/b-k1-7-\w+@bounce\.example/g, "bulletin@news.example"),
    );
    expect(await it.take(bytes)).toMatchObject({ did: "booked", letter: `delivery ${id}`, suppressed: true });
    expect(await it.rows()).toMatchObject([{ known_by: "message-id" }]);
  });

  test("that only names an address is noted once and ends nothing: anybody can write one", async () => {
    const it = await open();
    await it.sent(0, 2, "karim@example.org");
    const id = await it.sent(1);
    it.at(2);
    const forged = (n: number) => {
      const status = failed("5.1.1", `smtp; 550 5.1.1 unknown user ${n}`).replaceAll(
        "x@host.example",
        "SALMA@example.org",
      );
      const bytes = text
        .decode(dsn({ status, returned: "Subject: x" }))
        .replaceAll(/b-k1-7-\w+@/g, "postmaster@");
      return it.take(new TextEncoder().encode(bytes.replace("20260301", String(n))));
    };
    expect(await forged(1)).toMatchObject({ did: "booked", letter: `delivery ${id}`, suppressed: false });
    for (let n = 2; n < 5; n++) expect(await forged(n)).toMatchObject({ did: "had-booked" });
    expect([(await it.rows()).length, await it.suppressed()]).toEqual([1, []]);
    // Nor does it count as the first of two.
    await it.bounced(await it.sent(3), "5.0.0", "smtp; 550 mailbox unavailable");
    expect(await it.suppressed()).toEqual([]);
    it.at(40);
    expect(await forged(9)).toMatchObject({ did: "ignored", why: "unknown-letter" });
  });
});

type Day = readonly [day: number, status: string, words?: string];
const soft = (day: number): Day => [day, "4.2.2", "smtp; 452 4.2.2 mailbox full"];
const bare = (day: number): Day => [day, "5.0.0", "smtp; 550 mailbox unavailable"];
const clean = (day: number): Day => [day, ""];

test.each<[string, Day[], string[]]>([
  ["soft on five days in a week", [0, 2, 4, 6, 7].map(soft), ["soft-bounces"]],
  ["soft on five days, but within six", [0, 1, 2, 4, 6].map(soft), []],
  ["soft on four days", [0, 3, 6, 9].map(soft), []],
  ["soft on five days, one of them three weeks ago", [0, 21, 23, 25, 27].map(soft), []],
  [
    "soft on five days, but a letter arrived between",
    [soft(0), soft(2), soft(4), clean(5), soft(6), soft(8)],
    [],
  ],
  [
    "soft on five days after a letter that arrived",
    [soft(0), clean(1), ...[2, 4, 6, 8, 10].map(soft)],
    ["soft-bounces"],
  ],
  ["soft on five days, and one arrived since", [...[0, 2, 4, 6, 8].map(soft), clean(9)], ["soft-bounces"]],
  ["soft five times in one issue", [0, 0, 0, 0, 0].map(soft), []],
  ["a bare 550", [bare(0)], []],
  ["a bare 550 on two days", [bare(0), bare(1)], ["hard-bounce"]],
  ["a bare 550 twice on one day: two issues", [bare(0), bare(0.4)], []],
  ["a bare 550, and another the day after it arrived", [bare(0), clean(1), bare(2)], ["hard-bounce"]],
  [
    "a policy, ten days long",
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((day): Day => [day, "5.7.1", "smtp; 550 5.7.1 spam"]),
    [],
  ],
  ["too large, ten days long", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((day): Day => [day, "5.3.4"]), []],
])("%s", async (_, days, reasons) => {
  const it = await open();
  for (const [n, [day, status, words]] of days.entries()) {
    const earlier = days.findIndex(([other]) => other === day);
    const id = earlier < n ? earlier + 1 : await it.sent(day);
    it.at(day);
    if (status !== "") await it.bounced(id, status, words, `<${n}@mx.example>`);
  }
  expect(await it.suppressed()).toEqual(reasons.map((reason) => `salma@example.org: ${reason}`));
});

test("reports that were kept elsewhere and come all at once count by the days of their letters", async () => {
  const it = await open();
  const ids = [];
  for (const day of [0, 2, 4, 6, 7]) ids.push(await it.sent(day));
  it.at(30);
  for (const id of ids.reverse()) await it.bounced(id, "4.2.2");
  expect(await it.suppressed()).toEqual(["salma@example.org: soft-bounces"]);
});

test("what came back from an address of before says nothing of the one of today", async () => {
  const it = await open();
  const first = await it.sent(0, 1, "salma@old.example");
  await it.bounced(first, "5.0.0", "smtp; 550 mailbox unavailable");
  const second = await it.sent(2);
  await it.bounced(second, "5.0.0", "smtp; 550 mailbox unavailable");
  expect(await it.suppressed()).toEqual([]);
  await it.bounced(first, "5.1.1", "", "<hard@mx.example>");
  expect(await it.suppressed()).toEqual(["salma@old.example: hard-bounce"]);
});

test("a report that knows an address alone makes no letter that arrived one that came back", async () => {
  const it = await open();
  for (const day of [0, 2, 4, 5, 6, 8]) {
    const id = await it.sent(day);
    it.at(day);
    if (day !== 5) await it.bounced(id, "4.2.2");
    else {
      const status = failed("4.2.2", "").replaceAll("x@host.example", salma);
      const forged = text
        .decode(dsn({ status, returned: "Subject: x" }))
        .replaceAll(/b-k1-7-\w+@/g, "postmaster@");
      expect(await it.take(new TextEncoder().encode(forged))).toMatchObject({ letter: `delivery ${id}` });
    }
  }
  expect((await it.rows()).map(({ known_by }) => known_by)).toContain("address");
  expect(await it.suppressed()).toEqual([]);
});

describe("a complaint", () => {
  const complaint = async (it: Awaited<ReturnType<typeof open>>, delivery: number, type: string) => {
    const messageId = await messageIdOf(sender, `delivery ${delivery}`, "news.example");
    const headers = `From: fbl@provider.example\nTo: abuse@bounce.example\nMessage-ID: <c@provider.example>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=x`;
    const body = `--x\nContent-Type: message/feedback-report\n\nFeedback-Type: ${type}\nVersion: 1\nUser-Agent: x\n\n--x\nContent-Type: text/rfc822-headers\n\nMessage-ID: ${messageId}\n\n--x--\n`;
    return it.take(mail(headers, body));
  };

  test.each([
    ["abuse", "complaint"],
    ["opt-out", "unsubscribed"],
  ])("(%s) ends all at once, and stands among the acts", async (type, reason) => {
    const it = await open();
    const id = await it.sent(0);
    expect(await complaint(it, id, type)).toMatchObject({
      did: "booked",
      kind: "complaint",
      suppressed: true,
    });
    expect(await it.suppressed()).toEqual([`salma@example.org: ${reason}`]);
    const { rows: acts } = await sql<{ act: string; by: string }>`
      select act, proof ->> 'by' as by from consents where subscriber_id = 1 order by id`.execute(it.db);
    expect(acts.at(-1)).toEqual({ act: "left", by: "complaint" });
    expect(await complaint(it, id, type)).toMatchObject({ did: "had-booked", suppressed: false });
    expect((await it.rows()).length).toBe(1);
  });
});

describe("one reader, who can write to their own return path as often as they like,", () => {
  const health = async ({ db }: Awaited<ReturnType<typeof open>>) =>
    db.selectFrom("issue_health").select(["bounced", "complained"]).execute();
  const complained = async (it: Awaited<ReturnType<typeof open>>, delivery: number, n: number) => {
    const path = await returnPath(key, "bounce.example", { table: "deliveries", id: delivery });
    const headers = `From: fbl@provider.example\nTo: ${path}\nMessage-ID: <${n}@provider.example>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=x`;
    return it.take(
      mail(
        headers,
        "--x\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nUser-Agent: x\n\n--x--\n",
      ),
    );
  };

  test("is one letter that came back and one complaint to the issue, which does not pause for it", async () => {
    const it = await open();
    const id = await it.sent(0);
    for (let n = 0; n < 5; n++) {
      await it.bounced(id, "5.1.1", "", `<b${n}@mx.example>`);
      await complained(it, id, n);
    }
    expect(await health(it)).toEqual([{ bounced: 1, complained: 1 }]);
    await it.bounced(await it.sent(0, 2, "karim@example.org"), "5.1.1");
    expect(await health(it)).toEqual([{ bounced: 2, complained: 1 }]);
  });

  test("fills no table with reports of one letter", async () => {
    const it = await open();
    const id = await it.sent(0);
    for (let n = 0; n < 30; n++) await it.bounced(id, "4.2.2", "", `<${n}@mx.example>`);
    expect(await it.rows()).toHaveLength(20);
    expect(await it.bounced(id, "4.2.2", "", "<31@mx.example>")).toMatchObject({ did: "had-booked" });
  });
});

test("a report of a letter that is erased, was never sent, or is none of ours changes nothing", async () => {
  const it = await open();
  const id = await it.sent(0);
  await it.bounced(id, "4.2.2", "smtp; 452 4.2.2 <salma@example.org> full");
  const [fact] = await it.rows();
  if (!fact?.subscriber_id) throw new Error("Nothing was booked.");
  await it.database.batch(blankLetters(it.db, fact.subscriber_id, start));
  expect(await it.rows()).toMatchObject([{ words: null }]);
  expect(await it.bounced(id, "5.1.1", "", "<again@mx.example>")).toMatchObject({ why: "unknown-letter" });
  const waiting = await it.sent(1);
  await sql`update deliveries set message_id = null where id = ${waiting}`.execute(it.db);
  for (const unknown of [waiting, 4711])
    expect(await it.bounced(unknown, "5.1.1")).toMatchObject({ why: "unknown-letter" });
  const forged = reportTo(`b-k1-${id}-aaaaaaaaaaaaaaaa@bounce.example`, "5.1.1", "", "<x@y>");
  expect(await it.take(forged)).toMatchObject({ why: "unknown-letter" });
  expect([(await it.rows()).length, await it.suppressed()]).toEqual([1, []]);
});

test("who is erased while a report of their letter is read leaves nothing in it", async () => {
  const it = await open();
  const id = await it.sent(0);
  const path = await returnPath(key, "bounce.example", { table: "deliveries", id });
  const bytes = reportTo(path, "5.1.1", "smtp; 550 5.1.1 <salma@example.org>: unknown", "<a@b>");
  const report = await readReport(bytes);
  if (report.kind !== "bounce") throw new Error("It is a bounce.");
  const letter = await letterOf(it.db, keys, report.about, start);
  if (!letter?.subscriber) throw new Error("It is of a letter of ours.");
  await it.database.batch(blankLetters(it.db, letter.subscriber, start));
  const booked = await bookFeedback(it.database, letter, report, bytes, start);
  expect([booked, await it.rows(), await it.suppressed()]).toEqual([
    { isNew: false, suppressed: false },
    [],
    [],
  ]);
});

test("a notice's hard bounce ends mail to its address; a letter that is late, or a holiday, ends nothing", async () => {
  const it = await open();
  await sql`insert into notices (kind, address, language, data, state, message_id, message_date, due_at, deadline_at, at)
    values ('confirm', 'new@example.org', 'ar', '{"subscriber": 9}', 'accepted', '<notice.1.x@y>', ${start.epochMilliseconds}, 0, 0, 0)`.execute(
    it.db,
  );
  const path = await returnPath(key, "bounce.example", { table: "notices", id: 1 });
  expect(await it.take(reportTo(path, "5.1.1", "", "<a@b>"))).toMatchObject({
    letter: "notice 1",
    suppressed: true,
  });
  expect(await it.suppressed()).toEqual(["new@example.org: hard-bounce"]);
  const late = text
    .decode(dsn({ status: failed("4.4.1", "", "delayed") }))
    .replaceAll(/b-k1-7-\w+@bounce\.example/g, path);
  expect(await it.take(new TextEncoder().encode(late))).toMatchObject({ did: "ignored", why: "progress" });
  const holiday = mail(
    `From: a@b.example\nTo: ${path}\nAuto-Submitted: auto-replied\nSubject: away`,
    "until Monday",
  );
  expect(await it.take(holiday, path)).toMatchObject({ did: "ignored", why: "automatic" });
});
