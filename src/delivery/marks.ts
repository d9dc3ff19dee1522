// Marks for relays that rename a letter: Postmark and Brevo tell of a letter by a name of their own, and hand back with it what stands in
// one header field of it. That is the letter's return path, which it carries anyway and nobody can guess.
import type { ComposedMessage } from "../mail/index.ts";
import type { Sender } from "./compose.ts";
import { type LetterRef, returnPath } from "./verp.ts";

/** Postmark: metadata by SMTP, at most 80 characters. Brevo: a field that stands in each event. */
const fields = { postmark: "X-PM-Metadata-letter", brevo: "X-Mailin-custom" } as const;

export type Marking = keyof typeof fields;

/** The letter with its marks in front, where there is whoever reads them. */
export async function marked(
  { keys: [key], marks = [] }: Pick<Sender, "keys" | "marks">,
  letter: LetterRef,
  composed: ComposedMessage,
): Promise<ComposedMessage> {
  if (marks.length === 0) return composed;
  const mark = await returnPath(key, "letter", letter);
  const head = new TextEncoder().encode(marks.map((relay) => `${fields[relay]}: ${mark}\r\n`).join(""));
  const bytes = new Uint8Array(head.length + composed.bytes.length);
  bytes.set(head);
  bytes.set(composed.bytes, head.length);
  return { ...composed, bytes };
}
