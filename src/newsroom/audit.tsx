// The audit log: who did what, when, to what, and from where; by person, act and date. For administrators.
import { type Context, Hono } from "hono";
import {
  type Audited,
  type AuditPlace,
  auditNames,
  auditPlace,
  auditPlaceText,
  commandLine,
  readAudit,
  requireEditor,
  stranger,
  wayOf,
} from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import {
  Auto,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  Field,
  Form,
  Ltr,
  Pager,
  Table,
} from "../web/index.ts";
import { actWord } from "./audit-words.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { SettingsPage } from "./settings.tsx";

const pageSize = 50;

const words = bothLanguages({
  ar: {
    title: "سجل الأعمال",
    intro:
      "كل ما فُعل من صفحات غرفة الأخبار ومن البرامج ومن سطر الأوامر، ومن رُدّ عند الدخول. لا يُعدَّل ولا يُحذف منه شيء.",
    caption: "الأحدث أولًا",
    when: "متى",
    who: "من",
    act: "العمل",
    subject: "في ماذا",
    where: "من أين",
    ways: { page: "من صفحة", api: "من برنامج", command: "من سطر الأوامر" },
    commandLine: "سطر الأوامر",
    program: "برنامج",
    subjects: { link: "برابط", passkey: "بمفتاح مرور" },
    stranger: "مجهول",
    all: "الكل",
    from: "من يوم",
    until: "إلى يوم",
    show: "اعرض",
    none: "لا شيء هنا",
    noneText: "لم يُفعل شيء من هذا في هذه المدة.",
  },
  en: {
    title: "Audit log",
    intro:
      "All that was done from the newsroom’s pages, by programs and on the command line, and who was refused at the sign-in. Nothing in it is changed or removed.",
    caption: "Newest first",
    when: "When",
    who: "Who",
    act: "Act",
    subject: "To what",
    where: "From where",
    ways: { page: "A page", api: "A program", command: "The command line" },
    commandLine: "The command line",
    program: "A program",
    subjects: { link: "By a link", passkey: "By a passkey" },
    stranger: "A stranger",
    all: "All",
    from: "From the day",
    until: "To the day",
    show: "Show",
    none: "Nothing here",
    noneText: "None of this was done in that time.",
  },
});

const path = "/newsroom/settings/audit";

/** What was asked of the page; null where it makes no sense. */
type Wanted = { actor: string; act: string; from: string; until: string; after: AuditPlace | null };

function wantedIn(c: Context<DeskEnv>): Wanted | null {
  const one = (name: string) => (c.req.query(name) ?? "").slice(0, 300);
  const [from, until, after] = [one("from"), one("until"), one("after")];
  const place = after === "" ? null : auditPlace(after);
  if ((after !== "" && !place) || [from, until].some((day) => day !== "" && !isDay(day))) return null;
  return {
    actor: one("actor"),
    act: one("act"),
    from,
    until,
    after: place,
  };
}

function isDay(text: string): boolean {
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text) && Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

/** `/newsroom/settings/audit` */
export function auditRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  return new Hono<DeskEnv>().get(path, requireEditor(deps, "administrator"), async (c) => {
    const at = await deskOf(c, deps);
    const wanted = wantedIn(c);
    if (wanted === null) return c.html(<ErrorPage {...at.shell} status={400} />, 400);
    const { zone } = at.paper;
    const midnight = (day: string, days: number) =>
      day === "" ? undefined : Temporal.PlainDate.from(day).add({ days }).toZonedDateTime(zone).toInstant();
    const filter = {
      actor: wanted.actor || undefined,
      act: wanted.act || undefined,
      from: midnight(wanted.from, 0),
      until: midnight(wanted.until, 1),
    };
    const [entries, actors, acts] = await Promise.all([
      readAudit(db, filter, pageSize + 1, wanted.after),
      auditNames(db, "actor"),
      auditNames(db, "act"),
    ]);
    return c.html(<AuditPage at={at} wanted={wanted} entries={entries} actors={actors} acts={acts} />);
  });
}

/** What it was done to. An address is broken where there is no room, as it is nowhere else. */
function Subject({ at, it }: { at: Desk; it: Audited }) {
  if (it.act === "sign-in" && isWay(it.subject)) return <>{words[at.language].subjects[it.subject]}</>;
  return /^\S+@\S+$/.test(it.subject) ? <Ltr>{it.subject}</Ltr> : <Auto>{it.subject}</Auto>;
}

/** How somebody signed in, as the log names it. */
const isWay = (subject: string): subject is "link" | "passkey" => subject === "link" || subject === "passkey";

function AuditPage(props: {
  at: Desk;
  wanted: Wanted;
  entries: readonly Audited[];
  actors: readonly string[];
  acts: readonly string[];
}) {
  const { at, wanted, actors, acts } = props;
  const { language, paper } = at;
  const t = words[language];
  const entries = props.entries.slice(0, pageSize);
  const last = entries.at(-1);
  const filter = Object.entries({
    actor: wanted.actor,
    act: wanted.act,
    from: wanted.from,
    until: wanted.until,
  });
  const href = (after: string) =>
    `${path}?${new URLSearchParams([...filter, ["after", after]].filter(([, value]) => value !== ""))}`;
  const actorWord = (actor: string) =>
    ({ [commandLine]: t.commandLine, [stranger]: t.stranger, program: t.program })[actor] ?? actor;
  const byLabel = new Intl.Collator(language);
  /** By what they are called. What is asked for stands among the choices even where nothing of it is left. */
  const options = (names: readonly string[], chosen: string, word: (name: string) => string) => [
    { value: "", label: t.all },
    ...[...new Set([...names, chosen])]
      .filter((value) => value !== "")
      .map((value) => ({ value, label: word(value) }))
      .toSorted((a, b) => byLabel.compare(a.label, b.label)),
  ];
  return (
    <SettingsPage at={at} title={t.title} intro={t.intro}>
      <Form action={path} method="get" layout="filter" label={t.title}>
        <Field
          name="actor"
          kind="select"
          label={t.who}
          value={wanted.actor}
          options={options(actors, wanted.actor, actorWord)}
        />
        <Field
          name="act"
          kind="select"
          label={t.act}
          value={wanted.act}
          options={options(acts, wanted.act, (act) => actWord(act, language) ?? act)}
        />
        <Field name="from" kind="date" label={t.from} value={wanted.from} />
        <Field name="until" kind="date" label={t.until} value={wanted.until} />
        <Button kind="quiet">{t.show}</Button>
      </Form>
      {entries.length === 0 ? (
        <Empty title={t.none}>{t.noneText}</Empty>
      ) : (
        <Table
          caption={t.caption}
          columns={[
            { label: t.when, short: true },
            { label: t.who },
            { label: t.act },
            { label: t.subject },
            { label: t.where, short: true },
          ]}
          rows={entries.map((it) => [
            formatDateTime(it.at, paper, language),
            it.actor.includes("@") ? <Ltr>{it.actor}</Ltr> : <Auto>{actorWord(it.actor)}</Auto>,
            actWord(it.act, language) ?? <Ltr>{it.act}</Ltr>,
            <Subject at={at} it={it} />,
            <>
              {t.ways[wayOf(it.actor)]} {it.network && <Ltr>{it.network}</Ltr>}
            </>,
          ])}
        />
      )}
      <Pager
        language={language}
        newer={wanted.after === null ? null : href("")}
        older={props.entries.length > pageSize && last ? href(auditPlaceText(last)) : null}
      />
    </SettingsPage>
  );
}
