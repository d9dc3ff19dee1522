import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { freely } from "../../tests/support/smtp.ts";
import { fileOutbox } from "./outbox.ts";

const scratch = mkdtempSync(join(tmpdir(), "nashra-outbox-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const start = Temporal.Instant.from("2026-03-01T07:00:00Z");
const envelope = { from: "desk@paper.example", to: "salma@reader.example" };

function open() {
  const folder = join(mkdtempSync(join(scratch, "data-")), "outbox");
  const clock = { now: start };
  return { folder, clock, ...fileOutbox(folder, () => clock.now) };
}

test("an outbox without a mail is empty, and its folder need not be there", async () => {
  const { outbox } = open();
  expect(await outbox.list(10)).toEqual([]);
  expect(await outbox.read("1772348400000-abcdefgh")).toBeNull();
});

test("mails are listed newest first, as many as asked for", async () => {
  const { transport, outbox, clock, folder } = open();
  for (const minutes of [5, 0, 9]) {
    clock.now = start.add({ minutes });
    const result = await transport.send(envelope, new Uint8Array(minutes), freely);
    expect(result.kind).toBe("accepted");
  }
  const minutesOf = async (limit: number) =>
    (await outbox.list(limit)).map(({ at, octets }) => [at.since(start).total("minutes"), octets]);
  expect(await minutesOf(10)).toEqual([
    [9, 9],
    [5, 5],
    [0, 0],
  ]);
  expect(await minutesOf(1)).toEqual([[9, 9]]);
  expect(readdirSync(folder)).toHaveLength(3); // and no draft left behind
});

test("a mail comes back byte for byte, readable by its owner alone", () => {
  const { transport, outbox, folder } = open();
  return fc.assert(
    fc.asyncProperty(fc.uint8Array(), async (bytes) => {
      const result = await transport.send(envelope, bytes, freely);
      const name = /as (\S+)\.eml$/.exec(result.reply)?.[1] ?? "";
      expect(new Uint8Array((await outbox.read(name)) ?? [])).toEqual(bytes);
      expect(statSync(join(folder, `${name}.eml`)).mode & 0o777).toBe(0o600);
    }),
    { numRuns: 30 },
  );
});

test("many at once, none lost", async () => {
  const { transport, outbox } = open();
  await Promise.all(Array.from({ length: 30 }, (_, i) => transport.send(envelope, Uint8Array.of(i), freely)));
  const bytes = await Promise.all(
    (await outbox.list(100)).map(async ({ id }) => (await outbox.read(id))?.[0]),
  );
  expect(new Set(bytes).size).toBe(30);
});

test("an id is no path", async () => {
  const { transport, outbox, folder } = open();
  await transport.send(envelope, new Uint8Array(), freely);
  writeFileSync(join(folder, "..", "secret.eml"), "hush");
  writeFileSync(join(folder, "notes.eml"), "hush");
  for (const id of [
    "../secret",
    "..%2Fsecret",
    `${folder}/../secret`,
    "notes",
    "",
    ".",
    "..",
    "\0",
    "a\0b",
  ]) {
    expect(await outbox.read(id)).toBeNull();
  }
  const [mail] = await outbox.list(10);
  expect(await outbox.read(`./${mail?.id}`)).toBeNull();
  expect(await outbox.read(`${mail?.id}.eml`)).toBeNull();
  expect(await outbox.read(mail?.id ?? "")).toEqual(Buffer.alloc(0));
});

test("what else lies in the folder, or goes while it is listed, is passed over", async () => {
  const { transport, outbox, folder } = open();
  await transport.send(envelope, new Uint8Array(3), freely);
  for (const name of ["README", ".1772348400000-abcdefgh.eml", "1772348400000-abcdefgh.eml.bak"]) {
    writeFileSync(join(folder, name), "x");
  }
  expect(await outbox.list(10)).toHaveLength(1);
  const listing = outbox.list(10);
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  expect((await listing).length).toBeLessThan(2);
});

test("where nothing can be kept, nothing was sent", async () => {
  const { transport, folder } = open();
  writeFileSync(folder, "a file where the folder should be");
  const result = await transport.send(envelope, new Uint8Array(), freely);
  expect(result.kind).toBe("not-sent");
  expect(result.reply).toContain(folder);
});
