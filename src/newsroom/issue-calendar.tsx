// The calendar of issues: a month of those that were opened and of runs that are to come, in the publisher's zone and words. A table of
// weeks; on a phone a list of the days that have some.
import { formatDay, formatHijri, formatTime, weekdayName } from "../arabic/index.ts";
import { type Digest, digestName, type Issue, issuesBetween, plannedFrom } from "../digests/index.ts";
import { weekendDays, weekOf } from "../settings/index.ts";
import { Auto, Badge, Block, bothLanguages } from "../web/index.ts";
import type { Desk, NewsroomDeps } from "./desk.ts";
import { deskPath } from "./issue-title.ts";
import { issueStateWord, issueTones, numberWord, reasonWord } from "./words.ts";

/** So many of a digest in a month: several slots a day, and what was sent by hand. */
const mostOfDigest = 200;

const words = bothLanguages({
  ar: {
    title: (month: string) => `تقويم ${month}`,
    before: "الشهر السابق",
    after: "الشهر التالي",
    this: "هذا الشهر",
    months: "الأشهر",
    leftOut: (reason: string) => `لا يصدر: ${reason}`,
    none: "لا أعداد في هذا الشهر.",
    kinds: { digest: "", breaking: "خبر عاجل", correction: "تصحيح" } satisfies Record<Issue["kind"], string>,
    today: "اليوم",
  },
  en: {
    title: (month: string) => `Calendar of ${month}`,
    before: "Month before",
    after: "Month after",
    this: "This month",
    months: "Months",
    leftOut: (reason: string) => `left out: ${reason}`,
    none: "No issues in this month.",
    kinds: { digest: "", breaking: "breaking news", correction: "correction" },
    today: "today",
  },
});

/** What stands on a day: an issue, or a run that is to come. */
export type Entry = {
  digest: Digest | undefined;
  digestSlug: string;
  date: string;
  slot: string;
  at: Temporal.Instant;
  issue: Issue | null;
  leftOut: string | null;
};

/** A month as an address has it, `2026-03`; null if it is none that the calendar goes to. */
export function monthIn(text: string): Temporal.PlainYearMonth | null {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  return year !== undefined && month !== undefined && year >= "2000" && year < "2100"
    ? Temporal.PlainYearMonth.from({ year: Number(year), month: Number(month) })
    : null;
}

/** All issues with a time in the month, and the runs of it that are to come, the first first. */
export async function entriesOf(
  { database: { db } }: Pick<NewsroomDeps, "database">,
  zone: string,
  digests: readonly Digest[],
  month: Temporal.PlainYearMonth,
): Promise<Entry[]> {
  const start = month.toPlainDate({ day: 1 });
  const from = start.toZonedDateTime(zone).toInstant();
  const until = start.add({ months: 1 }).toZonedDateTime(zone).toInstant();
  const issues = await issuesBetween(db, from, until, mostOfDigest);
  const opened = new Set(issues.map(({ digestSlug, date, slot }) => `${digestSlug} ${date} ${slot}`));
  const coming = digests.flatMap((digest): Entry[] => {
    const { next, schedule, slug } = digest;
    if (!digest.on || next === null) return [];
    const since = Temporal.Instant.compare(next.at, from) > 0 ? next.at : from;
    if (Temporal.Instant.compare(since, until) >= 0) return [];
    return plannedFrom(schedule, since, Math.min(mostOfDigest, 31 * schedule.slots.length))
      .filter((run) => Temporal.Instant.compare(run.at, until) < 0)
      .filter(({ date, slot }) => !opened.has(`${slug} ${date} ${slot}`))
      .map(({ date, slot, at: planned, skipped }) => ({
        ...{ digest, digestSlug: slug, date, slot, at: planned },
        issue: null,
        leftOut: skipped,
      }));
  });
  const past = issues.map((issue) => ({
    digest: digests.find(({ id }) => id === issue.digestId),
    digestSlug: issue.digestSlug,
    date: issue.date,
    slot: issue.slot,
    at: issue.plannedAt,
    issue,
    leftOut: null,
  }));
  return [...past, ...coming].sort((a, b) => Temporal.Instant.compare(a.at, b.at));
}

export function Calendar(props: { at: Desk; month: Temporal.PlainYearMonth; entries: readonly Entry[] }) {
  const { at, month, entries } = props;
  const { language, paper, showing } = at;
  const t = words[language];
  const today = showing.now.toZonedDateTimeISO(paper.zone).toPlainDate();
  const first = month.toPlainDate({ day: 1 });
  const name = formatDay(first, paper, language).replace(/^\S+ /, "");
  const days = Array.from({ length: month.daysInMonth }, (_, i) => first.add({ days: i }));
  const weekdays = weekOf(paper);
  const lead = weekdays.indexOf(first.dayOfWeek); // empty places before the first
  const cells = [...Array.from({ length: lead }, () => null), ...days];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, i) => cells.slice(7 * i, 7 * i + 7));
  const ofDay = Map.groupBy(entries, ({ at: when }) =>
    when.toZonedDateTimeISO(paper.zone).toPlainDate().toString(),
  );
  const link = (to: Temporal.PlainYearMonth) => `/newsroom/issues?month=${to.toString()}#calendar`;
  return (
    <Block id="calendar" title={t.title(name)}>
      <nav class="tabs" aria-label={t.months}>
        <ul>
          <li>
            <a href={link(month.subtract({ months: 1 }))}>{t.before}</a>
          </li>
          <li>
            <a href="/newsroom/issues#calendar">{t.this}</a>
          </li>
          <li>
            <a href={link(month.add({ months: 1 }))}>{t.after}</a>
          </li>
        </ul>
      </nav>
      {entries.length === 0 && <p>{t.none}</p>}
      <table class="calendar">
        <caption class="visually-hidden">{t.title(name)}</caption>
        <thead>
          <tr>
            {weekdays.map((day) => (
              <th scope="col" class="calendar-weekday">
                {weekdayName(day, language)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr>
              {weekdays.map((_, i) => {
                const day = week[i];
                return day ? (
                  <DayCell at={at} day={day} today={today} entries={ofDay.get(day.toString()) ?? []} />
                ) : (
                  <td class="calendar-empty" />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}

function DayCell(props: {
  at: Desk;
  day: Temporal.PlainDate;
  today: Temporal.PlainDate;
  entries: readonly Entry[];
}) {
  const { at, day, today, entries } = props;
  const { language, paper } = at;
  const isToday = day.equals(today);
  const classes = [
    ...(entries.length === 0 ? ["calendar-empty"] : []),
    ...(weekendDays(paper).includes(day.dayOfWeek) ? ["calendar-rest"] : []),
  ];
  const noon = day.toZonedDateTime({ timeZone: paper.zone, plainTime: "12:00" }).toInstant();
  const hijri = formatHijri(noon, paper, language);
  return (
    <td class={classes.join(" ") || undefined} aria-current={isToday ? "date" : undefined}>
      <p class="calendar-day">
        <span class="calendar-number">{numberWord(day.day, language, paper)}</span>
        <span class="calendar-name">
          {weekdayName(day.dayOfWeek, language)} {formatDay(day, paper, language)}
        </span>
        {hijri && <small>{hijri}</small>}
      </p>
      {entries.length > 0 && (
        <ul>
          {entries.map((entry) => (
            <li>
              <EntryLink at={at} entry={entry} />
            </li>
          ))}
        </ul>
      )}
    </td>
  );
}

function EntryLink({ at, entry }: { at: Desk; entry: Entry }) {
  const { language, paper } = at;
  const t = words[language];
  const { digest, issue, leftOut } = entry;
  const kind = t.kinds[issue?.kind ?? "digest"];
  return (
    <>
      <a href={deskPath(entry)}>
        {formatTime(entry.at, paper, language)}{" "}
        <Auto>{digest ? digestName(digest, language) : entry.digestSlug}</Auto>
      </a>{" "}
      {kind !== "" && <Badge>{kind}</Badge>}{" "}
      {issue ? (
        <Badge tone={issueTones[issue.state]}>{issueStateWord(issue.state, language)}</Badge>
      ) : (
        leftOut !== null && <small>{t.leftOut(reasonWord(leftOut, language, paper))}</small>
      )}
    </>
  );
}
