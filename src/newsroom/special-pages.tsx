// The forms by which an editor sends one article at once, and what is shown before it goes.
import type { Child } from "hono/jsx";
import { formatDateTime, formatTime } from "../arabic/index.ts";
import { type Article, type ArticleId, directed } from "../articles/index.ts";
import { type Asked, type Refused, refusalWords } from "../delivery/index.ts";
import { type Digest, digestName, type Issue, issueName, longestWords } from "../digests/index.ts";
import {
  Actions,
  Auto,
  Block,
  Button,
  bothLanguages,
  Choices,
  Empty,
  Facts,
  Field,
  Form,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
} from "../web/index.ts";
import type { Desk } from "./desk.ts";
import { issueTitle } from "./issue-title.ts";
import { exclusionWord, numberWord } from "./words.ts";

const words = bothLanguages({
  ar: {
    breaking: "خبر عاجل",
    breakingIntro:
      "يُرسل خبر واحد الآن إلى قرّاء نشرة. في الخطوة التالية ترى لمن يذهب، ولا يُرسل شيء قبل أن تؤكد.",
    digest: "النشرة",
    article: "الخبر",
    number: "أو رقم خبر آخر",
    numberHelp: "الرقم الذي ينتهي به عنوان صفحته على موقعنا",
    optional: "اختياري",
    loud: "ساعات الهدوء",
    loudYes: "أرسله ولو في ساعات الهدوء",
    loudHelp: "يُحفظ ذلك في سجل الأعمال.",
    next: "انظر قبل الإرسال",
    noArticles: "لا أخبار منشورة",
    noArticlesText: "يُرسل عاجلًا خبر منشور. والأخبار تأتي من المصادر، أو من برنامج الصحيفة.",
    noDigests: "لا نشرة ترسل أخبارًا عاجلة",
    correction: "تصحيح خبر",
    correctionIntro: (issue: string) =>
      `يُرسل التصحيح إلى من وصلهم الخبر في ${issue} كما كان قبل تعديله أو سحبه، لا إلى غيرهم.`,
    say: "كلامك إليهم",
    sayHelp: "ما الخطأ، وما الصواب. يظهر في الرسالة وفي صفحة العدد.",
    sayEn: "وبالإنكليزية",
    since: "صحيح منذ المراجعة رقم",
    sinceHelp: "إن عُدّل الخبر مرة أخرى بعد تصحيحه. ومن دونه: منذ آخر تعديل.",
    refused: "لم يُرسل شيء",
    confirm: "تأكيد الإرسال",
    confirmIntro: "لم يُرسل شيء بعد. هذا ما سيصل، ولمن.",
    subject: "الموضوع",
    subjectEn: "الموضوع بالإنكليزية",
    preheader: "وبعده في صندوق البريد",
    readers: "القرّاء",
    now: "الآن",
    left: "المتبقي لليوم، وهذا منها",
    rightFrom: "صُحّح الخبر أو سُحب",
    excluded: "لا يصل إلى",
    isLoud: "هذه ساعات هدوء النشرة، وسيُرسل رغم ذلك.",
    valid: (until: string) => `يصلح التأكيد مرة واحدة، حتى ${until}.`,
    send: "أرسله الآن",
    back: "عد ولا ترسل",
    again: "عد إلى البداية",
  },
  en: {
    breaking: "Breaking news",
    breakingIntro:
      "Sends one article now to a newsletter’s readers. The next step shows to whom; nothing is sent before you confirm.",
    digest: "Newsletter",
    article: "Article",
    number: "Or another article’s number",
    numberHelp: "The number that the address of its page on our site ends with",
    optional: "optional",
    loud: "Quiet hours",
    loudYes: "Send it even in quiet hours",
    loudHelp: "The audit log keeps that.",
    next: "See before sending",
    noArticles: "Nothing is published",
    noArticlesText:
      "What is sent at once was published first. Stories come from sources, or from the paper’s own program.",
    noDigests: "No newsletter sends breaking news",
    correction: "Correct a story",
    correctionIntro: (issue: string) =>
      `Goes to those who were sent the story in ${issue} as it was before it was changed or withdrawn, and to nobody else.`,
    say: "Your words to them",
    sayHelp: "What was wrong, and what is right. They stand in the mail and on the issue’s page.",
    sayEn: "And in English",
    since: "Right since revision",
    sinceHelp: "Where the story was changed again after it was put right. Else since its last change.",
    refused: "Nothing was sent",
    confirm: "Confirm",
    confirmIntro: "Nothing is sent yet. This is what would arrive, and for whom.",
    subject: "Subject",
    subjectEn: "Subject in English",
    preheader: "And behind it in the mailbox",
    readers: "Readers",
    now: "Now",
    left: "Left for today, with this one",
    rightFrom: "Corrected or withdrawn",
    excluded: "It does not go to",
    isLoud: "These are the newsletter’s quiet hours, and it is sent all the same.",
    valid: (until: string) => `The confirmation works once, until ${until}.`,
    send: "Send it now",
    back: "Back, without sending",
    again: "Back to the start",
  },
});

/** What was filled in; an article of 0 is none. */
export type Typed = {
  digest: string;
  article: ArticleId;
  loud: boolean;
  say: string;
  sayEn: string;
  /** The revision since which it is right. */
  since: number | undefined;
  token: string;
};

type FormProps = {
  at: Desk;
  action: string;
  articles: readonly Article[];
  typed: Typed;
  refused: Refused | undefined;
};

function RefusedNotice({ at, refused }: { at: Desk; refused: Refused }) {
  return (
    <Notice tone="error" title={words[at.language].refused}>
      {refusalWords(refused, at.language, at.paper.digits)}
    </Notice>
  );
}

/** One article of several; the first where none was chosen. */
function ArticleChoice({ at, articles, typed }: Pick<FormProps, "at" | "articles" | "typed">) {
  const t = words[at.language];
  const chosen = articles.find(({ id }) => id === typed.article) ?? articles[0];
  return (
    <Choices
      name="article"
      kind="radio"
      isLong
      legend={t.article}
      options={articles.map((article) => ({
        value: String(article.id),
        label: directed(article.title),
        checked: article === chosen,
        help: formatDateTime(article.publishedAt, at.paper, at.language),
      }))}
    />
  );
}

/** The first step of breaking news. */
export function BreakingForm(props: FormProps & { digests: readonly Digest[] }) {
  const { at, action, digests, articles, typed, refused } = props;
  const t = words[at.language];
  const chosen = digests.find(({ slug }) => slug === typed.digest) ?? digests[0];
  return (
    <NewsroomPage {...at.desk} title={t.breaking}>
      <PageHead title={t.breaking} intro={t.breakingIntro} />
      {refused && <RefusedNotice at={at} refused={refused} />}
      {articles.length === 0 || chosen === undefined ? (
        <Empty title={chosen === undefined ? t.noDigests : t.noArticles}>
          {chosen !== undefined && t.noArticlesText}
        </Empty>
      ) : (
        <Form action={action}>
          <Choices
            name="digest"
            kind="radio"
            legend={t.digest}
            options={digests.map((digest) => ({
              value: digest.slug,
              label: digestName(digest, at.language),
              checked: digest === chosen,
            }))}
          />
          <ArticleChoice at={at} articles={articles} typed={typed} />
          <Field
            name="number"
            kind="number"
            label={t.number}
            optional={t.optional}
            help={t.numberHelp}
            min={1}
          />
          <Choices
            name="loud"
            legend={t.loud}
            options={[{ value: "yes", label: t.loudYes, help: t.loudHelp, checked: typed.loud }]}
          />
          <Actions>
            <Button>{t.next}</Button>
          </Actions>
        </Form>
      )}
    </NewsroomPage>
  );
}

/** The first step of a correction. */
export function CorrectionForm(props: FormProps & { issue: Issue; digest: Digest | undefined }) {
  const { at, action, issue, digest, articles, typed, refused } = props;
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.correction}>
      <PageHead
        title={t.correction}
        intro={<Auto>{t.correctionIntro(issueTitle(issue, digest, at))}</Auto>}
      />
      {refused && <RefusedNotice at={at} refused={refused} />}
      {articles.length === 0 ? (
        <Empty title={t.noArticles} />
      ) : (
        <Form action={action}>
          <ArticleChoice at={at} articles={articles} typed={typed} />
          <Field
            name="say"
            kind="textarea"
            label={t.say}
            help={t.sayHelp}
            value={typed.say}
            maxLength={longestWords}
            rows={4}
            required
          />
          <Field
            name="say_en"
            kind="textarea"
            label={t.sayEn}
            optional={t.optional}
            value={typed.sayEn}
            maxLength={longestWords}
            rows={3}
          />
          <Field
            name="since"
            kind="number"
            label={t.since}
            optional={t.optional}
            help={t.sinceHelp}
            value={typed.since}
            min={2}
          />
          <Actions>
            <Button>{t.next}</Button>
          </Actions>
        </Form>
      )}
    </NewsroomPage>
  );
}

/** The second step of both: what would arrive, for how many, and the button that sends it. */
export function AskedPage(props: {
  at: Desk;
  asked: Asked;
  action: string;
  back: string;
  /** What the confirmation is for, as the first form said it. */
  fields: Readonly<Record<string, string>>;
}) {
  const { at, asked, action, back, fields } = props;
  const { language, paper } = at;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const style = { ...paper, zone: asked.digest.schedule.zone };
  const facts: { name: string; value: Child }[] = [
    { name: t.subject, value: <Auto>{asked.subject.ar}</Auto> },
    ...(asked.preheader.ar === "" ? [] : [{ name: t.preheader, value: <Auto>{asked.preheader.ar}</Auto> }]),
    { name: t.subjectEn, value: <Auto>{asked.subject.en}</Auto> },
    { name: t.digest, value: <Auto>{digestName(asked.digest, language)}</Auto> },
    ...(asked.corrects
      ? [
          { name: t.article, value: <Ltr>{issueName(asked.corrects.issue)}</Ltr> },
          { name: t.rightFrom, value: formatDateTime(asked.corrects.rightFrom, style, language) },
        ]
      : []),
    { name: t.readers, value: <strong>{n(asked.readers)}</strong> },
    { name: t.now, value: formatDateTime(asked.now, style, language) },
    ...(asked.left === null ? [] : [{ name: t.left, value: n(asked.left) }]),
  ];
  return (
    <NewsroomPage {...at.desk} title={t.confirm}>
      <PageHead
        title={t.confirm}
        intro={`${t.confirmIntro} ${t.valid(formatTime(asked.expiresAt, style, language))}`}
      />
      {asked.loud && <Notice tone="warning">{t.isLoud}</Notice>}
      <Facts facts={facts} />
      <Form action={action}>
        <input type="hidden" name="token" value={asked.token} />
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <Actions>
          <Button kind="danger">{t.send}</Button>
          <Button kind="quiet" href={back}>
            {t.back}
          </Button>
        </Actions>
      </Form>
      {asked.excluded.length > 0 && (
        <Block id="excluded" title={t.excluded}>
          <Facts
            facts={asked.excluded.map(({ reason, count }) => ({
              name: exclusionWord(reason, language),
              value: n(count),
            }))}
          />
        </Block>
      )}
    </NewsroomPage>
  );
}

/** Where the second step was refused. */
export function RefusedPage({ at, refused, back }: { at: Desk; refused: Refused; back: string }) {
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.refused}>
      <PageHead title={t.refused} />
      <Notice tone="error">{refusalWords(refused, at.language, at.paper.digits)}</Notice>
      <Actions>
        <Button href={back}>{t.again}</Button>
      </Actions>
    </NewsroomPage>
  );
}
