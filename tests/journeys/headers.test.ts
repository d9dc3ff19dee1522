// What stands in the header of each kind of mail as it leaves (MAIL's rules), and that nobody can add to it by what they type.
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
import { bodyAbout, startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({
    now: "2026-03-01T03:00:00Z",
    smtp: smtp.url,
    env: {
      NASHRA_PUBLIC_URL: "https://news.example",
      NASHRA_MAIL_FROM: "desk@news.example",
      NASHRA_MAIL_BOUNCE: "bounce.news.example",
    },
  });
  await nashra.threeArticles();
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

/** Header fields, unfolded: each name with all of its values. */
function fieldsOf(raw: string): Map<string, string[]> {
  const lines = raw
    .slice(0, raw.indexOf("\r\n\r\n"))
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    fields.set(name, [...(fields.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return fields;
}

const rules: readonly [name: string, digest: RegExp | null, notice: RegExp | null][] = [
  ["From", /<desk@news\.example>$/, /<desk@news\.example>$/],
  ["Reply-To", /<desk@news\.example>$/, /<desk@news\.example>$/],
  ["To", /^salma@reader\.example$/, /^karim@reader\.example$/],
  ["Cc", null, null],
  ["Bcc", null, null],
  ["Sender", null, null],
  ["Message-ID", /^<delivery\.[\w.]+@news\.example>$/, /^<notice\.[\w.]+@news\.example>$/],
  ["Date", /\+0000$/, /\+0000$/],
  ["List-Id", /<digest-1\.news\.example>$/, null],
  [
    "List-Unsubscribe",
    /^<https:\/\/news\.example\/unsubscribe\/[\w.-]+>, <mailto:desk@news\.example\?subject=leave-[\w.-]+>$/,
    null,
  ],
  ["List-Unsubscribe-Post", /^List-Unsubscribe=One-Click$/, null],
  ["List-Help", /^<https:\/\/news\.example\/subscribe\?digest=daily>$/, null],
  ["List-Owner", /^<mailto:desk@news\.example>$/, null],
  ["List-Archive", /^<https:\/\/news\.example\/issues\/daily\/2026-03-01-morning>$/, null],
  ["Feedback-ID", /^i1:d1:digest:nashra$/, null],
  ["Precedence", /^bulk$/, null],
  ["Auto-Submitted", /^auto-generated$/, /^auto-generated$/],
  ["X-Auto-Response-Suppress", /^OOF, AutoReply$/, /^OOF, AutoReply$/],
  ["Content-Language", /^ar$/, /^ar$/],
  ["MIME-Version", /^1\.0$/, /^1\.0$/],
  ["Content-Type", /^multipart\/alternative; boundary=/, /^multipart\/alternative; boundary=/],
];

test("each field that belongs there stands once in a digest and in a notice, and no other", async () => {
  await nashra.confirmed("salma@reader.example");
  await nashra.post("/subscribe", { address: "karim@reader.example", language: "ar" });
  await nashra.tickAt("2026-03-01T05:00:00Z");
  await expect.poll(() => smtp.to("karim@reader.example").length, { timeout: 20_000 }).toBe(1);
  const [digest] = smtp.to("salma@reader.example");
  const [notice] = smtp.to("karim@reader.example");
  for (const [name, ofDigest, ofNotice] of rules)
    for (const [mail, rule] of [
      [digest, ofDigest],
      [notice, ofNotice],
    ] as const)
      expect([name, fieldsOf(mail?.raw ?? "").get(name) ?? []]).toEqual([
        name,
        rule === null ? [] : [expect.stringMatching(rule)],
      ]);
  for (const mail of [digest, notice]) {
    expect(mail?.from).toMatch(/^[bn]-[a-z0-9]+-[a-z0-9]+-[a-z2-7]{16}@bounce\.news\.example$/);
    for (const line of mail?.raw.split("\r\n") ?? []) expect(line.length).toBeLessThanOrEqual(998);
  }
});

/** What differs where an editor sent it: breaking news and corrections carry one article, and nobody's machine chose it. */
const bySpecial: Readonly<Record<string, (kind: string, issue: number) => RegExp | null>> = {
  "List-Archive": (kind) => new RegExp(`^<https://news\\.example/issues/daily/2026-03-01-${kind}-1>$`),
  "Feedback-ID": (kind, issue) => new RegExp(`^i${issue}:d1:${kind}:nashra$`),
  "Auto-Submitted": () => null,
};

test("breaking news and a correction have the fields of a digest, and say that a person sent them", async () => {
  await nashra.confirmed("salma@reader.example");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  const token = await createApiToken(nashra.database, "chief", "administrator", nashra.at());
  const twice = async (path: string, body: object) => {
    const post = async (more: object) => {
      const answer = await nashra.app.request(`https://news.example/api/v1${path}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: JSON.stringify({ ...body, ...more }),
      });
      return Object(await answer.json());
    };
    const { confirm } = await post({});
    await post({ confirm });
    for (let ticks = 0; ticks < 5; ticks++) await nashra.tick(600);
  };
  const urgent = await nashra.article({ title: "عاجل", sections: ["سياسة"] });
  await twice("/digests/daily/breaking", { article: urgent.id });
  await nashra.article({ title: "الليرة تستقر", sections: ["اقتصاد"], body_html: bodyAbout("غيرها") });
  await twice("/issues/daily/2026-03-01-morning/correction", { article: 2, say: "كان الرقم خطأ" });
  const [, ...specials] = smtp.to("salma@reader.example");
  expect(specials).toHaveLength(2);
  for (const [at, kind] of ["breaking", "correction"].entries())
    for (const [name, ofDigest] of rules) {
      const own = bySpecial[name];
      const rule = own ? own(kind, at + 2) : ofDigest;
      expect([kind, name, fieldsOf(specials[at]?.raw ?? "").get(name) ?? []]).toEqual([
        kind,
        name,
        rule === null ? [] : [expect.stringMatching(rule)],
      ]);
    }
});

test("nothing that a subscriber types adds a header or a recipient", async () => {
  const nasty = fc.constantFrom(
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\u2028",
    "\u202e",
    "\u0085",
    "=?utf-8?B?DQpCY2M6IHhAeS5leGFtcGxl?=",
    ",",
    ";",
    '"',
    "<",
    ">",
    "(",
    "Bcc: x@evil.example",
    " ",
    "\t",
    "سلمى",
    "+r",
    "%0d%0a",
    "a",
    "@",
    ".",
    "evil@evil.example",
  );
  const typed = fc
    .array(nasty, { maxLength: 5 })
    .chain((parts) =>
      fc.constantFrom("@reader.example", "@قارئ.example", "").map((end) => parts.join("") + end),
    );
  const given = fc.sample(typed, 400);
  // By the form and by a list, as strangers and publishers bring them.
  for (const address of given.slice(0, 40)) await nashra.post("/subscribe", { address, language: "ar" });
  // As cells, so that line ends and commas stay in one address; a list with a NUL is refused whole.
  const list = given.filter((it) => !it.includes("\0")).map((it) => `"${it.replaceAll('"', '""')}"`);
  await nashra.confirmed("fine@reader.example", ...list);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  await expect.poll(() => smtp.to("fine@reader.example").length, { timeout: 20_000 }).toBe(1);
  const names = [...fieldsOf(smtp.to("fine@reader.example")[0]?.raw ?? "").keys()].sort();
  for (const { to, raw } of smtp.arrived) {
    const fields = fieldsOf(raw);
    expect(to).not.toMatch(/evil\.example.*@|[\s,;<>"()]/);
    expect(fields.get("To")).toHaveLength(1);
    expect(fields.has("Bcc")).toBe(false);
    if (fields.has("List-Id")) expect([...fields.keys()].sort()).toEqual(names);
    expect(raw).not.toMatch(/(^|[^\r])\n|\r(?!\n)/);
  }
  // Whoever also came by the form, and whose address is one, was sent a confirmation beside it.
  const envelopes = smtp.arrived.filter(({ raw }) => fieldsOf(raw).has("List-Id")).map(({ to }) => to);
  expect(new Set(envelopes).size).toBe(envelopes.length); // one letter each, to one
});
