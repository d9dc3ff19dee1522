import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
    // Libraries that ask whether they are in a browser touch Node's localStorage, and Node warns of it.
    execArgv: ["--disable-warning=ExperimentalWarning"],
    // Real servers and properties share two noisy cores; none of our promises is a test's time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
