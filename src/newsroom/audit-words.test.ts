import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { actWord } from "./audit-words.ts";

const src = resolve(import.meta.dirname, "..");

test("every act that is written down has words in both languages", () => {
  const texts = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/\.(test|fixture)\.tsx?$/.test(name))
    .map((name) => readFileSync(resolve(src, name), "utf8"));
  const written =
    /\bact: "([a-z]+-[a-z-]+)"|logAct\(\s*\w+,\s*"([a-z]+-[a-z-]+)"|\bact = [^;\n]*"([a-z-]+)" : "([a-z-]+)"/g;
  const acts = new Set(
    texts.flatMap((text) => [...text.matchAll(written)].flatMap(([, ...names]) => names.filter((it) => it))),
  );
  expect(acts.size).toBeGreaterThan(50);
  for (const act of [...acts, "sign-in", "sign-in-refused", "sign-out", "issue-correction"])
    expect([act, actWord(act, "ar"), actWord(act, "en")]).not.toContain(null);
});

test("an act without words, such as one of an older version, has none", () => {
  expect(actWord("something-else", "ar")).toBeNull();
  expect(actWord("constructor", "en")).toBeNull();
});
