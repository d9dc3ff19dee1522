// nashra subscriber: import, list.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { digestBySlug, listDigests } from "../digests/index.ts";
import { importSubscribers, listSubscribers } from "../subscribers/index.ts";
import type { Nashra } from "./node.ts";
import { printList, progress, Refusal, say, tell } from "./output.ts";

type ImportOptions = { consent: string; digest?: string; language: "ar" | "en"; json?: boolean };

export async function subscriberImport(nashra: Nashra, file: string, options: ImportOptions): Promise<void> {
  const { database, now } = nashra;
  const digests = await listDigests(database.db);
  const digest = options.digest ? await digestBySlug(database.db, options.digest) : digests[0];
  if (!digest)
    throw new Refusal(
      `There is no digest "${options.digest}". There are: ${digests.map(({ slug }) => slug).join(", ")}.`,
    );
  if (options.consent.trim() === "")
    throw new Refusal(
      "--consent is empty. Say how these people agreed, such as: sign-up sheet of the book fair, May 2026.",
    );
  const input = file === "-" ? process.stdin : createReadStream(file);
  const failed = new Promise<never>((_, reject) => {
    input.on("error", (error) => reject(new Refusal(`${file} cannot be read: ${error.message}`)));
  });
  const bar = progress("lines read");
  const result = await Promise.race([
    importSubscribers(
      database,
      {
        digest: digest.id,
        consent: options.consent.trim(),
        language: options.language,
        now: now(),
        onProgress: bar.at,
      },
      createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }),
    ),
    failed,
  ]);
  bar.end();
  if (options.json) return say(JSON.stringify(result));
  for (const { line, text, why } of result.refusals) tell(`line ${line}: ${text}: ${why}`);
  say(
    `Added to ${digest.slug}: ${result.added}. There already: ${result.known}. Refused: ${result.refused}.`,
  );
  if (result.added === 0 && result.known === 0 && result.refused > 0)
    throw new Refusal("No line of it holds an address that can be mailed.");
}

export async function subscriberList({ database }: Nashra, options: { json?: boolean }): Promise<void> {
  for (let after = 0, first = true; ; first = false) {
    const page = await listSubscribers(database.db, after, 1000);
    const rows = page.map(({ address, state }) => ({ address, state }));
    if (rows.length > 0 || first)
      printList(rows, { json: options.json === true, empty: "There is no subscriber yet." });
    const last = page.at(-1);
    if (!last || page.length < 1000) return;
    after = last.id;
  }
}
