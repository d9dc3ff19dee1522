// An export goes in whole, into a real store with what publishes played by the test.
import { expect, test } from "vitest";
import { openTestDatabase } from "../../../tests/support/database.ts";
import { createLog } from "../../platform/index.ts";
import type { SourceDeps } from "../deps.ts";
import type { SourceDatabase } from "../tables.ts";
import { type ExportFile, importWxr, wxrReader } from "./import.ts";
import { attachmentXml, bytesOf, exportXml, inPieces, itemXml } from "./read.fixture.ts";

const deps = (): SourceDeps => ({
  database: openTestDatabase<SourceDatabase>(),
  get: async () => ({ kind: "silence", why: "nobody is there" }),
  call: async () => ({ kind: "silence", why: "nobody is there" }),
  site: new URL("https://news.example/"),
  now: () => Temporal.Instant.from("2026-03-21T06:00:00Z"),
  log: createLog("silent"),
  publisher: () => ({
    publishAll: async (_, inputs) => inputs.map(() => ({ kind: "no-text" })),
    retract: async () => null,
    reinstate: async () => null,
  }),
  pulls: { wordpress: never, feed: never, page: never },
  isCatchAll: () => false,
});
const never = async () => Promise.reject(new Error("A file asks nobody."));

/** Some head, so many pieces, some tail, made as they are read. */
function fileOf(pictures: number, picture: Uint8Array): ExportFile {
  const [head = "", tail = ""] = exportXml("\0", itemXml({ id: 1 })).split("\0");
  const parts = () => [bytesOf(head), ...Array.from({ length: pictures }, () => picture), bytesOf(tail)];
  const octets = parts().reduce((sum, part) => sum + part.length, 0);
  return {
    identity: "x",
    octets,
    reader: wxrReader(async function* (from) {
      if (from > 0) yield* inPieces(Buffer.concat(parts()), [65_536], from);
      else yield* parts();
    }),
  };
}

test("pictures that find no room in memory are counted", async () => {
  const picture = (octets: number) =>
    bytesOf(attachmentXml(7, `https://paper.test/${"a".repeat(octets)}.jpg`));
  const few = await importWxr(deps(), fileOf(10, picture(20)), {});
  expect(few).toMatchObject({ ok: true, finished: true, picturesLost: 0 });
  const many = await importWxr(deps(), fileOf(40_000, picture(1900)), {}); // 64 MB hold some 35,000 of these
  if (!many.ok) throw new Error(many.why);
  expect(many.picturesLost).toBeGreaterThan(3000);
  expect(many.picturesLost).toBeLessThan(8000);
});
