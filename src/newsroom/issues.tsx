// All issues, newest first: what became of each, and how many got it.
import { Hono } from "hono";
import { formatDateTime } from "../arabic/index.ts";
import { type Progress, progressOf } from "../delivery/index.ts";
import { type Digest, type Issue, listDigests, newestIssues, nextThatRuns } from "../digests/index.ts";
import { type Held, heldSince } from "../settings/index.ts";
import {
  Auto,
  Badge,
  Block,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  LinkList,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
  Pager,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn } from "./desk.ts";
import { Calendar, type Entry, entriesOf, monthIn } from "./issue-calendar.tsx";
import { deskPath, issueTitle } from "./issue-title.ts";
import { progressWords } from "./progress.tsx";
import { restoredPath } from "./restored.tsx";
import { SlotName } from "./slot.tsx";
import { issueStateWord, issueTones, numberWord, reasonWord } from "./words.ts";

const pageSize = 20;

const words = bothLanguages({
  ar: {
    title: "الأعداد",
    intro: "كل عدد فُتح: أُرسل أم لا، ولماذا، وما صار إليه.",
    caption: "الأحدث أولًا",
    issue: "العدد",
    state: "حاله",
    planned: "موعده",
    candidates: "المرشحون",
    letters: "الرسائل",
    excluded: "مستثنى",
    breaking: "خبر عاجل",
    none: "لا أعداد بعد",
    coming: "العدد القادم",
    list: "كل الأعداد",
    held: (made: string, restored: string) =>
      `استُعيدت قاعدة البيانات يوم ${restored} من نسخة أُخذت يوم ${made}. ولا يُعرف ما أُرسل بينهما، فلا يُرسل منها عدد حتى يأذن بذلك مدير.`,
    heldLook: "انظر وائذن",
    noneText: "يُفتح العدد الأول في موعد نشرته. ولإرسال عدد الآن نفّذ على الخادم:",
  },
  en: {
    title: "Issues",
    intro: "Every issue that was opened: whether it went out, why not, and what became of it.",
    caption: "Newest first",
    issue: "Issue",
    state: "State",
    planned: "Planned for",
    candidates: "Candidates",
    letters: "Letters",
    excluded: "excluded",
    breaking: "Breaking news",
    none: "No issues yet",
    coming: "Next",
    list: "All issues",
    held: (made: string, restored: string) =>
      `The database was restored on ${restored} from a copy made on ${made}. What was sent between the two is not known, so no issue is sent from it until an administrator says so.`,
    heldLook: "Look, and say so",
    noneText: "The first one opens at its digest’s hour. To send one now, run on the server:",
  },
});

type Listed = { issue: Issue; digest: Digest | undefined; progress: Progress };

/** `/newsroom/issues` */
export function issueListRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  return new Hono<DeskEnv>().get("/newsroom/issues", async (c) => {
    const at = await deskOf(c, deps);
    const before = numberIn(c.req.query("before"));
    const today = at.showing.now.toZonedDateTimeISO(at.paper.zone).toPlainDate().toPlainYearMonth();
    const asked = c.req.query("month");
    const month = asked === undefined ? today : monthIn(asked);
    if (before === null || month === null) return c.html(<ErrorPage {...at.shell} status={400} />, 400);
    const [issues, digests, held] = await Promise.all([
      newestIssues(db, pageSize + 1, before),
      listDigests(db),
      heldSince(db),
    ]);
    const listed = await Promise.all(
      issues.slice(0, pageSize).map(async (issue) => ({
        issue,
        digest: digests.find(({ id }) => id === issue.digestId),
        progress: await progressOf(db, issue),
      })),
    );
    const first = digests[0]?.slug ?? "daily";
    const entries = before === undefined ? await entriesOf(deps, at.paper.zone, digests, month) : null;
    return c.html(
      <IssuesPage
        at={at}
        listed={listed}
        month={month}
        entries={entries}
        held={held}
        first={first}
        coming={digests.flatMap((digest) => comingOf(digest))}
        newer={before === undefined ? null : "/newsroom/issues"}
        hasOlder={issues.length > pageSize}
      />,
    );
  });
}

function comingOf(digest: Digest) {
  const next = digest.on ? nextThatRuns(digest.schedule, digest.next) : null;
  return next === null ? [] : [{ digestSlug: digest.slug, date: next.date, slot: next.slot, digest }];
}

function IssuesPage(props: {
  at: Desk;
  listed: readonly Listed[];
  month: Temporal.PlainYearMonth;
  /** What stands in the calendar; null on further pages of the list. */
  entries: readonly Entry[] | null;
  /** What keeps issues from being sent: the database is a restored copy. */
  held: Held | null;
  first: string;
  /** The next issue of each digest. */
  coming: readonly (Parameters<typeof deskPath>[0] & { digest: Digest })[];
  newer: string | null;
  hasOlder: boolean;
}) {
  const { at, listed } = props;
  const t = words[at.language];
  const last = listed.at(-1);
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead
        title={t.title}
        intro={t.intro}
        actions={
          <>
            <Button kind="quiet" href="#list">
              {t.list}
            </Button>
            {at.mayEdit && (
              <Button kind="quiet" href="/newsroom/breaking">
                {t.breaking}
              </Button>
            )}
          </>
        }
      />
      {props.held && (
        <Notice tone="warning">
          {t.held(
            formatDateTime(props.held.madeAt, at.paper, at.language),
            formatDateTime(props.held.restoredAt, at.paper, at.language),
          )}{" "}
          {at.mayAdminister && <a href={restoredPath}>{t.heldLook}</a>}
        </Notice>
      )}
      {at.mayEdit && props.coming.length > 0 && (
        <Block id="coming" title={t.coming}>
          <LinkList
            links={props.coming.map((next) => ({
              href: deskPath(next),
              label: issueTitle(next, next.digest, at),
              note: <SlotName slot={next.slot} language={at.language} />,
            }))}
          />
        </Block>
      )}
      {props.entries && <Calendar at={at} month={props.month} entries={props.entries} />}
      <Block id="list" title={t.list}>
        {listed.length === 0 ? (
          <Empty title={t.none}>
            {t.noneText} <Ltr code>{`npx nashra digest send ${props.first}`}</Ltr>
          </Empty>
        ) : (
          <Table
            caption={t.caption}
            columns={[
              { label: t.issue },
              { label: t.state },
              { label: t.planned, short: true },
              { label: t.candidates, numeric: true },
              { label: t.letters },
            ]}
            rows={listed.map((it) => row(it, at))}
          />
        )}
      </Block>
      <Pager
        language={at.language}
        newer={props.newer}
        older={props.hasOlder && last ? `/newsroom/issues?before=${last.issue.id}` : null}
      />
    </NewsroomPage>
  );
}

function row({ issue, digest, progress }: Listed, at: Desk) {
  const { language, paper } = at;
  const n = (count: number) => numberWord(count, language, paper);
  const letters = progressWords(progress, language, paper);
  const excluded = progress.exclusions.reduce((sum, { count }) => sum + count, 0);
  if (excluded > 0) letters.push(`${words[language].excluded} ${n(excluded)}`);
  return [
    <>
      <a href={deskPath(issue)}>
        <Auto>{issueTitle(issue, digest, at)}</Auto>
      </a>{" "}
      <small>
        <SlotName slot={issue.slot} language={language} />
      </small>
    </>,
    <>
      <Badge tone={issueTones[issue.state]}>{issueStateWord(issue.state, language)}</Badge>{" "}
      {issue.reason && <Auto>{reasonWord(issue.reason, language, paper)}</Auto>}
    </>,
    formatDateTime(issue.plannedAt, paper, language),
    issue.candidates === null ? "—" : numberWord(issue.candidates, language, paper),
    letters.length === 0 ? "—" : letters.join(language === "ar" ? "، " : ", "),
  ];
}
