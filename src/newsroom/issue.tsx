// One issue: what an editor says of it and does with it, how far it is, who got it and who did not, and every letter.
import { Hono } from "hono";
import { formatDateTime } from "../arabic/index.ts";
import { articlesById } from "../articles/index.ts";
import {
  accountOf,
  cameBackOf,
  destinationsWaiting,
  doubtsPage,
  healthOf,
  ledgerPage,
  progressOf,
  waitsNow,
} from "../delivery/index.ts";
import { clicksOf, type Hand, type Issue, inboxLines, issuePath, mailOf, nextOut } from "../digests/index.ts";
import { leftBetween } from "../subscribers/index.ts";
import {
  Auto,
  allowOwnScript,
  Badge,
  Button,
  besideStylesheet,
  bothLanguages,
  ErrorPage,
  Facts,
  NewsroomPage,
  Notice,
  PageHead,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn } from "./desk.ts";
import { Inbox } from "./inbox.tsx";
import { Accounting, Back, Going, Warnings } from "./issue-account.tsx";
import { Acts } from "./issue-acts.tsx";
import { Doubts } from "./issue-doubts.tsx";
import { HandOfIssue } from "./issue-hand.tsx";
import { Ledger } from "./issue-ledger.tsx";
import {
  type Choice,
  editionsOfRun,
  handOfRun,
  type Listed,
  type Run,
  runOf,
  type Shown,
  shownOf,
} from "./issue-run.ts";
import { type Beside, besideOf, EditionTabs, SideBySide, Stories } from "./issue-stories.tsx";
import { issueTitle } from "./issue-title.ts";
import { SlotName } from "./slot.tsx";
import { correctionPath } from "./special.tsx";
import { issueStateWord, issueTones, numberWord, reasonWord } from "./words.ts";

const ledgerPageSize = 50;
const mostBack = 20;

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
    coming: "لم يُفتح بعد",
    comingText: "هذا العدد قادم: ما تقوله فيه هنا يُحفظ له، وتُرتّب أخباره حين يُفتح.",
    leftOut: (reason: string) => `لن يصدر هذا العدد: ${reason}.`,
    approvedBy: "وافق عليه",
    cancelledBy: "ألغاه",
    paused: "موقوف",
    web: "صفحته على الموقع",
    webLink: "افتحها",
    worth: "هل استحق القراءة؟",
    worthSaid: (yes: string, no: string) => `نعم ${yes}، لا ${no}`,
    nobodySaid: "لم يُجب أحد بعد",
    none: "—",
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
    coming: "to come",
    comingText:
      "This issue is to come: what you say of it here is kept for it, and it is built when it opens.",
    leftOut: (reason: string) => `This issue will not go out: ${reason}.`,
    approvedBy: "Approved by",
    cancelledBy: "Called off by",
    paused: "paused",
    web: "Its page on the site",
    webLink: "Open it",
    worth: "Worth reading?",
    worthSaid: (yes: string, no: string) => `yes ${yes}, no ${no}`,
    nobodySaid: "nobody has said yet",
    none: "—",
  },
});

/** `/newsroom/issues/:digest/:name` */
export function issueRoutes(deps: NewsroomDeps) {
  return new Hono<DeskEnv>().get("/newsroom/issues/:digest/:name", async (c) => {
    const at = await deskOf(c, deps);
    const run = await runOf(deps, c.req.param("digest"), c.req.param("name"));
    if (run === null) return c.html(<ErrorPage {...at.shell} status={404} />, 404);
    const after = numberIn(c.req.query("after"));
    const [editions, { hand, version }] = await Promise.all([editionsOfRun(deps, run), handOfRun(deps, run)]);
    const shown = await shownOf(deps, run, editions, choiceIn(c.req.query()), hand, at.paper.language);
    if (after === null || shown === null) return c.html(<ErrorPage {...at.shell} status={400} />, 400);
    const [sent, inbox, beside, hidden] = await Promise.all([
      run.issue && lettersOf(deps, at.showing.now, run.issue, after ?? 0),
      inboxOf(deps, run, shown, hand),
      besideOf(deps, editions),
      articlesById(deps.database.db, hand.hides),
    ]);
    const page = { at, run, editions, shown, hand, version, inbox, beside, hidden, sent, after };
    const going = isGoing(run);
    if (going || mayOrder(page)) allowOwnScript(c, going);
    return c.html(<IssuePage {...page} />);
  });
}

/** The edition that is asked for. */
const choiceIn = ({ sections, language }: Record<string, string>): Partial<Choice> => ({
  ...(sections !== undefined && { sections }),
  ...(language === "ar" || language === "en" ? { language } : {}),
});

/** What an inbox shows of the edition; a special issue's was shown before it was confirmed. */
async function inboxOf(deps: NewsroomDeps, run: Run, { edition, stories, choice }: Shown, hand: Hand) {
  if (stories.length === 0 || (run.issue !== null && run.issue.kind !== "digest")) return undefined;
  const articles = stories.flatMap(({ article }) => article ?? []);
  const said = await mailOf(deps.ticking, run.digest, run.plannedAt, choice.language, articles, hand);
  return inboxLines({ subject: edition?.subject ?? said.subject, preheader: said.preheader });
}

/** What is known of the letters of an issue. Nothing of it counts a ledger whose letters leave. */
export async function sentOf(
  { database: { db } }: Pick<NewsroomDeps, "database">,
  now: Temporal.Instant,
  issue: Issue,
) {
  const isWritten = issue.candidates !== null;
  const from =
    Temporal.Instant.compare(issue.openedAt, issue.plannedAt) > 0 ? issue.openedAt : issue.plannedAt;
  const until = (isWritten && (await nextOut(db, issue))?.plannedAt) || now;
  const [progress, account, health, back, left, waiting] = await Promise.all([
    progressOf(db, issue),
    issue.finishedAt === null ? null : accountOf(db, issue.id),
    healthOf(db, issue.id),
    cameBackOf(db, issue.id, mostBack),
    isWritten ? leftBetween(db, issue.digestId, from, until) : [],
    issue.state === "sending" ? destinationsWaiting(db, issue.id) : ([] as string[]),
  ]);
  const waits = waiting.length > 0 ? await waitsNow(db, now) : [];
  return {
    progress,
    account,
    health,
    back,
    left,
    waits: waits.filter(({ destination: to }) => to === "" || waiting.includes(groupOf(to))),
  };
}

/** The same with what only its page shows: a page of its ledger, what is held for a person, clicks. */
async function lettersOf(deps: NewsroomDeps, now: Temporal.Instant, issue: Issue, after: number) {
  const { db } = deps.database;
  const [sent, clicks, ledger, doubts] = await Promise.all([
    sentOf(deps, now, issue),
    clicksOf(db, issue.id),
    ledgerPage(db, issue.id, after, ledgerPageSize),
    doubtsPage(db, issue.id, 0),
  ]);
  return {
    ...sent,
    clicks: new Map(clicks.map(({ articleId, ...counts }) => [articleId, counts])),
    ledger,
    doubts,
  };
}

/** A domain that is in no group is claimed with all such. */
const groupOf = (destination: string) => (destination.startsWith("@") ? "other" : destination);

type PageProps = {
  at: Desk;
  run: Run;
  editions: readonly Listed[];
  shown: Shown;
  hand: Hand;
  version: number;
  inbox: ReturnType<typeof inboxLines> | undefined;
  beside: readonly Beside[];
  hidden: Awaited<ReturnType<typeof articlesById>>;
  /** Null before it is opened. */
  sent: Awaited<ReturnType<typeof lettersOf>> | null;
  after: number | undefined;
};

const isOut = ({ state }: Issue) => state === "sending" || state === "sent";
/** Its letters move while somebody looks on. */
const isGoing = ({ issue }: Run) =>
  issue !== null && issue.paused === null && (issue.state === "sending" || issue.state === "cancelling");
const mayOrder = ({ at, run }: Pick<PageProps, "at" | "run">) => at.mayEdit && run.isOpen;

/** Whether readers may have been sent it, so that there is somebody to correct it to: also before it was called off. */
const someLeft = (issue: Issue) =>
  isOut(issue) || ((issue.state === "cancelling" || issue.state === "cancelled") && issue.frozenThrough > 0);

function IssuePage(props: PageProps) {
  const { at, run, editions, shown, inbox, beside, sent, after } = props;
  const { issue, digest } = run;
  const title = issueTitle(run, digest, at);
  const going = isGoing(run);
  const accepted = issue && isOut(issue) && sent ? sent.progress.accepted : null;
  return (
    <NewsroomPage {...at.desk} title={title}>
      <PageHead
        title={<Auto>{title}</Auto>}
        actions={
          at.mayEdit && (
            <>
              {(issue === null || issue.kind === "digest") && (
                <Button kind="quiet" href={`${run.path}/preview`}>
                  {words[at.language].preview}
                </Button>
              )}
              {issue !== null && issue.kind !== "correction" && someLeft(issue) && (
                <Button kind="quiet" href={correctionPath(issue)}>
                  {words[at.language].correct}
                </Button>
              )}
            </>
          )
        }
      />
      <div class="under-way" data-live data-going={going ? "" : undefined}>
        {issue ? <WhatBecameOfIt at={at} issue={issue} /> : <ToCome at={at} run={run} />}
        {issue && sent && issue.finishedAt === null && issue.candidates !== null && (
          <Going at={at} run={run} progress={sent.progress} />
        )}
        {sent && <Warnings at={at} health={sent.health} waits={sent.waits} />}
      </div>
      {issue && <Acts at={at} issue={issue} digest={digest} />}
      {issue && at.mayEdit && sent && sent.doubts.letters.length > 0 && (
        <Doubts at={at} issue={issue} doubts={sent.doubts} />
      )}
      <EditionTabs at={at} run={run} editions={editions} choice={shown.choice} />
      {mayOrder(props) ? (
        <HandOfIssue {...props} />
      ) : (
        <>
          {inbox && <Inbox lines={inbox} at={at} />}
          <Stories at={at} shown={shown} clicks={sent?.clicks ?? new Map()} accepted={accepted} />
        </>
      )}
      <SideBySide at={at} run={run} beside={beside} />
      {issue && sent && (
        <>
          <Accounting at={at} issue={issue} progress={sent.progress} account={sent.account} />
          {issue.candidates !== null && <Back at={at} back={sent.back} left={sent.left} />}
          {at.mayEdit && (
            <Ledger at={at} run={run} ledger={sent.ledger} after={after} choice={shown.choice} />
          )}
        </>
      )}
      {going && <script type="module" src={besideStylesheet(at.desk.assets, "live.js")} />}
    </NewsroomPage>
  );
}

/** A run that its schedule is still to open. */
function ToCome({ at, run }: { at: Desk; run: Run }) {
  const { language, paper } = at;
  const t = words[language];
  return (
    <>
      <Facts
        facts={[
          { name: t.state, value: <Badge>{t.coming}</Badge> },
          { name: t.slot, value: <SlotName slot={run.slot} language={language} /> },
          { name: t.planned, value: formatDateTime(run.plannedAt, paper, language) },
        ]}
      />
      <Notice tone={run.leftOut === null ? "plain" : "warning"}>
        {run.leftOut === null ? t.comingText : t.leftOut(reasonWord(run.leftOut, language, paper))}
      </Notice>
    </>
  );
}

function WhatBecameOfIt({ at, issue }: { at: Desk; issue: Issue }) {
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
        { name: t.slot, value: <SlotName slot={issue.slot} language={language} /> },
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
