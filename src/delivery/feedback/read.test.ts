import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases, dsn, failed, letterHeaders, mail, messageId, sentTo } from "./mails.fixture.ts";
import { furtherCases } from "./mails-textual.fixture.ts";
import { mostInboundBytes, readReport } from "./read.ts";
import { replies } from "./replies.fixture.ts";

test.each([...cases, ...furtherCases])("$name", async (expected) => {
  const { mail: bytes, kind, verdict, words, recipient, complaint } = expected;
  const report = await readReport(bytes);
  expect(report).toMatchObject({ kind, ...(verdict && { verdict }), ...(complaint && { type: complaint }) });
  if (words && report.kind === "bounce") expect(report.words).toMatch(words);
  if (recipient !== undefined && report.kind === "bounce") expect(report.about.recipient).toBe(recipient);
  if (report.kind === "bounce" || report.kind === "complaint") {
    // Whichever way it says so, it says which letter it is about.
    expect(report.about.text.includes(messageId) || report.about.text.includes(sentTo)).toBe(true);
  }
});

test("in a whole report the same words mean the same as alone", async () => {
  const { judge } = await import("./verdict.ts");
  for (const [, status, words] of replies.filter(([, code]) => code !== "")) {
    const report = await readReport(dsn({ status: failed(status, words) }));
    if (report.kind !== "bounce") throw new Error(`${status} ${words} is read as ${report.kind}`);
    expect(report.verdict, words).toBe(judge(status, words.replace(/^[\w-]+; ?/, "")).verdict);
  }
});

test("the report's own id and the failed recipient are told", async () => {
  const report = await readReport(dsn({ status: failed("5.1.1", "smtp; 550 5.1.1 unknown user") }));
  expect(report).toMatchObject({
    about: { id: "<20260301@mx.host.example>", recipient: "x@host.example" },
    code: "5.1.1",
  });
});

test("of several recipients, one that failed is told", async () => {
  const groups = `Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@host.example\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; x@host.example\nAction: failed\nStatus: 5.1.1`;
  expect(await readReport(dsn({ status: groups }))).toMatchObject({
    kind: "bounce",
    about: { recipient: "x@host.example" },
  });
});

describe("hostile mail is read, and ends", () => {
  const nested = (type: string, depth: number) =>
    `Content-Type: ${type}; boundary=x\n\n${`--x\nContent-Type: ${type}; boundary=x\n\n`.repeat(depth)}`;
  test.each<[string, () => string]>([
    ["nothing", () => ""],
    ["no mail at all", () => "\u0000".repeat(5000)],
    ["parts in parts, 100,000 deep", () => nested("multipart/mixed", 20_000)],
    ["reports in reports", () => nested("multipart/report", 1000)],
    ["messages in messages", () => `Content-Type: message/rfc822\n\n`.repeat(30_000)],
    [
      "a hundred thousand parts",
      () =>
        `Content-Type: multipart/report; boundary=x\n\n${"--x\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n\n".repeat(15_000)}`,
    ],
    [
      "a hundred thousand recipients",
      () =>
        `From: mailer-daemon@x.example\nContent-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n${"Final-Recipient: rfc822; a@b.example\nAction: delivered\n\n".repeat(15_000)}`,
    ],
    ["a header of a megabyte", () => `Subject: ${"x".repeat(900_000)}\n\n`],
    [
      "a hundred thousand header lines",
      () => `${"X-Failed-Recipients: a@b.example\n".repeat(25_000)}\nHi. This is the`,
    ],
    [
      "one field, folded for ever",
      () =>
        new TextDecoder().decode(
          dsn({ status: `Status: 5.1.1\nAction: failed\nDiagnostic-Code: smtp;${"\n x".repeat(200_000)}` }),
        ),
    ],
    [
      "return paths by the thousand",
      () =>
        `To: ${Array.from({ length: 20_000 }, (_, n) => `b-k1-${n}-aaaaaaaaaaaaaaaa@b.example`).join(", ")}\n\n`,
    ],
    [
      "HTML that never ends",
      () =>
        `From: mailer-daemon@x.example\nSubject: failure notice\nContent-Type: text/html\n\n${"<p ".repeat(300_000)}`,
    ],
    [
      "lines without end",
      () =>
        `From: mailer-daemon@x.example\nSubject: failure notice\n\n${"mailbox user address ".repeat(45_000)}`,
    ],
    [
      "empty lines",
      () => `From: mailer-daemon@x.example\nSubject: failure notice\n\n${"\n \t".repeat(300_000)}`,
    ],
  ])("%s", async (_, make) => {
    const bytes = new TextEncoder().encode(make()).slice(0, mostInboundBytes);
    const before = process.cpuUsage();
    const report = await readReport(bytes);
    const { user, system } = process.cpuUsage(before);
    expect(["bounce", "progress", "other"]).toContain(report.kind);
    if ("about" in report) expect(report.about.text.length).toBeLessThan(500_000);
    expect((user + system) / 1000).toBeLessThan(1000);
  });

  test("whatever bytes come, something is said of them", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        expect((await readReport(bytes)).kind).toMatch(/bounce|complaint|progress|other/);
      }),
      { numRuns: 300 },
    ));

  test("a report with any one byte changed is read", () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat({ max: 255 }), async (at, byte) => {
        const bytes = dsn({ status: failed("5.1.1", "smtp; 550 5.1.1 unknown user") }).slice();
        bytes[at % bytes.length] = byte;
        expect((await readReport(bytes)).kind).toMatch(/bounce|progress|other/);
      }),
      { numRuns: 300 },
    ));
});

test("a letter in a report is not read as the report", async () => {
  const returned = `${letterHeaders}\n\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; victim@host.example`;
  const report = await readReport(dsn({ status: failed("2.0.0", "smtp; 250 ok", "delivered"), returned }));
  expect(report).toEqual({ kind: "progress" });
  const forwarded = mail("From: a@b.example\nSubject: look\nContent-Type: message/rfc822", returned);
  expect(await readReport(forwarded)).toEqual({ kind: "other" });
});
