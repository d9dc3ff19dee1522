// Segments: filters of subscribers under a name, saved, counted on demand, forgotten.
import { type Context, Hono } from "hono";
import { auditIfChanged, requireEditor } from "../accounts/index.ts";
import { sectionTitle } from "../articles/index.ts";
import {
  addSegment,
  countSome,
  givenFilter,
  listSegments,
  type Names,
  removeSegment,
  resolveFilter,
  type Segment,
  segmentBySlug,
  showFilter,
} from "../subscribers/index.ts";
import {
  Actions,
  Block,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  Field,
  Form,
  Notice,
  readForm,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn, textIn } from "./desk.ts";
import { listDeps, PeoplePage, peoplePath, sourceWord, stateWord, subscriptionWord } from "./people.tsx";
import { Done, withDone } from "./settings.tsx";
import { numberWord } from "./words.ts";

const path = `${peoplePath}/segments`;
const slugPattern = /^[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u;
const longestSlug = 80;

/** So long a page counts before it answers; the rest is for the pages after it. */
const countingMilliseconds = 80;

/** The parts of a filter, in the order of the form. */
const parts = [
  "digest",
  "section",
  "state",
  "language",
  "source",
  "created_from",
  "created_to",
  "confirmed_from",
  "confirmed_to",
  "active_since",
  "idle_since",
] as const;
type Part = (typeof parts)[number];
type Typed = Record<Part | "slug", string>;

const words = bothLanguages({
  ar: {
    title: "الشرائح",
    intro: "مجموعة من المشتركين باسم: من سجّلوا في آذار، أو من لم ينقروا شيئًا منذ ثلاثة أشهر.",
    caption: "بترتيب الأسماء",
    name: "الاسم",
    nameHelp: "حروف وأرقام وشرطات، لأنه يظهر في الروابط: قراء-الاقتصاد.",
    filter: "من فيها",
    act: "أعمال",
    count: "عُدّهم",
    counted: (name: string, n: string) => `في \u2068${name}\u2069 الآن: ${n}.`,
    countedSoFar: (name: string, n: string) => `في \u2068${name}\u2069 حتى الآن: ${n}. ما زال العدّ جاريًا.`,
    countOn: "تابع العدّ",
    remove: "احذفها",
    none: "لا شرائح بعد",
    add: "احفظ شريحة",
    save: "احفظها",
    any: "أيًّا كان",
    everybody: "الجميع",
    badName: "الاسم حروف وأرقام تفصل بينها شرطات، وأقله حرف وأكثره ثمانون.",
    taken: "هذا الاسم مأخوذ، أو بلغت الشرائح ألفًا.",
    wrongFilter: (why: string) => `لا يصلح هذا الشرط: \u2068${why}\u2069`,
    dayHelp: "يوم مثل \u20682026-03-01\u2069، أو عدد أيام مضت مثل \u206890d\u2069.",
    parts: {
      digest: "النشرة",
      section: "القسم، لمن اختار نشرة",
      state: "الحال",
      language: "اللغة",
      source: "جاء من",
      created_from: "سُجّل منذ",
      created_to: "سُجّل حتى",
      confirmed_from: "أكّد منذ",
      confirmed_to: "أكّد حتى",
      active_since: "فعل شيئًا بنفسه منذ",
      idle_since: "لم يفعل شيئًا منذ",
    } satisfies Record<Part, string>,
    done: { saved: "حُفظت الشريحة.", removed: "حُذفت الشريحة، وبقي من فيها." },
  },
  en: {
    title: "Segments",
    intro:
      "Some of the subscribers under a name: those who came in March, or who did nothing for three months.",
    caption: "By name",
    name: "Name",
    nameHelp: "Letters, digits and hyphens, as it stands in addresses: economy-readers.",
    filter: "Who is in it",
    act: "Acts",
    count: "Count",
    counted: (name: string, n: string) => `In \u2068${name}\u2069 now: ${n}.`,
    countedSoFar: (name: string, n: string) => `In \u2068${name}\u2069 so far: ${n}. The count goes on.`,
    countOn: "Count on",
    remove: "Remove",
    none: "No segments yet",
    add: "Save a segment",
    save: "Save it",
    any: "Any",
    everybody: "everybody",
    badName: "A name is letters and digits with hyphens between, one to eighty of them.",
    taken: "The name is taken, or there are a thousand segments already.",
    wrongFilter: (why: string) => `This filter does not work: ${why}`,
    dayHelp: "A day as in 2026-03-01, or so many days ago as in 90d.",
    parts: {
      digest: "Digest",
      section: "Section, of those with a digest",
      state: "State",
      language: "Language",
      source: "Came by",
      created_from: "Noted since",
      created_to: "Noted until",
      confirmed_from: "Confirmed since",
      confirmed_to: "Confirmed until",
      active_since: "Did something since",
      idle_since: "Did nothing since",
    },
    done: { saved: "The segment is saved.", removed: "The segment was removed; its people stay." },
  },
});

const nothingTyped: Typed = Object.assign({ slug: "" }, ...parts.map((part) => ({ [part]: "" })));

/** People found of a segment, and the last id that was looked at; null once there are no more. */
type Counted = { slug: string; count: number; through: number | null };

/** The page that counts on from here. */
const countPath = ({ slug, count, through }: Counted): string =>
  `${path}?${new URLSearchParams({ count: slug, after: String(through ?? 0), found: String(count) })}`;

/** `/newsroom/subscribers/segments`, for editors. */
export function segmentRoutes(deps: NewsroomDeps) {
  const { database, now } = deps;
  const { db, batch } = database;
  const editors = requireEditor(deps, "editor");
  const page = async (
    c: Context<DeskEnv>,
    typed: Typed,
    error: { field: "slug" | "filter"; why: string } | null = null,
    counted: Counted | null = null,
  ) => {
    const at = await deskOf(c, deps);
    const { names } = await listDeps(deps);
    const segments = await listSegments(db);
    const shown = { c, at, names, segments, typed, error, counted };
    return c.html(<SegmentsPage {...shown} />, error ? 422 : 200);
  };
  return new Hono<DeskEnv>()
    .get(path, editors, async (c) => {
      const slug = c.req.query("count");
      if (slug === undefined) return page(c, nothingTyped);
      const segment = await segmentBySlug(db, slug);
      if (!segment) return c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);
      const after = numberIn(c.req.query("after")) ?? 0;
      const before = numberIn(c.req.query("found")) ?? 0;
      const { today } = await listDeps(deps);
      const milliseconds = countingMilliseconds;
      const { count, through } = await countSome(db, segment.filter, today, { after, milliseconds });
      const counted = { slug: segment.slug, count: before + count, through };
      if (through !== null) c.header("Refresh", `0; url=${countPath(counted)}`);
      return page(c, nothingTyped, null, counted);
    })
    .post(path, editors, async (c) => {
      const { language } = await deskOf(c, deps);
      const t = words[language];
      const typed = await typedIn(c);
      const slug = typed.slug.normalize("NFC");
      if (!slugPattern.test(slug) || slug.length > longestSlug)
        return page(c, typed, { field: "slug", why: t.badName });
      const given = givenFilter.safeParse(
        Object.fromEntries(parts.flatMap((part) => (typed[part] === "" ? [] : [[part, typed[part]]]))),
      );
      if (!given.success)
        return page(c, typed, { field: "filter", why: t.wrongFilter(given.error.issues[0]?.message ?? "") });
      const resolved = resolveFilter(given.data, (await listDeps(deps)).names);
      if (!resolved.ok) return page(c, typed, { field: "filter", why: t.wrongFilter(resolved.why) });
      const entry = { actor: c.var.editor.address, act: "segment-add", subject: slug };
      const [added] = await batch([
        addSegment(db, { slug, filter: resolved.filter }, now()),
        auditIfChanged(db, entry, now()),
      ]);
      if ((added?.changes ?? 0) === 0) return page(c, typed, { field: "slug", why: t.taken });
      return c.redirect(withDone(path, "saved"), 303);
    })
    .post(`${path}/remove`, editors, async (c) => {
      const { slug } = await typedIn(c);
      const entry = { actor: c.var.editor.address, act: "segment-remove", subject: slug };
      const [removed] = await batch([removeSegment(db, slug), auditIfChanged(db, entry, now())]);
      if ((removed?.changes ?? 0) === 0)
        return c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);
      return c.redirect(withDone(path, "removed"), 303);
    });
}

async function typedIn(c: Context<DeskEnv>): Promise<Typed> {
  const form = await readForm(c.req.parseBody());
  const typed = { ...nothingTyped };
  for (const name of ["slug", ...parts] as const) typed[name] = textIn(form, name, 200);
  return typed;
}

/** A filter in a line: what it asks, and what it wants there. */
function filterWords(segment: Segment, names: Names, at: Pick<Desk, "language" | "sections">): string {
  const { language } = at;
  const t = words[language];
  const shown = Object.entries(showFilter(segment.filter, names));
  if (shown.length === 0) return t.everybody;
  const isPart = (name: string): name is Part => Object.hasOwn(t.parts, name);
  const word = (part: Part, value: string) =>
    choicesOf(part, names, at)?.find((it) => it.value === value)?.label ?? value;
  return shown
    .map(([name, value]) =>
      isPart(name)
        ? `${t.parts[name]}: \u2068${word(name, String(value))}\u2069`
        : `${name}: \u2068${value}\u2069`,
    )
    .join(language === "ar" ? "، " : ", ");
}

function SegmentsPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  names: Names;
  segments: readonly Segment[];
  typed: Typed;
  error: { field: "slug" | "filter"; why: string } | null;
  counted: Counted | null;
}) {
  const { at, names, segments, typed, error, counted } = props;
  const { language, paper } = at;
  const t = words[language];
  return (
    <PeoplePage at={at} title={t.title} intro={t.intro}>
      <Done c={props.c} sentences={t.done} />
      {counted && (
        <Notice>
          {counted.through === null ? (
            t.counted(counted.slug, numberWord(counted.count, language, paper))
          ) : (
            <>
              {t.countedSoFar(counted.slug, numberWord(counted.count, language, paper))}{" "}
              <a href={countPath(counted)}>{t.countOn}</a>
            </>
          )}
        </Notice>
      )}
      {segments.length === 0 ? (
        <Empty title={t.none} />
      ) : (
        <Table
          caption={t.caption}
          columns={[{ label: t.name }, { label: t.filter }, { label: t.act }]}
          rows={segments.map((it) => [
            <a dir="auto" href={`${peoplePath}?${new URLSearchParams({ segment: it.slug })}`}>
              {it.slug}
            </a>,
            filterWords(it, names, at),
            <Form action={`${path}/remove`} layout="line" label={`\u2068${it.slug}\u2069`}>
              <input type="hidden" name="slug" value={it.slug} />
              <Button kind="quiet" href={`${path}?${new URLSearchParams({ count: it.slug })}`}>
                {t.count}
              </Button>
              <Button kind="danger">{t.remove}</Button>
            </Form>,
          ])}
        />
      )}
      <Block id="add" title={t.add}>
        {error?.field === "filter" && <Notice tone="error">{error.why}</Notice>}
        <Form action={path} label={t.add}>
          <Field
            name="slug"
            label={t.name}
            help={t.nameHelp}
            error={error?.field === "slug" ? error.why : null}
            value={typed.slug}
            maxLength={longestSlug}
            autocomplete="off"
            required
          />
          {parts.map((part) => (
            <PartField part={part} value={typed[part]} names={names} at={at} />
          ))}
          <Actions>
            <Button>{t.save}</Button>
          </Actions>
        </Form>
      </Block>
    </PeoplePage>
  );
}

function PartField({ part, value, names, at }: { part: Part; value: string; names: Names; at: Desk }) {
  const t = words[at.language];
  const choices = choicesOf(part, names, at);
  if (choices === null)
    return (
      <Field
        name={part}
        label={t.parts[part]}
        value={value}
        placeholder="90d"
        help={t.dayHelp}
        maxLength={10}
      />
    );
  return (
    <Field
      name={part}
      kind="select"
      label={t.parts[part]}
      value={value}
      options={[{ value: "", label: t.any }, ...choices]}
    />
  );
}

function choicesOf(
  part: Part,
  names: Names,
  { language, sections }: Pick<Desk, "language" | "sections">,
): { value: string; label: string }[] | null {
  const named = (all: Names["digests"]) =>
    all.map(({ slug, names: [name = slug] }) => ({ value: slug, label: name }));
  switch (part) {
    case "digest":
      return named(names.digests);
    case "section":
      return named(names.sections).map(({ value, label }) => {
        const open = sections.find(({ slug }) => slug === value);
        return { value, label: open ? sectionTitle(open, language) : label };
      });
    case "state":
      return [
        ...(["confirmed", "pending", "left", "suppressed"] as const).map((value) => ({
          value,
          label: stateWord(value, language),
        })),
        ...(["active", "paused"] as const).map((value) => ({
          value,
          label: subscriptionWord(value, language),
        })),
      ];
    case "language":
      return [
        { value: "ar", label: language === "ar" ? "العربية" : "Arabic" },
        { value: "en", label: language === "ar" ? "الإنكليزية" : "English" },
      ];
    case "source":
      return (["home", "section", "page", "embed", "api", "import"] as const).map((value) => ({
        value,
        label: sourceWord(value, language),
      }));
    default:
      return null;
  }
}
