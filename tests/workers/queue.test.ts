// An issue sent by turns of a queue inside workerd, of which each message is delivered four times, two of them at once.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestHarness } from "wrangler";
import { createApiToken } from "../../src/accounts/index.ts";
import { addSection } from "../../src/articles/index.ts";
import { accountOf } from "../../src/delivery/index.ts";
import { digestBySlug, newestIssues, reschedule } from "../../src/digests/index.ts";
import { type D1, openD1 } from "../../src/hosts/d1.ts";
import type { Database } from "../../src/platform/index.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";
import type { AllTables } from "../../src/tables.ts";
import { bodyAbout } from "../support/nashra.ts";
import { startSmtp } from "../support/smtp.ts";

vi.stubEnv("CLOUDFLARE_CF_FETCH_ENABLED", "false");
vi.stubEnv("WRANGLER_LOG", "warn");

const readers = Number(process.env["NASHRA_QUEUE_READERS"] ?? 310);
const root = fileURLToPath(new URL("../../", import.meta.url));
// wrangler.toml as it is, but for the Worker's file, and that messages come again.
const folder = mkdtempSync(join(root, "dist", "twice-"));
const toml = readFileSync(join(root, "wrangler.toml"), "utf8")
  .replace('main = "src/hosts/worker.ts"', 'main = "../../tests/workers/twice.ts"')
  .replace("max_retries = 0", "max_retries = 3")
  .replace(/^(migrations_dir|migrations_pattern|directory) = "/gm, '$1 = "../../');
writeFileSync(join(folder, "wrangler.toml"), toml);

const smtp = await startSmtp();
const harness = createTestHarness({
  root: folder,
  workers: [
    {
      configPath: "wrangler.toml",
      vars: { NASHRA_PUBLIC_URL: "http://localhost:8787", NASHRA_LOG_LEVEL: "info" },
      secrets: { NASHRA_SECRET: `t1:${"s".repeat(32)}`, NASHRA_SMTP_URL: smtp.url },
    },
  ],
});
const worker = harness.getWorker<{ DB: D1 }>();
let database: Database<AllTables>;
const now = () => Temporal.Now.instant();

beforeAll(async () => {
  const { url } = await harness.listen();
  await worker.applyD1Migrations("DB");
  database = openD1((await worker.getEnv()).DB);
  await fetch(url); // makes the first digest
  const section = { slug: "news", title: "أخبار", titleEn: null, halfLifeHours: 12 };
  await database.batch([addSection(database.db, section, false)]);
  const token = await createApiToken(database, "the test", "editor", now());
  for (const title of ["الليرة تستقر في السوق", "معرض الكتاب يفتح أبوابه", "الفريق يفوز بالكأس"]) {
    const reply = await fetch(new URL("/api/v1/articles", url), {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ external_id: title, title, body_html: bodyAbout(title), sections: ["أخبار"] }),
    });
    expect(reply.status).toBe(201);
  }
});
afterAll(async () => {
  await harness.close();
  await smtp.close();
  rmSync(folder, { recursive: true });
});

const logged = (words: string) => harness.getLogs().filter((it) => JSON.stringify(it).includes(words)).length;

// The machine may be busy with other tests: what counts is that it ends.
test("each letter leaves once, however often the queue delivers a turn", async () => {
  const digest = await digestBySlug(database.db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  const addresses = Array.from({ length: readers }, (_, n) => `reader${n}@example.org`);
  await importSubscribers(
    database,
    { digest: digest.id, consent: "test", language: "ar", now: now() },
    addresses,
  );
  const due = now().subtract({ minutes: 2 });
  const time = due.toZonedDateTimeISO("UTC").toPlainTime().toString({ smallestUnit: "minute" });
  const schedule = { zone: "UTC", days: [1, 2, 3, 4, 5, 6, 7], slots: [{ name: "morning", time }] };
  await reschedule(database.db, digest, schedule, due.subtract({ minutes: 1 }));

  const started = performance.now();
  expect(await worker.scheduled({ cron: "* * * * *", scheduledTime: new Date() })).toMatchObject({
    outcome: "ok",
  });
  const [issue] = await newestIssues(database.db, 1);
  if (!issue) throw new Error("No issue was opened.");
  await vi.waitFor(async () => expect((await newestIssues(database.db, 1))[0]?.state).toBe("sent"), {
    timeout: 150_000,
    interval: 200,
  });
  const seconds = (performance.now() - started) / 1000;
  const turns = Math.ceil(readers / 300);
  // The queue goes on delivering: what is over is over.
  await vi.waitFor(() => expect(logged("turn over")).toBe(turns * 2), { timeout: 60_000, interval: 200 });
  const { states } = await accountOf(database.db, issue.id);
  expect(states).toEqual([{ state: "accepted", count: readers }]);
  expect(smtp.arrived.map(({ to }) => to).sort()).toEqual(addresses.sort());
  process.stdout.write(
    `\n${readers} letters by ${turns} turns, each delivered four times: ${seconds.toFixed(1)} s\n`,
  );
});
