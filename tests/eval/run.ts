// npm run eval: how well stories are told apart and ranked, on an invented month; the same numbers each time.
//
//   npm run eval                   prints the tables (a minute or two)
//   npm run eval -- --write        puts them into docs/decisions/3-ranking.md
//   npm run eval -- --seed 2       another month
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { importBundled } from "../support/bundled.ts";

const { values } = parseArgs({
  options: { write: { type: "boolean" }, seed: { type: "string", default: "1" } },
});
const seed = Number(values.seed);
if (!Number.isInteger(seed)) throw new Error(`--seed is ${values.seed}; it takes a whole number.`);

const main = await importBundled(join(import.meta.dirname, "main.ts"));
if (!hasMonth(main)) throw new Error("tests/eval/main.ts has no wholeMonth any more.");
const tables = await main.wholeMonth(seed);
process.stdout.write(`${tables}\n`);
if (values.write) {
  const page = resolve(import.meta.dirname, "../../docs/decisions/3-ranking.md");
  const [before, after] = ["<!-- eval -->", "<!-- /eval -->"];
  const text = readFileSync(page, "utf8");
  const [start, end] = [text.indexOf(before), text.indexOf(after)];
  if (start < 0 || end < start) throw new Error(`${page} has no place for the tables: ${before} … ${after}.`);
  writeFileSync(page, `${text.slice(0, start + before.length)}\n${tables}\n${text.slice(end)}`);
}

function hasMonth(it: unknown): it is { wholeMonth: (seed: number) => Promise<string> } {
  return typeof it === "object" && it !== null && "wholeMonth" in it && typeof it.wholeMonth === "function";
}
