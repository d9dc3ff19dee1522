// What programs of an administrator read and change of the settings: as the pages do, by the same rules.
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
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
