// What comes back: each letter has a return path of its own, a report to it is booked, and who cannot be reached is left alone.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import nodemailer from "nodemailer";
import { expect, onTestFinished, test } from "vitest";
import { whyOf } from "../../src/delivery/index.ts";
import { readReturnPath, returnPath } from "../../src/delivery/verp.ts";
import { listenForMail } from "../../src/hosts/inbound.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { nashra as run, serve } from "../support/process.ts";
import { type Arrived, startSmtp } from "../support/smtp.ts";

const salma = "salma@example.org";
const karim = "karim@example.org";
const bounceHost = "bounce.news.example";
const morning = (day: string) => `2026-03-${day}T05:00:00Z`;

async function news(nashra: TestNashra, day: string) {
  for (const [title, section] of [
    ["المجلس يقر الموازنة", "سياسة"],
    ["الليرة تستقر في السوق", "اقتصاد"],
    ["معرض الكتاب يفتح أبوابه", "ثقافة"],
    ["الفريق يفوز بالكأس", "رياضة"],
  ] as const)
    await nashra.article({ title: `${title} ${day}`, sections: [section] });
}

/** The report that a server makes of a letter that it took and could not deliver (RFC 3464), as Postfix writes it. */
function reportOf(letter: Arrived, status: string, words: string): string {
  const headers = letter.raw.slice(0, letter.raw.indexOf("\r\n\r\n"));
  return `Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ${letter.from}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="report"
Message-Id: <20260301050005.4711@mx.example.org>

--report
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org. I'm sorry to have to inform you that your message could not be delivered.

--report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ${letter.to}
Action: failed
Status: ${status}
Remote-MTA: dns; inbox.example.org
Diagnostic-Code: smtp; ${words}

--report
Content-Type: text/rfc822-headers

${headers.replaceAll("\r", "")}

--report--
`.replaceAll("\n", "\r\n");
}

test("a letter goes out, the server's report of it comes in, and the next issue passes its reader by", async () => {
  const smtp = await startSmtp();
  onTestFinished(smtp.close);
  const nashra = await startNashra({
    now: "2026-03-01T03:00:00Z",
    smtp: smtp.url,
    env: { NASHRA_MAIL_BOUNCE: bounceHost, NASHRA_INBOUND: "lmtp://127.0.0.1:1" },
  });
  onTestFinished(nashra.stop);
  const inbound = await listenForMail(nashra, { protocol: "lmtp", host: "127.0.0.1", port: 0 });
  onTestFinished(inbound.close);
  await nashra.sections("سياسة", "اقتصاد", "ثقافة", "رياضة");
  await nashra.confirmed(salma, karim);
  await news(nashra, "01");
  await nashra.tickAt(morning("01"));

  const [letter] = smtp.to(salma);
  if (!letter) throw new Error("Nothing was sent to her.");
  const postfix = nodemailer.createTransport({
    host: "127.0.0.1",
    port: inbound.port,
    lmtp: true,
    ignoreTLS: true,
  });
  onTestFinished(() => postfix.close());
  const words = "550 5.1.1 <salma@example.org>: Recipient address rejected: User unknown";
  const raw = reportOf(letter, "5.1.1", words);
  const envelope = { from: "", to: letter.from };
  await nashra.wait({ minutes: 3 });
  expect((await postfix.sendMail({ envelope, raw })).response).toContain("2.0.0 Taken");
  expect((await postfix.sendMail({ envelope, raw })).response).toContain("2.0.0 Taken"); // and once more

  await news(nashra, "02");
  await nashra.tickAt(morning("02"));
  expect([smtp.to(salma).length, smtp.to(karim).length]).toEqual([1, 2]);
  const told = await whyOf(nashra.database.db, salma, null, 10, nashra.at());
  expect(told).toMatchObject({
    suppression: { reason: "hard-bounce", at: "2026-03-01T05:03:00Z" },
    letters: [
      { issue: "daily/2026-03-02-morning", got: "left-out", reason: "suppressed" },
      {
        issue: "daily/2026-03-01-morning",
        got: "accepted",
        feedback: [{ kind: "bounce", verdict: "hard", code: "5.1.1", words: words.replace("smtp; ", "") }],
      },
    ],
  });
});

test("why an address got its mail or did not, in the servers' own words", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nashra-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const smtp = await startSmtp();
  onTestFinished(smtp.close);
  const env = { NASHRA_MAIL_BOUNCE: bounceHost, NASHRA_SMTP_URL: smtp.url, NASHRA_DATA: folder };
  const nashra = await startNashra({ now: "2026-03-01T03:00:00Z", folder, env });
  await nashra.sections("سياسة", "اقتصاد", "ثقافة", "رياضة");
  const [slow, refused] = ["slow+once451@example.org", "noor+r550@example.org"];
  await nashra.confirmed(slow, refused);
  await news(nashra, "01");
  await nashra.tickAt(morning("01"));
  await nashra.tickAt("2026-03-01T05:10:00Z");
  await nashra.confirmed("late@example.org");
  await nashra.stop();

  const why = async (...args: string[]) =>
    run({ NASHRA_DATA: folder, NASHRA_SMTP_URL: smtp.url }, ["why", ...args]);
  const issue = "daily/2026-03-01-morning";
  const told = await why(slow, issue);
  expect(told.code).toBe(0);
  expect(told.out).toMatch(/^slow\+once451@example\.org: confirmed\n/);
  expect(told.out).toMatch(
    /daily\/2026-03-01-morning: accepted\n {4}try 1, 2026-03-01T05:00:00Z: 451 .*\n {4}try 2, 2026-03-01T05:10:00Z: 250 /,
  );
  expect(told.out).toMatch(/Consent:\n.*added from a list/);
  const { out } = await why(refused, "--json");
  expect(JSON.parse(out)).toMatchObject({
    address: refused,
    state: "confirmed",
    suppression: null,
    letters: [
      {
        issue,
        got: "rejected",
        tries: [{ try: 1, reply: expect.stringMatching(/^550 no such reader/) }],
        feedback: [{ kind: "bounce", verdict: "unclear", known_by: "reply" }],
      },
    ],
    consent: [{ act: "imported" }],
  });
  expect((await why("late@example.org", issue)).out).toContain("had no subscription to this digest when");
  expect((await why("late@example.org")).out).toContain("No issue yet.");
  expect(await why("nobody@example.org")).toMatchObject({
    code: 1,
    err: expect.stringContaining("Nobody with the address"),
  });
  expect(await why(slow, "daily/1999-01-01-morning")).toMatchObject({
    code: 1,
    err: expect.stringContaining("There is no issue"),
  });
  expect((await why("no address")).code).toBe(1);

  // A report by hand, as a mail server pipes it in; then erased, and nothing of it is told.
  const [letter] = smtp.to(slow);
  const report = letter
    ? reportOf(letter, "5.1.1", `550 5.1.1 <${slow}>: User unknown`).replace(/^To: .*\r\n/m, "")
    : "";
  const inbound = await run({ NASHRA_DATA: folder }, ["inbound", "--to", letter?.from ?? ""], report);
  expect(inbound.out).toMatch(
    /^Booked: a bounce \(hard\) of delivery \d+\. Its address gets no more mail\.\n$/,
  );
  expect((await why(slow)).out).toMatch(
    /Gets no mail since .*refused it for good.*\n(.*\n)*.*bounce, .*\(hard, 5\.1\.1\): 550 5\.1\.1/,
  );
  await run({ NASHRA_DATA: folder }, ["subscriber", "erase", slow]);
  const erased = await why(slow, "--json");
  expect(JSON.parse(erased.out)).toMatchObject({
    subscriber: null,
    suppression: { reason: "erased" },
    letters: [],
  });
});

test("nashra serve listens for mail, takes it, and closes that door when it is told to stop", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nashra-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const probe = createServer();
  const port = await new Promise<number>((resolve) =>
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    }),
  );
  const env = {
    NASHRA_DATA: folder,
    NASHRA_MAIL_BOUNCE: bounceHost,
    NASHRA_MAIL_POSTMASTER: "person@office.example",
    NASHRA_INBOUND: `smtp://127.0.0.1:${port}`,
  };
  const server = await serve(env);
  const client = nodemailer.createTransport({ host: "127.0.0.1", port, ignoreTLS: true });
  onTestFinished(() => client.close());
  const raw = "Subject: hello\r\n\r\nhello\r\n";
  const to = `postmaster@${bounceHost}`;
  const sent = await client.sendMail({ envelope: { from: "karim@example.org", to }, raw });
  expect(sent.response).toContain("2.0.0 Handed on"); // without a relay: into the outbox
  const elsewhere = { from: "karim@example.org", to: "salma@example.org" };
  await expect(client.sendMail({ envelope: elsewhere, raw })).rejects.toMatchObject({ responseCode: 550 });
  expect(await server.stop()).toBe(0);
  await expect(client.sendMail({ envelope: { from: "", to }, raw })).rejects.toMatchObject({
    code: "ESOCKET",
  });
  const alone = await run({ ...env, NASHRA_MAIL_BOUNCE: "" }, ["config"]);
  expect([alone.code, alone.err]).toEqual([
    1,
    expect.stringContaining("NASHRA_MAIL_BOUNCE, which is not set"),
  ]);
});

test("the return path of a letter is the same in every try, also where the key was rotated between two", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nashra-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const smtp = await startSmtp();
  onTestFinished(smtp.close);
  const [old, young] = ["k1", "k2"].map((id) => ({ id, key: id.repeat(20) }));
  if (!old || !young) throw new Error("There are two keys.");
  const start = (keys: string, now: string) =>
    startNashra({
      folder,
      now,
      smtp: smtp.url,
      env: { NASHRA_SECRET: keys, NASHRA_MAIL_BOUNCE: bounceHost },
    });
  const slow = "salma+once451@example.org";

  const before = await start(`k1:${old.key}`, "2026-03-01T03:00:00Z");
  await before.sections("سياسة", "اقتصاد", "ثقافة", "رياضة");
  await before.confirmed(slow, karim);
  await news(before, "01");
  await before.tickAt(morning("01"));
  expect((await before.ledger("daily/2026-03-01-morning")).get(slow)).toMatchObject({ state: "deferred" });
  await before.stop();

  const after = await start(`k2:${young.key},k1:${old.key}`, "2026-03-01T05:10:00Z");
  await after.tick(600);
  await after.stop();
  const [letter] = smtp.to(slow);
  const ref = await readReturnPath([young, old], letter?.from ?? "");
  if (!ref) throw new Error(`No return path of ours: ${letter?.from}`);
  expect(letter?.from).toBe(await returnPath(old, bounceHost, ref));
  expect(smtp.to(karim)[0]?.from).not.toBe(letter?.from);
});
