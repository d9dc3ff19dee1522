import fc from "fast-check";
import { simpleParser } from "mailparser";
import { describe, expect, test } from "vitest";
import { oneLine } from "../arabic/index.ts";
import { composeMessage, type OwnParts, oneClickHeaders, type SharedParts } from "./message.ts";

const site = new URL("https://news.example.org");

type Parts = SharedParts & OwnParts;
const digest: Parts = {
  from: { name: "صحيفة المرفأ", address: "bulletin@example.org" },
  to: { name: "", address: "salma@example.net" },
  replyTo: { name: "صحيفة المرفأ", address: "desk@example.org" },
  subject: "المرفأ يستقبل أول باخرة قمح منذ الصيف",
  date: Temporal.Instant.from("2026-03-01T04:00:00Z"),
  messageId: "<42.k3y@example.org>",
  language: "ar",
  html: "<p>صباح الخير</p>",
  text: "صباح الخير\n",
  personal: null,
  unsubscribe: oneClickHeaders(site, "v1.token", "mailto:leave@example.org?subject=v1.token"),
  purpose: {
    kind: "bulk",
    list: { id: "morning.news.example.org", phrase: "نشرة الصباح من صحيفة المرفأ، كل يوم عند السادسة صباحًا" },
    unattended: false,
    feedbackId: "42:morning:digest:nashra",
    help: new URL("https://news.example.org/subscribe"),
    owner: new URL("mailto:desk@example.org"),
    archive: new URL("https://news.example.org/issues/morning"),
  },
};
const notice: Parts = { ...digest, unsubscribe: null, purpose: { kind: "auto" } };

const written = (parts: Parts) => new TextDecoder().decode(composeMessage(parts).bytes);
const parsed = (parts: Parts) => simpleParser(written(parts));
const headerOf = (message: string) => message.slice(0, message.indexOf("\r\n\r\n"));
const names = (message: string) =>
  headerOf(message)
    .split(/\r\n(?! )/)
    .map((line) => line.slice(0, line.indexOf(":")));

/** What RFC 5322 §2.1.1 and RFC 2047 §2 ask of every message, whatever is in it. */
function expectLinesInOrder(message: string) {
  expect(message.replaceAll("\r\n", "")).not.toMatch(/[\r\n\0\u0080-\u009F]/);
  const lines = message.split("\r\n");
  expect(Math.max(...lines.map((line) => new TextEncoder().encode(line).length))).toBeLessThanOrEqual(998);
  for (const line of headerOf(message).split("\r\n")) {
    // What cannot be folded stands alone on its line, or behind the field's name.
    if (line.length > 76) expect(line).toMatch(/^([\w-]+:)? [^ ]+$/);
    for (const word of line.match(/=\?UTF-8\?B\?[^?]*\?=/g) ?? [])
      expect(word.length).toBeLessThanOrEqual(75);
  }
}

test("the headers of a digest, in full", () => {
  const message = written(digest);
  expectLinesInOrder(message);
  expect(headerOf(message).split("\r\n")).toEqual([
    "From: =?UTF-8?B?2LXYrdmK2YHYqSDYp9mE2YXYsdmB2KM=?= <bulletin@example.org>",
    "To: salma@example.net",
    "Reply-To: =?UTF-8?B?2LXYrdmK2YHYqSDYp9mE2YXYsdmB2KM=?= <desk@example.org>",
    "Subject: =?UTF-8?B?2KfZhNmF2LHZgdijINmK2LPYqtmC2KjZhCDYo9mI2YQg2KjYp9iu?=",
    " =?UTF-8?B?2LHYqSDZgtmF2K0g2YXZhtiwINin2YTYtdmK2YE=?=",
    "Date: Sun, 01 Mar 2026 04:00:00 +0000",
    "Message-ID: <42.k3y@example.org>",
    "List-Unsubscribe: <https://news.example.org/unsubscribe/v1.token>,",
    " <mailto:leave@example.org?subject=v1.token>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    "List-Id: =?UTF-8?B?2YbYtNix2Kkg2KfZhNi12KjYp9itINmF2YYg2LXYrdmK2YHYqSA=?=",
    " =?UTF-8?B?2KfZhNmF2LHZgdij2Iwg2YPZhCDZitmI2YUg2LnZhtivINin2YTYs9in2K8=?=",
    " =?UTF-8?B?2LPYqSDYtdio2KfYrdmL2Kc=?= <morning.news.example.org>",
    "List-Help: <https://news.example.org/subscribe>",
    "List-Owner: <mailto:desk@example.org>",
    "List-Archive: <https://news.example.org/issues/morning>",
    "Feedback-ID: 42:morning:digest:nashra",
    "Precedence: bulk",
    "X-Auto-Response-Suppress: OOF, AutoReply",
    "Content-Language: ar",
    "MIME-Version: 1.0",
    'Content-Type: multipart/alternative; boundary="=_42k3yexampleorg"',
  ]);
});

test("a reader's program finds both parts, and the list's phrase", async () => {
  const mail = await parsed(digest);
  expect(mail.subject).toBe(digest.subject);
  expect(mail.from?.value).toEqual([digest.from]);
  expect(mail.text?.trim()).toBe("صباح الخير");
  expect(mail.html).toBe("<p>صباح الخير</p>");
  expect(mail.messageId).toBe(digest.messageId);
  expect(mail.date?.toISOString()).toBe("2026-03-01T04:00:00.000Z");
  expect(mail.headers.get("list")).toMatchObject({
    unsubscribe: {
      url: "https://news.example.org/unsubscribe/v1.token",
      mail: "leave@example.org?subject=v1.token",
    },
  });
});

test("a notice says that a machine sent it, and is no list's mail", () => {
  const all = names(written(notice));
  expect(written(notice)).toContain("\r\nAuto-Submitted: auto-generated\r\n");
  expect(all.filter((name) => /^(list-|precedence|feedback)/i.test(name))).toEqual([]);
});

test("a digest that no editor approved says so", () => {
  expect(names(written(digest))).not.toContain("Auto-Submitted");
  if (digest.purpose.kind !== "bulk") throw new Error("the digest of this test is bulk mail");
  const unattended = written({ ...digest, purpose: { ...digest.purpose, unattended: true } });
  expect(unattended).toContain("\r\nAuto-Submitted: auto-generated\r\n");
});

const hostile = [
  "Hello\r\nBcc: all@example.org",
  "Hello\r\n\r\n<script>",
  "Hello\nX: y",
  "nul\0 and bell\u0007",
  "line\u2028separator\u2029s",
  "next\u0085line, quote\u0092s",
  "=?UTF-8?B?U2VjcmV0?=",
  "=?utf-8?q?a?= =?utf-8?q?b?=",
  "half =? of one",
  "a, b, c",
  "Khoury, Salma (desk) <x@y.example>",
  'She said "yes" \\ no',
  "\u202Eسلمى\u202C",
  "\u2066isolated\u2069",
  "سلمى خوري",
  "\u200FReuters: ميناء",
  "مَطْبَعَةٌ أُقْفِلَتْ ثَمانِينَ عامًا تَفْتَحُ بابَها مِنْ جَدِيدٍ فِي حَيِّ الرَّمْلِ",
  "😀 👩‍👩‍👧‍👦 🇱🇧 e\u0301",
  "👩‍👩‍👧‍👦".repeat(30),
  `e${"\u0301".repeat(200)}`,
  "word ".repeat(60),
  "x".repeat(2000),
  "س".repeat(2000),
  `${"x".repeat(66)} y ${"z".repeat(54)} w`,
  "lone \uD800 surrogate",
  "",
  " ",
  ";:<>@[]()",
];

describe("whatever stands in a name or a subject stays there", () => {
  const expectHarmless = async (text: string) => {
    const parts = { ...notice, subject: text, to: { name: text, address: "salma@example.net" } };
    const message = written(parts);
    expectLinesInOrder(message);
    expect(names(message)).toEqual(names(written(notice)));
    const mail = await simpleParser(message);
    expect(mail.subject ?? "").toBe(oneLine(text));
    const to = Array.isArray(mail.to) ? mail.to : [mail.to];
    expect(to.flatMap((field) => field?.value)).toEqual([
      { address: "salma@example.net", name: oneLine(text) },
    ]);
    expect(mail.text?.trim()).toBe("صباح الخير");
  };

  test.each(hostile)("%j", expectHarmless);

  test("anything at all", () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 120 }),
          fc.string({ unit: "grapheme", maxLength: 120 }),
          fc.string({
            unit: fc.constantFrom(
              "=?",
              "?=",
              "\r",
              "\n",
              "\0",
              '"',
              "\\",
              ",",
              "<",
              ">",
              "@",
              " ",
              "س",
              "é",
              "a",
              "😀",
              "\u2028",
            ),
            maxLength: 120,
          }),
        ),
        expectHarmless,
      ),
      { numRuns: 300 },
    ));
});

test("domains are written in A-labels; a local part beyond ASCII is kept", () => {
  const at = (address: string) => composeMessage({ ...notice, to: { name: "", address } });
  expect(at("salma@بريد.شبكة").recipient).toBe("salma@xn--ngbof4h.xn--ngbc5azd");
  const raw = at("سلمى@example.org");
  expect(raw.recipient).toBe("سلمى@example.org");
  expect(new TextDecoder().decode(raw.bytes)).toContain("\r\nTo: سلمى@example.org\r\n");
});

test.each([
  [{ to: { name: "", address: "salma@example.org\r\nBcc: all@example.org" } }, /To: .* is no address/],
  [{ from: { name: "x", address: "a@b, c@d" } }, /From: .* is no address/],
  [{ messageId: "<a b@example.org>" }, /cannot be a Message-ID/],
  [{ messageId: "<a@example.org>\r\nX: y" }, /cannot be a Message-ID/],
])("what is ours to get right is thrown: %o", (change, message) => {
  expect(() => composeMessage({ ...notice, ...change })).toThrow(message);
});

test("a List-Id is a dot-atom", () => {
  if (digest.purpose.kind !== "bulk") throw new Error("the digest of this test is bulk mail");
  const { purpose } = digest;
  for (const id of ["morning", "صباح.example.org", "a..b", "a.b>\r\nX: y", `${"a".repeat(250)}.example`]) {
    expect(() => composeMessage({ ...digest, purpose: { ...purpose, list: { id, phrase: "x" } } })).toThrow(
      /cannot be a List-Id/,
    );
  }
});

test("the same parts are the same bytes", () => {
  expect(composeMessage(digest).bytes).toEqual(composeMessage(digest).bytes);
});

test("one click needs https, or this machine", () => {
  expect(() => oneClickHeaders(new URL("http://news.example.org"), "t")).toThrow(/needs https/);
  expect(oneClickHeaders(new URL("http://localhost:3000"), "t")).toEqual({
    "List-Unsubscribe": "<http://localhost:3000/unsubscribe/t>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  });
});
