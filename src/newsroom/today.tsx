// Today: what is on its way, what just went out, what needs a person, and how many read along. Each number is one step in an index, or
// a count that ends, so that the page costs the same in a paper of a million readers.
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import { formatDateTime, formatDay } from "../arabic/index.ts";
import { progressOf, readPaces, restsNow, troublesOf } from "../delivery/index.ts";
import { type Digest, type Issue, issuesUnderWay, listDigests, newestIssues } from "../digests/index.ts";
import type { Finding } from "../doctor/index.ts";
import { type CountedFeed, readersByDay, startOf } from "../readership/index.ts";
import { heldSince, lastBackup } from "../settings/index.ts";
import { listSources } from "../sources/index.ts";
import { subscribersByDay } from "../subscribers/index.ts";
import {
  Auto,
  allowOwnScript,
  Badge,
  Block,
  Button,
  besideStylesheet,
  bothLanguages,
  Empty,
  Line,
  LinkList,
  NewsroomPage,
  Notice,
  PageHead,
  Table,
} from "../web/index.ts";
import { type Coming, comingIssues } from "./coming.ts";
import { untilWords } from "./countdown.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { deskPath, issueTitle } from "./issue-title.ts";
import { ProgressBar } from "./progress.tsx";
import { restoredPath } from "./restored.tsx";
import { findingWords } from "./settings-doctor.tsx";
import { SlotName } from "./slot.tsx";
import { sourceFault } from "./source-words.ts";
import { sourcePath } from "./sources.tsx";
import { issueStateWord, issueTones, numberWord, pauseWord, reasonWord, shareWord } from "./words.ts";

/** Of the newest issues so many are looked through for what went out, or did not, within a day. */
const mostRecent = 30;
const recentHours = 24;
const chartDays = 30;
/** So old a backup is one that was forgotten. */
const backupHours = 48;
const mostListed = 12;

const words = bothLanguages({
  ar: {
    title: "اليوم",
    intro: "ما في الطريق، وما خرج، وما يحتاج إليك.",
    breaking: "خبر عاجل",
    coming: "في الطريق",
    none: "لا عدد مقرر",
    noneText: "لا نشرة لها موعد. لكل نشرة صفحة تضبط منها مواعيدها.",
    toDigests: "إلى النشرات",
    waits: (until: string, left: string) => `حتى ${until} (${left})`,
    look: "انظر إليه ووافق عليه",
    yours: "ينتظر موافقتك",
    approved: (by: string) => `وافق عليه \u2068${by}\u2069`,
    out: "ما خرج وما يخرج",
    nothingOut: "لم يخرج شيء في اليوم الأخير.",
    writing: "يُكتب سجل من يُرسل إليهم",
    renew: "حدّث الأعداد",
    needs: "يحتاج إليك",
    allWell: "لا شيء يحتاج إليك الآن.",
    held: (made: string) =>
      `هذه قاعدة بيانات استُعيدت من نسخة أُخذت يوم ${made}، ولا يُرسل منها عدد حتى يأذن مدير.`,
    heldLook: "انظر وائذن",
    didNot: (reason: string) => `لم يصدر، والسبب: ${reason}`,
    calledOff: (reason: string) => `أُلغي، والسبب: ${reason}`,
    paused: (reason: string) => `موقوف: ${reason}`,
    pausedBare: "موقوف",
    doubts: (n: string) => `رسائل لا يُعرف أوصلت، تنتظر قرارك: ${n}`,
    bounced: (share: string) => `ارتدّ من رسائله ${share}، وهو كثير`,
    source: (since: string) => `مصدر لا يُقرأ منذ ${since}:`,
    never: "أول يوم",
    sourceUnknown: "لم يقل لماذا",
    rests: (way: string, until: string, reply: string) =>
      `الإرسال عبر \u2068${way}\u2069 متوقف حتى ${until}: \u2068${reply}\u2069`,
    alarm: (way: string, reply: string) => `لا يفهم الخادم \u2068${way}\u2069 ما نقوله: \u2068${reply}\u2069`,
    barred: (way: string, reply: string) =>
      `لا يأذن لنا \u2068${way}\u2069 بالدخول، وتخرج رسائله من طريق آخر: \u2068${reply}\u2069`,
    allWay: "كل وجهة",
    backup: (when: string) => `آخر نسخة احتياطية قديمة: ${when}`,
    over: "من يتابع",
    subscribers: "المشتركون",
    readers: "قراء الخلاصات",
    readersNote: "في قارئات الخلاصات، لكل يوم تمّ. من يتابع خلاصتين يُعدّ مرتين.",
    chart: (from: string, to: string, first: string, last: string) =>
      `من ${first} (${from}) إلى ${last} (${to})`,
    tooYoung: "تُعدّ من اليوم، ويظهر الخط حين تمضي أيام.",
    table: "الأرقام يومًا يومًا",
    day: "اليوم",
    count: "العدد",
  },
  en: {
    title: "Today",
    intro: "What is on its way, what went out, and what needs you.",
    breaking: "Breaking news",
    coming: "On its way",
    none: "No issue is planned",
    noneText: "No digest has a next run. Each has a page where its hours are set.",
    toDigests: "To the digests",
    waits: (until: string, left: string) => `until ${until} (${left})`,
    look: "Look at it and approve",
    yours: "waits for your approval",
    approved: (by: string) => `approved by ${by}`,
    out: "Going out, and just out",
    nothingOut: "Nothing went out in the last day.",
    writing: "Its audience is being written",
    renew: "Renew the numbers",
    needs: "Needs you",
    allWell: "Nothing needs you now.",
    held: (made: string) =>
      `This database was restored from a copy made on ${made}. No issue is sent from it until an administrator says so.`,
    heldLook: "Look, and say so",
    didNot: (reason: string) => `did not go out, because: ${reason}`,
    calledOff: (reason: string) => `was called off, because: ${reason}`,
    paused: (reason: string) => `paused: ${reason}`,
    pausedBare: "paused",
    doubts: (n: string) => `letters that may have arrived wait for your word: ${n}`,
    bounced: (share: string) => `${share} of its letters bounced, which is much`,
    source: (since: string) => `a source that has not been read since ${since}:`,
    never: "the first day",
    sourceUnknown: "it did not say why",
    rests: (way: string, until: string, reply: string) => `sending by ${way} rests until ${until}: ${reply}`,
    alarm: (way: string, reply: string) => `the server ${way} does not understand us: ${reply}`,
    barred: (way: string, reply: string) =>
      `${way} does not let us in, and its letters go another way: ${reply}`,
    allWay: "all destinations",
    backup: (when: string) => `The last backup is old: ${when}`,
    over: "Who follows",
    subscribers: "Subscribers",
    readers: "Feed readers",
    readersNote: "In feed readers, on each whole day. Who follows two feeds counts twice.",
    chart: (from: string, to: string, first: string, last: string) =>
      `from ${first} (${from}) to ${last} (${to})`,
    tooYoung: "They are counted from today on; the line appears once some days have passed.",
    table: "The numbers, day by day",
    day: "Day",
    count: "Count",
  },
});

type Told = { issue: Issue; digest: Digest | undefined };
type Day = { day: number; count: number };
/** What needs a person: where it is put right, what it is called, what is wrong. */
type Need = { href: string | null; name: Child; text: string };

/** `/newsroom` */
export function todayRoutes(deps: NewsroomDeps) {
  return new Hono<DeskEnv>().get("/newsroom", async (c) => {
    const at = await deskOf(c, deps);
    const facts = await factsOf(deps, at);
    const going = facts.underWay.some(({ issue }) => issue.paused === null);
    if (going) allowOwnScript(c, true);
    return c.html(<TodayPage at={at} {...facts} going={going} />);
  });
}

async function factsOf({ database: { db }, now: clock, house }: NewsroomDeps, at: Desk) {
  const now = clock();
  const since = now.subtract({ hours: recentHours });
  const feeds: CountedFeed[] = ["all", "mix", ...at.sections.map(({ id }) => `section/${id}` as const)];
  const [digests, coming, underWay, newest] = await Promise.all([
    listDigests(db),
    comingIssues(db),
    issuesUnderWay(db),
    newestIssues(db, mostRecent),
  ]);
  const told = (issue: Issue): Told => ({ issue, digest: digests.find(({ id }) => id === issue.digestId) });
  const isRecent = ({ finishedAt }: Issue) =>
    finishedAt !== null && Temporal.Instant.compare(finishedAt, since) >= 0;
  const recent = newest.filter((it) => isRecent(it) && !it.slot.startsWith("restored-"));
  const leaving = underWay.filter(({ state }) => state === "sending" || state === "cancelling");
  const shown = [...leaving, ...recent.filter(({ state }) => state === "sent")].slice(0, mostListed);
  const watched = [...new Set([...underWay, ...recent].map(({ id }) => id))];
  const [progress, troubles, sources, paces, held, backup, machine, subscribers, readers] = await Promise.all(
    [
      Promise.all(shown.map(async (issue) => ({ ...told(issue), progress: await progressOf(db, issue) }))),
      troublesOf(db, watched),
      listSources(db),
      readPaces(db),
      heldSince(db),
      lastBackup(db),
      house.watch?.() ?? [],
      subscribersByDay(db, chartDays, now),
      readersByDay(db, feeds, chartDays, now),
    ],
  );
  const issues = new Map([...underWay, ...recent].map((issue) => [issue.id, told(issue)]));
  const needs = needsOf(at, now, { issues, troubles, sources, paces, backup, machine });
  return { coming, underWay: underWay.map(told), progress, needs, held, subscribers, readers };
}

type Found = {
  issues: ReadonlyMap<Issue["id"], Told>;
  troubles: Awaited<ReturnType<typeof troublesOf>>;
  sources: Awaited<ReturnType<typeof listSources>>;
  paces: Awaited<ReturnType<typeof readPaces>>;
  backup: Awaited<ReturnType<typeof lastBackup>>;
  /** Of the disk, and of certificates. */
  machine: readonly Finding[];
};

function needsOf(at: Desk, now: Temporal.Instant, found: Found): Need[] {
  const { language, paper } = at;
  const t = words[language];
  const time = (instant: Temporal.Instant) => formatDateTime(instant, paper, language);
  const ofIssue = ({ issue, digest }: Told, text: string): Need => ({
    href: deskPath(issue),
    name: (
      <>
        {issueTitle(issue, digest, at)}
        {language === "ar" ? "، " : ", "}
        <SlotName slot={issue.slot} language={language} />
      </>
    ),
    text,
  });
  const needs: Need[] = [];
  for (const it of found.issues.values()) {
    const { state, reason, paused } = it.issue;
    if (state === "waiting" && at.mayEdit) needs.push(ofIssue(it, t.yours));
    const why = reason === null ? "—" : reasonWord(reason, language, paper);
    if (state === "skipped") needs.push(ofIssue(it, t.didNot(why)));
    if (state === "cancelled" || state === "cancelling") needs.push(ofIssue(it, t.calledOff(why)));
    const pause = paused && pauseWord(paused, language, paper);
    if (paused) needs.push(ofIssue(it, pause ? t.paused(pause) : t.pausedBare));
  }
  for (const { issue, held, warned, bounced, sent } of found.troubles) {
    const it = found.issues.get(issue);
    if (!it) continue;
    if (held > 0) needs.push(ofIssue(it, t.doubts(numberWord(held, language, paper))));
    if (warned && sent > 0 && it.issue.paused?.reason.kind !== "bounces")
      needs.push(ofIssue(it, t.bounced(shareWord(bounced / sent, language, paper))));
  }
  for (const { title, slug, failures, pausedAt, lastError, lastGoodAt } of found.sources) {
    if (failures === 0 || pausedAt !== null) continue;
    const since = lastGoodAt ? time(lastGoodAt) : t.never;
    const why = lastError === null ? t.sourceUnknown : sourceFault(lastError, language);
    const text = `${t.source(since)} ${why}`;
    needs.push({ href: sourcePath({ slug }), name: title || slug, text });
  }
  for (const { transport, destination, pace } of found.paces) {
    const way = destination === "" ? t.allWay : destination;
    const alarm = pace.reason === "credentials" ? t.barred : t.alarm;
    if (pace.alarm !== null) needs.push({ href: null, name: transport, text: alarm(transport, pace.alarm) });
    if (pace.restsUntil === null || !restsNow(pace, now.epochMilliseconds)) continue;
    const until = time(Temporal.Instant.fromEpochMilliseconds(pace.restsUntil));
    needs.push({ href: null, name: transport, text: t.rests(way, until, pace.reply ?? "—") });
  }
  if (found.backup && now.since(found.backup.at).total("hours") > backupHours)
    needs.push({ href: null, name: null, text: t.backup(time(found.backup.at)) });
  for (const { what, todo } of found.machine) {
    const text = [what, ...(todo ? [todo] : [])].map((it) => findingWords(it, language)).join(" ");
    needs.push({ href: null, name: null, text });
  }
  return needs;
}

type Props = Awaited<ReturnType<typeof factsOf>> & { at: Desk; going: boolean };

function TodayPage(props: Props) {
  const { at, needs, going, held } = props;
  const { language, paper } = at;
  const t = words[language];
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead
        title={t.title}
        intro={t.intro}
        actions={
          at.mayEdit && (
            <Button kind="quiet" href="/newsroom/breaking">
              {t.breaking}
            </Button>
          )
        }
      />
      {held && (
        <Notice tone="warning">
          {t.held(formatDateTime(held.madeAt, paper, language))}{" "}
          {at.mayAdminister && <a href={restoredPath}>{t.heldLook}</a>}
        </Notice>
      )}
      <div class="under-way" data-live data-going={going ? "" : undefined}>
        <div class="abreast">
          <Block id="needs" title={t.needs}>
            {needs.length === 0 ? (
              <p>{t.allWell}</p>
            ) : (
              <ul class="points">
                {needs.map(({ href, name, text }) => (
                  <li>
                    {name && (
                      <>
                        {href ? (
                          <a href={href}>
                            <Auto>{name}</Auto>
                          </a>
                        ) : (
                          <strong>
                            <Auto>{name}</Auto>
                          </strong>
                        )}
                        {": "}
                      </>
                    )}
                    <Auto>{text}</Auto>
                  </li>
                ))}
              </ul>
            )}
          </Block>
          <OnItsWay {...props} />
        </div>
        <GoingOut {...props} />
      </div>
      <Following {...props} />
      {going && <script type="module" src={besideStylesheet(at.desk.assets, "live.js")} />}
    </NewsroomPage>
  );
}

function OnItsWay({ at, coming }: Props) {
  const { language, paper, showing } = at;
  const t = words[language];
  const time = (instant: Temporal.Instant) => formatDateTime(instant, paper, language);
  const left = (to: Temporal.Instant) => untilWords(showing.now, to, language, paper.digits);
  const note = ({ issue, slot, at: planned }: Coming) => (
    <>
      <SlotName slot={slot} language={language} />
      {language === "ar" ? "، " : ", "}
      {time(planned)} ({left(planned)}){" "}
      {issue && <Badge tone={issueTones[issue.state]}>{issueStateWord(issue.state, language)}</Badge>}{" "}
      {issue?.state === "built" && issue.approvedBy && t.approved(issue.approvedBy)}
      {issue?.state === "waiting" && issue.approval && (
        <>
          <strong>{t.waits(time(issue.approval.by), left(issue.approval.by))}</strong>{" "}
          {at.mayEdit && <a href={deskPath(issue)}>{t.look}</a>}
        </>
      )}
    </>
  );
  return (
    <Block id="coming" title={t.coming}>
      {coming.length === 0 ? (
        <Empty
          title={t.none}
          action={
            <Button kind="quiet" href="/newsroom/digests">
              {t.toDigests}
            </Button>
          }
        >
          {t.noneText}
        </Empty>
      ) : (
        <LinkList
          links={coming.slice(0, mostListed).map((it) => ({
            href: deskPath(it),
            label: issueTitle(it, it.digest, at),
            note: note(it),
          }))}
        />
      )}
    </Block>
  );
}

function GoingOut({ at, progress, going }: Props) {
  const { language, paper } = at;
  const t = words[language];
  return (
    <Block id="out" title={t.out} {...(going ? { more: { href: "/newsroom", label: t.renew } } : {})}>
      {progress.length === 0 && <p>{t.nothingOut}</p>}
      {progress.map(({ issue, digest, progress: it }) => (
        <div class="under-way-issue">
          <p>
            <a href={deskPath(issue)}>
              <Auto>{issueTitle(issue, digest, at)}</Auto>
            </a>{" "}
            <Badge tone={issueTones[issue.state]}>{issueStateWord(issue.state, language)}</Badge>{" "}
            <span class="field-help">
              <SlotName slot={issue.slot} language={language} />
              {language === "ar" ? "، " : ", "}
              {formatDateTime(issue.finishedAt ?? issue.plannedAt, paper, language)}
            </span>
          </p>
          <ProgressBar progress={it} language={language} paper={paper} />
        </div>
      ))}
    </Block>
  );
}

function Following({ at, subscribers, readers }: Props) {
  const t = words[at.language];
  return (
    <Block id="over" title={t.over}>
      <div class="charts">
        <Chart at={at} title={t.subscribers} days={subscribers} />
        <Chart at={at} title={t.readers} days={readers} note={t.readersNote} />
      </div>
    </Block>
  );
}

function Chart({ at, title, days, note }: { at: Desk; title: string; days: readonly Day[]; note?: string }) {
  const { language, paper } = at;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const date = ({ day }: Day) =>
    formatDay(startOf(day).toZonedDateTimeISO("UTC").toPlainDate(), paper, language);
  const [first, last] = [days[0], days.at(-1)];
  const counts = new Map(days.map(({ day, count }) => [day, count]));
  const all = first && last ? Array.from({ length: last.day - first.day + 1 }, (_, i) => first.day + i) : [];
  return (
    <div>
      <h3>
        {title}
        {last && `: ${n(last.count)}`}
      </h3>
      {first && last && all.length > 1 ? (
        <>
          <Line
            language={language}
            label={`${title}: ${t.chart(date(first), date(last), n(first.count), n(last.count))}`}
            values={all.map((day) => counts.get(day) ?? null)}
          />
          <p>{t.chart(date(first), date(last), n(first.count), n(last.count))}</p>
          <details>
            <summary>{t.table}</summary>
            <Table
              caption={title}
              columns={[{ label: t.day }, { label: t.count, numeric: true }]}
              rows={days.toReversed().map((it) => [date(it), n(it.count)])}
            />
          </details>
        </>
      ) : (
        <p>{t.tooYoung}</p>
      )}
      {note && <p class="field-help">{note}</p>}
    </div>
  );
}
