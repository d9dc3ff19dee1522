// The thread that reads an export, as the build made it, beside the same reader in this thread.
import { createReadStream } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { prepare, type SectionId } from "../articles/index.ts";
import type { WxrReader } from "../sources/index.ts";
import { wxrReader } from "../sources/index.ts";
import { layItem } from "../sources/lay.ts";
import { threadedReader } from "./wxr-reader.ts";

const exported = resolve(import.meta.dirname, "../sources/fixtures/wordpress/export.wxr.xml");
const here = () => wxrReader((from) => createReadStream(exported, { start: from, highWaterMark: 50_000 }));

function threaded(name: string) {
  const reader = threadedReader(name);
  onTestFinished(reader.close);
  return reader;
}

async function all(reader: WxrReader, from: number) {
  const site = await reader.site();
  const stretches = await Array.fromAsync(reader.stretches(from));
  return { site, stretches };
}

/** As JSON, in which instants and addresses differ where they do, and maps as lists. */
const plain = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (_, it: unknown) => (it instanceof Map ? [...it] : it)));

test("a thread reads what this one would, also from the middle", async () => {
  const expected = await all(here(), 0);
  const found = await all(threaded(exported), 0);
  expect(plain(found)).toEqual(plain(expected));
  expect(found.stretches[0]?.items[0]?.published).toBeInstanceOf(Temporal.Instant);
  expect(found.stretches.flatMap(({ items }) => items).length).toBe(75);
  const middle = 100_000;
  expect(plain(await all(threaded(exported), middle))).toEqual(plain(await all(here(), middle)));
});

test("its texts are cleaned as storing them would clean them", async () => {
  const { stretches } = await all(here(), 0);
  const section = { slug: "news", title: "أخبار", titleEn: null, halfLifeHours: 12, closedAt: null };
  for (const item of stretches.flatMap(({ items }) => items)) {
    const laid = layItem(item, [{ ...section, id: 1 as SectionId }], item.published);
    if (!laid.ok) throw new Error(laid.why);
    expect(item.prepared).toEqual(prepare(laid.input));
  }
});

test("what is no export is refused, and a file that is not there is an error", async () => {
  const refusal = await threaded(resolve(import.meta.dirname, "../../package.json")).site();
  expect(refusal).toMatchObject({ ok: false, why: expect.stringContaining("no WordPress export") });
  await expect(threaded(join(import.meta.dirname, "nothing.xml")).site()).rejects.toThrow("ENOENT");
});
