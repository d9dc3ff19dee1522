// "Why did this address get, or not get, its mail?": every letter with its tries in the server's words, and what kept it back.
import { type Context, Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import { type Why, type WhyLetter, whyOf } from "../delivery/index.ts";
import { issueByName } from "../digests/index.ts";
import { parseAddress, suppressionWords } from "../subscribers/index.ts";
import {
  Auto,
  Badge,
  Block,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  Field,
  Form,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import {
  deliveryStateWord,
  deliveryTones,
  exclusionWord,
  issueStateWord,
  numberWord,
  pauseWord,
  waitWord,
} from "./words.ts";

const mostLetters = 30;
const longestAddress = 254;

const words = bothLanguages({
  ar: {
    title: "لماذا وصله البريد، أو لم يصله؟",
    intro: "ما جرى لرسائل عنوان واحد، بكلام الخوادم نفسها.",
    address: "العنوان",
    look: "انظر",
    issue: "العدد",
    noAddress: "ليس هذا عنوان بريد.",
    nobody: "لا أحد بهذا العنوان",
    nobodyText: "ليس مشتركًا ولا في قائمة من لا نراسلهم. راجع كتابته.",
    suppressed: (since: string, why: string) => `لا نراسله منذ ${since}: ${why}.`,
    letters: "رسائل الأعداد",
    caption: "الأحدث أولًا",
    none: "لا عدد بعد",
    notices: "رسائل أخرى",
    notice: "الرسالة",
    what: "ما جرى",
    said: "كلام الخادم",
    leftOut: "مستثنى",
    noCandidate: "ليس من جمهوره",
    folded: "طُويت صفحته",
    foldedText: "صار سجل هذا العدد أعدادًا: عُدّ من أُرسل إليه، ولم يبقَ بالاسم إلا ما فشل.",
    foldedBefore: (when: string) => `من الأعداد التي انتهت قبل ${when} لا يبقى بالاسم إلا ما فشل.`,
    notWritten: (state: string) => `لم يُثبَّت جمهور العدد: حاله ${state}.`,
    notYet: "لم يبلغه تثبيت الجمهور بعد.",
    notWronged: "لم يُرسل إليه ما يصححه هذا العدد.",
    noSubscription: "لم يكن مشتركًا في هذه النشرة حين ثُبّت جمهور العدد.",
    paused: (since: string, by: string) => `العدد موقوف منذ ${since}، أوقفه ${by}.`,
    pausedItself: (since: string) => `العدد موقوف من تلقاء نفسه منذ ${since}.`,
    cancelled: "أُلغي العدد",
    cancelledBy: (by: string) => `ألغى العدد ${by}`,
    doubt: (n: string) => `لم يتأكد وصوله، عدد المرات ${n}`,
    tried: (n: string, at: string) => `المحاولة ${n}، ${at}`,
    noWords: "بلا كلام",
    keptAs: "لا خادم، فحُفظت في البريد الصادر:",
    bounce: "ارتداد",
    complaint: "شكوى",
    byAddress: "عُرف بالعنوان وحده: لا يُعتدّ به",
    noticeKinds: {
      confirmation: "تأكيد الاشتراك",
      welcome: "الترحيب",
      preferences: "رابط الخيارات",
    },
  },
  en: {
    title: "Why did this address get its mail, or not?",
    intro: "What became of the mail to one address, in the servers’ own words.",
    address: "Address",
    look: "Look",
    issue: "Issue",
    noAddress: "That is no address.",
    nobody: "Nobody has this address",
    nobodyText: "It is no subscriber’s, and nothing keeps mail from it. Look at the spelling.",
    suppressed: (since: string, why: string) => `Gets no mail since ${since}: ${why}.`,
    letters: "Issues",
    caption: "Newest first",
    none: "No issue yet",
    notices: "Other mails",
    notice: "Mail",
    what: "What became of it",
    said: "The server’s words",
    leftOut: "left out",
    noCandidate: "not in its audience",
    folded: "folded",
    foldedText:
      "The ledger of this issue is counts by now: this row is no longer kept. Only failures are kept by name.",
    foldedBefore: (when: string) => `Of issues that were over before ${when} only failures are kept by name.`,
    notWritten: (state: string) => `The audience of the issue is not written: it is ${state}.`,
    notYet: "Not in the audience of the issue as far as it is written.",
    notWronged: "Was not sent what this issue corrects.",
    noSubscription: "Had no subscription to this digest when the audience of the issue was written.",
    paused: (since: string, by: string) => `The issue is paused since ${since}, by ${by}.`,
    pausedItself: (since: string) => `The issue paused by itself at ${since}.`,
    cancelled: "The issue was called off",
    cancelledBy: (by: string) => `The issue was called off by ${by}`,
    doubt: (n: string) => `times in doubt: ${n}`,
    tried: (n: string, at: string) => `try ${n}, ${at}`,
    noWords: "no words",
    keptAs: "no server; kept in the outbox as",
    bounce: "bounce",
    complaint: "complaint",
    byAddress: "known by its address alone: counts for nothing",
    noticeKinds: {
      confirmation: "confirmation",
      welcome: "welcome",
      preferences: "link to the preferences",
    },
  },
});

/** Where an editor sees what became of the mail to an address. @param issue only of this one */
export function whyPath(address: string, issue?: string): string {
  const query = new URLSearchParams({ address, ...(issue === undefined ? {} : { issue }) });
  return `/newsroom/why?${query}`;
}

/** `/newsroom/why?address=…&issue=…`, for editors. */
export function whyRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  const wrong = async (c: Context<DeskEnv>, status: 400 | 404, sentence?: string) =>
    c.html(
      <ErrorPage
        {...(await deskOf(c, deps)).shell}
        status={status}
        {...(sentence === undefined ? {} : { sentence })}
      />,
      status,
    );
  return new Hono<DeskEnv>().get("/newsroom/why", requireEditor(deps, "editor"), async (c) => {
    const at = await deskOf(c, deps);
    const typed = (c.req.query("address") ?? "").trim();
    c.header("Cache-Control", "no-store");
    if (typed === "") return c.html(<WhyPage at={at} typed="" why={null} />);
    const address = typed.length > longestAddress ? null : parseAddress(typed);
    if (!address?.ok) return wrong(c, 400, words[at.language].noAddress);
    const name = c.req.query("issue");
    const issue = name === undefined ? null : await issueByName(db, name);
    if (issue === null && name !== undefined) return wrong(c, 404);
    return c.html(
      <WhyPage at={at} typed={typed} why={await whyOf(db, address.key, issue, mostLetters, deps.now())} />,
    );
  });
}

function WhyPage({ at, typed, why }: { at: Desk; typed: string; why: Why | null }) {
  const { language, paper } = at;
  const t = words[language];
  const time = (instant: string) => formatDateTime(Temporal.Instant.from(instant), paper, language);
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead title={t.title} intro={t.intro} />
      <Form action="/newsroom/why" method="get" layout="line">
        <Field
          name="address"
          kind="email"
          label={t.address}
          value={typed}
          maxLength={longestAddress}
          required
        />
        <Button>{t.look}</Button>
      </Form>
      {why !== null && why.subscriber === null && why.suppression === null && (
        <Empty title={t.nobody}>{t.nobodyText}</Empty>
      )}
      {why?.suppression && (
        <Notice tone="warning">
          {t.suppressed(time(why.suppression.at), suppressionWords[language][why.suppression.reason])}
        </Notice>
      )}
      {why !== null && why.subscriber !== null && <Letters why={why} at={at} />}
    </NewsroomPage>
  );
}

/** Everything that was sent to one person, or was not, with the reasons. */
export function Letters({ why, at }: { why: Why; at: Desk }) {
  const { language, paper } = at;
  const t = words[language];
  const time = (instant: string) => formatDateTime(Temporal.Instant.from(instant), paper, language);
  return (
    <>
      <Block id="letters" title={t.letters}>
        {why.letters.length === 0 ? (
          <Empty title={t.none} />
        ) : (
          <Table
            caption={t.caption}
            columns={[{ label: t.issue }, { label: t.what }, { label: t.said }]}
            rows={why.letters.map((letter) => [
              <a href={`/newsroom/issues/${letter.issue}`}>
                <Ltr>{letter.issue}</Ltr>
              </a>,
              <What letter={letter} at={at} />,
              "tries" in letter ? <Said sent={letter} at={at} /> : null,
            ])}
          />
        )}
        {why.folded_before && <p>{t.foldedBefore(time(why.folded_before))}</p>}
      </Block>
      {why.notices.length > 0 && (
        <Block id="notices" title={t.notices}>
          <Table
            caption={t.caption}
            columns={[{ label: t.notice }, { label: t.what }, { label: t.said }]}
            rows={why.notices.map((sent) => [
              noticeWord(sent.notice, language),
              <Fate sent={sent} at={at} />,
              <Said sent={sent} at={at} />,
            ])}
          />
        </Block>
      )}
    </>
  );
}

function noticeWord(kind: string, language: Desk["language"]): string {
  const known: Readonly<Record<string, string>> = words[language].noticeKinds;
  return known[kind] ?? kind;
}

type Sent = Why["notices"][number] | Extract<WhyLetter, { tries: unknown }>;

/** What became of a letter, and what an editor, a reader or time had to do with it. */
function What({ letter, at }: { letter: WhyLetter; at: Desk }) {
  const { language, paper } = at;
  const t = words[language];
  switch (letter.got) {
    case "left-out":
      return (
        <>
          <Badge tone="plain">{t.leftOut}</Badge> {exclusionWord(letter.reason, language)}
        </>
      );
    case "folded":
      return (
        <>
          <Badge tone="plain">{t.folded}</Badge> {t.foldedText}
        </>
      );
    case "no-candidate": {
      const said = t[letter.because];
      return (
        <>
          <Badge tone="plain">{t.noCandidate}</Badge>{" "}
          {typeof said === "string" ? said : said(issueStateWord(letter.state, language))}
        </>
      );
    }
    default: {
      const { paused, cancelled } = letter;
      const since = paused && formatDateTime(Temporal.Instant.from(paused.since), paper, language);
      return (
        <>
          <Fate sent={letter} at={at} />
          {paused && since && (
            <p>
              {paused.by === null ? t.pausedItself(since) : t.paused(since, paused.by)}{" "}
              <Auto>{pauseWord(paused, language, paper)}</Auto>
            </p>
          )}
          {cancelled && (
            <p>
              {cancelled.by === null ? t.cancelled : t.cancelledBy(cancelled.by)}:{" "}
              <Auto>{cancelled.reason ?? ""}</Auto>
            </p>
          )}
        </>
      );
    }
  }
}

function Fate({ sent, at }: { sent: Sent; at: Desk }) {
  const { language, paper } = at;
  const t = words[language];
  return (
    <>
      <Badge tone={deliveryTones[sent.got]}>{deliveryStateWord(sent.got, language)}</Badge>{" "}
      {sent.reason !== null && exclusionWord(sent.reason, language)}{" "}
      {sent.ended_at !== null && formatDateTime(Temporal.Instant.from(sent.ended_at), paper, language)}{" "}
      {sent.in_doubt > 0 && t.doubt(numberWord(sent.in_doubt, language, paper))}
      {sent.waits.map((it) => (
        <p>
          <Auto>
            {waitWord(it, language, (instant) =>
              formatDateTime(Temporal.Instant.from(instant), paper, language),
            )}
          </Auto>{" "}
          {it.reply !== null && <Ltr>{it.reply}</Ltr>}
        </p>
      ))}
    </>
  );
}

/** A server's words; where there was none, our own. */
function Reply({ t, said }: { t: { keptAs: string }; said: string }) {
  const [, file] = /^kept in the outbox as (\S+)$/.exec(said) ?? [];
  if (file === undefined) return <Ltr>{said}</Ltr>;
  return (
    <>
      {t.keptAs} <Ltr>{file}</Ltr>
    </>
  );
}

/** Each try with the server's reply, and what came back later. */
function Said({ sent, at }: { sent: Sent; at: Desk }) {
  const { language, paper } = at;
  const t = words[language];
  const time = (instant: string) => formatDateTime(Temporal.Instant.from(instant), paper, language);
  return (
    <ul>
      {sent.note && (
        <li>
          <Ltr>{sent.note}</Ltr>
        </li>
      )}
      {sent.tries.map((it) => (
        <li>
          {t.tried(numberWord(it.try, language, paper), time(it.at))}:{" "}
          {it.reply ? <Reply t={t} said={it.reply} /> : t.noWords}
        </li>
      ))}
      {sent.feedback.map(({ kind, verdict, code, words: said, known_by, at: came }) => (
        <li>
          {t[kind]} <Ltr>{[verdict, code].filter((it) => it !== "").join(" ")}</Ltr> {time(came)}:{" "}
          {said ? <Ltr>{said}</Ltr> : t.noWords} {known_by === "address" && t.byAddress}
        </li>
      ))}
    </ul>
  );
}
