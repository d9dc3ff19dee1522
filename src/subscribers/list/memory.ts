// A short list that is in memory: addresses a line, or the text of a CSV file. For the sample newsroom and for programs.
import { sha256 } from "../../platform/index.ts";
import type { ListFile } from "./csv.ts";
import { importList } from "./import.ts";
import type { ReportedRow } from "./report.ts";
import type { ListDatabase } from "./rows.ts";
import { rowWords } from "./words.ts";

/** Bytes that are in memory, as a list. */
export async function fileOf(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<ListFile> {
  return {
    name,
    identity: await sha256(bytes),
    octets: bytes.length,
    open: () => new Blob([bytes]).stream(),
  };
}

type ShortListOptions = {
  digest: number;
  /** What the publisher says about how these people agreed; kept with each of them. */
  consent: string;
  /** Of those whose line names none. */
  language: "ar" | "en";
  /** Invented subscribers, who go when the sample newsroom goes. */
  sample?: boolean;
  now: Temporal.Instant;
};

/** What became of a list: `known` are those who have the digest, left it, or must not be mailed: all stay as they are. */
export type ShortListResult = {
  added: number;
  known: number;
  refused: number;
  /** The first hundred refused lines. */
  refusals: { line: number; text: string; why: string }[];
};

const mostTold = 100;

/** Subscribes the people of a short list to all sections of a digest. */
export async function importSubscribers(
  database: ListDatabase,
  { digest, consent, language, sample = false, now }: ShortListOptions,
  lines: Iterable<string>,
): Promise<ShortListResult> {
  const text = [...lines].join("\n");
  const result: ShortListResult = { added: 0, known: 0, refused: 0, refusals: [] };
  if (text.trim() === "") return result;
  const file = await fileOf("list", new TextEncoder().encode(text));
  const given = {
    digest,
    consent,
    language,
    sample,
    consentedAt: null,
    sections: [],
    zone: "UTC",
    encoding: null,
  };
  const names = { digests: [], sections: [] };
  const report = async (rows: AsyncIterable<ReportedRow>) => {
    for await (const it of rows) {
      if (it.outcome !== "refused") continue;
      result.refusals.push({ line: it.row, text: it.text, why: rowWords.en(it) });
      if (result.refusals.length === mostTold) break;
    }
  };
  const { counts } = await importList({ database, names, actor: "program", now }, file, given, report);
  const { refused = 0, ...others } = counts.others;
  const known = Object.values(others).reduce((sum, n) => sum + n, 0);
  return { ...result, added: counts.added, known, refused };
}
