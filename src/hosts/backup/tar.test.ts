import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { header, pack, unpack } from "./tar.ts";

const scratch = mkdtempSync(join(tmpdir(), "nashra-tar-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const at = Temporal.Instant.from("2026-03-01T04:00:00Z");

let archives = 0;
async function packed(files: Record<string, Uint8Array>) {
  const folder = mkdtempSync(join(scratch, "files-"));
  const list = Object.entries(files).map(([name, bytes], i) => {
    writeFileSync(join(folder, String(i)), bytes);
    return { name, file: join(folder, String(i)) };
  });
  const archive = join(scratch, `${archives++}.tar.gz`);
  await pack(archive, list, at);
  return archive;
}

async function read(archive: string) {
  const found: [string, Buffer][] = [];
  for await (const { name, chunks } of unpack(archive)) {
    const parts: Buffer[] = [];
    for await (const chunk of chunks()) parts.push(chunk);
    found.push([name, Buffer.concat(parts)]);
  }
  return found;
}

test("the system's tar reads what we write, and we what it writes, packed or not", async () => {
  const files = {
    "a.txt": Buffer.from("سلام"),
    "dkim/key.pem": Buffer.alloc(512, 1),
    empty: Buffer.alloc(0),
    long: Buffer.alloc(1_500_001, 7),
  };
  const archive = await packed(files);
  const out = mkdtempSync(join(scratch, "out-"));
  execFileSync("tar", ["-xzf", archive, "-C", out]);
  for (const [name, bytes] of Object.entries(files)) expect(readFileSync(join(out, name))).toEqual(bytes);
  for (const [flag, name] of [
    ["-czf", "theirs.tar.gz"],
    ["-cf", "theirs.tar"],
  ] as const) {
    execFileSync("tar", [
      flag,
      join(scratch, name),
      "-C",
      out,
      "--format=ustar",
      "a.txt",
      "dkim",
      "empty",
      "long",
    ]);
    expect(await read(join(scratch, name))).toEqual(Object.entries(files));
  }
});

test("any files come back as they were, also where nobody reads them", async () => {
  const file = fc.tuple(fc.stringMatching(/^[a-z]{1,90}$/), fc.uint8Array({ maxLength: 3000 }));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(file, { selector: ([name]) => name, maxLength: 5 }), async (files) => {
      const archive = await packed(Object.fromEntries(files));
      expect(await read(archive)).toEqual(files.map(([name, bytes]) => [name, Buffer.from(bytes)]));
      const names: string[] = [];
      for await (const { name } of unpack(archive)) names.push(name);
      expect(names).toEqual(files.map(([name]) => name));
    }),
    { numRuns: 50 },
  );
});

test("what was cut short or altered anywhere is refused, or comes out as it was", async () => {
  const bytes = new Uint8Array(5000).map((_, i) => (i * 7919) % 251);
  const archive = await packed({ a: bytes, b: bytes });
  const whole = readFileSync(archive);
  const files = await read(archive);
  const broken = join(scratch, "broken");
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
      writeFileSync(broken, whole);
      truncateSync(broken, length);
      await expect(read(broken)).rejects.toThrow();
    }),
    { numRuns: 50 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 10, max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (where, by) => {
        const altered = Buffer.from(whole);
        altered[where] = (altered[where] ?? 0) ^ by;
        writeFileSync(broken, altered);
        // A stream may say the same in another way, with another length or distance.
        const found = await read(broken).catch(() => "refused");
        expect(["refused", files]).toContainEqual(found);
      },
    ),
    { numRuns: 100 },
  );
});

test("a link is no file", async () => {
  const folder = mkdtempSync(join(scratch, "links-"));
  mkdirSync(join(folder, "dkim"));
  symlinkSync("/etc/passwd", join(folder, "dkim", "in-use"));
  const archive = join(scratch, "links.tar");
  execFileSync("tar", ["-cf", archive, "-C", folder, "dkim"]);
  await expect(read(archive)).rejects.toThrow("no plain file");
});

test.each([8 ** 11 - 1, 8 ** 11, 8 * 1024 ** 3 + 5, 2 ** 42 + 1])(
  "a size of %i is read by the system's tar",
  (size) => {
    const listing = execFileSync("sh", ["-c", "tar -tvf - 2>/dev/null || true"], {
      input: header("huge", size, at),
    });
    expect(listing.toString()).toContain(` ${size} `);
  },
);
