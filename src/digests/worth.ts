// "Worth reading?": what readers say of an issue, counted and never kept per person (docs/decisions/13-worth-reading.md).
//
// The link in a letter carries a mark: a keyed hash of issue and reader that names nobody. Whoever answers leaves the mark,
// without the answer, so that the same letter is not counted twice, and a number of the issue grows by one. When the issue
// takes no more answers its marks are forgotten.
import { type Kysely, sql } from "kysely";
import type { Keyring } from "../config.ts";
import { type Database, fromBase64url, hmac, readToken, signToken } from "../platform/index.ts";
import type { DigestTables, Issue, IssueId } from "./tables.ts";

/** So many days after its time an issue takes answers. */
const worthDays = 14;

/** What a link says: which issue, whose letter, and the language that it was in. */
export type WorthLink = { issue: IssueId; mark: number; language: "ar" | "en"; until: Temporal.Instant };

/** The link of one reader's letter. The same in every try, while the key is. */
export async function worthUrl(
  keys: Keyring,
  site: URL,
  issue: Pick<Issue, "id" | "plannedAt">,
  reader: { subscriber: number; language: "ar" | "en" },
): Promise<string> {
  const mac = await hmac(keys[0], `nashra worth\n${issue.id}\n${reader.subscriber}`);
  const mark = [...(fromBase64url(mac.slice(0, 8)) ?? [])].reduce((sum, octet) => sum * 256 + octet, 0); // 48 bits
  const payload = [issue.id, mark, reader.language === "ar" ? 0 : 1];
  const token = await signToken(keys, "worth", payload, issue.plannedAt.add({ hours: 24 * worthDays }));
  return `${site.origin}/worth/${token}`;
}

/** What a token says; or that it is none of ours, or too old. */
export async function readWorth(
  keys: Keyring,
  token: string,
  now: Temporal.Instant,
): Promise<{ ok: true; link: WorthLink } | { ok: false; why: "broken" | "expired" }> {
  const reading = await readToken(keys, "worth", token, now);
  if (!reading.ok) return { ok: false, why: reading.why === "expired" ? "expired" : "broken" };
  const [issue, mark, language] = reading.payload;
  if (issue === undefined || mark === undefined || reading.expiresAt === null)
    return { ok: false, why: "broken" };
  return {
    ok: true,
    link: { issue: issue as IssueId, mark, language: language === 1 ? "en" : "ar", until: reading.expiresAt },
  };
}

/** Counts an answer, once for each letter: a second press, whatever it says, changes nothing. */
export async function answerWorth(
  { db, batch }: Database<DigestTables>,
  { issue, mark, until }: WorthLink,
  answer: "yes" | "no",
): Promise<void> {
  const counted = sql.ref(answer === "yes" ? "worth_yes" : "worth_no");
  await batch([
    sql`insert or ignore into worth_marks (issue_id, mark, until)
      select id, ${mark}, ${until.epochMilliseconds} from issues where id = ${issue}`.compile(db),
    sql`update issues set ${counted} = ${counted} + 1 where id = ${issue} and changes() > 0`.compile(db),
  ]);
}

/** Forgets the marks of issues that take no more answers, some thousand at a time. What was counted stays. */
export async function forgetWorthMarks(db: Kysely<DigestTables>, now: Temporal.Instant): Promise<void> {
  await sql`delete from worth_marks where (issue_id, mark) in (
    select issue_id, mark from worth_marks where until <= ${now.epochMilliseconds} limit 10000)`.execute(db);
}
