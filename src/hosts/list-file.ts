// A list of subscribers as Node has it: a file, or standard input, which is kept for as long as it is read.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ListFile } from "../subscribers/index.ts";
import { Refusal } from "./output.ts";

const octetsAtOnce = 256_000;

/**
 * Hands a list to some work. Standard input is written into the data folder first, as a list is read more than once.
 *
 * @param name a path; `-` for standard input
 * @throws Refusal if it cannot be read
 */
export async function withList<Result>(
  name: string,
  dataFolder: string,
  work: (file: ListFile) => Promise<Result>,
): Promise<Result> {
  if (name !== "-") return work(await listFile(name, basename(name)));
  const folder = await mkdtemp(join(dataFolder, "list-"));
  try {
    const kept = join(folder, "standard-input");
    await pipeline(process.stdin, createWriteStream(kept, { mode: 0o600 }));
    return await work(await listFile(kept, "standard input"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function listFile(path: string, name: string): Promise<ListFile> {
  try {
    const hash = createHash("sha256");
    await pipeline(createReadStream(path, { highWaterMark: octetsAtOnce }), hash);
    return {
      name,
      identity: hash.digest("hex"),
      octets: (await stat(path)).size,
      open: () => bytesOf(path),
    };
  } catch (error) {
    throw new Refusal(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The file as a web stream, which Workers have too. */
function bytesOf(path: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(createReadStream(path, { highWaterMark: octetsAtOnce }));
}
