// What programs of an administrator read and change of the settings: as the pages do, by the same rules.
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
import { freely } from "../../src/delivery/pace/rules.ts";
import { keepPace } from "../../src/delivery/pace/store.ts";
import { newPublisher, readPublisher } from "../../src/settings/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
let token: string;

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ smtp: smtp.url });
  token = await createApiToken(nashra.database, "house", ["admin"], nashra.at());
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

const api = (method: string, path: string, body?: unknown) =>
  nashra.app.request(`http://localhost:3000/api/v1/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const audited = async (act: string) =>
  nashra.database.db.selectFrom("audit_log").select(["actor", "subject"]).where("act", "=", act).execute();

test("the paper: read, changed in part, in force at once, and refused as the page refuses", async () => {
  expect(await (await api("GET", "publisher")).json()).toEqual(newPublisher);

  const changed = await api("PATCH", "publisher", {
    name: "صوت الجبل",
    hijriOffset: -1,
    logoUrl: null,
    social: "https://t.me/jabal، https://t.me/jabal",
  });
  const wanted = { ...newPublisher, name: "صوت الجبل", hijriOffset: -1, social: "https://t.me/jabal" };
  expect([changed.status, await changed.json()]).toEqual([200, wanted]);
  expect(await readPublisher(nashra.database.db)).toEqual(wanted);
  expect(await (await nashra.get("/feeds/all.rss")).text()).toContain("صوت الجبل");
  expect(await audited("publisher-set")).toEqual([{ actor: "house", subject: "name hijriOffset social" }]);

  // Nothing new is no act.
  expect((await api("PATCH", "publisher", { name: "صوت الجبل" })).status).toBe(200);
  for (const [wrong, at] of [
    [{ zone: "Asia/Nowhere", name: "اسم" }, "#/zone"],
    [{ refusedDomains: "not a domain!" }, "#/refusedDomains"],
    [{ name: " " }, "#/name"],
    [{ hijriOffset: 2 }, "#/hijriOffset"],
    [{ sample: true }, "sample"],
    [{ nobody: 1 }, "nobody"],
  ] as const) {
    const refused = await api("PATCH", "publisher", wrong);
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining(at)]);
  }
  expect(await readPublisher(nashra.database.db)).toEqual(wanted);
  expect(await audited("publisher-set")).toHaveLength(1);
});

test("the description tells each value of the paper", async () => {
  const text = await (await nashra.get("/api/openapi.json")).text();
  const { get, patch } = JSON.parse(text).paths["/api/v1/publisher"];
  const { properties: told } = get.responses[200].content["application/json"].schema;
  expect(Object.keys(told).toSorted()).toEqual(Object.keys(newPublisher).toSorted());
  const { properties: taken, required } = patch.requestBody.content["application/json"].schema;
  expect(Object.keys(taken)).toEqual(Object.keys(newPublisher).filter((name) => name !== "sample"));
  expect(required).toBeUndefined();
});

test("mail: the ways out without what is secret, what rests, and a letter by one of them", async () => {
  const none = {
    transports: [{ name: "relay", kind: "smtp", at: expect.any(String), carries: "*" }],
    held: [],
  };
  expect(await (await api("GET", "transports")).json()).toEqual(none);
  const { database, at } = nashra;
  const until = at().add({ minutes: 5 });
  const rests = { ...freely, restsUntil: until.epochMilliseconds, reply: "421 later" };
  const way = { transport: "relay", destination: "" };
  await database.batch([keepPace(database.db, way, rests, at().epochMilliseconds)]);
  expect(JSON.parse(await (await api("GET", "transports")).text()).held).toEqual([
    { ...way, rests_until: until.toString(), alarm: false, reply: "421 later" },
  ]);

  const tried = await api("POST", "transports/relay/test", { to: "salma@example.org" });
  expect([tried.status, await tried.json()]).toEqual([200, expect.objectContaining({ accepted: true })]);
  expect(smtp.to("salma@example.org")).toHaveLength(1);
  // Not to whom.
  expect(await audited("transport-test")).toEqual([{ actor: "house", subject: "relay" }]);
  expect((await api("POST", "transports/pigeon/test", { to: "salma@example.org" })).status).toBe(404);
  expect((await api("POST", "transports/relay/test", { to: "salma at example" })).status).toBe(422);
  expect(await audited("transport-test")).toHaveLength(1);
});

test("no user's name and no password of a relay is told", async () => {
  const it = await startNashra({ env: { NASHRA_SMTP_URL: "smtp://somebody:secret-word@127.0.0.1:9" } });
  const own = await createApiToken(it.database, "house", ["admin"], it.at());
  const Authorization = `Bearer ${own}`;
  const text = await (await it.get("/api/v1/transports", { Authorization })).text();
  await it.stop();
  expect(text).toContain("127.0.0.1:9");
  expect(text).not.toMatch(/somebody|secret-word/);
});

test("the doctor: what it finds, the worst first", async () => {
  const reply = await api("GET", "doctor");
  const order = ["broken", "warning", "unknown", "ok"];
  const found: { check: string; state: string; what: { ar: string; en: string } }[] = JSON.parse(
    await reply.text(),
  );
  expect([reply.status, found.map(({ check }) => check)]).toEqual([
    200,
    expect.arrayContaining(["relay", "clock", "database"]),
  ]);
  const places = found.map(({ state }) => order.indexOf(state));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  for (const { what } of found) expect([what.ar, what.en]).not.toContain("");
}, 60_000);
