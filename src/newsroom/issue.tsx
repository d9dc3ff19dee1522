// One issue: what became of it, who got it and who did not, why each story is in it, and every letter.
import { Hono } from "hono";
import { formatDateTime } from "../arabic/index.ts";
import { type Article, articlesById, hrefOf, type Section } from "../articles/index.ts";
import {
  type Account,
  acceptedIn,
  accountOf,
  destinationsWaiting,
  doubtsPage,
  healthOf,
  type KnownHealth,
  type LedgerLine,
  ledgerPage,
  percentOf,
  type Wait,
  waitsNow,
  wantsWarning,
} from "../delivery/index.ts";
import {
  clicksOf,
  type Digest,
  digestBySlug,
  editionsOf,
  handOf,
  type Issue,
  inboxLines,
  issueByName,
  issueName,
  issuePath,
  mailOf,
  sectionIdsOf,
  storiesOf,
} from "../digests/index.ts";
import {
  Auto,
  Badge,
  Block,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  Facts,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
  Pager,
  Table,
  Tabs,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn } from "./desk.ts";
import { Inbox } from "./inbox.tsx";
import { Acts } from "./issue-acts.tsx";
import { Doubts } from "./issue-doubts.tsx";
import { deskPath, issueTitle } from "./issues.tsx";
import { correctionPath } from "./special.tsx";
import { pointsOf, whyWords } from "./why.ts";
import { whyPath } from "./why-page.tsx";
import {
  deliveryStateWord,
  deliveryTones,
  exclusionWord,
  issueStateWord,
  issueTones,
  numberWord,
  reasonWord,
  shareWord,
  waitWord,
} from "./words.ts";

const ledgerPageSize = 50;
/** More editions than an eye can choose from are not listed; their number is. */
const mostTabs = 12;

const words = bothLanguages({
  ar: {
    correct: "تصحيح خبر",
    state: "حاله",
    slot: "الموعد",
    planned: "مقرر في",
    opened: "فُتح",
    finished: "انتهى",
    reason: "السبب",
    preview: "انظر إليه كما يصل",
    approvedBy: "وافق عليه",
    cancelledBy: "ألغاه",
    paused: "موقوف",
    bouncing: (share: string, bounced: string, sent: string) =>
      `ارتدّ ${share} من رسائل العدد (${bounced} من ${sent}). راجع من أين جاءت العناوين قبل أن يسيء ذلك إلى سمعة نطاقك.`,
    web: "صفحته على الموقع",
    webLink: "افتحها",
    account: "الحساب",
    candidates: "المرشحون",
    notFrozen: "لم يُثبَّت الجمهور بعد",
    sum: (candidates: string, letters: string, excluded: string) =>
      `المرشحون ${candidates} = الرسائل ${letters} + المستثنون ${excluded}`,
    sumWrong: (candidates: string, letters: string, excluded: string) =>
      `الحساب لا يستقيم: المرشحون ${candidates}، والرسائل ${letters}، والمستثنون ${excluded}. لا تُرسل شيئًا من هذا العدد قبل أن تعرف السبب.`,
    worth: "هل استحق القراءة؟",
    worthSaid: (yes: string, no: string) => `نعم ${yes}، لا ${no}`,
    nobodySaid: "لم يُجب أحد بعد",
    shortened: (editions: string) =>
      `العدد أكبر مما تعرضه برامج البريد كاملًا (90 ك.ب)، فاختُصرت أطول خلاصاته. الطبعات المختصرة: ${editions}.`,
    excluded: (reason: string) => `مستثنى: ${reason}`,
    stories: "لماذا هذه الأخبار؟",
    order:
      "الترتيب بالدرجة، ثم يُباعد بين المتشابه فلا يتجاور، ولا يزيد ما في الخمسة الأولى على خبرين من قسم واحد: لذلك قد يسبق خبر خبرًا درجته أعلى.",
    editions: "النسخ",
    allSections: "كل الأقسام",
    moreEditions: (n: string) => `وللعدد نسخ أخرى عددها ${n}.`,
    noStories: "لم تُرتّب لهذا العدد أخبار",
    story: "الخبر",
    section: "القسم",
    clicks: "النقرات",
    clicksOf: (n: string, share: string | null, robots: string | null) =>
      [share === null ? n : `${n} (${share})`, robots && `والبرامج ${robots}`].filter(Boolean).join("، "),
    clicksNote:
      "النقرات نقرات القرّاء على روابط الرسالة، ونسبتها إلى الرسائل التي قبلتها الخوادم. وما تفتحه برامج الفحص يُعدّ وحده.",
    points: "الدرجة من 100",
    why: "السبب",
    withdrawn: "سُحب بعدها",
    gone: "لم يعد في الأرشيف",
    ledger: "سجل الإرسال",
    ledgerCaption: "لمن أُرسل، وماذا قال الخادم",
    noLedger: "لا رسائل في هذا العدد",
    folded: "مضى على هذا العدد زمن، فصار سجله أعدادًا في الحساب أعلاه. لا يبقى بالاسم إلا ما فشل أو لم يتأكد.",
    address: "العنوان",
    tries: "المحاولات",
    inDoubt: (n: string) => `منها غير مؤكد: ${n}`,
    reply: "رد الخادم",
    at: "الوقت",
    none: "—",
    join: "، ",
  },
  en: {
    correct: "Correct a story",
    state: "State",
    slot: "Slot",
    planned: "Planned for",
    opened: "Opened",
    finished: "Finished",
    reason: "Reason",
    preview: "See it as it arrives",
    approvedBy: "Approved by",
    cancelledBy: "Called off by",
    paused: "paused",
    bouncing: (share: string, bounced: string, sent: string) =>
      `${share} of this issue’s letters bounced (${bounced} of ${sent}). Find out where those addresses came from before it harms the name of your domain.`,
    web: "Its page on the site",
    webLink: "Open it",
    account: "Accounting",
    candidates: "Candidates",
    notFrozen: "The audience is not written yet",
    sum: (candidates: string, letters: string, excluded: string) =>
      `${candidates} candidates = ${letters} letters + ${excluded} excluded`,
    sumWrong: (candidates: string, letters: string, excluded: string) =>
      `The sums do not agree: ${candidates} candidates, ${letters} letters, ${excluded} excluded. Send nothing more of this issue until you know why.`,
    worth: "Worth reading?",
    worthSaid: (yes: string, no: string) => `yes ${yes}, no ${no}`,
    nobodySaid: "nobody has said yet",
    shortened: (editions: string) =>
      `The issue is larger than mail programs show whole (90 kB): its longest summaries were shortened. Editions shortened: ${editions}.`,
    excluded: (reason: string) => `excluded: ${reason}`,
    stories: "Why are these stories here?",
    order:
      "They stand by their points; then those alike are kept apart, with at most two of one section in the first five. So one may stand before another that has more points.",
    editions: "Editions",
    allSections: "All sections",
    moreEditions: (n: string) => `The issue has ${n} more editions.`,
    noStories: "No stories were ranked for this issue",
    story: "Story",
    section: "Section",
    clicks: "Clicks",
    clicksOf: (n: string, share: string | null, robots: string | null) =>
      [share === null ? n : `${n} (${share})`, robots && `programs ${robots}`].filter(Boolean).join(", "),
    clicksNote:
      "Clicks are readers’, on the links of the mail; their share is of the letters that servers accepted. What scanners open is counted apart.",
    points: "Points of 100",
    why: "Why",
    withdrawn: "withdrawn since",
    gone: "no longer in the archive",
    ledger: "Ledger",
    ledgerCaption: "Whom it was sent to, and what the server said",
    noLedger: "This issue has no letters",
    folded:
      "This issue is old: its ledger is counts, in the accounting above. Only what failed or is in doubt is kept by name.",
    address: "Address",
    tries: "Tries",
    inDoubt: (n: string) => `of these in doubt: ${n}`,
    reply: "Server’s reply",
    at: "When",
    none: "—",
    join: ", ",
  },
});

/** `/newsroom/issues/:digest/:name` */
export function issueRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  return new Hono<DeskEnv>().get("/newsroom/issues/:digest/:name", async (c) => {
    const at = await deskOf(c, deps);
    const slug = c.req.param("digest");
    const issue = await issueByName(db, `${slug}/${c.req.param("name")}`);
    const digest = await digestBySlug(db, slug);
    if (issue === null || digest === null) return c.html(<ErrorPage {...at.shell} status={404} />, 404);
    const after = numberIn(c.req.query("after"));
    const wanted = numberIn(c.req.query("edition"));
    const editions = await editionsOf(db, issue.id);
    const edition =
      wanted === undefined
        ? (editions.find(({ sections }) => sections === "") ?? editions[0])
        : editions.find((it) => it.id === wanted);
    if (after === null || (wanted !== undefined && edition === undefined))
      return c.html(<ErrorPage {...at.shell} status={400} />, 400);
    const stories = edition === undefined ? [] : await storiesOf(db, edition.id);
    const [clicks, accepted] = await Promise.all([clicksOf(db, issue.id), acceptedIn(db, issue.id)]);
    const clicksOn = new Map(clicks.map(({ articleId, ...counts }) => [articleId, counts]));
    const [articles, account, ledger, doubts] = await Promise.all([
      articlesById(
        db,
        stories.map(({ articleId }) => articleId),
      ),
      accountOf(db, issue.id),
      ledgerPage(db, issue.id, after ?? 0, ledgerPageSize),
      doubtsPage(db, issue.id, 0),
    ]);
    const { hand } = await handOf(db, issue);
    const health = await healthOf(db, issue.id);
    const waiting = issue.state === "sending" ? await destinationsWaiting(db, issue.id) : [];
    const waits = waiting.length > 0 ? await waitsNow(db, at.showing.now) : [];
    const said =
      edition && (await mailOf(deps.ticking, digest, issue.plannedAt, edition.language, articles, hand));
    const byId = new Map(articles.map((article) => [article.id, article]));
    return c.html(
      <IssuePage
        at={at}
        issue={issue}
        digest={digest}
        account={account}
        editions={editions}
        edition={edition}
        inbox={
          edition && said && issue.kind === "digest"
            ? inboxLines({ subject: edition.subject, preheader: said.preheader })
            : undefined
        }
        stories={stories.map((story) => ({
          ...story,
          article: byId.get(story.articleId),
          clicks: clicksOn.get(story.articleId) ?? { people: 0, robots: 0 },
        }))}
        accepted={accepted}
        ledger={ledger}
        doubts={doubts}
        health={health}
        waits={waits.filter(({ destination: to }) => to === "" || waiting.includes(groupOf(to)))}
        after={after}
        sections={at.sections}
      />,
    );
  });
}

type Edition = Awaited<ReturnType<typeof editionsOf>>[number];
type ExplainedStory = Awaited<ReturnType<typeof storiesOf>>[number] & {
  article: Article | undefined;
  clicks: { people: number; robots: number };
};

type IssuePageProps = {
  at: Desk;
  issue: Issue;
  digest: Digest;
  account: Account;
  editions: readonly Edition[];
  edition: Edition | undefined;
  inbox: ReturnType<typeof inboxLines> | undefined;
  stories: readonly ExplainedStory[];
  /** Letters that a server took. */
  accepted: number;
  ledger: Awaited<ReturnType<typeof ledgerPage>>;
  doubts: Awaited<ReturnType<typeof doubtsPage>>;
  /** How many of its letters came back. */
  health: KnownHealth;
  /** What its letters wait for. */
  waits: readonly Wait[];
  after: number | undefined;
  sections: readonly Section[];
};

function IssuePage(props: IssuePageProps) {
  const { at, issue, digest } = props;
  const title = issueTitle(issue, digest, at);
  return (
    <NewsroomPage {...at.desk} title={title}>
      <PageHead
        title={title}
        actions={
          at.mayEdit && (
            <>
              {issue.kind === "digest" && (
                <Button kind="quiet" href={`${deskPath(issue)}/preview`}>
                  {words[at.language].preview}
                </Button>
              )}
              {issue.kind !== "correction" && someLeft(issue) && (
                <Button kind="quiet" href={correctionPath(issue)}>
                  {words[at.language].correct}
                </Button>
              )}
            </>
          )
        }
      />
      <WhatBecameOfIt {...props} />
      <Warnings {...props} />
      <Acts at={at} issue={issue} digest={digest} />
      {at.mayEdit && props.doubts.letters.length > 0 && (
        <Doubts at={at} issue={issue} doubts={props.doubts} />
      )}
      {props.inbox && <Inbox lines={props.inbox} language={at.language} />}
      <Accounting {...props} />
      <Stories {...props} />
      {at.mayEdit && <Ledger {...props} />}
    </NewsroomPage>
  );
}

const isOut = ({ state }: Issue) => state === "sending" || state === "sent";

/** Whether readers may have been sent it, so that there is somebody to correct it to: also before it was called off. */
const someLeft = (issue: Issue) =>
  isOut(issue) || ((issue.state === "cancelling" || issue.state === "cancelled") && issue.frozenThrough > 0);

function WhatBecameOfIt({ at, issue }: IssuePageProps) {
  const { language, paper } = at;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const { yes, no } = issue.worth;
  const time = (instant: Temporal.Instant) => formatDateTime(instant, paper, language);
  const publicPath = issuePath(issue);
  return (
    <Facts
      facts={[
        {
          name: t.state,
          value: (
            <>
              <Badge tone={issueTones[issue.state]}>{issueStateWord(issue.state, language)}</Badge>
              {issue.paused && (
                <>
                  {" "}
                  <Badge tone="warning">{t.paused}</Badge>
                </>
              )}
            </>
          ),
        },
        ...(issue.reason
          ? [{ name: t.reason, value: <Auto>{reasonWord(issue.reason, language, paper)}</Auto> }]
          : []),
        { name: t.slot, value: <Ltr>{issue.slot}</Ltr> },
        { name: t.planned, value: time(issue.plannedAt) },
        { name: t.opened, value: time(issue.openedAt) },
        { name: t.finished, value: issue.finishedAt ? time(issue.finishedAt) : t.none },
        ...(issue.approvedBy ? [{ name: t.approvedBy, value: <Auto>{issue.approvedBy}</Auto> }] : []),
        ...(issue.cancelledBy ? [{ name: t.cancelledBy, value: <Auto>{issue.cancelledBy}</Auto> }] : []),
        ...(isOut(issue) ? [{ name: t.web, value: <a href={publicPath}>{t.webLink}</a> }] : []),
        ...(isOut(issue) && issue.kind === "digest"
          ? [{ name: t.worth, value: yes + no > 0 ? t.worthSaid(n(yes), n(no)) : t.nobodySaid }]
          : []),
      ]}
    />
  );
}

/** A domain that is in no group is claimed with all such. */
const groupOf = (destination: string) => (destination.startsWith("@") ? "other" : destination);

/** That many letters came back, and what others wait for. */
function Warnings({ at, health, waits }: IssuePageProps) {
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

function Accounting({ at, issue, account }: IssuePageProps) {
  const { language, paper } = at;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const total = (counts: readonly { count: number }[]) => counts.reduce((sum, { count }) => sum + count, 0);
  const letters = total(account.states);
  const excluded = total(account.exclusions);
  const agrees = issue.candidates === null || issue.candidates === letters + excluded;
  const facts = [
    ...account.states.map(({ state, count }) => ({
      name: deliveryStateWord(state, language),
      value: n(count),
    })),
    ...account.exclusions.map(({ reason, count }) => ({
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
          {(agrees ? t.sum : t.sumWrong)(n(issue.candidates), n(letters), n(excluded))}
        </Notice>
      )}
      <Facts facts={facts} />
    </Block>
  );
}

function Stories({ at, issue, editions, edition, stories, accepted, sections }: IssuePageProps) {
  const { language, paper } = at;
  const t = words[language];
  const label = (it: Edition) => {
    const chosen = sectionIdsOf(it.sections);
    const names = sections.filter(({ id }) => chosen.includes(id)).map(({ title }) => title);
    return `${it.sections === "" ? t.allSections : names.join(t.join)} (${it.language})`;
  };
  const hasClicks =
    stories.some(({ clicks }) => clicks.people + clicks.robots > 0) ||
    (isOut(issue) && paper.clicks !== "off");
  const shortened = editions.filter((it) => it.shortened > 0).length;
  return (
    <Block id="stories" title={t.stories}>
      {shortened > 0 && <Notice tone="warning">{t.shortened(numberWord(shortened, language, paper))}</Notice>}
      {editions.length > 1 && (
        <Tabs
          label={t.editions}
          links={editions.slice(0, mostTabs).map((it) => ({
            href: `${deskPath(issue)}?edition=${it.id}#stories`,
            label: label(it),
            current: it.id === edition?.id,
          }))}
        />
      )}
      {editions.length > mostTabs && (
        <p>{t.moreEditions(numberWord(editions.length - mostTabs, language, paper))}</p>
      )}
      {stories.length === 0 ? (
        <Empty title={t.noStories} />
      ) : (
        <Table
          caption={hasClicks ? `${t.order} ${t.clicksNote}` : t.order}
          columns={[
            { label: t.story },
            { label: t.section },
            ...(hasClicks ? [{ label: t.clicks, numeric: true }] : []),
            { label: t.points, numeric: true },
            { label: t.why },
          ]}
          rows={stories.map((story) => storyRow(story, at, hasClicks ? accepted : null))}
        />
      )}
    </Block>
  );
}

/** @param accepted letters that a server took; null where no clicks are shown */
function storyRow(
  { article, score, parts, clicks }: ExplainedStory,
  { language, paper, showing }: Desk,
  accepted: number | null,
) {
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const [section] = article?.sections ?? [];
  return [
    article === undefined ? (
      t.gone
    ) : (
      <>
        <a href={hrefOf(article, showing.site)}>
          <Auto>{article.title}</Auto>
        </a>{" "}
        {article.status.state === "retracted" && <Badge tone="error">{t.withdrawn}</Badge>}
      </>
    ),
    <Auto>{(language === "en" ? section?.titleEn : null) ?? section?.title ?? t.none}</Auto>,
    ...(accepted === null
      ? []
      : [
          t.clicksOf(
            n(clicks.people),
            accepted > 0 && clicks.people > 0 ? shareWord(clicks.people / accepted, language, paper) : null,
            clicks.robots > 0 ? n(clicks.robots) : null,
          ),
        ]),
    pointsOf(score, language, paper.digits),
    <ul>
      {whyWords(parts, language, paper.digits).map((reason) => (
        <li>{reason}</li>
      ))}
    </ul>,
  ];
}

function Ledger({ at, issue, ledger, edition, after }: IssuePageProps) {
  const t = words[at.language];
  const path = (from: number | null) => {
    const query = new URLSearchParams();
    if (edition) query.set("edition", String(edition.id));
    if (from !== null) query.set("after", String(from));
    return `${deskPath(issue)}?${query}#ledger`;
  };
  return (
    <Block id="ledger" title={t.ledger}>
      {issue.foldedThrough > 0 && <Notice>{t.folded}</Notice>}
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
            { label: t.at },
          ]}
          rows={ledger.lines.map((line) => ledgerRow(line, issueName(issue), at))}
        />
      )}
      <Pager
        language={at.language}
        newer={after === undefined ? null : path(null)}
        older={ledger.next === null ? null : path(ledger.next)}
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
