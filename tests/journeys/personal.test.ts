// Nothing of one reader stands in another's mail: a thousand readers, their letters over real SMTP, taken apart.
import { sql } from "kysely";
import { simpleParser } from "mailparser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readToken } from "../../src/platform/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

const readers = 1000;
const addressOf = (i: number) => `reader${i}@example.org`;
const tokens = /(?:unsubscribe|preferences|worth)\/([\w.-]+)/g;

let smtp: Smtp;
let nashra: TestNashra;
type Letter = { to: string; head: string; html: string; text: string };
let letters: Letter[];
const ids = new Map<string, number>();

beforeAll(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  for (const section of ["سياسة", "اقتصاد", "ثقافة"])
    for (let i = 0; i < 4; i++)
      await nashra.article({
        title: `${section}: خبر ${i}`,
        sections: [section],
        summary: `خلاصة ${section} ${i}`,
      });
  await nashra.confirmed(...Array.from({ length: readers }, (_, i) => addressOf(i)));
  const { db } = nashra.database;
  // Four choices of sections in two languages, so that letters of eight editions leave beside each other.
  await sql`update subscriptions set sections = case id % 4 when 0 then '' else '[' || (id % 4) || ']' end`.execute(
    db,
  );
  await sql`update subscribers set language = case (id / 4) % 2 when 0 then 'ar' else 'en' end`.execute(db);
  for (const { id, address } of await db.selectFrom("subscribers").select(["id", "address"]).execute())
    ids.set(address, id);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  letters = await Promise.all(
    smtp.arrived.map(async ({ to, raw }) => {
      const { html, text } = await simpleParser(Buffer.from(raw, "latin1"));
      return { to, head: raw.slice(0, raw.indexOf("\r\n\r\n")), html: html || "", text: text ?? "" };
    }),
  );
});
afterAll(async () => {
  await nashra.stop();
  await smtp.close();
});

const tokensIn = ({ head, html, text }: Letter) =>
  [head.replace(/\r\n /g, " "), html, text].flatMap((part) =>
    [...part.matchAll(tokens)].map(([, token = ""]) => token),
  );

test("each reader has one letter, with links that name this reader and nobody else", async () => {
  expect(new Set(letters.map(({ to }) => to)).size).toBe(readers);
  expect(letters).toHaveLength(readers);
  const ownerOf = new Map<string, string>();
  for (const letter of letters) {
    const own = new Set(tokensIn(letter));
    expect(own.size, "to leave, to choose, to say whether it was worth it").toBe(3);
    for (const token of own) {
      expect(ownerOf.get(token) ?? letter.to).toBe(letter.to);
      ownerOf.set(token, letter.to);
    }
    const named = await Promise.all(
      (["unsubscribe", "preferences"] as const).map(async (purpose) => {
        const readings = await Promise.all(
          [...own].map((it) => readToken(nashra.keys, purpose, it, nashra.now())),
        );
        return readings.flatMap((it) => (it.ok ? it.payload[0] : []));
      }),
    );
    expect(named).toEqual([[ids.get(letter.to)], [ids.get(letter.to)]]);
  }
});

test("the only address of a reader in a letter is the one it goes to", () => {
  for (const { to, head, html, text } of letters)
    for (const part of [head, html, text])
      expect(new Set(part.match(/reader\d+@example\.org/g))).toEqual(new Set([to]));
});

test("without what is their own, all letters of an edition are the same, to the last sign", () => {
  const editions = new Map<string, Set<string>>();
  for (const letter of letters) {
    const own = [letter.to, ...new Set(tokensIn(letter))];
    const without = (part: string) => own.reduce((rest, it) => rest.replaceAll(it, "OWN"), part);
    const id = ids.get(letter.to) ?? 0;
    const edition = `${id % 4} ${Math.floor(id / 4) % 2}`;
    const head = without(letter.head.replace(/\r\n /g, " "))
      .replace(/^(Message-ID: ).*$/m, "$1OWN")
      .replace(/^DKIM-Signature: .*\r\n/gm, "")
      .replace(/boundary="[^"]*"/, "boundary=OWN");
    const seen = editions.get(edition) ?? new Set();
    editions.set(edition, seen.add([head, without(letter.html), without(letter.text)].join("\n\n")));
  }
  expect(editions.size).toBe(8);
  for (const [edition, seen] of editions) expect([edition, seen.size]).toEqual([edition, 1]);
});
