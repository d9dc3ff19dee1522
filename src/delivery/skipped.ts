// "Nothing went out this morning, because …": a run of a schedule that was skipped is told to the editors by mail, once.
import { sql } from "kysely";
import { z } from "zod";
import { type AccountTables, addressesOfEditors } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import {
  type Digest,
  type DigestTables,
  digestName,
  type Issue,
  issuePath,
  newlySkipped,
  reasonWords,
  wasPlanned,
} from "../digests/index.ts";
import { type LetterMail, mailWords } from "../mail/index.ts";
import { type Clock, type Database, fromMilliseconds, type Log } from "../platform/index.ts";
import { inMails, type Publisher } from "../settings/index.ts";
import type { DeliveryTables } from "./ledger.ts";

export const skippedKind = "issue-skipped";

/** So old the news that nothing went out is of use to nobody: a machine that was off for long says it on its pages. */
const newsHours = 24;
/** So many runs one tick tells of. */
const mostTold = 20;
const noticeHours = 24;

type Deps = { database: Database<DeliveryTables & DigestTables & AccountTables>; now: Clock; log: Log };

/**
 * Queues a mail to each editor for each run that was skipped and was not to be: holidays, and what somebody left out, are no news.
 * The mark and the mails are one batch, so that two processes tell it once.
 */
export async function tellSkipped({ database: { db, batch }, now: clock, log }: Deps): Promise<void> {
  const now = clock();
  const ms = now.epochMilliseconds;
  const isTold = sql<boolean>`exists (select 1 from told_skips t where t.issue_id = i.id)`;
  const skipped = await newlySkipped(db, now.subtract({ hours: newsHours }), isTold, mostTold);
  if (skipped.length === 0) return;
  const addresses = JSON.stringify(await addressesOfEditors(db));
  for (const issue of skipped) {
    const planned = wasPlanned(issue.reason ?? "");
    const data = JSON.stringify(dataOf(issue));
    const results = await batch([
      sql`insert or ignore into told_skips (issue_id, at) values (${issue.id}, ${ms})`.compile(db),
      sql`insert into notices (kind, address, language, data, state, due_at, deadline_at, at)
        select ${skippedKind}, j.value, 'ar', ${data}, 'queued', ${ms}, ${now.add({ hours: noticeHours }).epochMilliseconds}, ${ms}
        from json_each(${planned ? "[]" : addresses}) j where changes() > 0`.compile(db),
    ]);
    const told = results[1]?.changes ?? 0;
    if (told > 0) log.info({ issue: issue.id, told }, "editors are told that an issue was skipped");
  }
}

const skippedData = z.object({
  digest: z.number(),
  slug: z.string(),
  date: z.string(),
  slot: z.string(),
  plannedAt: z.number().transform(fromMilliseconds),
  reason: z.string(),
});

const dataOf = ({ digestId, digestSlug, date, slot, plannedAt, reason }: Issue) => ({
  digest: digestId,
  slug: digestSlug,
  date,
  slot,
  plannedAt: plannedAt.epochMilliseconds,
  reason: reason ?? "",
});

const texts = {
  ar: (digest: string, at: string, reason: string) =>
    `كان عدد «${digest}» مقررًا في ${at}، ولم يُرسل إلى أحد. السبب: ${reason}.`,
  en: (digest: string, at: string, reason: string) =>
    `The issue of “${digest}” that was planned for ${at} was sent to nobody. Why: ${reason}.`,
};

const words = {
  subject: (digest: string) => `لم يصدر عدد «${digest}»`,
  title: "لم يصدر العدد",
  button: "افتح صفحة العدد",
  now: "لإرسال عدد الآن مع ذلك نفّذ على الخادم: npx nashra digest send",
};

/** What the mail says: in Arabic, and below in English, as nobody asked an editor which they read. */
export function skippedMail(
  data: string,
  publisher: Publisher,
  site: URL,
  digests: readonly Digest[],
): { template: "letter"; data: LetterMail } {
  const { digest: id, slug, date, slot, plannedAt, reason } = skippedData.parse(JSON.parse(data));
  const digest = digests.find((it) => it.id === id);
  const say = (language: "ar" | "en") =>
    texts[language](
      digest ? digestName(digest, language) : slug,
      formatDateTime(plannedAt, publisher, language),
      reasonWords(reason, language, publisher.digits),
    );
  const path = issuePath({ digestSlug: slug, date, slot });
  return {
    template: "letter",
    data: {
      language: "ar",
      dir: "rtl",
      publisher: inMails(publisher, site, "ar"),
      sample: publisher.sample,
      words: mailWords("ar"),
      subject: words.subject(digest ? digestName(digest, "ar") : slug),
      preheader: reasonWords(reason, "ar", publisher.digits),
      title: words.title,
      text: say("ar"),
      action: { label: words.button, link: new URL(`/newsroom${path}`, site).href },
      notes: [words.now, say("en")],
    },
  };
}
