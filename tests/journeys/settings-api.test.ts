// What programs of an administrator read and change of the settings: as the pages do, by the same rules.
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
import { freely } from "../../src/delivery/pace/rules.ts";
import { keepPace } from "../../src/delivery/pace/store.ts";
import { bareHouse, templateApi } from "../../src/newsroom/index.ts";
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

test("mail: what rests goes on when somebody says so, once, and it stands in the log", async () => {
  const { database, at } = nashra;
  const rests = { ...freely, restsUntil: at().add({ minutes: 5 }).epochMilliseconds, reply: "421 later" };
  for (const destination of ["", "google"]) {
    const way = { transport: "relay", destination };
    await database.batch([keepPace(database.db, way, rests, at().epochMilliseconds)]);
  }
  const resumed = await api("POST", "transports/relay/resume", { destination: "google" });
  expect([resumed.status, await resumed.json()]).toEqual([
    200,
    { transports: [expect.anything()], held: [expect.objectContaining({ destination: "" })] },
  ]);
  expect((await api("POST", "transports/relay/resume", { destination: "google" })).status).toBe(409);
  expect((await api("POST", "transports/relay/resume", {})).status).toBe(200);
  expect((await api("POST", "transports/relay/resume", {})).status).toBe(409);
  expect(await audited("pace-resume")).toEqual([
    { actor: "house", subject: "relay google" },
    { actor: "house", subject: "relay" },
  ]);
});

test("templates: read, tried out, kept if all are good, and taken back", async () => {
  const list = JSON.parse(await (await api("GET", "templates")).text());
  expect(list).toMatchObject({ folder: nashra.templates.folder, faults: [] });
  expect(list.templates).toContainEqual({ name: "story.txt", own: false, used: true });

  const shipped = JSON.parse(await (await api("GET", "templates/story.txt")).text());
  expect(shipped).toMatchObject({ name: "story.txt", own: false, mails: expect.arrayContaining(["digest"]) });
  const text = `${shipped.text}جديد\n`;
  const drawn = JSON.parse(await (await api("POST", "templates/story.txt/preview", { text })).text());
  expect(drawn.text).toContain("جديد");
  expect((await nashra.templates.check()).files).toEqual([]);

  const kept = await api("PUT", "templates/story.txt", { text, seen: shipped.mark });
  const own = JSON.parse(await kept.text());
  expect([kept.status, own]).toEqual([200, { ...shipped, own: true, text, mark: expect.any(String) }]);
  expect(own.mark).not.toBe(shipped.mark);
  expect((await nashra.templates.check()).files).toEqual(["story.txt"]);

  // Who read it before it was changed keeps nothing, and takes nothing away.
  const { mark: seen } = shipped;
  const late = await api("PUT", "templates/story.txt", { text: "{{ story.title }}", seen });
  expect([late.status, await late.text()]).toEqual([409, expect.stringContaining("Read it again")]);
  expect((await api("DELETE", `templates/story.txt?seen=${seen}`)).status).toBe(409);
  expect((await nashra.templates.read("story.txt"))?.text).toBe(text);

  const back = `templates/story.txt?seen=${own.mark}`;
  expect([(await api("DELETE", back)).status, (await api("DELETE", back)).status]).toEqual([204, 404]);
  expect(await (await api("GET", "templates/story.txt")).json()).toEqual(shipped);
  expect(await audited("template-set")).toEqual([{ actor: "house", subject: "story.txt" }]);
  expect(await audited("template-back")).toEqual([{ actor: "house", subject: "story.txt" }]);
});

test("templates: what is wrong is told with its line and what to do, and is not kept", async () => {
  const { mark: seen } = JSON.parse(await (await api("GET", "templates/story.txt")).text());
  const wrong = "{{ story.title }}\n{% if story.summary %}\n";
  const fault = {
    file: "story.txt",
    line: 2,
    message: expect.stringContaining("if"),
    todo: { ar: expect.any(String), en: expect.any(String) },
    lines: [
      { number: 1, text: "{{ story.title }}" },
      { number: 2, text: "{% if story.summary %}" },
      { number: 3, text: "" },
    ],
  };
  for (const refused of [
    await api("PUT", "templates/story.txt", { text: wrong, seen }),
    await api("POST", "templates/story.txt/preview", { text: wrong, mail: "digest" }),
  ]) {
    const { detail, faults } = JSON.parse(await refused.text());
    expect([refused.status, faults[0]]).toEqual([422, fault]);
    expect(detail).toContain("story.txt:2: ");
  }
  expect((await api("PUT", "templates/story.txt", { text: "x" })).status).toBe(422);
  for (const name of ["nothing.txt", "..%2Fsecret", "story.exe"])
    expect((await api("PUT", `templates/${name}`, { text: "x", seen })).status).toBe(404);
  expect((await nashra.templates.check()).files).toEqual([]);
  expect(await audited("template-set")).toEqual([]);
});

test("templates: a host that keeps them inside the program says so, and where they are changed", async () => {
  const { database, at, config } = nashra;
  const deps = { database, now: at, site: config.publicUrl, house: bareHouse };
  const app = templateApi(deps, (_, error) => {
    throw error;
  });
  const one = "/api/v1/templates/story.txt";
  const body = JSON.stringify({ text: "x", seen: "x" });
  const headers = { "Content-Type": "application/json" };
  for (const reply of [
    await app.request("/api/v1/templates"),
    await app.request(one),
    await app.request(one, { method: "PUT", headers, body }),
    await app.request(`${one}?seen=x`, { method: "DELETE" }),
    await app.request(`${one}/preview`, { method: "POST", headers, body: "{}" }),
  ])
    expect([reply.status, await reply.text()]).toEqual([
      404,
      expect.stringContaining("nashra template check"),
    ]);
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
