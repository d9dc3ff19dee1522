// What an administrator changes in the settings is in force at once, in the same process, without a restart.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiToken, createLoginLink } from "../../src/accounts/index.ts";
import { markRestored } from "../../src/settings/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
const origin = "http://localhost:3000";
const templates = "/newsroom/settings/templates";

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

/** Signs the administrator in. */
async function enter(address = "salma@example.org") {
  const link = await createLoginLink(nashra.database, address, nashra.at());
  const reply = await nashra.post(`/newsroom/login/${link}`, {}, { Origin: origin });
  const Cookie = reply.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  return {
    open: (path: string) => nashra.get(path, { Cookie }),
    press: (path: string, fields: Record<string, string> = {}) =>
      nashra.post(path, fields, { Cookie, Origin: origin }),
  };
}

/** Three stories and a reader, so that an issue goes out at 05:00. */
async function morning() {
  await nashra.sections("سياسة");
  for (const title of ["المجلس يقر الموازنة", "الليرة تستقر في السوق", "معرض الكتاب يفتح أبوابه"])
    await nashra.article({ title, sections: ["سياسة"], importance: 2 });
  await nashra.confirmed("reader@example.org");
}

test("a template: tried without being kept, refused at its line, saved, in the next mail, and back to ours", async () => {
  const { open, press } = await enter();
  const one = `${templates}/digest.txt`;
  const markOf = async () => /name="seen" value="(\w+)"/.exec(await (await open(one)).text())?.[1] ?? "";
  const ours = (await nashra.templates.read("digest.txt"))?.text ?? "";
  const mine = `تحية من غرفة الأخبار\n${ours}`;
  const seen = await markOf();
  const preview = (text: string) => press(`${one}/preview`, { text, mail: "digest", language: "ar" });

  const drawn = await preview(mine);
  expect(await drawn.text()).toContain("تحية من غرفة الأخبار");
  expect(drawn.headers.get("Content-Security-Policy")).toMatch(/default-src 'none'.*sandbox/);
  expect(await (await open(`${one}/preview`)).text()).not.toContain("تحية");

  const wrong = `${ours}\n{{ nobody.knows }}`;
  const line = wrong.split("\n").length;
  for (const refused of [await preview(wrong), await press(one, { text: wrong, seen })]) {
    expect(refused.status).toBe(422);
    const html = await refused.text();
    expect(html).toContain(`digest.txt:${line}`);
    expect(html).toMatch(new RegExp(`<mark>\\s*${line}  \\{\\{ nobody.knows \\}\\}</mark>`));
    expect(html).toContain("لا قيمة بهذا الاسم");
  }
  expect((await nashra.templates.read("digest.txt"))?.own).toBe(false);

  expect((await press(one, { text: mine, seen })).headers.get("Location")).toBe(`${one}?done=saved`);
  // Two at once: the older save is refused, and its text is not lost.
  const late = await press(one, { text: `${mine}\nأخرى`, seen });
  expect([late.status, (await late.text()).includes("أخرى")]).toEqual([409, true]);
  await morning();
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect((await smtp.read("reader@example.org")).text).toContain("تحية من غرفة الأخبار");

  const again = await enter(); // it is two hours later
  const back = await again.press(`${one}/back`, { seen: await markOf() });
  expect(back.headers.get("Location")).toBe(`${one}?done=back`);
  expect((await nashra.templates.read("digest.txt"))?.own).toBe(false);
  expect((await open(`${templates}/..%2Fsecret`)).status).toBe(404);
  expect((await open(`${templates}/nothing.mjml`)).status).toBe(404);
});

test("a folder that cannot be written to is said, with what was typed", async () => {
  const { press } = await enter();
  writeFileSync(join(nashra.folder, "templates"), "a file in the folder's place");
  const stored = await nashra.templates.read("story.txt");
  const page = await press(`${templates}/story.txt`, { text: `${stored?.text}\n`, seen: stored?.mark ?? "" });
  expect([page.status, await page.text()]).toEqual([500, expect.stringContaining("EEXIST")]);
});

test("a restored copy sends nothing until an administrator says so, who says that the other one is silent", async () => {
  await morning();
  const made = Temporal.Instant.from("2026-03-01T02:00:00Z");
  await nashra.database.batch([markRestored(nashra.database.db, made, nashra.at())]);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect(smtp.to("reader@example.org")).toEqual([]);
  const { open, press } = await enter();
  expect(await (await open("/newsroom")).text()).toContain('href="/newsroom/settings/restored"');
  const told = await (await open("/newsroom/settings/restored")).text();
  for (const again of ["من أُوقف من المحررين", "مفاتيح المرور التي حُذفت", "رموز البرامج التي أُلغيت"])
    expect(told).toContain(again);
  const release = "/newsroom/settings/restored/release";
  expect((await press(release)).status).toBe(422);
  expect((await press(release, { sure: "yes" })).headers.get("Location")).toContain("done=released");
  expect((await press(release, { sure: "yes" })).status).toBe(409);
  await nashra.tickAt("2026-03-01T05:01:00Z");
  expect(smtp.to("reader@example.org")).toHaveLength(1);
  const token = await createApiToken(nashra.database, "watch", ["admin"], nashra.at());
  const api = (path: string, method = "GET") =>
    nashra.app.request(`${origin}/api/v1/restore${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}` },
    });
  expect(await (await api("")).json()).toEqual({ held: false, made_at: null, restored_at: null, paused: [] });
  expect((await api("/release", "POST")).status).toBe(409);
});

test("a digest's sender: refused, changed, seen where mail leaves, in the next letter's From, and not over another's change", async () => {
  const { open, press } = await enter();
  const page = "/newsroom/digests/daily";
  const seen = JSON.stringify({ address: null, name: null });
  expect((await press(`${page}/sender`, { seen, address: "morning at alerts" })).status).toBe(422);
  const wish = { seen, address: "morning@alerts.example", name: "صباح الخير" };
  expect((await press(`${page}/sender`, wish)).headers.get("Location")).toContain("done=saved");
  const late = await press(`${page}/sender`, { seen, address: "evening@alerts.example", name: "" });
  expect([late.status, (await late.text()).includes("evening@alerts.example")]).toEqual([409, true]);
  const shown = await (await open(page)).text();
  expect(shown).toContain("nashra dkim create SELECTOR --domain alerts.example");
  expect(await (await open("/newsroom/settings/mail")).text()).toContain("morning@alerts.example");
  await morning();
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect((await smtp.read("reader@example.org")).from?.text).toBe('"صباح الخير" <morning@alerts.example>');
});

test("the paper, its editors and its tokens: the next request knows", async () => {
  const { open, press } = await enter();
  const paper = "/newsroom/settings/publisher";
  expect((await press(paper, { name: "صوت الجبل" })).status).toBe(303);
  expect(await (await nashra.get("/")).text()).toContain("صوت الجبل");
  await press("/newsroom/settings/users", { address: "karim@example.org", role: "editor" });
  const karim = await enter("karim@example.org");
  expect((await karim.open("/newsroom/subscribers")).status).toBe(200);
  const users = await (await open("/newsroom/settings/users")).text();
  const id = /\/settings\/users\/(\d+)">(?:(?!<\/a>).)*karim/s.exec(users)?.[1];
  await press(`/newsroom/settings/users/${id}`, { role: "viewer" });
  expect((await karim.open("/newsroom/subscribers")).status).toBe(403);
  await press(`/newsroom/settings/users/${id}/off`);
  expect((await karim.open("/newsroom")).status).toBe(303);
  const made = await (
    await press("/newsroom/settings/tokens", { name: "CMS", scope: "articles:read" })
  ).text();
  const token = /<pre[^>]*>([\w.-]{20,})<\/pre>/.exec(made)?.[1] ?? "";
  const api = async () => (await nashra.get("/api/v1/articles", { Authorization: `Bearer ${token}` })).status;
  expect(await api()).toBe(200);
  await press("/newsroom/settings/tokens/1/revoke");
  expect(await api()).toBe(401);
  expect((await open("/newsroom/settings")).headers.get("Location")).toBe("/newsroom/settings/publisher");
  expect((await karim.open("/newsroom/settings")).status).toBe(303);
});
