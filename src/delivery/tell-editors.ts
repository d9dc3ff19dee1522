// What editors are told by mail, once: that an issue waits for them, and "nothing went out this morning, because …".
import { type CompiledQuery, sql } from "kysely";
import { z } from "zod";
import { type AccountTables, mailedEditors } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import {
  type Digest,
  type DigestTables,
  digestName,
  type Issue,
  issuePath,
  newlySkipped,
  newlyWaiting,
  reasonWords,
  wasPlanned,
} from "../digests/index.ts";
import { type LetterMail, mailWords } from "../mail/index.ts";
import { type Clock, type Database, fromMilliseconds, type Log } from "../platform/index.ts";
import { inMails, type Publisher } from "../settings/index.ts";
import type { DeliveryTables } from "./ledger.ts";

const kinds = ["issue-skipped", "issue-waiting"] as const;
type Kind = (typeof kinds)[number];

export const isForEditors = (kind: string): kind is Kind => kinds.some((it) => it === kind);

/** So old the news that nothing went out is of use to nobody: a machine that was off for long says it on its pages. */
const newsHours = 24;
/** So many issues of a kind one tick tells of. */
const mostTold = 20;
const noticeHours = 24;

type Db = Database<DeliveryTables & DigestTables & AccountTables>["db"];
type Deps = { database: Database<DeliveryTables & DigestTables & AccountTables>; now: Clock; log: Log };

/**
 * Queues a mail to each editor for each issue that waits for one, and for each run that was skipped and was not to be: holidays, and
 * what somebody left out, are no news. The mark and the mails are one batch, so that two processes tell it once.
 */
export async function tellEditors(deps: Deps): Promise<void> {
  const { db } = deps.database;
  const now = deps.now();
  const isTold = (table: string) =>
    sql<boolean>`exists (select 1 from ${sql.table(table)} t where t.issue_id = i.id)`;
  const waiting = await newlyWaiting(db, isTold("told_waiting"), now, mostTold);
  const skipped = await newlySkipped(db, now.subtract({ hours: newsHours }), isTold("told_skips"), mostTold);
  if (waiting.length + skipped.length === 0) return;
  const editors = await mailedEditors(db);
  for (const issue of waiting) {
    // Whoever could answer no more is not asked.
    const until = issue.approval?.by ?? now;
    await tell(deps, "issue-waiting", issue, editors, until, now);
  }
  for (const issue of skipped) {
    const told = wasPlanned(issue.reason ?? "") ? [] : editors;
    await tell(deps, "issue-skipped", issue, told, now.add({ hours: noticeHours }), now);
  }
}

async function tell(
  { database: { db, batch }, log }: Deps,
  kind: Kind,
  issue: Issue,
  editors: readonly { address: string; language: "ar" | "en" | null }[],
  until: Temporal.Instant,
  now: Temporal.Instant,
): Promise<void> {
  const ms = now.epochMilliseconds;
  const mails = editors.map(({ address, language }) => ({
    address,
    language: language ?? "ar",
    data: JSON.stringify(dataOf(issue, language === null)),
  }));
  const [, queued] = await batch([
    mark(db, kind, issue, now),
    sql`insert into notices (kind, address, language, data, state, due_at, deadline_at, at)
      select ${kind}, j.value ->> 'address', j.value ->> 'language', j.value ->> 'data', 'queued', ${ms},
        ${until.epochMilliseconds}, ${ms}
      from json_each(${JSON.stringify(mails)}) j where changes() > 0`.compile(db),
  ]);
  const told = queued?.changes ?? 0;
  if (told > 0) log.info({ issue: issue.id, told, kind }, "editors are told of an issue");
}

const mark = (db: Db, kind: Kind, { id }: Issue, now: Temporal.Instant): CompiledQuery =>
  sql`insert or ignore into ${sql.table(kind === "issue-waiting" ? "told_waiting" : "told_skips")} (issue_id, at)
    values (${id}, ${now.epochMilliseconds})`.compile(db);

const instant = z.number().transform(fromMilliseconds);
const issueData = z.object({
  digest: z.number(),
  slug: z.string(),
  date: z.string(),
  slot: z.string(),
  plannedAt: instant,
  reason: z.string(),
  /** Nobody knows which language they read. */
  both: z.boolean().default(true),
  approval: z.object({ by: instant, unanswered: z.enum(["send", "skip"]) }).nullish(),
});
type IssueData = z.output<typeof issueData>;

const dataOf = (issue: Issue, both: boolean): z.input<typeof issueData> => ({
  digest: issue.digestId,
  slug: issue.digestSlug,
  date: issue.date,
  slot: issue.slot,
  plannedAt: issue.plannedAt.epochMilliseconds,
  reason: issue.reason ?? "",
  both,
  approval: issue.approval && {
    by: issue.approval.by.epochMilliseconds,
    unanswered: issue.approval.unanswered,
  },
});

type Words = { digest: string; at: string; by: string; reason: string; unanswered: "send" | "skip" };
type Said = Pick<LetterMail, "subject" | "preheader" | "title" | "text"> & { button: string; note: string };

const texts: Readonly<Record<Kind, Readonly<Record<"ar" | "en", (it: Words) => Said>>>> = {
  "issue-skipped": {
    ar: ({ digest, at, reason }) => ({
      subject: `لم يصدر عدد «${digest}»`,
      preheader: reason,
      title: "لم يصدر العدد",
      text: `كان عدد «${digest}» مقررًا في ${at}، ولم يُرسل إلى أحد. السبب: ${reason}.`,
      button: "افتح صفحة العدد",
      note: "لإرسال عدد الآن مع ذلك نفّذ على الخادم: npx nashra digest send",
    }),
    en: ({ digest, at, reason }) => ({
      subject: `No issue of “${digest}” went out`,
      preheader: reason,
      title: "The issue did not go out",
      text: `The issue of “${digest}” that was planned for ${at} was sent to nobody. Why: ${reason}.`,
      button: "Open the issue",
      note: "To send one now all the same, run on the server: npx nashra digest send",
    }),
  },
  "issue-waiting": {
    ar: ({ digest, at, by, unanswered }) => ({
      subject: `عدد «${digest}» ينتظر موافقة`,
      preheader: `حتى ${by}`,
      title: "عدد ينتظر موافقة",
      text: `بُني عدد «${digest}» المقرر في ${at}، وهو ينتظر محررًا يطّلع عليه ويوافق. إن لم يوافق أحد حتى ${by} ${unanswered === "send" ? "أُرسل كما هو" : "لم يُرسل"}.`,
      button: "اطّلع على العدد",
      note: "وصلت هذه الرسالة إلى كل من يحق له أن يوافق، ويكفي أن يوافق واحد.",
    }),
    en: ({ digest, at, by, unanswered }) => ({
      subject: `An issue of “${digest}” waits for approval`,
      preheader: `Until ${by}`,
      title: "An issue waits for approval",
      text: `The issue of “${digest}” that is planned for ${at} is built and waits for an editor to look at it and approve it. If nobody does until ${by}, it is ${unanswered === "send" ? "sent as it is" : "not sent"}.`,
      button: "Look at the issue",
      note: "This went to everybody who may approve it; one of you is enough.",
    }),
  },
};

/** What the mail says: in the language that its editor chose; in Arabic, and below in English, for one who did not. */
export function editorMail(
  { kind, language, data }: { kind: Kind; language: "ar" | "en"; data: string },
  publisher: Publisher,
  site: URL,
  digests: readonly Digest[],
): { template: "letter"; data: LetterMail } {
  const it = issueData.parse(JSON.parse(data));
  const say = (language: "ar" | "en") => texts[kind][language](wordsOf(it, language, publisher, digests));
  const { button, note, ...said } = say(language);
  const path = issuePath({ digestSlug: it.slug, date: it.date, slot: it.slot });
  return {
    template: "letter",
    data: {
      language,
      dir: language === "ar" ? "rtl" : "ltr",
      publisher: inMails(publisher, site, language),
      sample: publisher.sample,
      words: mailWords(language),
      ...said,
      action: { label: button, link: new URL(`/newsroom${path}`, site).href },
      notes: [note, ...(it.both ? [say("en").text] : [])],
    },
  };
}

function wordsOf(
  { digest: id, slug, plannedAt, approval, reason }: IssueData,
  language: "ar" | "en",
  publisher: Publisher,
  digests: readonly Digest[],
): Words {
  const digest = digests.find((it) => it.id === id);
  const moment = (it: Temporal.Instant) => formatDateTime(it, publisher, language);
  return {
    digest: digest ? digestName(digest, language) : slug,
    at: moment(plannedAt),
    by: moment(approval?.by ?? plannedAt),
    reason: reasonWords(reason, language, publisher.digits),
    unanswered: approval?.unanswered ?? "skip",
  };
}
