// One digest: its schedule as people say it, its next runs, what it carries, and the forms that change it.
import { type Context, Hono } from "hono";
import { formatDay, formatTime, weekdayName, zoneCity } from "../arabic/index.ts";
import {
  type Digest,
  digestBySlug,
  digestName,
  plannedFrom,
  type Schedule,
  scheduleWords,
} from "../digests/index.ts";
import type { Finding } from "../doctor/index.ts";
import {
  Auto,
  Block,
  Button,
  ErrorPage,
  Facts,
  Form,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { ApprovalForm, FactsForm, ScheduleForm } from "./digest-fields.tsx";
import {
  type ApprovalFaults,
  type FactFault,
  type ScheduleFaults,
  type TypedApproval,
  type TypedFacts,
  type TypedSchedule,
  typedApproval,
  typedFacts,
  typedSchedule,
} from "./digest-form.ts";
import { SenderBlock, type TypedSender } from "./digest-sender.tsx";
import { digestWords as words } from "./digest-words.ts";
import { digestPath, OnOff } from "./digests.tsx";
import type { House } from "./house.ts";
import { Done } from "./settings.tsx";
import { SlotName } from "./slot.tsx";
import { numberWord, reasonWord } from "./words.ts";

const shownRuns = 10;

/** The runs that a page of a digest shows, left out or not. */
export const nextRuns = (
  { schedule }: Digest,
  hijriShift: NonNullable<Schedule["hijriShift"]>,
  now: Temporal.Instant,
) => plannedFrom({ ...schedule, hijriShift }, now, shownRuns);

/** `/newsroom/digests/:digest` */
export function digestPageRoutes(deps: NewsroomDeps) {
  return new Hono<DeskEnv>().get("/newsroom/digests/:digest", async (c) => {
    const digest = await digestBySlug(deps.database.db, c.req.param("digest").normalize("NFC"));
    const at = await deskOf(c, deps);
    if (!digest) return c.html(<ErrorPage {...at.shell} status={404} />, 404);
    return c.html(<DigestPage c={c} at={at} digest={digest} house={deps.house} />);
  });
}

/** What was typed into one of the forms, and what is wrong with it; the others show what is stored. */
export type Tried = {
  schedule?: { typed: TypedSchedule; faults: ScheduleFaults };
  facts?: { typed: TypedFacts; faults: Partial<Record<keyof TypedFacts, FactFault>> };
  approval?: { typed: TypedApproval; faults: ApprovalFaults };
  sender?: { typed: TypedSender; wrong: boolean };
};

/** One thing in two versions: as it stands now, and as somebody wrote it who had not seen that. */
export type Version = { what: string; now: string; yours: string };

export function DigestPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  digest: Digest;
  house: House;
  /** What was found of its sender, where somebody asked. */
  found?: readonly Finding[] | "late";
  tried?: Tried;
  /** What somebody else changed meanwhile. */
  versions?: readonly Version[];
  refused?: string;
}) {
  const { c, at, digest, tried = {}, versions, refused } = props;
  const { language, paper } = at;
  const t = words[language];
  return (
    <NewsroomPage {...at.desk} title={digestName(digest, language)}>
      <PageHead
        title={<Auto>{digestName(digest, language)}</Auto>}
        intro={scheduleWords(digest.schedule, language, paper.digits)}
      />
      <Done c={c} sentences={t.done} />
      {refused && <Notice tone="error">{refused}</Notice>}
      {versions && <Versions at={at} digest={digest} versions={versions} />}
      <FactsOf at={at} digest={digest} />
      <Runs at={at} digest={digest} />
      {at.mayAdminister ? (
        <>
          <Block id="schedule" title={t.changeSchedule}>
            <ScheduleForm
              at={at}
              digest={digest}
              typed={tried.schedule?.typed ?? typedSchedule(digest.schedule)}
              faults={tried.schedule?.faults ?? {}}
            />
          </Block>
          <Block id="carries" title={t.carries}>
            <FactsForm
              at={at}
              digest={digest}
              typed={tried.facts?.typed ?? typedFacts(digest)}
              faults={tried.facts?.faults ?? {}}
            />
          </Block>
          <Block id="approval" title={t.approvalTitle}>
            <ApprovalForm
              at={at}
              digest={digest}
              typed={tried.approval?.typed ?? typedApproval(digest.approval)}
              faults={tried.approval?.faults ?? {}}
            />
          </Block>
          <SenderBlock
            at={at}
            digest={digest}
            house={props.house}
            tried={tried.sender ?? null}
            found={props.found ?? null}
          />
          <Block id="switch" title={t.switchTitle[digest.on ? "on" : "off"]}>
            <p>{digest.on ? t.switchOffText : t.switchOnText}</p>
            <Form action={`${digestPath(digest)}/${digest.on ? "off" : "on"}`}>
              <Button kind={digest.on ? "danger" : "quiet"}>{digest.on ? t.switchOff : t.switchOn}</Button>
            </Form>
          </Block>
        </>
      ) : (
        <Notice>{t.onlyAdministrators}</Notice>
      )}
    </NewsroomPage>
  );
}

function Versions({ at, digest, versions }: { at: Desk; digest: Digest; versions: readonly Version[] }) {
  const t = words[at.language];
  return (
    <>
      <Notice tone="error" title={t.moved}>
        {t.movedText} <a href={digestPath(digest)}>{t.seeNow}</a>
      </Notice>
      <Table
        caption={t.moved}
        isHeaded
        columns={[{ label: t.what }, { label: t.now }, { label: t.yours }]}
        rows={versions.map(({ what, now, yours }) => [what, <Auto>{now}</Auto>, <Auto>{yours}</Auto>])}
      />
    </>
  );
}

function FactsOf({ at, digest }: { at: Desk; digest: Digest }) {
  const { language, paper, sections } = at;
  const t = words[language];
  const number = (n: number) => numberWord(n, language, paper);
  const { approval } = digest;
  const names = sections.map(({ title, titleEn }) => (language === "en" ? (titleEn ?? title) : title));
  return (
    <Facts
      facts={[
        { name: t.state, value: <OnOff at={at} digest={digest} /> },
        { name: t.length, value: t.range(number(digest.minStories), number(digest.maxStories)) },
        {
          name: t.approval,
          value: (
            <>
              {t.rules[approval?.unanswered ?? "none"]}
              {approval && (
                <>
                  {language === "ar" ? "؛ " : ". "}
                  {t.approvalTimes(number(approval.aheadMinutes), number(approval.deadlineMinutes))}
                </>
              )}
            </>
          ),
        },
        { name: t.template, value: t.templates[digest.template] },
        { name: t.inDoubt, value: t.doubts[digest.inDoubt] },
        {
          name: t.sections,
          value:
            names.length === 0 ? (
              t.noSections
            ) : (
              <>
                <Auto>{names.join(language === "ar" ? "، " : ", ")}</Auto>
                <span class="field-help">{t.sectionsText}</span>
              </>
            ),
        },
      ]}
    />
  );
}

function Runs({ at, digest }: { at: Desk; digest: Digest }) {
  const { language, paper, showing } = at;
  const t = words[language];
  const { schedule } = digest;
  const runs = nextRuns(digest, paper.hijriOffset, showing.now);
  const clock = { ...paper, zone: schedule.zone };
  return (
    <Block id="runs" title={t.runs}>
      <p>{digest.on ? t.runsText(zoneCity(schedule.zone, language)) : t.runsOff}</p>
      {runs.length === 0 ? (
        <p>{t.noRuns}</p>
      ) : (
        <Table
          caption={t.runs}
          isHeaded
          columns={[
            { label: t.day },
            { label: t.local },
            { label: t.slot },
            { label: t.utc },
            { label: t.note },
          ]}
          rows={runs.map((run) => {
            const day = Temporal.PlainDate.from(run.date);
            const notes = [
              ...(run.skipped === null ? [] : [reasonWord(run.skipped, language, paper)]),
              ...(run.note === null ? [] : [t.notes[run.note]]),
              ...(run.ramadan ? [t.notes.ramadan] : []),
            ];
            return [
              `${weekdayName(day.dayOfWeek, language)} ${formatDay(day, paper, language)}`,
              formatTime(run.at, clock, language),
              <SlotName slot={run.slot} language={language} />,
              <Ltr>{run.at.toString()}</Ltr>,
              <>
                {notes.length > 0 && <Auto>{notes.join(language === "ar" ? "؛ " : "; ")}</Auto>}
                {at.mayAdminister && <SkipButton at={at} digest={digest} run={run} />}
              </>,
            ];
          })}
        />
      )}
    </Block>
  );
}

/** Leaves a run out by hand, or lets it run after all. A holiday is no matter of a hand. */
function SkipButton(props: {
  at: Desk;
  digest: Digest;
  run: { date: string; slot: string; skipped: string | null };
}) {
  const { at, digest, run } = props;
  const t = words[at.language];
  const byHand = digest.schedule.skips?.some((skip) => skip.date === run.date && skip.slot === run.slot);
  if (run.skipped !== null && !byHand) return null;
  const name = `${run.date} ${run.slot}`;
  return (
    <Form action={`${digestPath(digest)}/runs`} label={`${byHand ? t.unskip : t.skip} \u2068${name}\u2069`}>
      <input type="hidden" name="date" value={run.date} />
      <input type="hidden" name="slot" value={run.slot} />
      <input type="hidden" name="seen" value={digest.scheduleRevision} />
      <Button kind="quiet" name="act" value={byHand ? "unskip" : "skip"}>
        {byHand ? t.unskip : t.skip}
      </Button>
    </Form>
  );
}
