// Store tests on D1: one workerd for all of them, started before the first and stopped after the last.
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { createTestHarness } from "wrangler";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the Worker with the database listens; absent where tests run on better-sqlite3. */
    d1?: string;
  }
}

/** Called by vitest. @returns what ends it */
export default async function startD1(project: TestProject) {
  process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false"; // else wrangler asks Cloudflare where this machine stands
  const configPath = fileURLToPath(new URL("wrangler.toml", import.meta.url));
  const harness = createTestHarness({ workers: [{ configPath }] });
  const { url } = await harness.listen();
  await harness.getWorker().applyD1Migrations("DB");
  project.provide("d1", url.href);
  return () => harness.close();
}
