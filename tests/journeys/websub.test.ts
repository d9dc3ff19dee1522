// A subscriber's way from a feed it found to the news of it: discovery, the hub, the push, and what ends it.
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { retract } from "../../src/publish.ts";
import { startCallback, willing } from "../../src/websub/subscriber.fixture.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";

const folder = mkdtempSync(join(tmpdir(), "nashra-"));
const env = { NASHRA_FETCH_ALLOW: "127.0.0.0/8" };
/** A second on an idle machine; what is promised is the order of things. */
const soon = { timeout: 20_000 };
let nashra: TestNashra;
let reader: Awaited<ReturnType<typeof startCallback>>;

beforeAll(async () => {
  reader = await startCallback();
  nashra = await startNashra({ folder, env });
  await nashra.sections("سياسة", "علوم");
});
afterAll(async () => {
  await nashra.stop();
  await reader.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Finds hub and topic where the standard says to look (§4), and subscribes. */
async function subscribe(feed: string, callback: string, more: Record<string, string> = {}) {
  const { headers } = await nashra.get(feed);
  const link = (rel: string) =>
    new RegExp(`<([^>]+)>; rel="${rel}"`).exec(headers.get("link") ?? "")?.[1] ?? "";
  const fields = {
    "hub.mode": "subscribe",
    "hub.topic": link("self"),
    "hub.callback": reader.at(callback),
    ...more,
  };
  const reply = await nashra.post(new URL(link("hub")).pathname, fields);
  expect(reply.status, await reply.text()).toBe(202);
  await expect.poll(() => reader.questions().some(({ url }) => url.startsWith(callback)), soon).toBe(true);
}

const pushesTo = (callback: string) => reader.pushes().filter(({ url }) => url === callback);

test("an article reaches its subscribers when it is published, no tick needed, in the bytes that pollers get, signed", async () => {
  await subscribe("/feeds/section/سياسة.atom", "/politics?reader=7", { "hub.secret": "s3cret" });
  await subscribe("/feeds/all.json", "/all");
  await subscribe("/feeds/section/علوم.rss", "/science");
  await nashra.article({ title: "المجلس يقر الموازنة", sections: ["سياسة"] });
  await expect
    .poll(() => [pushesTo("/politics?reader=7").length, pushesTo("/all").length], soon)
    .toEqual([1, 1]);
  const [push] = pushesTo("/politics?reader=7");
  const polled = await nashra.get("/feeds/section/سياسة.atom");
  expect(push?.body.toString()).toBe(await polled.text());
  expect(push?.body.toString()).toContain("المجلس يقر الموازنة");
  expect(push?.headers["content-type"]).toBe(polled.headers.get("content-type"));
  const hmac = createHmac("sha256", "s3cret")
    .update(push?.body ?? "")
    .digest("hex");
  expect(push?.headers["x-hub-signature"]).toBe(`sha256=${hmac}`);
  expect(pushesTo("/all")[0]?.body.toString()).toBe(await (await nashra.get("/feeds/all.json")).text());
  expect(pushesTo("/science")).toEqual([]);
});

test("a retraction is pushed as well", async () => {
  const article = await nashra.article({ title: "خبر لم يصح", sections: ["سياسة"] });
  await expect
    .poll(() => pushesTo("/politics?reader=7").at(-1)?.body.includes("خبر لم يصح"), soon)
    .toBe(true);
  await retract(nashra.publishing, article.id, "لم يصح");
  await expect
    .poll(() => pushesTo("/politics?reader=7").at(-1)?.body.includes("خبر لم يصح"), soon)
    .toBe(false);
});

test("what a callback missed it gets when it is back, though the service was restarted in between", async () => {
  reader.saying((got) => (got.method === "POST" ? { status: 503 } : willing(got)));
  const before = pushesTo("/all").length;
  await nashra.article({ title: "خبر في الليل", sections: ["علوم"] });
  await expect.poll(() => pushesTo("/all").length, soon).toBe(before + 1);
  const now = nashra.at();
  await nashra.stop();
  reader.saying(willing);
  nashra = await startNashra({ folder, env, now: now.toString() });
  await nashra.tickAt(now.add({ seconds: 59 }).toString());
  expect(pushesTo("/all")).toHaveLength(before + 1);
  await nashra.tickAt(now.add({ seconds: 61 }).toString());
  expect(pushesTo("/all")).toHaveLength(before + 2);
  expect(pushesTo("/all").at(-1)?.body.toString()).toContain("خبر في الليل");
});

test("a section that is renamed takes its subscribers along; one that is closed tells them", async () => {
  const { db } = nashra.database;
  await sql`update sections set slug = 'siyasa' where slug = 'سياسة'`.execute(db);
  await nashra.tickAt(nashra.at().add({ minutes: 1 }).toString());
  expect(pushesTo("/politics?reader=7").at(-1)?.headers["link"]).toContain("/feeds/section/siyasa.atom>");
  await sql`update sections set closed_at = ${nashra.at().epochMilliseconds} where slug = 'siyasa'`.execute(
    db,
  );
  await nashra.tickAt(nashra.at().add({ minutes: 1 }).toString());
  const denial = reader.questions().at(-1);
  expect(denial?.url).toMatch(/^\/politics\?reader=7&hub\.mode=denied&/);
  expect(decodeURI(denial?.query.get("hub.topic") ?? "")).toContain("/feeds/section/سياسة.atom");
  const reply = await nashra.post("/websub", {
    ...{ "hub.mode": "subscribe", "hub.callback": reader.at("/late") },
    "hub.topic": new URL("/feeds/section/siyasa.atom", nashra.config.publicUrl).href,
  });
  expect([reply.status, await reply.text()]).toEqual([410, expect.stringContaining("closed")]);
});

test("without an exception in the settings, nothing inside the network is called", async () => {
  const guarded = await startNashra();
  const heard = reader.got.length;
  for (const callback of [reader.at("/"), reader.at("/", "localhost")]) {
    const topic = new URL("/feeds/all.rss", guarded.config.publicUrl).href;
    const fields = { "hub.mode": "subscribe", "hub.topic": topic, "hub.callback": callback };
    expect((await guarded.post("/websub", fields)).status).toBe(202);
  }
  await guarded.tickAt(guarded.at().add({ minutes: 1 }).toString());
  await guarded.stop();
  expect(reader.got).toHaveLength(heard);
});
