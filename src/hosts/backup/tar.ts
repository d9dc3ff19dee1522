// Tar archives, packed by gzip: what any system can open without us. The old format "ustar" (POSIX.1-1988), with GNU's way to write
// sizes past 8 GiB; plain files only.
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

/** A file to be packed: what it is called in the archive, and where it is. */
export type Packed = { name: string; file: string };

const block = 512;

/** Packs files, in their order, and waits until the disk has them. */
export async function pack(archive: string, files: readonly Packed[], at: Temporal.Instant): Promise<void> {
  // Level 1: a database is twice as small as without, and a stronger level takes several times as long for a tenth less.
  const gzip = createGzip({ level: 1 });
  const out = gzip.pipe(createWriteStream(archive, { flags: "wx", mode: 0o600, flush: true }));
  gzip.on("error", (error) => out.destroy(error));
  for (const { name, file } of files) {
    const { size } = await stat(file);
    await write(gzip, header(name, size, at));
    let read = 0;
    // Not one octet more than the header says, should the file grow meanwhile.
    if (size > 0)
      for await (const chunk of createReadStream(file, { end: size - 1, highWaterMark: 1 << 20 })) {
        read += chunk.length;
        await write(gzip, chunk);
      }
    if (read !== size) throw new Error(`${file} became shorter while it was read.`);
    await write(gzip, Buffer.alloc(padding(size)));
  }
  gzip.end(Buffer.alloc(2 * block));
  await finished(out);
}

async function write(to: Writable, bytes: Buffer): Promise<void> {
  if (!to.write(bytes)) await once(to, "drain");
}

const padding = (size: number) => (block - (size % block)) % block;

/** What stands before a file: a block that says what it is called, and how large it is. */
export function header(name: string, size: number, at: Temporal.Instant): Buffer {
  const it = Buffer.alloc(block);
  if (Buffer.byteLength(name) > 100) throw new Error(`The name ${name} is too long for an archive.`);
  it.write(name, 0);
  const octal = (value: number, offset: number, length: number) =>
    it.write(value.toString(8).padStart(length - 1, "0"), offset);
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  if (size < 8 ** 11) octal(size, 124, 12);
  else {
    it[124] = 0x80; // GNU: the number itself, its highest octet first
    it.writeBigUInt64BE(BigInt(size), 128);
  }
  octal(Math.floor(at.epochMilliseconds / 1000), 136, 12);
  it.write("        ", 148); // the sum is made with spaces in its own place
  it.write("0", 156);
  it.write("ustar\0", 257);
  it.write("00", 263);
  octal(sum(it), 148, 7);
  it[155] = 0x20;
  return it;
}

const sum = (bytes: Uint8Array) => bytes.reduce((total, octet) => total + octet, 0);

export type Entry = { name: string; size: number; chunks: () => AsyncGenerator<Buffer> };

/**
 * Reads an archive of files, packed by gzip or not, from its begin to its end.
 *
 * @throws if it is none, ends too early, or holds something else than files and folders
 */
export async function* unpack(archive: string): AsyncGenerator<Entry> {
  const source = await isGzip(archive).then((packed) => {
    const raw = createReadStream(archive, { highWaterMark: 1 << 20 });
    if (!packed) return raw;
    const gunzip = createGunzip({ chunkSize: 1 << 20 });
    raw.on("error", (error) => gunzip.destroy(error));
    return raw.pipe(gunzip);
  });
  const reader = octetsOf(source);
  for (;;) {
    const head = await reader.exactly(block);
    if (head.every((octet) => octet === 0)) {
      await reader.rest(); // gzip's own sum is checked at its end
      return;
    }
    const told = Number.parseInt(text(head, 148, 8), 8);
    const summed = Buffer.from(head).fill(0x20, 148, 156);
    if (told !== sum(summed)) throw new Error("it is no tar archive, or a damaged one");
    const kind = String.fromCharCode(head[156] ?? 0);
    const name = [text(head, 345, 155), text(head, 0, 100)].filter((part) => part !== "").join("/");
    const size =
      head[124] === 0x80 ? Number(head.readBigUInt64BE(128)) : Number.parseInt(text(head, 124, 12), 8);
    if (!Number.isSafeInteger(size) || size < 0) throw new Error(`the size of ${name} makes no sense`);
    if (kind === "5") continue; // a folder
    if (kind !== "0" && kind !== "\0") throw new Error(`${name} is no plain file`);
    let left = size;
    async function* chunks() {
      while (left > 0) {
        const chunk = await reader.atMost(left);
        left -= chunk.length;
        yield chunk;
      }
    }
    yield { name, size, chunks };
    for await (const _ of chunks()); // what nobody wanted
    await reader.exactly(padding(size));
  }
}

const text = (head: Buffer, from: number, length: number) =>
  head
    .toString("utf8", from, from + length)
    .replace(/\0.*$/s, "")
    .trim();

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function octetsOf(source: Readable) {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async () => {
    const next = await chunks.next();
    if (next.done) throw new Error("it ends too early");
    return Buffer.from(next.value);
  };
  return {
    async exactly(length: number): Promise<Buffer> {
      while (held.length < length) held = Buffer.concat([held, await more()]);
      const taken = held.subarray(0, length);
      held = held.subarray(length);
      return taken;
    },
    async atMost(length: number): Promise<Buffer> {
      if (held.length === 0) held = await more();
      const taken = held.subarray(0, length);
      held = held.subarray(length);
      return taken;
    },
    async rest(): Promise<void> {
      while (!(await chunks.next()).done);
    },
  };
}
