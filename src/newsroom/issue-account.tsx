// What becomes of an issue: how far it is while it goes out, afterwards who got it and who did not and why, and what came back.
import { formatDateTime } from "../arabic/index.ts";
import {
  type Account,
  type CameBack,
  type KnownHealth,
  type Progress,
  percentOf,
  type Wait,
  wantsWarning,
  withoutAddresses,
} from "../delivery/index.ts";
import type { Issue } from "../digests/index.ts";
import type { leftBetween } from "../subscribers/index.ts";
import { Auto, Block, bothLanguages, Facts, Ltr, Notice, Table } from "../web/index.ts";
import type { Desk } from "./desk.ts";
import type { Run } from "./issue-run.ts";
import { ProgressBar } from "./progress.tsx";
import { deliveryStateWord, exclusionWord, numberWord, shareWord, waitWord } from "./words.ts";

const words = bothLanguages({
  ar: {
    account: "الحساب",
    going: "الآن",
    renew: "حدّث الأعداد",
    back: "ما عاد منه",
    nothingBack: "لم يرتدّ منه شيء، ولم يُعدّ مزعجًا، ولم يغادر بعده أحد.",
    counts: (bounces: string, complaints: string, left: string) =>
      `المرتدّ ${bounces}، وما عُدّ مزعجًا ${complaints}، ومن غادروا النشرة بعده وقبل الذي يليه ${left}.`,
    newest: "أحدث ما ارتدّ أو عُدّ مزعجًا، بكلام الخوادم",
    address: "العنوان",
    what: "ماذا",
    kinds: { bounce: "ارتدّ", complaint: "عُدّ مزعجًا" },
    server: "كلام الخادم",
    at: "الوقت",
    none: "—",
    notFrozen: "لم يُثبَّت الجمهور بعد",
    sum: (candidates: string, letters: string, excluded: string) =>
      `المرشحون ${candidates} = الرسائل ${letters} + المستثنون ${excluded}`,
    sumWrong: (candidates: string, letters: string, excluded: string) =>
      `الحساب لا يستقيم: المرشحون ${candidates}، والرسائل ${letters}، والمستثنون ${excluded}. لا تُرسل شيئًا من هذا العدد قبل أن تعرف السبب.`,
    excluded: (reason: string) => `مستثنى: ${reason}`,
    bouncing: (share: string, bounced: string, sent: string) =>
      `ارتدّ ${share} من رسائل العدد (${bounced} من ${sent}). راجع من أين جاءت العناوين قبل أن يسيء ذلك إلى سمعة نطاقك.`,
  },
  en: {
    account: "Accounting",
    going: "Now",
    renew: "Renew the numbers",
    back: "What came back",
    nothingBack: "Nothing bounced, nobody called it spam, nobody left after it.",
    counts: (bounces: string, complaints: string, left: string) =>
      `${bounces} bounced, ${complaints} called it spam, ${left} left the digest after it and before the next.`,
    newest: "The newest of what bounced or was called spam, in the servers’ words",
    address: "Address",
    what: "What",
    kinds: { bounce: "bounced", complaint: "called spam" },
    server: "Server’s words",
    at: "When",
    none: "—",
    notFrozen: "The audience is not written yet",
    sum: (candidates: string, letters: string, excluded: string) =>
      `${candidates} candidates = ${letters} letters + ${excluded} excluded`,
    sumWrong: (candidates: string, letters: string, excluded: string) =>
      `The sums do not agree: ${candidates} candidates, ${letters} letters, ${excluded} excluded. Send nothing more of this issue until you know why.`,
    excluded: (reason: string) => `excluded: ${reason}`,
    bouncing: (share: string, bounced: string, sent: string) =>
      `${share} of this issue’s letters bounced (${bounced} of ${sent}). Find out where those addresses came from before it harms the name of your domain.`,
  },
});

/** That many letters came back, and what others wait for. */
export function Warnings({ at, health, waits }: { at: Desk; health: KnownHealth; waits: readonly Wait[] }) {
  const { language, paper } = at;
  const t = words[language];
  const share = percentOf(health.bounced, health.sent);
  const time = (instant: string) => formatDateTime(Temporal.Instant.from(instant), paper, language);
  return (
    <>
      {wantsWarning(health) && (
        <Notice tone="warning">
          {t.bouncing(
            shareWord(share / 100, language, paper),
            numberWord(health.bounced, language, paper),
            numberWord(health.sent, language, paper),
          )}
        </Notice>
      )}
      {waits.map((it) => (
        <Notice>
          <Auto>{waitWord(it, language, time)}</Auto> {it.reply !== null && <Ltr>{it.reply}</Ltr>}
        </Notice>
      ))}
    </>
  );
}

/** How far an issue is that goes out. */
export function Going({ at, run, progress }: { at: Desk; run: Run; progress: Progress }) {
  const { language, paper } = at;
  const t = words[language];
  return (
    <Block id="going" title={t.going} more={{ href: run.path, label: t.renew }}>
      <ProgressBar progress={progress} language={language} paper={paper} />
    </Block>
  );
}

/**
 * The sum that must hold: candidates are letters and exclusions.
 *
 * @param account what each letter came to; null while they leave
 */
export function Accounting(props: { at: Desk; issue: Issue; progress: Progress; account: Account | null }) {
  const { at, issue, progress, account } = props;
  const { language, paper } = at;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const excluded = progress.exclusions.reduce((sum, { count }) => sum + count, 0);
  const agrees = issue.candidates === null || issue.candidates === progress.letters + excluded;
  const facts = [
    ...(account?.states ?? []).map(({ state, count }) => ({
      name: deliveryStateWord(state, language),
      value: n(count),
    })),
    ...progress.exclusions.map(({ reason, count }) => ({
      name: t.excluded(exclusionWord(reason, language)),
      value: n(count),
    })),
  ];
  return (
    <Block id="account" title={t.account}>
      {issue.candidates === null ? (
        <p>{t.notFrozen}</p>
      ) : (
        <Notice tone={agrees ? "ok" : "error"}>
          {(agrees ? t.sum : t.sumWrong)(n(issue.candidates), n(progress.letters), n(excluded))}
        </Notice>
      )}
      <Facts facts={facts} />
    </Block>
  );
}

/** Bounces and complaints in the servers' words, and who left. Addresses are for those who may edit. */
export function Back(props: { at: Desk; back: CameBack; left: Awaited<ReturnType<typeof leftBetween>> }) {
  const { at, back, left } = props;
  const { language, paper } = at;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const gone = left.reduce((sum, { count }) => sum + count, 0);
  const nothing = back.bounces + back.complaints + gone === 0;
  return (
    <Block id="back" title={t.back}>
      <p>{nothing ? t.nothingBack : t.counts(n(back.bounces), n(back.complaints), n(gone))}</p>
      {left.length > 0 && (
        <Facts
          facts={left.map(({ by, count }) => ({
            name: exclusionWord(`left-by-${by}`, language),
            value: n(count),
          }))}
        />
      )}
      {back.newest.length > 0 && (
        <Table
          caption={t.newest}
          columns={[
            ...(at.mayEdit ? [{ label: t.address }] : []),
            { label: t.what, short: true },
            { label: t.server },
            { label: t.at, short: true },
          ]}
          rows={back.newest.map(({ at: when, address, kind, code, words: said }) => [
            ...(at.mayEdit ? [address === "" ? t.none : <Ltr>{address}</Ltr>] : []),
            t.kinds[kind],
            <Ltr>
              {(said?.includes(code) ? [said] : [code, said])
                .flatMap((it) => (it ? [at.mayEdit ? it : withoutAddresses(it)] : []))
                .join(" ") || t.none}
            </Ltr>,
            formatDateTime(Temporal.Instant.from(when), paper, language),
          ])}
        />
      )}
    </Block>
  );
}
