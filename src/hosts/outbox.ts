// Without a relay, mails are kept as .eml files in the data folder, for whoever tries things out.
import { mkdir, open, readdir, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Outbox, randomToken, type SendOutcome, type Transport } from "../platform/index.ts";

/** The names we give: a time that sorts, and a part that nobody guesses. */
const namePattern = /^(\d{13})-[\w-]{8}\.eml$/;

/** A transport that keeps every message as a file, and the outbox that shows them. */
export function fileOutbox(
  folder: string,
  now: () => Temporal.Instant,
): {
  transport: Transport;
  outbox: Outbox;
} {
  async function kept(message: Uint8Array): Promise<SendOutcome> {
    const name = `${now().epochMilliseconds}-${randomToken().slice(0, 8)}.eml`;
    try {
      await keep(folder, name, message);
      return { kind: "accepted", reply: `kept in the outbox as ${name}` };
    } catch (error) {
      return { kind: "not-sent", reply: error instanceof Error ? error.message : String(error) };
    }
  }
  const transport: Transport = {
    async send(_envelope, message, { mayLeave, over }) {
      const result = (await mayLeave())
        ? await kept(message)
        : ({ kind: "not-sent", reply: "held back" } as const);
      await over(result);
      return result;
    },
    close: async () => {},
  };
  const outbox: Outbox = {
    async list(limit) {
      const names = await readdir(folder).catch(() => []);
      const newest = names
        .filter((name) => namePattern.test(name))
        .sort()
        .reverse()
        .slice(0, limit);
      const entries = await Promise.all(
        newest.map(async (name) => {
          const found = await stat(join(folder, name)).catch(() => null); // gone since
          return found && { id: name.slice(0, -4), at: timeOf(name), octets: found.size };
        }),
      );
      return entries.filter((entry) => entry !== null);
    },
    async read(id) {
      const name = `${id}.eml`;
      if (!namePattern.test(name)) return null;
      return readFile(join(folder, name)).catch(() => null);
    },
  };
  return { transport, outbox };
}

const timeOf = (name: string) => Temporal.Instant.fromEpochMilliseconds(Number(namePattern.exec(name)?.[1]));

/** Written aside and renamed, so that nobody sees half a mail. */
async function keep(folder: string, name: string, message: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${name}`);
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(message);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, name));
}
