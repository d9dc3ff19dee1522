// A digest with a sender of its own: its letters come from there, by that domain's relay, signed by that domain's keys, at that domain's
// pace; what readers' filters and returning mail go by stays.
import { simpleParser } from "mailparser";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
import { startWarmup } from "../../src/delivery/index.ts";
import { digestBySlug, setFacts } from "../../src/digests/index.ts";
import { bodyAbout, startNashra, type TestNashra } from "../support/nashra.ts";
import { nashra as command } from "../support/process.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let house: Smtp;
let alerts: Smtp;
let nashra: TestNashra;
const morning = "daily/2026-03-01-morning";
const env = {
  NASHRA_PUBLIC_URL: "https://news.example",
  NASHRA_MAIL_FROM: "desk@news.example",
  NASHRA_MAIL_BOUNCE: "bounce.news.example",
};

beforeEach(async () => {
  [house, alerts] = [await startSmtp(), await startSmtp()];
  nashra = await startNashra({
    now: "2026-03-01T03:00:00Z",
    smtp: house.url,
    env: {
      ...env,
      NASHRA_TRANSPORTS: `alerts=${alerts.url}`,
      NASHRA_TRANSPORT_DOMAINS: "alerts.example=alerts,*=relay",
    },
  });
  await nashra.threeArticles();
});
afterEach(async () => {
  await nashra.stop();
  await house.close();
  await alerts.close();
});

async function daily() {
  const digest = await digestBySlug(nashra.database.db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  return digest;
}
const from = async (fromAddress: string | null, fromName: string | null = null) =>
  nashra.database.batch([setFacts(nashra.database.db, (await daily()).id, { fromAddress, fromName })]);

async function api(method: "GET" | "PATCH", path: string, role: "administrator" | "editor", body?: object) {
  const token = await createApiToken(nashra.database, `${role} ${Math.random()}`, role, nashra.at());
  const answer = await nashra.app.request(`https://news.example/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: await answer.json() };
}

/** What tells of a letter's sender. */
async function told(raw: string) {
  const mail = await simpleParser(Buffer.from(raw, "latin1"));
  const list = /^List-Id: .*<(.*)>/m.exec(raw.replace(/\r\n[ \t]+/g, " "))?.[1] ?? null;
  return {
    from: mail.from?.value.map(({ address, name }) => `${name} <${address}>`).join(),
    replyTo: mail.replyTo?.value.map(({ address }) => address).join(),
    idHost: mail.messageId?.split("@")[1],
    list,
    signedFor: [...raw.matchAll(/\bd=([\w.-]+);/g)].map(([, domain]) => domain),
  };
}

test("its issues come from its own address, by that domain's relay and keys; notices come from the paper", async () => {
  await nashra.dkim.create("n1", "rsa");
  await nashra.dkim.create("n1", "rsa", "alerts.example");
  nashra.dkim.use(["n1"]);
  nashra.dkim.use(["n1"], "alerts.example");
  await nashra.confirmed("salma@reader.example");
  await from("morning@alerts.example", "نشرة الصباح");
  await nashra.post("/subscribe", { address: "karim@reader.example", language: "ar" });
  await nashra.tickAt("2026-03-01T05:00:00Z");
  await expect.poll(() => house.to("karim@reader.example").length, { timeout: 20_000 }).toBe(1);

  const [letter] = alerts.to("salma@reader.example");
  expect(await told(letter?.raw ?? "")).toEqual({
    from: "نشرة الصباح <morning@alerts.example>",
    replyTo: "morning@alerts.example",
    idHost: "alerts.example>",
    list: "digest-1.news.example",
    signedFor: ["alerts.example"],
  });
  expect(letter?.from).toMatch(/^b-.*@bounce\.news\.example$/);
  expect(house.to("salma@reader.example")).toEqual([]);
  const [notice] = house.to("karim@reader.example");
  expect(await told(notice?.raw ?? "")).toMatchObject({
    replyTo: "desk@news.example",
    idHost: "news.example>",
    signedFor: ["news.example"],
  });
});

test("tests, breaking news and corrections come from there, too", async () => {
  await nashra.confirmed("salma@reader.example");
  await from("morning@alerts.example");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  const sender = {
    from: "نشرة <morning@alerts.example>",
    list: "digest-1.news.example",
    idHost: "alerts.example>",
  };
  const token = await createApiToken(nashra.database, "chief", "administrator", nashra.at());
  const post = async (path: string, body: object) => {
    const answer = await nashra.app.request(`https://news.example/api/v1${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return Object(await answer.json());
  };
  await post(`/issues/${morning}/test`, { to: ["desk@reader.example"], language: "ar" });
  const urgent = await nashra.article({ title: "عاجل", sections: ["سياسة"] });
  const path = "/digests/daily/breaking";
  const { confirm } = await post(path, { article: urgent.id });
  await post(path, { article: urgent.id, confirm });
  await nashra.article({ title: "الليرة تستقر", sections: ["اقتصاد"], body_html: bodyAbout("غيرها") });
  const correcting = { article: 2, say: "كان الرقم خطأ" };
  const asked = await post(`/issues/${morning}/correction`, correcting);
  await post(`/issues/${morning}/correction`, { ...correcting, confirm: asked.confirm });
  // Each press set sending off behind its reply: what that has claimed leaves beside these ticks.
  const arrived = async () => {
    await nashra.tick(600);
    return alerts.arrived.length;
  };
  await expect.poll(arrived, { timeout: 20_000 }).toBe(4);
  const told_ = await Promise.all(alerts.arrived.map(async ({ to, raw }) => ({ to, ...(await told(raw)) })));
  expect(told_.map(({ to }) => to).sort()).toEqual([
    "desk@reader.example",
    "salma@reader.example",
    "salma@reader.example",
    "salma@reader.example",
  ]);
  for (const it of told_)
    expect(it).toMatchObject({ list: sender.list, idHost: sender.idHost, replyTo: "morning@alerts.example" });
  expect(house.arrived).toEqual([]);
});

test("a letter that is tried again keeps its id, though its digest has another sender by then", async () => {
  const put = "a+once451@reader.example";
  await nashra.confirmed(put);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  const before = (await nashra.ledger(morning)).get(put);
  expect(before?.state).toBe("deferred");
  await from("morning@alerts.example");
  await nashra.tickAt("2026-03-01T05:10:00Z");
  await nashra.tickAt("2026-03-01T05:20:00Z");
  const [letter] = alerts.to(put);
  expect(letter?.raw).toContain(`Message-ID: ${before?.message_id}`);
  expect(letter?.raw).toMatch(/^From: .*<morning@alerts\.example>/m);
  expect((await nashra.ledger(morning)).get(put)).toMatchObject({ state: "accepted", in_doubt: 0 });
});

test("a warm-up is the sender's domain's own", async () => {
  const { db, batch } = nashra.database;
  const readers = Array.from({ length: 210 }, (_, i) => `r${i}@gmail.com`);
  await nashra.confirmed(...readers);
  await batch([startWarmup(db, "alerts.example", "test", nashra.at())]);
  await from("morning@alerts.example");
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect(alerts.arrived.length).toBe(200);
  await from(null);
  await nashra.tickAt("2026-03-01T05:01:00Z");
  expect([alerts.arrived.length, house.arrived.length]).toEqual([200, 10]);
}, 60_000);

test("by command: set, told when unsigned, listed, and taken back; each in the log", async () => {
  const settings = { NASHRA_DATA: nashra.folder, ...env };
  const set = await command(settings, [
    "digest",
    "set",
    "daily",
    "--from",
    "Morning@Alerts.example",
    "--from-name",
    "الصباح",
  ]);
  expect([set.code, set.out]).toEqual([0, expect.stringContaining("Morning@alerts.example")]);
  expect(set.err).toContain("No DKIM key signs for alerts.example yet");
  const list = async () => JSON.parse((await command(settings, ["digest", "list", "--json"])).out);
  expect(await list()).toMatchObject({ from: "Morning@alerts.example", from_name: "الصباح" });
  const key = await command(settings, ["dkim", "create", "n1", "--domain", "ALERTS.example", "--json"]);
  expect(JSON.parse(key.out)).toMatchObject({
    name: "n1._domainkey.alerts.example",
    domain: "alerts.example",
    in_use: false,
  });
  await command(settings, ["dkim", "use", "n1", "--domain", "alerts.example", "--unchecked"]);
  const again = await command(settings, ["digest", "set", "daily", "--from", "morning@alerts.example"]);
  expect(again.err).not.toContain("No DKIM key");
  const none = await command(settings, ["digest", "set", "daily", "--from", "none"]);
  expect(none.out).toContain("desk@news.example");
  expect(await list()).toMatchObject({ from: null, from_name: null });
  for (const bad of ["nobody", "a@b@c", "a\r\nBcc: x@y.example", "سلمى@news.example"])
    expect((await command(settings, ["digest", "set", "daily", "--from", bad])).code).toBe(2);
  const added = await command(settings, [
    "digest",
    "add",
    "evening",
    "--name",
    "المساء",
    "--from",
    "e@alerts.example",
    "--json",
  ]);
  expect(JSON.parse(added.out)).toMatchObject({ slug: "evening", from: "e@alerts.example" });
  const log = await nashra.database.db.selectFrom("audit_log").select(["act", "subject"]).execute();
  expect(log.map(({ act, subject }) => `${act} ${subject}`)).toEqual(
    expect.arrayContaining([
      "digest-set daily: fromAddress=Morning@alerts.example, fromName=الصباح",
      "dkim-create n1._domainkey.alerts.example",
      "dkim-use alerts.example: n1",
      "digest-set daily: fromAddress=null, fromName=null",
      "digest-set evening: fromAddress=e@alerts.example",
    ]),
  );
}, 120_000);

test("by the API: an administrator's token changes it, an editor's does not", async () => {
  const path = "/digests/daily";
  expect((await api("GET", path, "editor")).json).toMatchObject({
    from: null,
    from_name: null,
    signed: false,
  });
  const asked = { from: "morning@Alerts.example", from_name: "الصباح" };
  expect((await api("PATCH", path, "editor", asked)).status).toBe(403);
  expect((await daily()).sender).toEqual({ address: null, name: null });
  const set = await api("PATCH", path, "administrator", asked);
  expect([set.status, set.json]).toMatchObject([
    200,
    { from: "morning@alerts.example", from_name: "الصباح", signed: false },
  ]);
  expect((await api("PATCH", path, "editor", { in_doubt: "hold" })).json).toMatchObject({
    in_doubt: "hold",
    from: "morning@alerts.example",
  });
  for (const bad of [{ from: "nobody" }, { from: "a\nb@c.example" }, { from_name: " " }, {}, { from: 7 }])
    expect((await api("PATCH", path, "administrator", bad)).status).toBe(422);
  expect((await api("PATCH", path, "administrator", { from: null, from_name: null })).json).toMatchObject({
    from: null,
  });
});
