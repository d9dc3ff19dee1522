// The main job inside workerd: an article in, feeds out, the digest in the mail, and one click out again.
import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createTestHarness } from "wrangler";
import { createApiToken } from "../../src/accounts/index.ts";
import { addSection } from "../../src/articles/index.ts";
import { accountOf } from "../../src/delivery/index.ts";
import { type Digest, digestBySlug, newestIssues, reschedule } from "../../src/digests/index.ts";
import { type D1, openD1 } from "../../src/hosts/d1.ts";
import type { Database } from "../../src/platform/index.ts";
import { readImport } from "../../src/sources/index.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";
import type { AllTables } from "../../src/tables.ts";
import { startCallback } from "../../src/websub/subscriber.fixture.ts";
import { bodyAbout } from "../support/nashra.ts";
import { startSmtp } from "../support/smtp.ts";

// Else wrangler asks Cloudflare where this machine stands.
vi.stubEnv("CLOUDFLARE_CF_FETCH_ENABLED", "false");
vi.stubEnv("WRANGLER_LOG", "warn");

const root = new URL("../../", import.meta.url);
const site = "http://localhost:8787";
const settings = {
  NASHRA_PUBLIC_URL: site,
  NASHRA_LOG_LEVEL: "info",
  NASHRA_FETCH_ALLOW: "127.0.0.1",
  NASHRA_MAIL_FROM: "bulletin@news.example",
  NASHRA_MAIL_BOUNCE: "bounce.news.example",
  NASHRA_MAIL_POSTMASTER: "person@office.example",
  NASHRA_BREVO_LOGIN: "a-token-of-32-characters-or-more",
};
const smtp = await startSmtp();
const harness = createTestHarness({
  root: fileURLToPath(root),
  workers: [
    {
      configPath: "wrangler.toml",
      vars: settings,
      secrets: { NASHRA_SECRET: `t1:${"s".repeat(32)}`, NASHRA_SMTP_URL: smtp.url },
    },
  ],
});
const worker = harness.getWorker<{ DB: D1 }>();
let database: Database<AllTables>;
let here: URL;
const now = () => Temporal.Now.instant();

beforeAll(async () => {
  here = (await harness.listen()).url;
});
afterAll(async () => {
  await harness.close();
  await smtp.close();
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, here), { headers });
const post = (path: string, fields: Record<string, string>) =>
  fetch(new URL(path, here), {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { Origin: fields["List-Unsubscribe"] ? "null" : site },
  });
/** What a reader that takes these encodings is sent, byte for byte. */
const rawReply = (path: string, accepted: string) =>
  new Promise<{ encoding: string | undefined; bytes: Buffer }>((resolve, reject) => {
    const asked = request(
      new URL(path, here),
      { headers: { "Accept-Encoding": accepted } },
      async (reply) => {
        const encoding = reply.headers["content-encoding"];
        resolve({ encoding, bytes: Buffer.concat(await reply.toArray()) });
      },
    );
    asked.on("error", reject).end();
  });
/** Cron Triggers wake the Worker so. */
const wake = () => worker.scheduled({ cron: "* * * * *", scheduledTime: new Date() });

test("without tables it says what to do, and is not ready", async () => {
  const reply = await get("/");
  expect(reply.status).toBe(503);
  expect(await reply.text()).toContain("wrangler d1 migrations apply DB");
});

describe("with a database", () => {
  let token: string;

  beforeAll(async () => {
    await worker.applyD1Migrations("DB");
    database = openD1((await worker.getEnv()).DB);
    token = await createApiToken(database, "the test", "editor", now());
    await database.batch(
      ["بلدي", "اقتصاد", "ثقافة"].map((title) =>
        addSection(database.db, { slug: title, title, titleEn: null, halfLifeHours: 12 }, false),
      ),
    );
  });

  const publish = (article: object) =>
    fetch(new URL("/api/v1/articles", here), {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(article),
    });

  test("an article comes in by the API, once", async () => {
    const file = new URL("../../src/sources/fixtures/copied-page.txt", import.meta.url);
    const reading = await readImport(
      { bytes: readFileSync(file), contentType: null, url: null },
      { publishedAt: null, section: "بلدي", now: Temporal.Now.instant() },
    );
    if (!reading.ok) throw new Error(reading.why);
    const [page] = reading.articles;
    expect((await publish({ ...page })).status).toBe(201);
    expect((await publish({ ...page })).status).toBe(200);
    for (const [title, section] of [
      ["الليرة تستقر في السوق", "اقتصاد"],
      ["معرض الكتاب يفتح أبوابه", "ثقافة"],
    ] as const) {
      const article = { external_id: title, title, body_html: bodyAbout(title), sections: [section] };
      expect((await publish(article)).status).toBe(201);
    }
    expect((await publish({ title: "بلا شيء" })).status).toBe(422);
  });

  test.each(["rss", "atom", "json"])(
    "it goes out as %s, whole, compressed once, and 304 after",
    async (format) => {
      const path = `/feeds/section/${encodeURIComponent("بلدي")}.${format}`;
      const reply = await get(path, { "Accept-Encoding": "identity" });
      expect(reply.status).toBe(200);
      const text = await reply.text();
      expect(text).toContain("ميناء الصيادين يستعيد رصيفه الشرقي");
      expect(text).toContain("وكالة الساحل");
      const { encoding, bytes } = await rawReply(path, "gzip");
      expect([encoding, gunzipSync(bytes).toString()]).toEqual(["gzip", text]);
      await vi.waitFor(async () => {
        const smallest = await rawReply(path, "br"); // made behind the first reply to one who takes it
        expect([smallest.encoding, brotliDecompressSync(smallest.bytes).toString()]).toEqual(["br", text]);
      }, 20_000);
      const known = await get(path, { "If-None-Match": reply.headers.get("etag") ?? "" });
      expect([known.status, await known.text()]).toEqual([304, ""]);
    },
  );

  test("a subscriber of a feed is pushed what is published, and the metrics count it", async () => {
    const reader = await startCallback();
    const path = `/feeds/section/${encodeURIComponent("ثقافة")}.atom`;
    const ask = {
      "hub.mode": "subscribe",
      "hub.topic": new URL(path, site).href,
      "hub.callback": reader.at("/news"),
    };
    expect((await post("/websub", ask)).status).toBe(202);
    const subscribed = () =>
      database.db.selectFrom("websub_subscriptions").select("topic").executeTakeFirst();
    await vi.waitFor(async () => expect(await subscribed()).toEqual({ topic: ask["hub.topic"] }), 20_000);
    const title = "المسرح يفتح أبوابه";
    const article = { external_id: title, title, body_html: bodyAbout(title), sections: ["ثقافة"] };
    expect((await publish(article)).status).toBe(201);
    await vi.waitFor(() => expect(reader.pushes()).toHaveLength(1), 20_000);
    expect(reader.pushes()[0]?.body.toString()).toBe(await (await get(path)).text());
    const metrics = await get("/metrics", { Authorization: `Bearer ${token}` });
    expect(await metrics.text()).toMatch(/nashra_websub_deliveries_total\{result="ok"\} 1/);
    expect((await get("/metrics")).status).toBe(401);
    await reader.stop();
  });

  test("styles come from the assets, the health from the Worker", async () => {
    const home = await (await get("/")).text();
    const styles = /href="(\/assets\/[^"]+\.css)"/.exec(home)?.[1] ?? "";
    const reply = await get(styles);
    expect(reply.headers.get("content-type")).toContain("text/css");
    expect(reply.headers.get("cache-control")).toContain("immutable");
    expect((await get("/readyz")).status).toBe(200);
    expect((await get("/assets/nothing")).status).toBe(404);
  });

  test("the digest arrives when the clock strikes, once, and one click ends it", async () => {
    const daily = await theDigest();
    await importSubscribers(database, { digest: daily.id, consent: "the test", language: "ar", now: now() }, [
      "karim@example.org",
    ]);
    expect((await post("/subscribe", { address: "salma@example.org", language: "ar" })).status).toBe(200);
    await vi.waitFor(() => expect(smtp.to("salma@example.org")).toHaveLength(1), { timeout: 20_000 });
    const ask = await smtp.read("salma@example.org");
    const confirmation = /http:\/\/\S+(\/confirm\/[\w.-]+)/.exec(ask.text ?? "")?.[1] ?? "";
    expect((await post(confirmation, {})).status).toBe(200);
    await vi.waitFor(() => expect(smtp.to("salma@example.org")).toHaveLength(2), { timeout: 20_000 });
    expect((await smtp.read("salma@example.org")).html).toContain("/preferences/"); // her welcome

    await makeDue(daily);
    expect(await wake()).toMatchObject({ outcome: "ok" });
    // The clock asks the queue for a turn, which sends.
    await vi.waitFor(
      async () =>
        expect((await newestIssues(database.db, 1))[0]).toMatchObject({ state: "sent", candidates: 2 }),
      { timeout: 20_000 },
    );
    const [issue] = await newestIssues(database.db, 1);
    expect(smtp.to("karim@example.org")).toHaveLength(1);
    const mail = await smtp.read("salma@example.org");
    expect(mail.text).toContain("ميناء الصيادين يستعيد رصيفه الشرقي");
    expect(mail.html).toContain('dir="rtl"');

    const { raw = "" } = smtp.to("salma@example.org")[2] ?? {};
    const unfolded = raw.replace(/\r\n[ \t]/g, " ");
    expect(unfolded).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    const link =
      /^List-Unsubscribe: <http:\/\/localhost:8787(\/unsubscribe\/[^>]+)>/m.exec(unfolded)?.[1] ?? "";
    expect((await get(link)).status).toBe(200);
    expect((await post(link, { "List-Unsubscribe": "One-Click" })).status).toBe(200);
    const left = await database.db
      .selectFrom("subscribers")
      .select("address")
      .where("state", "=", "left")
      .execute();
    expect(left).toEqual([{ address: "salma@example.org" }]);

    await Promise.all([wake(), wake()]);
    expect(smtp.arrived).toHaveLength(4); // one to confirm, a welcome, two digests
    expect(await newestIssues(database.db, 5)).toHaveLength(1);
    const { states } = await accountOf(database.db, issue?.id ?? unreachable());
    expect(states).toEqual([{ state: "accepted", count: 2 }]);
  });

  describe("what comes back", () => {
    const bounced = (path: string, id: string) =>
      `From: MAILER-DAEMON@mx.example\r\nTo: ${path}\r\nMessage-ID: <${id}@mx.example>\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n--b--\r\n`;
    /** As wrangler hands a mail to the Worker in the place of Email Routing. */
    const route = (to: string, raw: string) => {
      const url = new URL("/cdn-cgi/handler/email", here);
      url.search = new URLSearchParams({ from: "mailer-daemon@mx.example", to }).toString();
      return fetch(url, { method: "POST", body: raw });
    };
    const facts = async () =>
      database.db.selectFrom("feedback").select(["kind", "verdict", "known_by"]).orderBy("at").execute();

    test("a bounce that Email Routing brings is booked; what is for nobody here is refused", async () => {
      const path = smtp.to("karim@example.org")[0]?.from ?? "";
      expect(path).toMatch(/^b-t1-\d+-[a-z2-7]{16}@bounce\.news\.example$/);
      expect((await route(path, bounced(path, "one"))).status).toBe(200);
      expect(await facts()).toEqual([{ kind: "bounce", verdict: "soft", known_by: "return-path" }]);
      const stranger = await route(
        "reader@bounce.news.example",
        bounced("reader@bounce.news.example", "two"),
      );
      expect(await stranger.text()).toMatch(/reject/i);
      const large = await route(path, `${bounced(path, "three")}${"x".repeat(1_100_000)}`);
      expect(await large.text()).toMatch(/reject/i);
      expect(await facts()).toHaveLength(1);
    });

    test("a provider's event is booked, once", async () => {
      const [letter] = await database.db.selectFrom("deliveries").select("message_id").limit(1).execute();
      const tell = () =>
        fetch(new URL("/inbound/brevo", here), {
          method: "POST",
          headers: { Authorization: "Bearer a-token-of-32-characters-or-more" },
          body: JSON.stringify({ event: "spam", "message-id": letter?.message_id }),
        });
      expect(await (await tell()).json()).toEqual({ events: 1, did: { booked: 1 } });
      expect(await (await tell()).json()).toEqual({ events: 1, did: {} });
      expect(await facts()).toHaveLength(2);
    });
  });

  test("a flood from one network is asked for work, and work lets it through", async () => {
    const ask = (fields: Record<string, string>, from = "198.51.100.7") =>
      fetch(new URL("/subscribe", here), {
        method: "POST",
        body: new URLSearchParams({ language: "ar", ...fields }),
        headers: { "CF-Connecting-IP": from },
      });
    const statuses = await Promise.all(
      Array.from({ length: 21 }, async (_, i) => (await ask({ address: `flood${i}@paper.invalid` })).status),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    const reply = await ask({ address: "hala@paper.invalid" });
    const page = await reply.text();
    const challenge = JSON.parse(
      (/data-challenge="([^"]*)"/.exec(page)?.[1] ?? unreachable()).replaceAll("&quot;", '"'),
    );
    const { counter, derivedKey } = (await solveChallenge({ challenge, deriveKey })) ?? unreachable();
    const answer = JSON.stringify({ challenge, solution: { counter, derivedKey } });
    expect((await ask({ address: "hala@paper.invalid", answer })).status).toBe(200);
    expect((await ask({ address: "hala@paper.invalid", answer })).status).toBe(429);
    expect((await ask({ address: "hala@paper.invalid" }, "203.0.113.7")).status).toBe(200);
    const script = /src="(\/assets\/[^"]+\/solve\.js)"/.exec(page)?.[1] ?? unreachable();
    expect((await get(script)).headers.get("content-type")).toContain("javascript");
  });

  test("a list in windows-1256 is taken over, counted and given out", async () => {
    const administrator = await createApiToken(database, "lists", "administrator", now());
    const headers = { Authorization: `Bearer ${administrator}` };
    const bytes = Uint8Array.from([
      0xc7,
      0xe1,
      0xc8,
      0xd1,
      0xed,
      0xcf,
      ...new TextEncoder().encode(";lang\n"),
    ]); // البريد
    const rows = Array.from({ length: 1500 }, (_, i) => `list${i}@example.org;en\n`).join("");
    const reply = await fetch(new URL("/api/v1/subscribers/import?consent=fair", here), {
      method: "POST",
      headers,
      body: new Blob([bytes, rows, "nobody;ar\n"]),
    });
    expect(await reply.json()).toMatchObject({ counts: { rows: 1502, added: 1500, others: { refused: 1 } } });
    await fetch(new URL("/api/v1/segments", here), {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify({ slug: "english", filter: { digest: "daily", state: "active", language: "en" } }),
    });
    expect(await (await get("/api/v1/segments/english", headers)).json()).toMatchObject({ count: 1500 });
    const csv = await (await get("/api/v1/subscribers/export.csv?segment=english", headers)).text();
    expect(csv.trim().split("\r\n")).toHaveLength(1501);
  });

  async function theDigest(): Promise<Digest> {
    return (await digestBySlug(database.db, "daily")) ?? unreachable();
  }

  /** Workers have no clock that a test could set, so the digest's hour is moved: to two minutes ago. */
  async function makeDue(digest: Digest) {
    const due = now().subtract({ minutes: 2 });
    const time = due.toZonedDateTimeISO("UTC").toPlainTime().toString({ smallestUnit: "minute" });
    const schedule = { zone: "UTC", days: [1, 2, 3, 4, 5, 6, 7], slots: [{ name: "morning", time }] };
    await reschedule(database.db, digest, schedule, due.subtract({ minutes: 1 }));
  }
});

const unreachable = (): never => {
  throw new Error("There is none.");
};

test("every template is in the Worker", () => {
  const worker = readFileSync(new URL("src/hosts/worker.ts", root), "utf8");
  for (const name of readdirSync(new URL("templates/", root)))
    expect(worker).toContain(`/templates/${name}"`);
});

test("it logs objects, with neither secrets nor addresses in them", () => {
  const logs = JSON.stringify(harness.getLogs());
  expect(logs).toContain("msg: 'issue sent'");
  expect(logs).not.toMatch(/ssss|@example\.org/);
});

test("without its secret it serves nothing, and says how to set it", async () => {
  await harness.update({
    root: fileURLToPath(root),
    workers: [{ configPath: "wrangler.toml", vars: settings }],
  });
  const reply = await harness.fetch("/");
  expect(reply.status).toBe(503);
  expect(await reply.text()).toContain("npx wrangler secret put NASHRA_SECRET");
});
