import { describe, expect, test } from "vitest";
import { isLeavingLine, readLeavingMail } from "./mail.ts";

const token = "MS0xLTA.k1.abcdefghijklmnopqrstuv";
const ours = "<delivery.12.abcdefghijklmnopqrstuvwx@paper.example>";

const written = (headers: Record<string, string>, body = "") =>
  new TextEncoder().encode(
    `${Object.entries({ From: "salma@example.org", ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("")}\r\n${body}`,
  );
const answer = (body: string, headers: Record<string, string> = {}) =>
  written({ "Content-Type": "text/plain; charset=utf-8", "In-Reply-To": ours, ...headers }, body);

/** As a mail is read whose messages are ours. */
async function readAnswer(bytes: Uint8Array) {
  const reading = await readLeavingMail(bytes);
  if (reading.kind !== "answer") return reading;
  const { saysLeave, ...rest } = reading;
  return { ...rest, leaves: saysLeave() };
}

describe("a link of ours is found", () => {
  test.each<[string, Record<string, string>]>([
    ["in the subject", { Subject: `leave-${token}` }],
    ["in an answer's subject", { Subject: `Re: leave-${token}` }],
    ["folded", { Subject: `please\r\n leave-${token}` }],
    ["encoded", { Subject: `=?utf-8?Q?leave-${token.replaceAll("-", "=2D")}?=` }],
    ["in the address", { Subject: "x", To: `<bulletin+leave-${token}@paper.example>` }],
    ["where it was delivered to", { "Delivered-To": `bulletin+leave-${token}@paper.example` }],
  ])("%s", async (_, headers) => {
    expect(await readLeavingMail(written(headers))).toEqual({ kind: "tokens", tokens: [token] });
  });

  test("and the body is not searched for one: an answer quotes it", async () => {
    expect(await readLeavingMail(written({ Subject: "x" }, `leave-${token}`))).toEqual({
      kind: "ignored",
      why: "nothing-of-ours",
    });
  });
});

describe("what programs send is left alone, whatever it names", () => {
  test.each<[string, Record<string, string>]>([
    ["an answer to a holiday", { "Auto-Submitted": "auto-replied (vacation)" }],
    ["a notice", { "Auto-Submitted": "auto-generated" }],
    ["a report's null sender", { "Return-Path": "<>" }],
    ["a report", { "Content-Type": 'multipart/report; report-type=delivery-status; boundary="x"' }],
    ["an old responder", { Precedence: "auto_reply" }],
    ["bulk mail", { Precedence: "bulk" }],
    ["a list", { "List-Id": "<list.example>" }],
    ["another responder", { "X-Autoreply": "yes" }],
    ["a mail server", { From: "MAILER-DAEMON@mx.example" }],
  ])("%s", async (_, headers) => {
    const bytes = written({ Subject: `leave-${token}`, "In-Reply-To": ours, ...headers }, "unsubscribe");
    expect(await readLeavingMail(bytes)).toEqual({ kind: "ignored", why: "automatic" });
  });

  test("a person's mail may say that it is one", async () => {
    const bytes = written({
      Subject: `leave-${token}`,
      "Auto-Submitted": "no",
      "Return-Path": "<salma@example.org>",
    });
    expect(await readLeavingMail(bytes)).toMatchObject({ kind: "tokens" });
  });
});

describe("an answer", () => {
  test.each<[string, string]>([
    ["one word", "unsubscribe"],
    ["behind a greeting", "Hello,\r\n\r\nplease unsubscribe me.\r\n\r\nSalma"],
    ["in Arabic", "السلام عليكم\r\nأرجو إلغاء الاشتراك\r\n"],
    [
      "above what it quotes",
      "إلغاء\r\n\r\nOn Mon, 1 Mar 2026 at 07:00, الجريدة <b@paper.example> wrote:\r\n> خبر\r\n",
    ],
    ["with direction marks", "\u200fأوقفوا\u200f"],
  ])("that says to leave: %s", async (_, body) => {
    expect(await readAnswer(answer(body))).toEqual({ kind: "answer", messageIds: [ours], leaves: true });
  });

  test.each<[string, string]>([
    ["thanks", "Thank you for today's issue. I could not stop reading!"],
    ["a word that is only quoted", "شكراً\r\n> إلغاء الاشتراك\r\n> unsubscribe"],
    ["below the quotation's beginning", "Nice.\r\n\r\nFrom: الجريدة\r\nunsubscribe"],
    ["far below", "a\r\nb\r\nc\r\nd\r\ne\r\nunsubscribe"],
    ["nothing", ""],
  ])("that does not: %s", async (_, body) => {
    expect(await readAnswer(answer(body))).toMatchObject({ leaves: false });
  });

  test("in HTML alone", async () => {
    const html = "<div dir=rtl>إلغاء&nbsp;الاشتراك</div><blockquote>خبر</blockquote>";
    const bytes = answer(html, { "Content-Type": "text/html; charset=utf-8" });
    expect(await readAnswer(bytes)).toMatchObject({ leaves: true });
  });

  test("names several messages: the one it answers first, then the newest", async () => {
    const bytes = answer("stop", { References: "<1@a.example>\r\n <2@a.example>" });
    expect(await readAnswer(bytes)).toEqual({
      kind: "answer",
      messageIds: [ours, "<2@a.example>", "<1@a.example>"],
      leaves: true,
    });
  });

  test("to nothing of anybody's: who it claims to come from counts for nothing", async () => {
    const bytes = written({ Subject: "unsubscribe" }, "unsubscribe");
    expect(await readLeavingMail(bytes)).toEqual({ kind: "ignored", why: "nothing-of-ours" });
  });
});

test.each([
  ["", true],
  ["no mail at all", true],
  ["\u0000".repeat(1000), true],
  [`Subject: ${"x".repeat(300_000)}\r\n\r\n`, true],
  [
    `Content-Type: multipart/mixed; boundary=x\r\n\r\n${"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n".repeat(500)}`,
    true,
  ],
  [`In-Reply-To: ${"<".repeat(100_000)}\r\n\r\nstop`, true],
])("anything at all is read, and ends (%#)", async (text) => {
  const reading = await readLeavingMail(new TextEncoder().encode(text));
  expect(reading.kind).toBe("ignored");
});

test("a mail of the largest size is read", async () => {
  const bytes = answer("unsubscribe me ".repeat(16_000));
  expect(await readAnswer(bytes)).toMatchObject({ leaves: false });
});

/** The square of these lengths takes seconds: 500 ms of the processor are many times what reading them once takes. */
test.each(["<", "<p", "<br ", "<style", "<a ", "&nbsp;<", "<p <br"])(
  "100 kB of %j take no time",
  async (piece) => {
    const html = piece.repeat(Math.ceil(100_000 / piece.length));
    const before = process.cpuUsage();
    expect(await readAnswer(answer(html, { "Content-Type": "text/html" }))).toMatchObject({ leaves: false });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(500);
  },
);

test.each([
  "unsubscribe",
  "Unsubscribe.",
  "UNSUBSCRIBE ME PLEASE",
  "Please remove me from your mailing list",
  "stop",
  "Stop sending me these emails",
  "cancel my subscription",
  "leave",
  "I want to unsubscribe",
  "إلغاء",
  "ألغوا",
  "إلغاء الاشتراك",
  "الغاء الإشتراك",
  "أرجو إلغاء اشتراكي في النشرة",
  "لا أريد",
  "لا أريد هذه الرسائل بعد اليوم",
  "لم أعد أريد النشرة",
  "أوقفوا الإرسال",
  "أَوْقِفُوا",
  "احذفوني من القائمة",
  "من فضلكم أزيلوا عنواني",
  "ألغوا اشتراكي",
  "إلغاء الاشتراك من فضلكم",
  "أوقفوا الرسائل",
  "توقفوا عن إرسال هذه الرسائل",
  "لا أريد هذه الرسائل",
  "لا أريد استلام النشرة",
  "لا أريد أن تصلني رسائل منكم",
  "لم أعد أرغب في تلقي النشرة البريدية",
  "احذفوا بريدي",
  "احذفوا بريدي من قائمتكم لو سمحتم، وشكراً جزيلاً",
  "أريد إلغاء اشتراكي",
  "الرجاء وقف الإرسال",
  "كفى",
  "كفى رسائل",
])("%s: leaves", (line) => expect(isLeavingLine(line)).toBe(true));

test.each([
  "",
  "Don't stop!",
  "I could not stop reading",
  "Stop the war",
  "leave me on the list",
  "How do I unsubscribe my mother?",
  "The unsubscribe link is broken, but I love the newsletter",
  "لا أريد إلغاء الاشتراك",
  "لا أريد أن ألغي اشتراكي",
  "قرأت عن إلغاء الانتخابات",
  "وقف إطلاق النار خبر سار",
  "وقف إطلاق النار",
  "إلغاء الضريبة قرار ممتاز",
  "حذف الأصفار من العملة خطأ",
  "إيقاف الحرب الآن",
  "كفى حروباً",
  "لا أريد أن يفوتني أي عدد",
  "لا أريد أن أترك النشرة",
  "لا أريد وقف الرسائل",
  "لا أريد أن تتوقف الرسائل",
  "لم أعد أريد إلغاء الاشتراك",
  "لا اريد الاعلانات في النشرة",
  "أريد النشرة",
  "شكراً لكم",
  `unsubscribe ${"x".repeat(100)}`,
])("%s: stays", (line) => expect(isLeavingLine(line)).toBe(false));
