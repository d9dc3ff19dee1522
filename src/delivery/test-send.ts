// An issue sent to a few addresses to be looked at: no row in any ledger, and links that do nothing to anybody.
import type { CompiledQuery } from "kysely";
import { digestName } from "../digests/index.ts";
import { composeMessage, domainOf, leavingByMail, oneClickHeaders } from "../mail/index.ts";
import { randomToken } from "../platform/index.ts";
import { parseAddress, suppressedAmong, testToken } from "../subscribers/index.ts";
import { fromOf, listId, messageIdOf, signed } from "./compose.ts";
import { type SendDeps, senderNow } from "./letter.ts";
import { type Preview, type PreviewFor, type Previewing, previewIssue } from "./preview.ts";

/** So many addresses a test goes to: it is for the newsroom, not for a list. */
export const mostTestAddresses = 10;

export type TestSent = { address: string; state: string; reply: string };
export type Testing = { kind: "sent"; letters: TestSent[] } | Exclude<Previewing, Preview>;

/**
 * Sends an issue as somebody would get it, with a subject that says it is a test. Addresses that must not be mailed are not; each
 * answer says what became of one.
 *
 * @param to at most {@link mostTestAddresses}, as they were typed
 */
export async function sendTest(
  deps: SendDeps & {
    /** Writes down who did what. */
    audit: (entry: { actor: string; act: string; subject: string }, now: Temporal.Instant) => CompiledQuery;
  },
  name: string,
  whose: PreviewFor,
  to: readonly string[],
  actor: string,
): Promise<Testing> {
  const preview = await previewIssue(deps, name, whose);
  if (preview.kind !== "preview") return preview;
  const { db, batch } = deps.database;
  const parsed = to.slice(0, mostTestAddresses).map((typed) => ({ typed, address: parseAddress(typed) }));
  const keys = parsed.flatMap(({ address }) => (address.ok ? [address.key] : []));
  const suppressed = await suppressedAmong(db, keys);
  // No addresses: the log outlives an erasure.
  await batch([
    deps.audit({ actor, act: "issue-test", subject: `${name}: ${keys.length} addresses` }, deps.now()),
  ]);
  const letters: TestSent[] = [];
  for (const { typed, address } of parsed) {
    if (!address.ok) letters.push({ address: typed, state: "refused", reply: "is no address" });
    else if (suppressed.has(address.key))
      letters.push({ address: address.address, state: "refused", reply: "must not be mailed" });
    else letters.push(await sendOne(deps, preview, address.address));
  }
  return { kind: "sent", letters };
}

const marks = { ar: "[تجربة] ", en: "[Test] " };

async function sendOne(deps: SendDeps, preview: Preview, address: string): Promise<TestSent> {
  const { digest, language, webUrl, subject, html, text } = preview;
  const sender = await senderNow(deps);
  const { site, mailFrom, mailLeave } = sender;
  const from = fromOf(sender, digest, language);
  const now = deps.now();
  const message = composeMessage({
    from,
    to: { name: "", address },
    replyTo: from,
    subject: marks[language] + subject,
    date: now,
    messageId: await messageIdOf(sender, `test ${randomToken()}`, domainOf(from.address)),
    language,
    html,
    text,
    personal: null, // the preview's links stand in it already
    unsubscribe: oneClickHeaders(site, testToken, leavingByMail(mailLeave, testToken)),
    purpose: {
      kind: "bulk",
      list: { id: listId(sender, digest), phrase: digestName(digest, language) },
      unattended: false,
      archive: webUrl,
    },
  });
  const { bytes, recipient } = await signed(sender, from.address, message, now);
  const noLedger = { mayLeave: async () => true, over: async () => {} };
  const envelope = { from: mailFrom, to: recipient, sender: from.address };
  const result = await deps.mailer.send(envelope, bytes, noLedger);
  return { address, state: result.kind, reply: result.reply }; // nobody tries it again
}
