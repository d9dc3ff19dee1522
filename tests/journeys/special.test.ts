// One article at once: breaking news to those who want it, and corrections to exactly those who were sent it wrong.
import { sql } from "kysely";
import { simpleParser } from "mailparser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { auditIfChanged, createApiToken } from "../../src/accounts/index.ts";
import { articleId } from "../../src/articles/index.ts";
import { book, claimDeliveries, markSending } from "../../src/delivery/claim.ts";
import {
  accountOf,
  askBreaking,
  confirmSpecial,
  prepareIssue,
  type SpecialDeps,
} from "../../src/delivery/index.ts";
import { addDigest, digestBySlug, issueName, setBreaking } from "../../src/digests/index.ts";
import { publishArticle, retract } from "../../src/publish.ts";
import { importSubscribers, makeLink } from "../../src/subscribers/index.ts";
import { bodyAbout, startNashra, type TestNashra } from "../support/nashra.ts";
import { nashra as command } from "../support/process.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
let token: string;
const daily = {
  slug: "news",
  name: "نشرة الأخبار",
  nameEn: "The News",
  schedule: { zone: "Asia/Damascus", days: [1, 2, 3, 4, 5, 6, 7], slots: [{ name: "run", time: "07:00" }] },
  maxStories: 5,
  minStories: 1,
};

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T09:00:00+03:00", smtp: smtp.url });
  await nashra.sections("سياسة", "اقتصاد");
  await nashra.database.batch([addDigest(nashra.database.db, daily, nashra.at())]);
  token = await createApiToken(nashra.database, "desk", "editor", nashra.at());
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

const digest = async (slug = "news") => {
  const it = await digestBySlug(nashra.database.db, slug);
  if (!it) throw new Error(`There is no digest ${slug}.`);
  return it;
};
async function subscribe(language: "ar" | "en", ...addresses: string[]) {
  const options = { digest: (await digest()).id, consent: "test", language, now: nashra.at() };
  await importSubscribers(nashra.database, options, addresses);
}
const choose = (address: string, what: string) =>
  sql`update subscriptions set ${sql.raw(what)} where subscriber_id = (select id from subscribers where address = ${address})`.execute(
    nashra.database.db,
  );
const answered = z.looseObject({
  confirm: z.string().default(""),
  issue: z.string().default(""),
  detail: z.string().default(""),
});
/** What the API answers to a POST. */
async function post(path: string, body: object, bearer = token) {
  const answer = await nashra.app.request(new URL(`/api/v1${path}`, nashra.config.publicUrl).href, {
    method: "POST",
    headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const json = answered.parse(await answer.json());
  return { status: answer.status, json };
}
/** Ticks until an issue is over: what was confirmed is being sent meanwhile, too. */
async function finished(name: string) {
  for (let ticks = 0; ticks < 50; ticks++) {
    await nashra.tick(600);
    const issue = await nashra.issue(name);
    if (issue.state !== "opened" && issue.state !== "built" && issue.state !== "sending") return issue;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${name} is not over after fifty ticks.`);
}
/** Both steps. @returns the issue's name */
async function sendBreaking(article: number, how: object = {}): Promise<string> {
  const asked = await post("/digests/news/breaking", { article, ...how });
  expect(asked).toMatchObject({ status: 200 });
  const opened = await post("/digests/news/breaking", { article, confirm: asked.json.confirm });
  expect(opened).toMatchObject({ status: 201 });
  await finished(opened.json.issue);
  return opened.json.issue;
}
const exclusions = async (issue: string) =>
  Object.fromEntries(
    (await accountOf(nashra.database.db, (await nashra.issue(issue)).id)).exclusions.map(
      ({ reason, count }) => [reason, count],
    ),
  );
const readMail = (raw: string) => simpleParser(Buffer.from(raw, "latin1"));
const audit = async () =>
  (await nashra.database.db.selectFrom("audit_log").selectAll().orderBy("id").execute()).map(
    ({ actor, act, subject }) => `${actor}: ${act} ${subject}`,
  );
const revise = async (title: string, changed: object) => {
  const result = await publishArticle(nashra.publishing, "api", {
    external_id: title,
    title,
    body_html: bodyAbout(title),
    sections: ["سياسة"],
    tags: [],
    authors: [],
    importance: 0,
    published_at: "2026-03-01T06:00:00Z",
    ...changed,
  });
  if (!("article" in result)) throw new Error(result.kind);
  return result.article;
};

describe("breaking news", () => {
  test("is shown first, then goes once to those who want it, and the next digest does not repeat it", async () => {
    await subscribe(
      "ar",
      "salma@example.org",
      "economy@example.org",
      "seldom@example.org",
      "asked@example.org",
    );
    await subscribe("ar", "no@example.org", "away@example.org", "left@example.org", "sooner@example.org");
    await subscribe("en", "karim@example.org");
    const quake = await nashra.article({
      title: "هزة أرضية في الجبل",
      summary: "شعر بها سكان الساحل.",
      sections: ["سياسة"],
    });
    const { id: economy } = (await nashra.article({ title: "سعر الخبز", sections: ["اقتصاد"] }))
      .sections[0] ?? { id: 0 };
    await choose("economy@example.org", `sections = '[${economy}]'`);
    await choose("seldom@example.org", "frequency = 'weekly'");
    await choose("asked@example.org", "frequency = 'weekly', breaking = 1");
    await choose("sooner@example.org", "frequency = 'weekly', breaking = 1, last_issued_on = '2026-03-01'");
    await choose("no@example.org", "breaking = 0");
    await choose("away@example.org", "state = 'paused', paused_until = null");
    await choose("left@example.org", "state = 'left', left_by = 'page'");

    const asked = await post("/digests/news/breaking", { article: quake.id });
    expect(asked.json).toMatchObject({
      kind: "breaking",
      subject: { ar: "عاجل: هزة أرضية في الجبل", en: "\u200FBreaking: هزة أرضية في الجبل" },
      preheader: { ar: "شعر بها سكان الساحل." },
      readers: 4,
      excluded: { "other-sections": 1, "no-breaking": 2, paused: 1, "left-by-page": 1 },
      left_today: 3,
      in_quiet_hours: false,
      expires_at: "2026-03-01T06:10:00Z",
    });
    await nashra.tick(600);
    expect(smtp.arrived).toEqual([]); // nothing was confirmed

    const confirm = { article: quake.id, confirm: asked.json.confirm };
    const opened = await post("/digests/news/breaking", confirm);
    expect(opened).toMatchObject({ status: 201, json: { issue: "news/2026-03-01-breaking-1" } });
    expect(await post("/digests/news/breaking", confirm)).toMatchObject({ status: 409 }); // one-use
    const issue = await finished("news/2026-03-01-breaking-1");
    expect(issue).toMatchObject({ kind: "breaking", state: "sent", candidates: 9 });
    expect(smtp.arrived.map(({ to }) => to).sort()).toEqual([
      "asked@example.org",
      "karim@example.org",
      "salma@example.org",
      "sooner@example.org",
    ]);
    const letter = await smtp.read("salma@example.org");
    expect(letter.subject).toBe("عاجل: هزة أرضية في الجبل");
    expect(letter.text).toContain("شعر بها سكان الساحل.");
    expect((await smtp.read("karim@example.org")).text).toContain("Breaking news");
    expect(await exclusions("news/2026-03-01-breaking-1")).toEqual(asked.json["excluded"]);
    expect(await audit()).toContain("desk: issue-breaking news: article 1, 4 readers");

    // It has a page, and stands in the digest's feed.
    const page = await (await nashra.get("/issues/news/2026-03-01-breaking-1")).text();
    expect(page).toContain("هزة أرضية في الجبل");
    expect(await (await nashra.get("/feeds/digests/news.atom")).text()).toContain("عاجل: هزة أرضية في الجبل");

    // The next issue: who had the news gets what is new, who had it not gets it.
    await nashra.tickAt("2026-03-02T07:00:00+03:00");
    const next = await nashra.issue("news/2026-03-02-run");
    expect(next.state).toBe("sent");
    const text = async (address: string) => (await smtp.read(address)).text ?? "";
    expect(await text("salma@example.org")).toContain("سعر الخبز");
    expect(await text("salma@example.org")).not.toContain("هزة أرضية");
    expect(await text("seldom@example.org")).toContain("هزة أرضية");
    expect(await text("no@example.org")).toContain("هزة أرضية");
    // It counted as none of the issues that somebody wants a week.
    expect((await exclusions("news/2026-03-02-run"))["had-this-week"]).toBe(1); // sooner@, who had one on the first
    expect(smtp.to("asked@example.org")).toHaveLength(2);
  });

  test("who was sent the story already, in whatever digest and under whatever title, does not get it", async () => {
    await subscribe("ar", "had@example.org", "new@example.org");
    const story = await nashra.article({ title: "الخبر", sections: ["سياسة"] });
    await choose("new@example.org", "state = 'paused', paused_until = 1772431200000"); // until the next morning, 09:00
    await nashra.tickAt("2026-03-02T07:00:00+03:00");
    expect(smtp.arrived).toHaveLength(1);
    nashra.setClock("2026-03-02T10:00:00+03:00");
    const issue = await sendBreaking(story.id);
    expect(await exclusions(issue)).toEqual({ "had-story": 1 });
    expect(smtp.to("new@example.org")).toHaveLength(1);
    expect(smtp.to("had@example.org")).toHaveLength(1);
  });

  test("a retraction before it leaves stops it, a correction is what leaves", async () => {
    await subscribe("ar", "salma@example.org");
    const [wrong, gone] = [
      await nashra.article({ title: "فاز الفريق", sections: ["سياسة"] }),
      await nashra.article({ title: "خبر سيُسحب", sections: ["سياسة"] }),
    ];
    const audited: SpecialDeps["audit"] = (entry, at) => auditIfChanged(nashra.database.db, entry, at);
    const deps = { ...nashra.ticking, database: nashra.database, audit: audited };
    const open = async (article: number) => {
      const asked = await askBreaking(deps, "news", articleId(article), { loud: false });
      if (asked.kind !== "asked") throw new Error(asked.kind);
      const expected = { kind: "breaking" as const, digest: "news", article: articleId(article) };
      const opened = await confirmSpecial(deps, asked.token, expected, "desk");
      if (opened.kind !== "opened") throw new Error(opened.kind);
      return opened.issue;
    };
    const first = await open(wrong.id);
    for (const _ of ["built", "sending"])
      await prepareIssue(nashra.ticking, await digest(), await nashra.issue(issueName(first)));
    await revise("فاز الفريق", { title: "خسر الفريق" });
    const second = await open(gone.id);
    await retract(nashra.publishing, gone.id, "خطأ");
    await nashra.tick(600);
    expect((await smtp.read("salma@example.org")).subject).toBe("عاجل: خسر الفريق");
    expect(smtp.arrived).toHaveLength(1);
    expect(await nashra.issue(issueName(second))).toMatchObject({ state: "skipped" });
  });

  test.each<[why: string, before: () => Promise<unknown>, body: object, status: number, detail: RegExp]>([
    ["no such article", async () => {}, { article: 99 }, 404, /no article 99/],
    ["nobody to send it to", async () => {}, { article: 1 }, 409, /reach nobody/],
    [
      "an article with an embargo",
      () => nashra.article({ title: "لاحقًا", sections: ["سياسة"], published_at: "2026-03-02T00:00:00Z" }),
      { article: 2 },
      409,
      /not published/,
    ],
    [
      "an article that is retracted",
      () => retract(nashra.publishing, articleId(1), "خطأ"),
      { article: 1 },
      409,
      /not published/,
    ],
    ["no breaking news at all", () => allow(0), { article: 1 }, 409, /sends no breaking news/],
    [
      "quiet hours",
      async () => nashra.setClock("2026-03-01T23:00:00+03:00"),
      { article: 1 },
      409,
      /From 23:00 to 07:00 \(Asia\/Damascus\)/,
    ],
    ["a word that is no token", async () => {}, { article: 1, confirm: "x" }, 409, /was used, is over/],
    ["what the schema refuses", async () => {}, { article: 1, at_once: true }, 422, /./],
  ])("is refused for %s, in words", async (_, before, body, status, detail) => {
    await nashra.article({ title: "خبر", sections: ["سياسة"] });
    await before();
    const refused = await post("/digests/news/breaking", body);
    expect(refused.status).toBe(status);
    expect(JSON.stringify(refused.json)).toMatch(detail);
  });

  test("takes an editor's token", async () => {
    const viewer = await createApiToken(nashra.database, "reader", "viewer", nashra.at());
    const { id } = await nashra.article({ title: "خبر", sections: ["سياسة"] });
    expect((await post("/digests/news/breaking", { article: id }, viewer)).status).toBe(403);
    expect(
      (await post("/issues/news/2026-03-01-run/correction", { article: id, say: "x" }, viewer)).status,
    ).toBe(403);
    expect((await post("/digests/nothing/breaking", { article: id })).status).toBe(404);
  });

  test("goes out in quiet hours where an editor says so, and the audit log keeps it", async () => {
    await subscribe("ar", "salma@example.org");
    nashra.setClock("2026-03-01T23:30:00+03:00");
    const { id } = await nashra.article({ title: "خبر", sections: ["سياسة"] });
    expect(await sendBreaking(id, { in_quiet_hours: true })).toBe("news/2026-03-01-breaking-1");
    expect((await audit()).at(-1)).toBe("desk: issue-breaking news: article 1, 1 readers, in quiet hours");
    // What was shown before the hours began is not sent in them.
    nashra.setClock("2026-03-02T22:55:00+03:00");
    const other = await nashra.article({ title: "خبر آخر", sections: ["سياسة"] });
    const { json } = await post("/digests/news/breaking", { article: other.id, in_quiet_hours: true });
    nashra.setClock("2026-03-02T23:01:00+03:00");
    const late = await post("/digests/news/breaking", { article: other.id, confirm: json.confirm });
    expect(late).toMatchObject({ status: 409, json: { detail: expect.stringContaining("quiet") } });
  });

  test.each<[what: string, meanwhile: () => Promise<unknown>, detail: RegExp]>([
    ["the article was revised", () => revise("خبر", { summary: "غيره" }), /article was changed/],
    [
      "the article was retracted",
      () => retract(nashra.publishing, articleId(1), "خطأ"),
      /article was changed/,
    ],
    ["readers joined", () => subscribe("ar", "new@example.org"), /number of readers/],
    ["ten minutes passed", async () => nashra.wait({ minutes: 10 }), /is over/],
    ["the day's last was sent", () => allow(0), /no breaking news/],
  ])("what was shown is not sent when %s", async (_, meanwhile, detail) => {
    await subscribe("ar", "salma@example.org");
    const { id } = await nashra.article({ title: "خبر", sections: ["سياسة"] });
    const { json } = await post("/digests/news/breaking", { article: id });
    await meanwhile();
    const refused = await post("/digests/news/breaking", { article: id, confirm: json.confirm });
    expect(refused.status).toBe(409);
    expect(refused.json.detail).toMatch(detail);
    await nashra.tick(600);
    expect(smtp.arrived).toEqual([]);
  });

  test("a token is for one article of one digest", async () => {
    await subscribe("ar", "salma@example.org");
    const one = await nashra.article({ title: "خبر", sections: ["سياسة"] });
    const two = await nashra.article({ title: "غيره", sections: ["سياسة"] });
    const { confirm } = (await post("/digests/news/breaking", { article: one.id })).json;
    expect((await post("/digests/news/breaking", { article: two.id, confirm })).status).toBe(409);
    expect((await post("/digests/daily/breaking", { article: one.id, confirm })).status).toBe(409);
    expect((await post("/issues/news/2026-03-01-run/correction", { article: one.id, confirm })).status).toBe(
      409,
    );
    expect((await post("/digests/news/breaking", { article: one.id, confirm })).status).toBe(201);
  });

  test("fifty presses at once are one issue; fifty articles at once are as many as the day allows", async () => {
    await subscribe("ar", "salma@example.org");
    const { id } = await nashra.article({ title: "خبر", sections: ["سياسة"] });
    const { confirm } = (await post("/digests/news/breaking", { article: id })).json;
    const fifty = Array.from({ length: 50 }, (_, i) => i);
    const pressed = await Promise.all(
      fifty.map(() => post("/digests/news/breaking", { article: id, confirm })),
    );
    expect(pressed.filter(({ status }) => status === 201)).toHaveLength(1);

    const asked = [];
    for (const i of fifty) {
      const article = (await nashra.article({ title: `عاجل ${i}`, sections: ["سياسة"] })).id;
      asked.push({ article, confirm: (await post("/digests/news/breaking", { article })).json.confirm });
    }
    const sent = await Promise.all(asked.map((body) => post("/digests/news/breaking", body)));
    expect(sent.flatMap(({ status, json }) => (status === 201 ? json.issue : [])).sort()).toEqual([
      "news/2026-03-01-breaking-2",
      "news/2026-03-01-breaking-3",
    ]);
    expect(sent.filter(({ status }) => status === 409)).toHaveLength(48);
    await Promise.all(Array.from({ length: 10 }, () => nashra.tick(600)));
    for (const n of [1, 2, 3]) await finished(`news/2026-03-01-breaking-${n}`);
    expect(smtp.to("salma@example.org")).toHaveLength(3);
    // The next local day has its own three.
    nashra.setClock("2026-03-02T08:00:00+03:00");
    const { id: next } = await nashra.article({ title: "غدًا", sections: ["سياسة"] });
    expect(await sendBreaking(next)).toBe("news/2026-03-02-breaking-1");
  });

  test("a digest that waits for nothing is not made to: its own next issue is as late as ever", async () => {
    await subscribe("ar", "salma@example.org");
    const old = await nashra.article({
      title: "خبر الصباح",
      sections: ["سياسة"],
      published_at: "2026-03-01T05:50:00Z",
    });
    nashra.setClock("2026-03-01T22:30:00+03:00");
    const late = await nashra.article({ title: "خبر الليل", sections: ["سياسة"] });
    await sendBreaking(late.id);
    await nashra.tickAt("2026-03-02T07:00:00+03:00");
    // What was published before the breaking news, more than half a day ago, is still in the pool.
    expect((await smtp.read("salma@example.org")).text).toContain(old.title);
  });
});

test("by the command line: shown, then sent; the digest's rule listed and set", async () => {
  await subscribe("ar", "salma@example.org");
  const { id } = await nashra.article({ title: "هزة أرضية", sections: ["سياسة"] });
  const env = { NASHRA_DATA: nashra.folder, NASHRA_SMTP_URL: smtp.url };
  const run = (...words: string[]) => command(env, words);
  expect((await run("digest", "breaking", "news", "--a-day", "2", "--no-quiet")).out).toBe(
    "news: 2 a day, at any hour (Asia/Damascus)\n",
  );
  expect((await run("digest", "breaking", "news", "--quiet", "23:30-06:00", "--json")).out).toBe(
    '{"digest":"news","a_day":2,"quiet":{"from":"23:30","until":"06:00"}}\n',
  );
  expect((await run("digest", "breaking", "news", "--quiet", "late")).code).toBe(2);
  expect((await run("digest", "breaking", "news", "--a-day", "99")).code).toBe(2);
  expect((await run("issue", "breaking", "news", "x")).code).toBe(2);
  expect((await run("issue", "correct", "news/2026-03-01-run", "1")).code).toBe(2); // nothing is said
  const breaking = ["issue", "breaking", "news", String(id), "--in-quiet-hours"]; // a process has the true hour
  const shown = await run(...breaking);
  expect(shown).toMatchObject({ code: 0, err: "" });
  expect(shown.out).toMatch(/^Subject: عاجل: هزة أرضية\n/);
  expect(shown.out).toContain("Readers: 1\n");
  const [, token = ""] = /--confirm (\S+)/.exec(shown.out) ?? [];
  expect(smtp.arrived).toEqual([]);
  const sent = await run(...breaking, "--confirm", token, "--json");
  expect(JSON.parse(sent.out)).toMatchObject({ state: "sent", candidates: 1, deliveries: { accepted: 1 } });
  expect(smtp.arrived).toHaveLength(1);
  expect(await run(...breaking, "--confirm", token)).toMatchObject({
    code: 1,
    err: expect.stringContaining("This confirmation was used"),
  });
  expect(await run("issue", "correct", "news/2026-03-01-run", String(id), "--say", "x")).toMatchObject({
    code: 1,
    err: expect.stringContaining("There is no issue"),
  });
});

test("a reader is told of breaking news before they confirm, where there is any", async () => {
  const { id } = await digest();
  await nashra.post("/subscribe", { address: "new@example.org", digest: "news" });
  for (let waits = 0; smtp.arrived.length === 0 && waits < 200; waits++)
    await new Promise((done) => setTimeout(done, 50));
  const [link = ""] = /\/confirm\/\S+/.exec((await smtp.read("new@example.org")).text ?? "") ?? [];
  const page = async () => (await nashra.get(link)).text();
  expect(await page()).toContain("وقد يصلك منها خبر عاجل");
  await nashra.database.batch([setBreaking(nashra.database.db, id, { aDay: 0, quiet: null })]);
  expect(await page()).not.toContain("عاجل");
});

test("a reader says no to breaking news alone", async () => {
  await subscribe("ar", "salma@example.org", "karim@example.org");
  const [reader] = await nashra.database.db
    .selectFrom("subscribers")
    .select("id")
    .where("address", "=", "salma@example.org")
    .execute();
  if (!reader) throw new Error("Nobody is there.");
  const { keys, config } = nashra;
  const link = new URL(
    await makeLink(keys, config.publicUrl, "preferences", { subscriber: reader.id }, nashra.at()),
  );
  const { id } = await digest();
  const page = async () => (await nashra.get(link.pathname)).text();
  expect(await page()).toMatch(new RegExp(`name="breaking-${id}" value="yes" checked`));
  const form = { digest: String(id), language: "ar", [`breaking-${id}`]: "no" };
  expect((await nashra.post(link.pathname, { ...form, [`sections-${id}`]: "سياسة" })).status).toBe(303);
  expect(await page()).toMatch(new RegExp(`name="breaking-${id}" value="no" checked`));
  const story = await nashra.article({ title: "هزة أرضية", sections: ["سياسة"] });
  const issue = await sendBreaking(story.id);
  expect(await exclusions(issue)).toEqual({ "no-breaking": 1 });
  expect(smtp.arrived.map(({ to }) => to)).toEqual(["karim@example.org"]);
  // Where none is ever sent, nobody is asked.
  await allow(0);
  expect(await page()).not.toContain(`name="breaking-${id}"`);
});

describe("a correction", () => {
  test("goes to those who were sent it wrong and to nobody else, once each", async () => {
    await subscribe(
      "ar",
      "salma@example.org",
      "doubt+dropdot@example.org",
      "bad+r550@example.org",
      "left@example.org",
    );
    await subscribe("en", "karim@example.org");
    const wrong = await nashra.article({ title: "فاز الفريق", summary: "بهدفين.", sections: ["سياسة"] });
    await nashra.article({ title: "خبر آخر", sections: ["سياسة"] });
    await nashra.tickAt("2026-03-02T07:00:00+03:00");
    const states = [...(await nashra.ledger("news/2026-03-02-run")).values()].map(
      ({ address, state }) => `${address} ${state}`,
    );
    expect(states).toContain("doubt+dropdot@example.org in_doubt");
    expect(states).toContain("bad+r550@example.org rejected");
    await subscribe("ar", "new@example.org"); // joined later
    await choose("left@example.org", "state = 'left', left_by = 'one-click'");

    nashra.wait({ minutes: 10 });
    const path = "/issues/news/2026-03-02-run/correction";
    const refused = await post(path, { article: wrong.id, say: "خسر الفريق." });
    expect(refused).toMatchObject({ status: 409, json: { detail: expect.stringMatching(/never changed/) } });
    await revise("فاز الفريق", { title: "خسر الفريق", summary: "بهدفين." });
    const asked = await post(path, { article: wrong.id, say: "كتبنا أن الفريق فاز، والصواب أنه خسر." });
    expect(asked).toMatchObject({
      status: 200,
      json: {
        kind: "correction",
        subject: { ar: "تصحيح: خسر الفريق" },
        preheader: { ar: "كتبنا أن الفريق فاز، والصواب أنه خسر." },
        readers: 3,
        excluded: { "left-by-one-click": 1 },
        corrects: "news/2026-03-02-run",
        right_since: "2026-03-02T04:10:00Z",
        left_today: null,
      },
    });
    const before = smtp.arrived.length;
    const confirm = { article: wrong.id, confirm: asked.json.confirm };
    const opened = await Promise.all(Array.from({ length: 50 }, () => post(path, confirm)));
    expect(opened.filter(({ status }) => status === 201)).toHaveLength(1);
    await Promise.all(Array.from({ length: 5 }, () => nashra.tick(600)));
    const issue = await finished("news/2026-03-02-correction-1");
    expect(issue).toMatchObject({ kind: "correction", state: "sent", candidates: 4 });
    const corrections = smtp.arrived.slice(before);
    const to = async (address: string) => {
      const mails = await Promise.all(
        corrections.filter((it) => it.to === address).map(({ raw }) => readMail(raw)),
      );
      return mails.filter(({ subject }) => /تصحيح|Correction/.test(subject ?? ""));
    };
    for (const address of ["salma@example.org", "karim@example.org", "doubt+dropdot@example.org"])
      expect(await to(address)).toHaveLength(1);
    for (const address of ["new@example.org", "left@example.org", "bad+r550@example.org"])
      expect(await to(address)).toHaveLength(0);
    const [mail] = await to("salma@example.org");
    expect(mail?.text).toContain("كتبنا أن الفريق فاز، والصواب أنه خسر.");
    expect(mail?.text).toContain("خسر الفريق");
    expect((await audit()).at(-1)).toBe(
      "desk: issue-correction news: article 1, 3 readers, sent wrong in news/2026-03-02-run",
    );
    // Once each: a second correction of the same reaches nobody.
    expect(await post(path, { article: wrong.id, say: "مرة أخرى." })).toMatchObject({
      status: 409,
      json: { detail: expect.stringMatching(/reach nobody/) },
    });
    // Its page and its entry in the feed say what was put right.
    const page = await (await nashra.get("/issues/news/2026-03-02-correction-1")).text();
    expect(page).toContain("كتبنا أن الفريق فاز، والصواب أنه خسر.");
    const feed = await (await nashra.get("/feeds/digests/news.atom")).text();
    expect(feed).toContain("تصحيح: خسر الفريق");
    expect(feed).toContain("كتبنا أن الفريق فاز، والصواب أنه خسر.");
  });

  test("says that a story was withdrawn, and public pages do not repeat it", async () => {
    await subscribe("ar", "salma@example.org");
    const wrong = await nashra.article({ title: "استقال الوزير", sections: ["سياسة"] });
    await nashra.article({ title: "خبر آخر", sections: ["سياسة"] });
    await nashra.tickAt("2026-03-02T07:00:00+03:00");
    await retract(nashra.publishing, wrong.id, "لم يستقل");
    const path = "/issues/news/2026-03-02-run/correction";
    const asked = await post(path, { article: wrong.id, say: "لم يستقل أحد." });
    expect(asked.json["subject"]).toEqual({
      ar: "سحبنا خبرًا أرسلناه إليك",
      en: "\u200FWe have withdrawn a story we sent you",
    });
    await post(path, { article: wrong.id, confirm: asked.json.confirm });
    await finished("news/2026-03-02-correction-1");
    const mail = await smtp.read("salma@example.org");
    expect(mail.subject).toBe("سحبنا خبرًا أرسلناه إليك");
    expect(mail.text).toMatch(/أرسلنا إليك في عدد .*سحبناه بعد ذلك: .*استقال الوزير/);
    for (const public_ of ["/issues/news/2026-03-02-correction-1", "/feeds/digests/news.atom"]) {
      const text = await (await nashra.get(public_)).text();
      expect(text).toContain("لم يستقل أحد.");
      expect(text).not.toContain("استقال الوزير");
    }
  });

  test("reaches who was sent it before its issue was called off, and nobody else", async () => {
    await subscribe("ar", "early@example.org", "late+t451@example.org");
    const wrong = await nashra.article({ title: "فاز الفريق", sections: ["سياسة"] });
    await nashra.tickAt("2026-03-02T07:00:00+03:00"); // the server takes one letter and puts the other off
    nashra.wait({ minutes: 1 });
    const cancelled = await post("/issues/news/2026-03-02-run/cancel", { reason: "خطأ في العدد" });
    expect(cancelled.status).toBe(200);
    await revise("فاز الفريق", { title: "خسر الفريق" });
    const path = "/issues/news/2026-03-02-run/correction";
    const before = await post(path, { article: wrong.id, say: "خسر." }); // also while it is being called off
    expect((await nashra.issue("news/2026-03-02-run")).state).toBe("cancelling");
    expect(before.json).toMatchObject({ readers: 1 });
    await post(path, { article: wrong.id, confirm: before.json.confirm });
    expect(await finished("news/2026-03-02-correction-1")).toMatchObject({ state: "sent", candidates: 1 });
    expect(await nashra.issue("news/2026-03-02-run")).toMatchObject({ state: "cancelled" });
    expect(smtp.to("early@example.org")).toHaveLength(2);
    expect((await smtp.read("early@example.org")).subject).toMatch(/تصحيح/);
    expect(smtp.to("late+t451@example.org")).toEqual([]);
    // The other way: a correction that is called off before it leaves reaches nobody, and may be sent again.
    nashra.wait({ minutes: 1 });
    await revise("فاز الفريق", { title: "تعادل الفريقان" });
    const asked = await post(path, { article: wrong.id, say: "تعادلا." });
    const audited: SpecialDeps["audit"] = (entry, at) => auditIfChanged(nashra.database.db, entry, at);
    const deps = { ...nashra.ticking, database: nashra.database, audit: audited };
    const expected = { kind: "correction" as const, issue: "news/2026-03-02-run", article: wrong.id };
    expect((await confirmSpecial(deps, asked.json.confirm, expected, "desk")).kind).toBe("opened");
    const called = await post("/issues/news/2026-03-02-correction-2/cancel", { reason: "ليس بعد" });
    expect(called).toMatchObject({ status: 200, json: { state: "cancelled" } });
    await nashra.tick(600);
    expect(smtp.to("early@example.org")).toHaveLength(2);
    expect((await post(path, { article: wrong.id, say: "تعادلا." })).json).toMatchObject({ readers: 1 });
  });

  test.each([
    ["with another title", { title: "خسر الفريق" }],
    ["in what the mail does not show", { body_html: bodyAbout("خسر الفريق") }],
  ])("leaves out who was sent the article after it was put right %s", async (_, right) => {
    await subscribe("ar", "early@example.org", "late+once451@example.org");
    const summary = "انتهت المباراة مساء أمس.";
    const wrong = await nashra.article({ title: "فاز الفريق", summary, sections: ["سياسة"] });
    await nashra.tickAt("2026-03-02T07:00:00+03:00");
    nashra.wait({ seconds: 10 });
    await revise("فاز الفريق", { summary, ...right });
    // The letter that the server put off leaves with an edition of the article as it is now.
    nashra.wait({ minutes: 10 });
    await nashra.tick(600);
    expect(smtp.to("late+once451@example.org")).toHaveLength(1);
    const asked = await post("/issues/news/2026-03-02-run/correction", { article: wrong.id, say: "خسر." });
    expect(asked.json).toMatchObject({ readers: 1 });
  });

  test("waits for letters of the wrong one that are just being written", async () => {
    await subscribe("ar", "sent@example.org", "slow+once451@example.org");
    const wrong = await nashra.article({ title: "فاز الفريق", sections: ["سياسة"] });
    await nashra.tickAt("2026-03-02T07:00:00+03:00");
    nashra.wait({ minutes: 10 });
    const { id: wrongIssue } = await nashra.issue("news/2026-03-02-run");
    const [claimed] = await claimDeliveries(
      nashra.database.db,
      wrongIssue,
      "other",
      "another process",
      40,
      nashra.at(),
    );
    await revise("فاز الفريق", { title: "خسر الفريق" });
    nashra.wait({ seconds: 1 });
    const path = "/issues/news/2026-03-02-run/correction";
    const asked = await post(path, { article: wrong.id, say: "خسر." });
    await post(path, { article: wrong.id, confirm: asked.json.confirm });
    await nashra.tick(600);
    expect((await nashra.issue("news/2026-03-02-correction-1")).state).toBe("built");
    // It leaves after all, with the edition that the other process had read.
    const edition = await nashra.database.db
      .selectFrom("editions")
      .select("id")
      .where("issue_id", "=", wrongIssue)
      .executeTakeFirstOrThrow();
    if (!claimed) throw new Error("nothing was claimed");
    const message = { id: "<x@example.org>", date: nashra.at(), edition: edition.id };
    const { batch } = nashra.database;
    const taken = { state: "accepted" as const, reply: "250" };
    await batch([
      ...markSending(claimed, "another process", message, nashra.at()),
      ...book(claimed, "another process", message, taken, nashra.at()),
    ]);
    const issue = await finished("news/2026-03-02-correction-1");
    expect(issue).toMatchObject({ state: "sent", candidates: 2 });
  });
});

const allow = async (aDay: number) =>
  nashra.database.batch([
    setBreaking(nashra.database.db, (await digest()).id, { aDay, quiet: { from: "23:00", until: "07:00" } }),
  ]);
