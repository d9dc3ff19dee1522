import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Keyring, SigningKey } from "../config.ts";
import type { Digest, Edition, EditionId, Issue, IssueId } from "../digests/index.ts";
import type { DkimKey } from "../mail/index.ts";
import { newPublisher } from "../settings/index.ts";
import type { SubscriberId } from "../subscribers/index.ts";
import type { ClaimedDelivery } from "./claim.ts";
import { composeDelivery, messageIdOf, nameOf, returnPathOf, type Sender } from "./compose.ts";
import { returnPath } from "./verp.ts";

const now = Temporal.Instant.from("2026-03-01T05:00:00Z");
const key: SigningKey = { id: "k2", key: "k".repeat(40) };
const old: SigningKey = { id: "k1", key: "o".repeat(40) };
const keys: Keyring = [key, old];
const keyOf = (domain: string): DkimKey => ({
  selector: "s",
  domain,
  algorithm: "rsa-sha256",
  sign: async () => new Uint8Array(4),
  sha256: () => new Uint8Array(4),
});
const sender: Sender = {
  mailFrom: "desk@news.example",
  mailLeave: "leave@news.example",
  mailBounce: "bounce.news.example",
  site: new URL("https://news.example"),
  keys,
  publisher: newPublisher,
  dkim: [keyOf("news.example"), keyOf("Alerts.example")],
};
const digest: Digest = {
  id: 4 as Digest["id"],
  slug: "daily",
  name: "نشرة اليوم",
  nameEn: null,
  on: true,
  schedule: {
    zone: "Asia/Beirut",
    days: [1],
    slots: [],
    ramadan: null,
    holidays: [],
    skips: [],
    hijriShift: 0,
  },
  maxStories: 8,
  minStories: 3,
  lateMinutes: 180,
  deadlineMinutes: 360,
  approval: null,
  breaking: { aDay: 3, quiet: null },
  template: "digest",
  inDoubt: "resend",
  sender: { address: null, name: null },
  next: null,
  scheduleRevision: 1,
};
const issue: Issue = {
  id: 9 as IssueId,
  digestId: digest.id,
  digestSlug: digest.slug,
  date: "2026-03-01",
  slot: "morning",
  kind: "digest",
  state: "sending",
  plannedAt: now,
  openedAt: now,
  finishedAt: null,
  reason: null,
  frozenThrough: 1,
  candidates: 1,
  revision: 1,
  approval: null,
  approvedBy: null,
  cancelledBy: null,
  paused: null,
  extendedTo: null,
  foldedThrough: 0,
  worth: { yes: 0, no: 0 },
};
const edition: Edition = {
  id: 1 as EditionId,
  issueId: issue.id,
  sections: "",
  language: "ar",
  revision: 1,
  subject: "المجلس يقر الموازنة",
  html: '<p dir="rtl">صباح الخير</p><p>\uFDD0address\uFDD1</p>',
  text: "صباح الخير\n\uFDD0address\uFDD1\n",
  shortened: 0,
  articles: [],
  next: [],
};
const letterTo = (address: string, messageId: string | null = null): ClaimedDelivery => ({
  table: "deliveries",
  id: 12,
  address,
  subscriberId: 7 as SubscriberId,
  language: "ar",
  tries: 0,
  messageId,
  messageDate: null,
  sections: "",
  destination: "",
});

async function composed(address: string, of: Digest["sender"] = digest.sender) {
  const carried = { digest: { ...digest, sender: of }, issue, edition };
  const message = { id: "<delivery.12.x@news.example>", date: now };
  const { bytes, recipient, from } = await composeDelivery(sender, carried, letterTo(address), message);
  const text = new TextDecoder().decode(bytes);
  const head = text.slice(0, text.indexOf("\r\n\r\n"));
  const fields = head.split(/\r\n(?![ \t])/).map((it) => it.replace(/\r\n[ \t]+/g, " "));
  return { text, recipient, from, fields, names: fields.map((it) => it.slice(0, it.indexOf(":"))) };
}

describe("whatever an address holds", async () => {
  const plain = (await composed("salma@reader.example")).names;
  const nasty = fc.constantFrom(
    ...'\r\n|\n|\r|\0|\u2028|\u2029|\u0085|\u202e|\uFDD0|\uFDD1|\r\nBcc: x@evil.example|\r\n\r\n<p>|,|;|"|<|>|(|)|:| |\t|@|.|%0d%0a|+|=?utf-8?B?DQpCY2M6IHhAeS5leGFtcGxl?=|evil@evil.example|سلمى|a'.split(
      "|",
    ),
  );
  const address = fc
    .tuple(
      fc.oneof(
        fc.array(nasty, { maxLength: 6 }),
        fc.array(fc.string({ unit: "binary", maxLength: 4 }), { maxLength: 4 }),
      ),
      fc.constantFrom("@reader.example", "@قارئ.example", "@", ""),
    )
    .map(([parts, end]) => parts.join("") + end);

  test("the letter is not written, or has the same fields as any other, and one recipient", () =>
    fc.assert(
      fc.asyncProperty(address, async (typed) => {
        const letter = await composed(typed).catch(() => null);
        if (letter === null) return; // its line in the ledger says why
        expect(letter.names).toEqual(plain);
        expect(letter.text).not.toMatch(/(^|[^\r])\n|\r(?!\n)|\0/);
        expect(letter.recipient).toMatch(/^[^\s\p{C},;:<>()"@]+@[a-z0-9.-]+$/u);
        expect(letter.fields.filter((it) => /^(To|Cc|Bcc|Resent-\w+):/i.test(it))).toHaveLength(1);
        // What was typed, and nobody else: but for its domain, which is in A-labels and small letters then.
        expect(letter.recipient.slice(0, letter.recipient.lastIndexOf("@"))).toBe(
          typed.slice(0, typed.lastIndexOf("@")),
        );
      }),
      { numRuns: 1500 },
    ));
});

test.each<[what: string, Digest["sender"], from: RegExp, signedFor: string]>([
  ["the paper's own", { address: null, name: null }, /<desk@news\.example>$/, "news.example"],
  ["another name", { address: null, name: "Desk" }, /^From: Desk <desk@news\.example>$/, "news.example"],
  ["another address", { address: "m@alerts.example", name: null }, /<m@alerts\.example>$/, "Alerts.example"],
  ["of a domain without keys", { address: "m@other.example", name: "M" }, /^From: M <m@other\.example>$/, ""],
])("a digest's sender: %s", async (_, of, from, signedFor) => {
  const letter = await composed("salma@reader.example", of);
  const field = (name: string) => letter.fields.filter((it) => it.startsWith(`${name}:`)).join("\n");
  expect(field("From")).toMatch(from);
  expect(field("Reply-To").slice("Reply-To:".length)).toBe(field("From").slice("From:".length));
  expect(letter.from).toBe(of.address ?? "desk@news.example");
  expect(field("List-Id")).toMatch(/<digest-4\.news\.example>$/);
  expect(field("List-Owner")).toBe(`List-Owner: <mailto:${letter.from}>`);
  expect(/\bd=([^;]*)/.exec(field("DKIM-Signature"))?.[1] ?? "").toBe(signedFor);
});

test.each(["news.example", "alerts.example"])(
  "a letter from %s that was first tried under the key before keeps its return path",
  async (domain) => {
    const letter = letterTo("salma@reader.example");
    const messageId = await messageIdOf({ keys: [old] }, nameOf(letter), domain);
    expect(await returnPathOf(sender, { ...letter, messageId })).toBe(
      await returnPath(old, "bounce.news.example", letter),
    );
    expect(await returnPathOf(sender, letter)).toBe(await returnPath(key, "bounce.news.example", letter));
  },
);
