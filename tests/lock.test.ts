import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { completeLock } from "../scripts/complete-lock.ts";

test("the lock names every platform's packages, or `npm ci` refuses it", () => {
  const lock = JSON.parse(readFileSync(resolve(import.meta.dirname, "../package-lock.json"), "utf8"));
  expect(completeLock(lock)).toEqual([]);
  delete lock.packages["node_modules/@biomejs/cli-darwin-arm64"];
  expect(completeLock(lock)).toEqual([expect.stringMatching(/^@biomejs\/cli-darwin-arm64@\d/)]);
  expect(lock.packages["node_modules/@biomejs/cli-darwin-arm64"]).toMatchObject({
    os: ["darwin"],
    cpu: ["arm64"],
    optional: true,
  });
});
