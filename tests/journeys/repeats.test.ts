// Nobody is sent a story twice: not by another digest, not after changing sections, not under another name.
import { type KyselyPlugin, sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { auditIfChanged } from "../../src/accounts/index.ts";
import { mergeStories } from "../../src/articles/index.ts";
import { claimDeliveries } from "../../src/delivery/claim.ts";
import { prepareIssue, sendDue } from "../../src/delivery/index.ts";
import { addDigest, digestBySlug, openDueIssues } from "../../src/digests/index.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";
import { tick } from "../../src/tick.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
const schedule = (time: string) => ({
  zone: "UTC",
  days: [1, 2, 3, 4, 5, 6, 7],
  slots: [{ name: "run", time }],
});

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  await nashra.sections("سياسة", "اقتصاد", "ثقافة", "رياضة");
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

async function digest(slug: string, time: string, maxStories: number, minStories = 1) {
  const { db, batch } = nashra.database;
  const given = { slug, name: slug, nameEn: null, schedule: schedule(time), maxStories, minStories };
  await batch([addDigest(db, given, nashra.at())]);
  const made = await digestBySlug(db, slug);
  if (!made) throw new Error(`There is no digest ${slug}.`);
  return made;
}

async function subscribe(slug: string, ...addresses: string[]) {
  const to = await digestBySlug(nashra.database.db, slug);
  if (!to) throw new Error(`There is no digest ${slug}.`);
  const options = { digest: to.id, consent: "test", language: "ar" as const, now: nashra.at() };
  await importSubscribers(nashra.database, options, addresses);
}

async function chooseSections(slug: string, address: string, sections: string) {
  await sql`update subscriptions set sections = ${sections}
    where digest_id = (select id from digests where slug = ${slug})
      and subscriber_id = (select id from subscribers where address = ${address})`.execute(
    nashra.database.db,
  );
}

/** So many articles of one section, the first the strongest. */
async function news(section: string, ...titles: string[]) {
  const importances = [3, 2, 1, 0] as const;
  const made = [];
  for (const [i, title] of titles.entries())
    made.push(
      await nashra.article({ title, sections: [section], importance: importances[Math.min(i, 3)] ?? 0 }),
    );
  return made;
}

/** What one reader was sent in an issue, by title, in the order of the letter. */
async function sentTo(address: string, issue: string): Promise<string[]> {
  const { id } = await nashra.issue(issue);
  const { rows } = await sql<{ title: string }>`
    select a.title from deliveries d join edition_stories s on s.edition_id = d.edition_id
    join articles a on a.id = s.article_id
    where d.issue_id = ${id} and d.address = ${address} order by s.position`.execute(nashra.database.db);
  return rows.map(({ title }) => title);
}

/** How many editions an issue has, those of single readers among them. */
async function editions(issue: string): Promise<string[]> {
  const { id } = await nashra.issue(issue);
  const rows = await nashra.database.db
    .selectFrom("editions")
    .select("sections")
    .where("issue_id", "=", id)
    .orderBy("id")
    .execute();
  return rows.map(({ sections }) => sections);
}

test("two digests share stories: who reads both gets the next in their place, the others nothing else", async () => {
  await digest("first", "05:00", 2);
  await digest("second", "06:00", 3);
  await subscribe("first", "both@example.org", "one@example.org", "too@example.org");
  await subscribe("second", "both@example.org", "two@example.org", "too@example.org");
  const all = await news("سياسة", "الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  await nashra.tickAt("2026-03-01T06:00:00Z");
  expect(await sentTo("both@example.org", "first/2026-03-01-run")).toEqual(["الأول", "الثاني"]);
  expect(await sentTo("two@example.org", "second/2026-03-01-run")).toEqual(["الأول", "الثاني", "الثالث"]);
  expect(await sentTo("both@example.org", "second/2026-03-01-run")).toEqual(["الثالث", "الرابع", "الخامس"]);
  expect((await smtp.read("two@example.org")).subject).toBe("الأول");
  const letters = smtp.to("both@example.org");
  expect(letters).toHaveLength(2);
  const ids = [all[2], all[3], all[4]].map((it) => it?.id);
  expect(await editions("second/2026-03-01-run")).toEqual(["", `=${ids.join(",")}`]); // one for the two of them
  // The issue's page and its feed show what it is for everybody.
  const page = await (await nashra.get("/issues/second/2026-03-01-run")).text();
  expect(page).toContain("الأول");
});

test("who changes sections is not sent again what came under the old ones", async () => {
  await digest("news", "05:00", 2);
  await subscribe("news", "moved@example.org", "stayed@example.org");
  await chooseSections("news", "moved@example.org", "[2]");
  await news("سياسة", "الأول", "الثاني");
  await nashra.article({ title: "السوق", sections: ["اقتصاد"] });
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect(await sentTo("moved@example.org", "news/2026-03-01-run")).toEqual(["السوق"]);
  await chooseSections("news", "moved@example.org", "");
  nashra.setClock("2026-03-01T20:00:00Z");
  await nashra.article({ title: "المصرف", sections: ["اقتصاد"] });
  await nashra.tickAt("2026-03-02T05:00:00Z");
  // The market was too weak for the others yesterday, and is new to them.
  expect(await sentTo("stayed@example.org", "news/2026-03-02-run")).toEqual(["المصرف", "السوق"]);
  expect(await sentTo("moved@example.org", "news/2026-03-02-run")).toEqual(["المصرف"]);
});

test.each(["before the issue is built", "while its letters wait"])(
  "a story that an editor put into another %s is the same",
  async (when) => {
    await digest("first", "05:00", 1);
    const second = await digest("second", "06:00", 1);
    await subscribe("first", "both@example.org");
    const [old] = await news("سياسة", "القديم");
    await nashra.tickAt("2026-03-01T05:00:00Z");
    await subscribe("second", "both@example.org");
    await chooseSections("second", "both@example.org", "[2]"); // where the old article does not stand
    const [fresh] = await news("اقتصاد", "الجديد", "غيره");
    const merge = async () => {
      if (!old || !fresh) throw new Error("nothing was published");
      const audit = (entry: { actor: string; act: string; subject: string }, at: Temporal.Instant) =>
        auditIfChanged(nashra.database.db, entry, at);
      const deps = { database: nashra.database, now: () => nashra.at(), audit };
      await mergeStories(deps, fresh.id, old.id, "editor"); // what was sent is called by another id now
    };
    nashra.setClock("2026-03-01T06:00:00Z");
    if (when === "before the issue is built") await merge();
    await openDueIssues(nashra.ticking);
    for (const _ of ["built", "sending"])
      await prepareIssue(nashra.ticking, second, await nashra.issue("second/2026-03-01-run"));
    if (when === "while its letters wait") await merge();
    await nashra.tickAt("2026-03-01T06:00:00Z");
    expect(await sentTo("both@example.org", "second/2026-03-01-run")).toEqual(["غيره"]);
  },
);

test("what a server refused or never took was not sent; what it may have taken was", async () => {
  await digest("first", "05:00", 1);
  await digest("second", "06:00", 1);
  for (const slug of ["first", "second"])
    await subscribe(slug, "refused@example.org", "doubt@example.org", "queued@example.org");
  await news("سياسة", "الأول", "الثاني");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  const state = async (address: string, to: string, doubts: number) =>
    sql`update deliveries set state = ${to}, in_doubt = ${doubts} where address = ${address}`.execute(
      nashra.database.db,
    );
  await state("refused@example.org", "rejected", 0);
  await state("doubt@example.org", "expired", 1);
  await nashra.tickAt("2026-03-01T06:00:00Z");
  expect(await sentTo("refused@example.org", "second/2026-03-01-run")).toEqual(["الأول"]);
  expect(await sentTo("doubt@example.org", "second/2026-03-01-run")).toEqual(["الثاني"]);
});

test("with nothing left that is new, the letter is withdrawn with its reason", async () => {
  await digest("first", "05:00", 2);
  await digest("second", "06:00", 2, 2);
  await subscribe("first", "both@example.org");
  await subscribe("second", "both@example.org", "two@example.org");
  await news("سياسة", "الأول", "الثاني");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  await nashra.tickAt("2026-03-01T06:00:00Z");
  const ledger = await nashra.ledger("second/2026-03-01-run");
  expect(ledger.get("both@example.org")).toMatchObject({
    state: "withdrawn",
    reason: "too-few-new-stories",
  });
  expect(ledger.get("two@example.org")?.state).toBe("accepted");
});

test("at one hour, by racing clocks: each reader gets each story once, and all letters leave", async () => {
  await digest("first", "05:00", 3);
  await digest("second", "05:00", 3);
  await digest("third", "05:00", 3);
  const readers = Array.from({ length: 30 }, (_, i) => `reader${i}@example.org`);
  for (const slug of ["first", "second", "third"]) await subscribe(slug, ...readers);
  await news("سياسة", ...Array.from({ length: 10 }, (_, i) => `خبر ${i}`));
  await Promise.all(Array.from({ length: 6 }, () => nashra.tickAt("2026-03-01T05:00:00Z")));
  for (let more = 0; more < 5; more++) await nashra.tickAt("2026-03-01T05:01:00Z");
  expect(smtp.arrived).toHaveLength(90);
  for (const reader of readers.slice(0, 10)) {
    const titles = [
      ...(await sentTo(reader, "first/2026-03-01-run")),
      ...(await sentTo(reader, "second/2026-03-01-run")),
      ...(await sentTo(reader, "third/2026-03-01-run")),
    ];
    expect(titles).toHaveLength(9);
    expect(new Set(titles).size).toBe(9);
  }
});

test("nobody has letters of two issues under way at once", async () => {
  const [first, second] = [await digest("first", "05:00", 1), await digest("second", "05:00", 1)];
  await subscribe("first", "both@example.org", "one@example.org");
  await subscribe("second", "both@example.org");
  await news("سياسة", "الأول", "الثاني");
  nashra.setClock("2026-03-01T05:00:00Z");
  const { db } = nashra.database;
  await openDueIssues(nashra.ticking);
  for (const it of [first, second])
    for (const _ of ["built", "sending"])
      await prepareIssue(nashra.ticking, it, await nashra.issue(`${it.slug}/2026-03-01-run`));
  const one = await nashra.issue("first/2026-03-01-run");
  const two = await nashra.issue("second/2026-03-01-run");
  const claimed = await claimDeliveries(db, one.id, "other", "worker one", 40, nashra.at());
  expect(claimed).toHaveLength(2);
  expect(await claimDeliveries(db, two.id, "other", "worker two", 40, nashra.at())).toEqual([]);
  await sql`update deliveries set state = 'accepted', worker = null where issue_id = ${one.id}`.execute(db);
  expect(await claimDeliveries(db, two.id, "other", "worker two", 40, nashra.at())).toHaveLength(1);
});

test("a thousand ordinary readers: two questions for each lot of letters, and no edition of anybody's own", async () => {
  await digest("news", "05:00", 2);
  await subscribe("news", ...Array.from({ length: 1000 }, (_, i) => `reader${i}@example.org`));
  await news("سياسة", "الأول", "الثاني", "الثالث");
  const asked = { whoHadIt: 0, whatChanged: 0 };
  const counting: KyselyPlugin = {
    transformQuery({ node }) {
      const text = node.kind === "RawNode" ? node.sqlFragments.join("") : "";
      if (text.includes("carrying")) asked.whoHadIt++;
      if (text.includes("select distinct s.edition_id")) asked.whatChanged++;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const { db, batch } = nashra.database;
  nashra.setClock("2026-03-01T05:00:00Z");
  await tick(nashra.ticking, nashra.at()); // the audience is written, and nothing sent
  await sendDue(
    { ...nashra.ticking, database: { db: db.withPlugin(counting), batch } },
    nashra.at().add({ hours: 1 }),
  );
  expect(smtp.arrived).toHaveLength(1000);
  const lots = Math.ceil(1000 / (5 * nashra.ticking.connections)); // a worker claims five for each that may be under way
  expect(asked).toEqual({ whoHadIt: lots, whatChanged: lots });
  expect(await editions("news/2026-03-01-run")).toEqual([""]);
});
