// Every letter of an issue: whom it was sent to, and what the server said.
import { formatDateTime } from "../arabic/index.ts";
import type { LedgerLine, ledgerPage } from "../delivery/index.ts";
import { Badge, Block, bothLanguages, Empty, Ltr, Notice, Pager, Table } from "../web/index.ts";
import type { Desk } from "./desk.ts";
import type { Choice, Run } from "./issue-run.ts";
import { whyPath } from "./why-page.tsx";
import { deliveryStateWord, deliveryTones, exclusionWord, numberWord } from "./words.ts";

const words = bothLanguages({
  ar: {
    ledger: "سجل الإرسال",
    ledgerCaption: "لمن أُرسل، وماذا قال الخادم",
    noLedger: "لا رسائل في هذا العدد",
    folded: "مضى على هذا العدد زمن، فصار سجله أعدادًا في الحساب أعلاه. لا يبقى بالاسم إلا ما فشل أو لم يتأكد.",
    address: "العنوان",
    state: "حالها",
    tries: "المحاولات",
    inDoubt: (n: string) => `منها غير مؤكد: ${n}`,
    reply: "رد الخادم",
    at: "الوقت",
    none: "—",
  },
  en: {
    ledger: "Ledger",
    ledgerCaption: "Whom it was sent to, and what the server said",
    noLedger: "This issue has no letters",
    folded:
      "This issue is old: its ledger is counts, in the accounting above. Only what failed or is in doubt is kept by name.",
    address: "Address",
    state: "State",
    tries: "Tries",
    inDoubt: (n: string) => `of these in doubt: ${n}`,
    reply: "Server’s reply",
    at: "When",
    none: "—",
  },
});

/** @param after where the page begins; undefined: at the beginning */
export function Ledger(props: {
  at: Desk;
  run: Run;
  ledger: Awaited<ReturnType<typeof ledgerPage>>;
  after: number | undefined;
  /** The edition that the page shows, which it goes on to show. */
  choice: Choice;
}) {
  const { at, run, ledger, after, choice } = props;
  const path = (more: Record<string, string>) =>
    `${run.path}?${new URLSearchParams({ ...choice, ...more })}#ledger`;
  const t = words[at.language];
  return (
    <Block id="ledger" title={t.ledger}>
      {run.issue !== null && run.issue.foldedThrough > 0 && <Notice>{t.folded}</Notice>}
      {ledger.lines.length === 0 ? (
        <Empty title={t.noLedger} />
      ) : (
        <Table
          caption={t.ledgerCaption}
          columns={[
            { label: t.address },
            { label: t.state },
            { label: t.tries, numeric: true },
            { label: t.reply },
            { label: t.at, short: true },
          ]}
          rows={ledger.lines.map((line) => ledgerRow(line, run.name, at))}
        />
      )}
      <Pager
        language={at.language}
        newer={after === undefined ? null : path({})}
        older={ledger.next === null ? null : path({ after: String(ledger.next) })}
      />
    </Block>
  );
}

function ledgerRow(line: LedgerLine, name: string, { language, paper }: Desk) {
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  return [
    line.address === "" ? (
      t.none
    ) : (
      <a href={whyPath(line.address, name)}>
        <Ltr>{line.address}</Ltr>
      </a>
    ),
    <>
      <Badge tone={deliveryTones[line.state]}>{deliveryStateWord(line.state, language)}</Badge>
      {line.reason !== null && <> {exclusionWord(line.reason, language)}</>}
    </>,
    line.in_doubt > 0 ? `${n(line.tries)} (${t.inDoubt(n(line.in_doubt))})` : n(line.tries),
    line.reply ? <Ltr>{line.reply}</Ltr> : t.none,
    formatDateTime(Temporal.Instant.from(line.at), paper, language),
  ];
}
