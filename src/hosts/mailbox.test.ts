// The mailbox that is read each minute, on a real IMAP server.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { noDovecot, startImap } from "../../tests/support/imap.ts";
import { configFor, startNashra } from "../../tests/support/nashra.ts";
import { startSmtp } from "../../tests/support/smtp.ts";
import { mailboxPoller } from "./mailbox.ts";

const missing = noDovecot();
if (missing !== null) process.stderr.write(`MISSED: no mailbox is read in this run: ${missing}.\n`);

let imap: Awaited<ReturnType<typeof startImap>>;

/** A newsroom that has sent a letter to Salma, with an empty mailbox of its own. */
async function open(url = imap.url(), more: Record<string, string> = {}) {
  const smtp = await startSmtp();
  const nashra = await startNashra({
    smtp: smtp.url,
    env: {
      NASHRA_MAIL_BOUNCE: "bounce.news.example",
      NASHRA_MAIL_FROM: "bulletin@news.example",
      NASHRA_IMAP_URL: url,
      ...more,
    },
  });
  onTestFinished(async () => {
    await nashra.stop();
    await smtp.close();
  });
  await nashra.sections("سياسة");
  for (const title of ["خبر أول", "خبر ثان", "خبر ثالث"])
    await nashra.article({ title, sections: ["سياسة"] });
  await nashra.confirmed("salma@example.org");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  const path = smtp.to("salma@example.org")[0]?.from ?? "";
  const { imap: mailbox } = nashra.config;
  if (!mailbox) throw new Error("no mailbox");
  return {
    ...nashra,
    path,
    poll: mailboxPoller(nashra, mailbox),
    poller: () => mailboxPoller(nashra, mailbox),
    facts: async () => (await sql`select * from feedback`.execute(nashra.database.db)).rows.length,
  };
}

const text = (value: string) => new TextEncoder().encode(value.replace(/\n/g, "\r\n"));
const bounce = (path: string, id = "x") =>
  text(`Return-Path: <>
Delivered-To: ${path}
From: MAILER-DAEMON@mx.example
To: ${path}
Subject: Undelivered Mail Returned to Sender
Message-ID: <${id}@mx.example>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; salma@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 unknown user
--b--
`);
const letter = text(`From: Karim <karim@example.org>
To: bulletin@news.example
Subject: a question

Who wrote the first story?
`);
const away = text(`From: karim@example.org
Auto-Submitted: auto-replied
Subject: Away

I am away.
`);

describe.skipIf(missing !== null)("a mailbox", () => {
  beforeAll(async () => {
    imap = await startImap();
  });
  afterAll(() => imap?.stop());

  test("is read: a bounce is booked and moved away, an automatic answer moved away, a reader's letter left and flagged", async () => {
    const it = await open();
    imap.deliver(bounce(it.path), "1");
    imap.deliver(letter, "2");
    imap.deliver(away, "3");
    expect(await it.poll()).toEqual({ kind: "read", taken: 2, flagged: 1, left: 0 });
    expect(await it.facts()).toBe(1);
    expect(imap.mails()).toEqual(["2 F"]);
    expect(imap.mails("Nashra").map((name) => name.slice(-2))).toEqual([" S", " S"]);
    // Nothing loops: what is flagged is not looked at again.
    expect(await it.poll()).toEqual({ kind: "read", taken: 0, flagged: 0, left: 0 });
    expect(await it.facts()).toBe(1);
  });

  test("or deletes what was taken, where that is wanted", async () => {
    const it = await open(imap.url(), { NASHRA_IMAP_DONE: "delete" });
    const before = [imap.mails(), imap.mails("Nashra")];
    imap.deliver(bounce(it.path, "gone"), "9");
    expect(await it.poll()).toMatchObject({ taken: 1 });
    expect([imap.mails(), imap.mails("Nashra")]).toEqual(before);
  });

  test("a process that died between booking and moving books nothing twice", async () => {
    const it = await open();
    const before = imap.mails("Nashra").length;
    imap.deliver(bounce(it.path, "again"), "4");
    await it.poll();
    imap.deliver(bounce(it.path, "again"), "5");
    expect(await it.poller()()).toMatchObject({ taken: 1 });
    expect(await it.facts()).toBe(1);
    expect(imap.mails("Nashra").length).toBe(before + 2);
  });

  test("one that cannot be taken is tried three times, keeps nobody behind it waiting, and then stays, flagged", async () => {
    const it = await open();
    await sql`create trigger no_more before insert on feedback when new.words like '%BREAK%'
      begin select raise(abort, 'disk full'); end`.execute(it.database.db);
    const broken = new TextDecoder().decode(bounce(it.path, "broken")).replace("unknown user", "BREAK");
    imap.deliver(new TextEncoder().encode(broken), "6");
    imap.deliver(bounce(it.path, "behind"), "7");
    expect(await it.poll()).toMatchObject({ taken: 1, flagged: 0, left: 1 });
    expect(await it.poll()).toMatchObject({ taken: 0, flagged: 0, left: 1 });
    expect(await it.poll()).toMatchObject({ taken: 0, flagged: 1, left: 0 });
    expect(imap.mails()).toContain("6 F");
  });

  test("a mail of 30 MB is read as far as reports go, and put away", async () => {
    const it = await open();
    const whole = new Uint8Array(30_000_000).fill(120);
    whole.set(bounce(it.path, "large"));
    imap.deliver(whole, "8");
    const before = process.memoryUsage().rss;
    expect(await it.poll()).toMatchObject({ taken: 1 });
    expect(process.memoryUsage().rss - before).toBeLessThan(60e6);
    expect(await it.facts()).toBe(1);
  });

  test("a wrong password is told in words, kept out of the log, and not tried again for an hour, whichever process asks", async () => {
    const it = await open(imap.url("bounces", "not-the-password"));
    const failures = () => imap.log().match(/auth failed/g)?.length ?? 0;
    const report = await it.poll();
    expect(report).toMatchObject({
      kind: "failed",
      why: expect.stringContaining("refuses the user bounces"),
    });
    expect(JSON.stringify(report)).not.toContain("not-the-password");
    for (let n = 0; n < 5; n++) expect((await it.poller()()).kind).toBe("resting");
    await new Promise((done) => setTimeout(done, 1000)); // dovecot writes a little later
    expect(failures()).toBe(1);
    it.wait({ minutes: 61 });
    expect((await it.poll()).kind).toBe("failed");
    expect(existsSync(join(it.folder, "mailbox-rest.json"))).toBe(true);
    // Corrected, it is tried at once.
    const corrected = configFor({ NASHRA_IMAP_URL: imap.url() }).imap;
    if (corrected) expect((await mailboxPoller(it, corrected)()).kind).toBe("read");
  });

  test("a certificate that nobody vouches for is refused, and a folder that is not there told", async () => {
    const it = await open(imap.tlsUrl);
    expect(await it.poll()).toMatchObject({ kind: "failed", why: expect.stringMatching(/certificate/) });
    const other = await open(imap.url().replace("INBOX", "Nowhere"));
    expect(await other.poll()).toMatchObject({
      kind: "failed",
      why: expect.stringContaining("the folder Nowhere"),
    });
  });
});

test("a server that is away is told, and left alone a little longer each time", async () => {
  const nashra = await startNashra({ env: { NASHRA_IMAP_URL: "imap://me:hush-hush@127.0.0.1:1/INBOX" } });
  onTestFinished(() => nashra.stop());
  const { imap: mailbox } = nashra.config;
  if (!mailbox) throw new Error("no mailbox");
  const poll = mailboxPoller(nashra, mailbox);
  for (const minutes of [1, 2, 4, 8, 16, 30, 30]) {
    expect(await poll()).toMatchObject({ kind: "failed", why: expect.stringContaining("127.0.0.1:1") });
    nashra.wait({ seconds: minutes * 60 - 1 });
    expect((await poll()).kind).toBe("resting");
    nashra.wait({ seconds: 1 });
  }
});
