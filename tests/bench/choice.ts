// Digests: 5,000 candidates ranked; an edition rendered, beside bare MJML of the same markup; 2,000 editions in one issue, with the
// memory they take.
import { join } from "node:path";
import { importBundled } from "../support/bundled.ts";
import type { Options } from "./run.ts";

export async function choice(options: Options): Promise<void> {
  const it = await importBundled(join(import.meta.dirname, "choice-main.ts"));
  if (!isBench(it)) throw new Error("tests/bench/choice-main.ts has no measureChoice any more.");
  await it.measureChoice(options);
}

function isBench(it: unknown): it is { measureChoice: (options: Options) => Promise<void> } {
  return (
    typeof it === "object" && it !== null && "measureChoice" in it && typeof it.measureChoice === "function"
  );
}
