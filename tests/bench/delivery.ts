// How fast letters leave: see delivery-main.ts, which is bundled since Node cannot load what it needs of the pages.
import { join } from "node:path";
import { importBundled } from "../support/bundled.ts";
import { makePaper } from "./paper.ts";
import type { Options } from "./run.ts";

export async function delivering(options: Options): Promise<void> {
  const it = await importBundled(join(import.meta.dirname, "delivery-main.ts"));
  if (!isBench(it)) throw new Error("tests/bench/delivery-main.ts has no measureDelivery any more.");
  const paper = makePaper({ articles: 300, sections: 6, each: 1, characters: 600 });
  await it.measureDelivery(options, paper.folder);
  paper.remove();
}

type Measure = (options: Options, folder: string) => Promise<void>;

function isBench(it: unknown): it is { measureDelivery: Measure } {
  return (
    typeof it === "object" &&
    it !== null &&
    "measureDelivery" in it &&
    typeof it.measureDelivery === "function"
  );
}
