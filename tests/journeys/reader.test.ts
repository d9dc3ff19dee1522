// What a reader does, through the whole service: mails over SMTP, their links, answers to them, and being forgotten.
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  await nashra.sections("سياسة", "اقتصاد", "ثقافة", "رياضة");
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

const salma = "salma@example.org";
const morning = (day: string) => `2026-03-${day}T05:00:00Z`;

async function news(day: string) {
  for (const [title, section] of [
    ["المجلس يقر الموازنة", "سياسة"],
    ["الليرة تستقر في السوق", "اقتصاد"],
    ["معرض الكتاب يفتح أبوابه", "ثقافة"],
    ["الفريق يفوز بالكأس", "رياضة"],
  ] as const)
    await nashra.article({ title: `${title} ${day}`, sections: [section] });
}

/** Every row of every table, as text. */
async function everything(): Promise<string> {
  const { db } = nashra.database;
  const { rows } = await sql<{
    name: string;
  }>`select name from sqlite_master where type = 'table' order by name`.execute(db);
  const tables = await Promise.all(
    rows.map(async ({ name }) => [name, (await sql`select * from ${sql.table(name)}`.execute(db)).rows]),
  );
  return JSON.stringify(tables);
}

/** The newest mail to an address, and its links. */
async function mailTo(address: string) {
  const mail = await smtp.read(address);
  const links = [...`${mail.text} ${mail.html}`.matchAll(/https?:\/\/[^\s"<>]+/g)].map(([url]) =>
    url.replaceAll("&amp;", "&"),
  );
  return { mail, links: [...new Set(links)] };
}
const linkIn = (links: readonly string[], path: string) => {
  const link = links.find((url) => new URL(url).pathname.startsWith(path));
  if (!link) throw new Error(`No link to ${path} in ${links.join(" ")}`);
  return new URL(link).pathname;
};

/** Waits for what goes on behind the reply: requests answered, their mails sent. */
async function settled() {
  for (let looks = 0; looks < 400; looks++) {
    const { rows } = await sql`select 1 from requests where state = 'waiting'
      union all select 1 from notices where state in ('queued', 'claimed', 'sending')`.execute(
      nashra.database.db,
    );
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("Some mail did not leave.");
}

/** The link to somebody's preferences that they ask for a minute later. */
async function preferencesOf(address: string) {
  nashra.wait({ minutes: 1 });
  await nashra.post("/preferences", { address });
  await settled();
  return linkIn((await mailTo(address)).links, "/preferences/");
}

async function signedUp(address = salma) {
  await nashra.post("/subscribe", { address, language: "ar" });
  await settled();
  const confirm = linkIn((await mailTo(address)).links, "/confirm/");
  const { status } = await nashra.post(confirm, {}, { Origin: "null" }); // as from inside some mail programs
  expect(status).toBe(200);
}

test("a scanner that follows every link of every mail, however it mangles them, changes nothing", async () => {
  await signedUp();
  await signedUp("karim@example.org");
  await nashra.post("/subscribe", { address: "new@example.org", language: "en" }); // a confirmation that waits
  await settled();
  await news("الأحد");
  await nashra.tickAt(morning("01"));
  const preferences = linkIn((await mailTo(salma)).links, "/preferences/");
  const digest = await mailTo("karim@example.org");
  await nashra.post("/preferences", { address: salma });
  await settled();
  const link = await mailTo(salma);
  await nashra.post(`${preferences}/address`, { address: "salma@new.example" });
  await settled();
  const address = await mailTo("salma@new.example");
  await nashra.post(linkIn(address.links, "/preferences/address/"), {});
  const moved = await preferencesOf("salma@new.example");
  await nashra.post(`${moved}/address`, { address: "salma@newer.example" }); // and one that waits
  await settled();
  const mails = [
    digest,
    link,
    address,
    await mailTo(salma), // "your address has changed"
    await mailTo("new@example.org"),
    await mailTo("salma@newer.example"),
  ];
  const { rows: kinds } = await sql<{
    kind: string;
  }>`select distinct kind from notices order by kind`.execute(nashra.database.db);
  expect(kinds.map(({ kind }) => kind)).toEqual(["address", "confirm", "moved", "preferences", "welcome"]);

  const links = new Set(
    mails.flatMap(({ links, mail }) => [
      ...links,
      ...mail.headerLines.flatMap(({ line }) => line.match(/https?:[^>\s]+/g) ?? []),
    ]),
  );
  const ours = [...links].filter((url) => new URL(url).origin === nashra.config.publicUrl.origin);
  expect(new Set(ours.map((url) => new URL(url).pathname.split("/")[1]))).toEqual(
    new Set(["", "c", "confirm", "issues", "preferences", "subscribe", "unsubscribe", "worth"]),
  );
  const before = await everything();
  for (const url of ours) {
    const { pathname } = new URL(url);
    for (const path of [
      pathname,
      `${pathname}?utm_source=x&List-Unsubscribe=One-Click`,
      `${pathname}.`,
      `${pathname}%3E`,
      `${pathname}/`,
      `${pathname}/erase`,
    ]) {
      for (const method of ["GET", "HEAD", "OPTIONS"]) {
        const reply = await nashra.app.request(new URL(url).origin + path, {
          method,
          headers: { Purpose: "prefetch" },
        });
        expect(reply.status, `${method} ${path}`).toBeLessThan(500);
        await reply.text();
      }
    }
  }
  expect(await everything()).toBe(before);
});

test("a digest may be left by https and by mailto, and leads to the preferences in both twins", async () => {
  await signedUp();
  await news("الأحد");
  await nashra.tickAt(morning("01"));
  const [letter] = smtp.to(salma).slice(-1);
  const header = (letter?.raw ?? "").replace(/\r\n[ \t]/g, " ");
  expect(header.match(/^List-Unsubscribe:/gm)).toHaveLength(1);
  const [, https = "", mailto = ""] =
    /^List-Unsubscribe: <(http:\/\/[^<>\s]+)>, <(mailto:[^<>\s]+)>\r?$/m.exec(header) ?? [];
  const token = https.slice(https.lastIndexOf("/") + 1);
  expect(mailto).toBe(`mailto:bulletin@localhost?subject=leave-${token}`);
  const { mail } = await mailTo(salma);
  expect(mail.text).toMatch(/تفضيلات الاشتراك.*\nhttp:\S+\/preferences\/\S+\n/);
  expect(mail.html).toMatch(/<a [^>]*href="http:[^"]+\/preferences\/[^"]+"[^>]*>تفضيلات الاشتراك</);
});

describe("an answer to a digest", () => {
  const editor = async () => ({
    Authorization: `Bearer ${await createApiToken(nashra.database, "inbound", "editor", nashra.at())}`,
    "Content-Type": "message/rfc822",
  });
  const deliver = async (raw: string, headers: Record<string, string>) => {
    const url = new URL("/inbound/mail", nashra.config.publicUrl).href;
    const reply = await nashra.app.request(url, { method: "POST", body: raw, headers });
    return { status: reply.status, answer: await reply.json() };
  };
  const answering = (id: string, words: string) =>
    `From: someone@elsewhere.example\r\nTo: bulletin@localhost\r\nSubject: Re: x\r\nIn-Reply-To: ${id}\r\n` +
    `Content-Type: text/plain; charset=utf-8\r\n\r\n${words}\r\n\r\n> إلغاء\r\n`;

  test("that says to leave holds from the next letter that is claimed, though the audience is frozen", async () => {
    await signedUp();
    await news("الأحد");
    await nashra.tickAt(morning("01"));
    const id = (await mailTo(salma)).mail.messageId ?? "";
    nashra.setClock("2026-03-02T03:00:00Z");
    await news("الاثنين");
    nashra.setClock(morning("02"));
    await nashra.tick(0); // freezes the audience, and has no time to send
    expect((await nashra.issue("daily/2026-03-02-morning")).state).toBe("sending");
    expect((await nashra.ledger("daily/2026-03-02-morning")).get(salma)?.state).toBe("queued");

    const headers = await editor();
    expect(await deliver(answering(id, "شكراً على كل شيء"), headers)).toMatchObject({
      status: 200,
      answer: { did: "ignored", why: "no-word" },
    });
    expect(
      await deliver(
        answering(
          id.replace(/(.)@/, (_, last) => `${last === "0" ? "1" : "0"}@`),
          "إلغاء الاشتراك",
        ),
        headers,
      ),
    ).toMatchObject({
      answer: { did: "ignored", why: "unknown-message" },
    });
    expect(await deliver(answering(id, "إلغاء الاشتراك"), headers)).toMatchObject({
      answer: { did: "left", digest: "daily" },
    });
    const before = smtp.arrived.length;
    await nashra.tick(600);
    expect(smtp.arrived).toHaveLength(before);
    expect((await nashra.ledger("daily/2026-03-02-morning")).get(salma)).toMatchObject({
      state: "withdrawn",
      reason: "left-by-mail",
    });
  });

  test("is taken from whoever has an editor's token, and from nobody else", async () => {
    const viewer = await createApiToken(nashra.database, "inbound", "viewer", nashra.at());
    expect((await deliver("", {})).status).toBe(401);
    expect((await deliver("", { Authorization: `Bearer ${viewer}` })).status).toBe(403);
  });
});

test("what is held of her comes whole, and is gone when she says so, but for the acts", async () => {
  await signedUp();
  await signedUp("karim@example.org");
  await news("الأحد");
  await nashra.tickAt(morning("01"));
  const before = linkIn((await mailTo(salma)).links, "/preferences/");
  await nashra.post(`${before}/address`, { address: "salma@new.example" });
  await settled();
  await nashra.post(linkIn((await mailTo("salma@new.example")).links, "/preferences/address/"), {});
  expect((await nashra.post(`${before}/export`, {})).status).toBe(410); // that link lies in the old mailbox
  const path = await preferencesOf("salma@new.example");
  const held: { notices: { kind: string; address: string }[] } = JSON.parse(
    await (await nashra.post(`${path}/export`, {})).text(),
  );
  expect(held).toMatchObject({
    subscriber: { address: "salma@new.example" },
    deliveries: [{ address: salma, state: "accepted", language: "ar" }],
    exclusions: [],
  });
  expect(held.notices.map(({ kind, address }) => `${kind} ${address}`)).toEqual([
    "preferences salma@new.example",
    `moved ${salma}`,
    "address salma@new.example",
    `welcome ${salma}`,
    `confirm ${salma}`,
  ]);

  nashra.setClock("2026-03-02T03:00:00Z");
  await news("الاثنين");
  nashra.setClock(morning("02"));
  await nashra.tick(0);
  expect((await nashra.post(`${path}/erase`, {})).status).toBe(200);
  const left = await everything();
  expect(left).not.toMatch(/salma/i);
  expect(left).toContain("karim@example.org");
  await nashra.tick(600);
  expect(smtp.to("salma@new.example").filter(({ raw }) => raw.includes("List-Unsubscribe"))).toEqual([]);
  const issue = await nashra.issue("daily/2026-03-02-morning");
  expect([issue.state, issue.candidates]).toEqual(["sent", 2]);
  expect((await nashra.ledger("daily/2026-03-02-morning")).get("")).toMatchObject({
    state: "withdrawn",
    reason: "erased",
  });
  expect((await nashra.ledger("daily/2026-03-01-morning")).get("")).toMatchObject({
    state: "accepted",
    reply: null,
  });
  const { rows } = await sql<{
    act: string;
  }>`select act from consents where subscriber_id = 1 order by id`.execute(nashra.database.db);
  expect(rows.map(({ act }) => act)).toEqual(["asked", "confirmed", "moved", "erased"]);
});
