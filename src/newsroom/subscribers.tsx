// Who subscribes: how many stand how, found by their address, listed by segment, given out as a file.
import { type Context, Hono } from "hono";
import { audit, requireEditor, requireFresh } from "../accounts/index.ts";
import { formatDate, formatDateTime } from "../arabic/index.ts";
import { fromMilliseconds } from "../platform/index.ts";
import {
  exportText,
  findAddresses,
  listSegments,
  type Person,
  recount,
  type Segment,
  type SegmentFilter,
  type SubscriberState,
  segmentBySlug,
  segmentPage,
  stateCounts,
  stateOf,
} from "../subscribers/index.ts";
import {
  Actions,
  Badge,
  Block,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  Facts,
  Field,
  Form,
  Ltr,
  Notice,
  Pager,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, fieldIn, type NewsroomDeps, numberIn } from "./desk.ts";
import { listDeps, PeoplePage, peoplePath, stateTones, stateWord } from "./people.tsx";
import { Done } from "./settings.tsx";
import { capital, numberWord } from "./words.ts";

const pageSize = 50;
const longestTyped = 254;
const states = ["confirmed", "pending", "suppressed", "left", "erased"] as const satisfies SubscriberState[];

const words = bothLanguages({
  ar: {
    title: "المشتركون",
    intro: "من طلب النشرات ومن أكّد ومن ألغى. العناوين أسرار أصحابها: لا تُنقل من هنا إلا لحاجة.",
    counts: "كم عددهم",
    countedAt: (when: string) => `عُدّوا في ${when}، ويُعاد عدّهم الآن.`,
    counting: "هم كثيرون ويُعدّون الآن. أعد فتح الصفحة بعد قليل.",
    search: "ابحث بالعنوان",
    searchHelp: "كله أو أوله: من «\u2068salma\u2069» إلى «\u2068salma@example.org\u2069».",
    look: "ابحث",
    segment: "شريحة",
    everybody: "الجميع",
    show: "اعرض",
    list: "القائمة",
    caption: "الأحدث أولًا",
    found: "بترتيب العناوين",
    address: "العنوان",
    state: "الحال",
    language: "اللغة",
    languages: { ar: "العربية", en: "الإنكليزية" },
    since: "منذ",
    none: "لا مشتركين بعد",
    noneText: "يأتون من نموذج الاشتراك، أو أضف واحدًا، أو استورد قائمة.",
    nobody: "لا أحد",
    nobodyText: "لا عنوان يبدأ هكذا.",
    nobodyHere: "لا أحد في هذا الجزء من القائمة. تابع البحث في الأقدم.",
    add: "أضف مشتركًا",
    export: "تصدير",
    exportText: "ملف فيه كل من في هذه القائمة. يُطلب منك أن تثبت هويتك، ويُكتب في سجل الأعمال.",
    csv: "CSV للجداول",
    json: "JSON للبرامج",
    done: { erased: "مُحيت بيانات المشترك." },
  },
  en: {
    title: "Subscribers",
    intro:
      "Who asked for the digests, who confirmed and who left. Addresses are their owners’: take them elsewhere only where it must be.",
    counts: "How many",
    countedAt: (when: string) => `Counted on ${when}; they are being counted again.`,
    counting: "They are many and are being counted. Open this page again in a moment.",
    search: "Find an address",
    searchHelp: "All of it or how it begins: from “salma” to “salma@example.org”.",
    look: "Find",
    segment: "Segment",
    everybody: "Everybody",
    show: "Show",
    list: "List",
    caption: "Newest first",
    found: "In the order of addresses",
    address: "Address",
    state: "State",
    language: "Language",
    languages: { ar: "Arabic", en: "English" },
    since: "Since",
    none: "No subscribers yet",
    noneText: "They come by the sign-up form; or add one, or import a list.",
    nobody: "Nobody",
    nobodyText: "No address begins so.",
    nobodyHere: "Nobody is in this part of the list. Go on with the older ones.",
    add: "Add a subscriber",
    export: "Export",
    exportText:
      "A file with everybody in this list. You are asked to confirm that it is you, and it stands in the audit log.",
    csv: "CSV for spreadsheets",
    json: "JSON for programs",
    done: { erased: "The subscriber was erased." },
  },
});

type Listed = { people: readonly Person[]; older: string | null; isFirst: boolean };

/** `/newsroom/subscribers`, for editors; `/newsroom/subscribers/export`, for administrators. */
export function subscriberListRoutes(deps: NewsroomDeps) {
  const { database, now } = deps;
  const { db, batch } = database;
  let counting = false;
  const wrong = async (c: Context<DeskEnv>, status: 400 | 404) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={status} />, status);

  /** People whose address begins with what was typed, or a page of a segment; null where the address names no page. */
  async function listed(
    c: Context<DeskEnv>,
    typed: string,
    filter: SegmentFilter,
    segment: string,
  ): Promise<Listed | null> {
    if (typed !== "") {
      const after = (c.req.query("after") ?? "").slice(0, 400);
      const found = await findAddresses(db, typed, after, pageSize + 1);
      const people = found.slice(0, pageSize);
      const last = found.length > pageSize ? people.at(-1) : undefined;
      const next = last && new URLSearchParams({ q: typed, after: last.address_key });
      return { people, older: next ? `${peoplePath}?${next}` : null, isFirst: after === "" };
    }
    const before = numberIn(c.req.query("before"));
    if (before === null) return null;
    const { today } = await listDeps(deps);
    const { people, next } = await segmentPage(db, filter, today, before ?? null, pageSize);
    const query = new URLSearchParams({ ...(segment && { segment }), before: String(next) });
    return { people, older: next === null ? null : `${peoplePath}?${query}`, isFirst: before === undefined };
  }

  return new Hono<DeskEnv>()
    .get(peoplePath, requireEditor(deps, "editor"), async (c) => {
      const typed = (c.req.query("q") ?? "").trim().slice(0, longestTyped);
      const name = c.req.query("segment") ?? "";
      const chosen = name === "" ? null : await segmentBySlug(db, name);
      if (chosen === null && name !== "") return wrong(c, 404);
      const found = await listed(c, typed, chosen?.filter ?? {}, name);
      if (found === null) return wrong(c, 400);
      const counts = await stateCounts(db, now());
      if (counts.stale && !counting) {
        counting = true; // else each page that is opened meanwhile would begin one more
        deps.later(() =>
          recount(db, now()).finally(() => {
            counting = false;
          }),
        );
      }
      const at = await deskOf(c, deps);
      return c.html(
        <ListPage
          c={c}
          at={at}
          typed={typed}
          segment={chosen}
          segments={await listSegments(db)}
          counts={counts}
          listed={found}
        />,
      );
    })
    .post(`${peoplePath}/export`, requireFresh(deps, "administrator"), async (c) => {
      const name = await fieldIn(c, "segment");
      const format = (await fieldIn(c, "format")) === "json" ? "json" : "csv";
      const chosen = name === "" ? null : await segmentBySlug(db, name);
      if (chosen === null && name !== "") return wrong(c, 404);
      const subject = `${name || "all"} (${format})`;
      await batch([audit(db, { actor: c.var.editor.address, act: "subscribers-export", subject }, now())]);
      const { names, today } = await listDeps(deps);
      const text = ReadableStream.from(exportText(db, format, chosen?.filter ?? {}, names, today));
      const csv = format === "csv";
      c.header("Content-Type", csv ? "text/csv; charset=utf-8" : "application/jsonl");
      c.header("Content-Disposition", `attachment; filename="subscribers.${csv ? "csv" : "jsonl"}"`);
      return c.body(text.pipeThrough(new TextEncoderStream()));
    });
}

/** Who a row of a list is, with a link to their page. */
export const personLink = ({ id, address }: Pick<Person, "id" | "address">) => (
  <a href={`${peoplePath}/${id}`}>
    <Ltr>{address || `#${id}`}</Ltr>
  </a>
);

function ListPage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  typed: string;
  segment: Segment | null;
  segments: readonly Segment[];
  counts: Awaited<ReturnType<typeof stateCounts>>;
  listed: Listed;
}) {
  const { at, typed, segment, segments, counts, listed } = props;
  const { language, paper } = at;
  const t = words[language];
  const name = segment?.slug ?? "";
  return (
    <PeoplePage
      at={at}
      title={t.title}
      intro={t.intro}
      actions={
        <Button kind="quiet" href={`${peoplePath}/add`}>
          {t.add}
        </Button>
      }
    >
      <Done c={props.c} sentences={t.done} />
      <Block id="counts" title={t.counts}>
        {counts.counts === null ? (
          <p>{t.counting}</p>
        ) : (
          <Facts
            facts={states.map((state) => ({
              name: capital(stateWord(state, language)),
              value: numberWord(counts.counts[state], language, paper),
            }))}
          />
        )}
        {counts.counts !== null && counts.stale && (
          <p>{t.countedAt(formatDateTime(counts.at, paper, language))}</p>
        )}
      </Block>
      <Block id="list" title={t.list}>
        <Form action={peoplePath} method="get" layout="line" label={t.search}>
          <Field
            name="q"
            kind="search"
            label={t.search}
            help={t.searchHelp}
            value={typed}
            maxLength={longestTyped}
            autocomplete="off"
          />
          <Button>{t.look}</Button>
        </Form>
        {segments.length > 0 && (
          <Form action={peoplePath} method="get" layout="line" label={t.segment}>
            <Field
              name="segment"
              kind="select"
              label={t.segment}
              value={name}
              options={[
                { value: "", label: t.everybody },
                ...segments.map(({ slug }) => ({ value: slug, label: slug })),
              ]}
            />
            <Button kind="quiet">{t.show}</Button>
          </Form>
        )}
        <People at={at} typed={typed} listed={listed} />
      </Block>
      {at.mayAdminister && typed === "" && (
        <Block id="export" title={t.export}>
          <p>{t.exportText}</p>
          <Form action={`${peoplePath}/export`} label={t.export}>
            <input type="hidden" name="segment" value={name} />
            <Actions>
              <Button kind="quiet" name="format" value="csv">
                {t.csv}
              </Button>
              <Button kind="quiet" name="format" value="json">
                {t.json}
              </Button>
            </Actions>
          </Form>
        </Block>
      )}
    </PeoplePage>
  );
}

function People({ at, typed, listed }: { at: Desk; typed: string; listed: Listed }) {
  const { language, paper } = at;
  const t = words[language];
  const { people, older, isFirst } = listed;
  const first = typed === "" ? peoplePath : `${peoplePath}?${new URLSearchParams({ q: typed })}`;
  return (
    <>
      {people.length > 0 ? (
        <Table
          caption={typed === "" ? t.caption : t.found}
          columns={[{ label: t.address }, { label: t.state }, { label: t.language }, { label: t.since }]}
          rows={people.map((person) => {
            const state = stateOf(person);
            return [
              personLink(person),
              <Badge tone={stateTones[state]}>{stateWord(state, language)}</Badge>,
              t.languages[person.language],
              formatDate(fromMilliseconds(person.created_at), paper, language),
            ];
          })}
        />
      ) : older !== null ? (
        <Notice>{t.nobodyHere}</Notice>
      ) : typed === "" && isFirst ? (
        <Empty title={t.none}>{t.noneText}</Empty>
      ) : (
        <Empty title={t.nobody}>{typed === "" ? null : t.nobodyText}</Empty>
      )}
      <Pager language={language} newer={isFirst ? null : first} older={older} />
    </>
  );
}
