// The main job inside workerd: an article in, feeds out, the digest in the mail, and one click out again.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestHarness } from "wrangler";
import { createApiToken } from "../../src/accounts/index.ts";
import type { AllTables } from "../../src/app.tsx";
import { addSection } from "../../src/articles/index.ts";
import { digestBySlug, issueByName, reschedule } from "../../src/digests/index.ts";
import { type D1, openD1 } from "../../src/hosts/d1.ts";
import type { Database } from "../../src/platform/index.ts";
import { readImport } from "../../src/sources/index.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";
import { startSmtpServer } from "../support/smtp.ts";

vi.stubEnv("CLOUDFLARE_CF_FETCH_ENABLED", "false"); // wrangler would ask Cloudflare where this machine stands
vi.stubEnv("WRANGLER_SEND_METRICS", "false");

const site = "http://localhost:8787";
const smtp = await startSmtpServer();
const harness = createTestHarness({
  root: new URL("../../", import.meta.url).pathname,
  workers: [
    {
      configPath: "wrangler.toml",
      vars: { NASHRA_PUBLIC_URL: site, NASHRA_LOG_LEVEL: "info" },
      secrets: { NASHRA_SECRET: `t1:${"s".repeat(32)}`, NASHRA_SMTP_URL: smtp.url },
    },
  ],
});
const worker = harness.getWorker<{ DB: D1 }>();
let database: Database<AllTables>;
const now = () => Temporal.Now.instant();

beforeAll(async () => {
  await harness.listen();
  await worker.applyD1Migrations("DB");
  database = openD1<AllTables>((await worker.getEnv()).DB);
});
afterAll(async () => {
  await harness.close();
  await smtp.close();
});

const request = (path: string, init?: RequestInit) => worker.fetch(new URL(path, site).href, init);

test("probe", async () => {
  for (const path of ["/healthz", "/readyz", "/", "/feeds/all.rss", "/api/openapi.json", "/assets/none"]) {
    const r = await request(path);
    console.log(path, r.status, [...r.headers], (await r.text()).slice(0, 300));
  }
  console.log(harness.getLogs());
});
