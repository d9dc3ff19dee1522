// The outbox: mails that stayed here because there is no relay to take them.
import { Hono } from "hono";
import { formatDateTime } from "../arabic/index.ts";
import type { OutboxEntry } from "../platform/index.ts";
import { Auto, bothLanguages, Empty, Ltr, NewsroomPage, Notice, PageHead, Table } from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { type MailHead, readHead } from "./mail.ts";
import { numberWord, sizeWord } from "./words.ts";

const mostListed = 50;

const words = bothLanguages({
  ar: {
    title: "البريد الصادر",
    intro: "رسائل لم تغادر هذا الجهاز، إذ لا خادم بريد يتسلّمها.",
    caption: "الأحدث أولًا",
    onlyNewest: (n: string) => `تظهر هنا أحدث ${n} رسالة؛ والباقي ملفات في المجلد نفسه.`,
    subject: "الموضوع",
    to: "إلى",
    at: "الوقت",
    size: "الحجم",
    noSubject: "بلا موضوع",
    unreadable: "تعذّرت قراءة ترويستها",
    empty: "لا رسائل بعد",
    emptyText: "كل رسالة تُرسل، من تأكيد الاشتراك إلى أعداد النشرات، تُحفظ هنا لتراها كما تصل.",
    off: "لا بريد صادر هنا",
    offText:
      "الرسائل تغادر إلى خادم البريد المحدد في الإعدادات، أو أن هذا الخادم لا يحفظ ملفات. تجد ما أُرسل ولمن في صفحة كل عدد.",
  },
  en: {
    title: "Outbox",
    intro: "Mails that did not leave this machine, as there is no mail server to take them.",
    caption: "Newest first",
    onlyNewest: (n: string) => `These are the newest ${n}; the others are files in the same folder.`,
    subject: "Subject",
    to: "To",
    at: "When",
    size: "Size",
    noSubject: "No subject",
    unreadable: "its headers cannot be read",
    empty: "No mails yet",
    emptyText:
      "Every mail that is sent, from confirmations to issues, is kept here to be seen as it arrives.",
    off: "There is no outbox here",
    offText:
      "Mails leave through the relay that is set, or this host keeps no files. What was sent to whom stands on the page of each issue.",
  },
});

/** `/newsroom/outbox` */
export function outboxRoutes(deps: NewsroomDeps) {
  return new Hono<DeskEnv>().get("/newsroom/outbox", async (c) => {
    const at = await deskOf(c, deps);
    const { outbox } = deps;
    if (outbox === null) return c.html(<NoOutboxPage at={at} />);
    const entries = (await outbox.list(mostListed)).slice(0, mostListed);
    const mails: Listed[] = [];
    // One after the other: fifty mails of 100 kB each are not held at once.
    for (const entry of entries) {
      const bytes = await outbox.read(entry.id);
      const head = bytes && (await readHead(bytes));
      if (head === null) deps.log.warn({ mail: entry.id }, "a mail of the outbox cannot be read");
      mails.push({ entry, head });
    }
    return c.html(<OutboxPage at={at} mails={mails} />);
  });
}

type Listed = { entry: OutboxEntry; head: MailHead | null };

export const mailPath = (id: string): string => `/newsroom/outbox/${encodeURIComponent(id)}`;

/** In place of the outbox where none is kept. */
export function NoOutboxPage({ at }: { at: Desk }) {
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead title={t.title} />
      <Empty title={t.off}>{t.offText}</Empty>
    </NewsroomPage>
  );
}

function OutboxPage({ at, mails }: { at: Desk; mails: readonly Listed[] }) {
  const { language, paper } = at;
  const t = words[language];
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead title={t.title} intro={t.intro} />
      {mails.length === 0 ? (
        <Empty title={t.empty}>{t.emptyText}</Empty>
      ) : (
        <Table
          caption={t.caption}
          columns={[{ label: t.subject }, { label: t.to }, { label: t.at }, { label: t.size, numeric: true }]}
          rows={mails.map((mail) => row(mail, at))}
        />
      )}
      {mails.length === mostListed && (
        <Notice>{t.onlyNewest(numberWord(mostListed, language, paper))}</Notice>
      )}
    </NewsroomPage>
  );
}

function row({ entry, head }: Listed, { language, paper }: Desk) {
  const t = words[language];
  return [
    <a href={mailPath(entry.id)}>
      <Auto>{head === null ? t.unreadable : head.subject || t.noSubject}</Auto>
    </a>,
    <Ltr>{head?.to ?? ""}</Ltr>,
    formatDateTime(entry.at, paper, language),
    sizeWord(entry.octets, language, paper),
  ];
}
