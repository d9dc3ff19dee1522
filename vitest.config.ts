import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: "node", include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"] },
      },
      {
        // Once more on Cloudflare's database, inside workerd: whatever runs SQL of ours. One database for all, so one file
        // after the other.
        extends: true,
        test: {
          name: "d1",
          include: [
            "src/**/{database,ledger,store}.test.ts",
            "src/{articles/story/stories,sources/run,articles/sections,articles/recent,articles/search/find,digests/{due,past,worth},delivery/{claim,doubts,reader,workers,special,fold,pace/counts}}.test.ts",
            "src/{accounts/accounts,accounts/access,hosts/d1,subscribers/list/import,subscribers/list/lists,subscribers/guard/admit}.test.ts",
          ],
          globalSetup: ["tests/support/d1/setup.ts"],
          fileParallelism: false,
        },
      },
    ],
    // Libraries that ask whether they are in a browser touch Node's localStorage, and Node warns of it.
    execArgv: ["--disable-warning=ExperimentalWarning"],
    // Real servers and properties share two noisy cores; none of our promises is a test's time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
