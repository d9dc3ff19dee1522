// What a backup says of itself, and where the things that it holds belong.
import { createHash } from "node:crypto";
import { z } from "zod";

export const manifestName = "backup.json";
export const databaseName = "nashra.sqlite";

const manifestSchema = z.object({
  format: z.literal(1),
  madeAt: z.string(),
  /** Of Nashra. */
  version: z.string(),
  /** The last migration that its database has. */
  migration: z.string().nullable(),
  files: z.array(z.object({ name: z.string(), size: z.number(), sha256: z.string() })),
});
export type Manifest = z.output<typeof manifestSchema>;

/** The manifest in a text, or null if it is none that we can read. */
export function readManifest(text: string): Manifest | null {
  try {
    const manifest = manifestSchema.parse(JSON.parse(text));
    Temporal.Instant.from(manifest.madeAt);
    return manifest;
  } catch {
    return null;
  }
}

/**
 * Whether a backup may hold a file of this name. Whatever else stands in an archive is not unpacked: it could be a path that leads
 * out of the folder.
 */
export const belongs = (name: string): boolean =>
  [databaseName, "secret", "templates-in-use.json"].includes(name) ||
  /^dkim\/([\p{L}\p{N}_-][\p{L}\p{N}._-]*\.pem|in-use)$/u.test(name) ||
  /^templates\/[\p{L}\p{N}_-][\p{L}\p{N}._-]*$/u.test(name);

/** The SHA-256 of what comes, in hexadecimal digits. */
export async function digestOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}
