// The stream of articles, newest first, each with whoever else tells its story; searched and filtered.
import { Hono } from "hono";
import { formatDateTime } from "../arabic/index.ts";
import {
  type ArticleHead,
  type ArticleId,
  articlesById,
  coverageOf,
  type DeskFilter,
  type DeskPlace,
  deskArticles,
  directed,
  placeText,
  readParameters,
  readSearch,
  type Section,
  searchArticles,
  sectionTitle,
  sourceNames,
  type ToldBy,
  tellersOf,
} from "../articles/index.ts";
import { handOf } from "../digests/index.ts";
import {
  Actions,
  Auto,
  Badge,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  Field,
  Form,
  NewsroomPage,
  Notice,
  PageHead,
  Pager,
  Table,
} from "../web/index.ts";
import { comingIssues } from "./coming.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { sourcesPath } from "./sources.tsx";
import { numberWord } from "./words.ts";

const pageSize = 20;
/** Of a story so many articles stand in the list; its page has all. */
const mostTellers = 6;

const words = bothLanguages({
  ar: {
    title: "الأخبار",
    intro: "كل ما ورد، الأحدث أولًا. افتح خبرًا لترى قصته وتغيّر أهميته أو تصححه أو تسحبه.",
    caption: "الأحدث أولًا",
    captionFound: "الأقرب إلى ما بحثت عنه أولًا",
    filter: "تصفية الأخبار",
    q: "كلمات",
    section: "القسم",
    source: "المصدر",
    importance: "الأهمية",
    show: "ما يُعرض",
    every: "الكل",
    shows: {
      published: "المنشور",
      embargoed: "المؤجل",
      retracted: "المسحوب",
      pinned: "المثبّت في العدد القادم",
      hidden: "المحذوف من العدد القادم",
    } satisfies Record<Show, string>,
    go: "اعرض",
    story: "الخبر",
    time: "نُشر",
    own: "الصحيفة",
    more: (n: string) => `و${n} غيرها`,
    pinned: "مثبّت",
    hidden: "محذوف",
    none: "لم يرد خبر بعد",
    noneText: "تأتي الأخبار من المصادر، أو من برنامج الصحيفة.",
    toSources: "إلى المصادر",
    nothing: "لا أخبار هنا",
    nothingText: "وسّع التصفية، أو ابحث عن كلمة أخرى.",
    short: "لم نجد في هذا المدى كثيرًا. انظر في «الأقدم».",
    badSearch: "لا يُبحث عن هذا. اكتب كلمة أو أكثر.",
    onlySection: "مع البحث يُراعى القسم وحده من بين التصفيات.",
  },
  en: {
    title: "Stories",
    intro: "All that came in, newest first. Open one to see its story, weigh it, correct it or take it back.",
    caption: "Newest first",
    captionFound: "What matches best first",
    filter: "Filter the stories",
    q: "Words",
    section: "Section",
    source: "Source",
    importance: "Importance",
    show: "Which",
    every: "All",
    shows: {
      published: "Published",
      embargoed: "Under embargo",
      retracted: "Retracted",
      pinned: "Pinned in the next issue",
      hidden: "Left out of the next issue",
    },
    go: "Show",
    story: "Story",
    time: "Published",
    own: "Our\u00a0own",
    more: (n: string) => `and ${n} more`,
    pinned: "pinned",
    hidden: "left out",
    none: "No story has come in yet",
    noneText: "Stories come from sources, or from the paper’s own program.",
    toSources: "To the sources",
    nothing: "No stories here",
    nothingText: "Widen the filter, or look for another word.",
    short: "Few of these fit. Look further under “Older”.",
    badSearch: "This cannot be looked for. Type one word or more.",
    onlySection: "With a search, of the filters only the section counts.",
  },
});

const shows = ["published", "embargoed", "retracted", "pinned", "hidden"] as const;
type Show = (typeof shows)[number];

/** An article's page behind the sign-in. */
export const storyPath = (id: ArticleId): string => `/newsroom/stories/${id}`;

type Asked = { q: string; section: string; source: string; importance: string; show: Show };

/** What issues that are to come make of articles. */
type Chosen = { pins: ReadonlySet<ArticleId>; hides: ReadonlySet<ArticleId> };

/** `/newsroom/stories` */
export function storyListRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  return new Hono<DeskEnv>().get("/newsroom/stories", async (c) => {
    const at = await deskOf(c, deps);
    const given = (name: string) => (c.req.query(name) ?? "").slice(0, 300);
    const asked: Asked = {
      q: given("q").trim(),
      section: given("section"),
      source: given("source"),
      importance: given("importance"),
      show: shows.find((it) => it === given("show")) ?? "published",
    };
    const filter = filterOf(asked, at.sections);
    const after = placeIn(given("after"));
    if (filter === null || (asked.q === "" && after === undefined))
      return c.html(<ErrorPage {...at.shell} status={400} />, 400);
    const [chosen, sources] = [await chosenIn(deps), await sourceNames(db)];
    const page = await pageOf(asked, filter, after ?? null, chosen);
    const stories = [...new Set(page.articles.map(({ storyId }) => storyId))];
    const [tellers, coverage] = [await tellersOf(db, stories, mostTellers), await coverageOf(db, stories)];
    return c.html(
      <StoriesPage {...{ at, asked, sources, chosen, tellers, coverage, ...page }} after={given("after")} />,
      page.fault ? 400 : 200,
    );

    async function pageOf(it: Asked, by: DeskFilter, from: DeskPlace | null, hand: Chosen): Promise<Listed> {
      if (it.q !== "") return found(it);
      if (it.show === "pinned" || it.show === "hidden") {
        const ids = [...(it.show === "pinned" ? hand.pins : hand.hides)];
        return { articles: await articlesById(db, ids), next: null, fault: false };
      }
      const { articles, next } = await deskArticles(db, by, from, pageSize);
      return { articles, next: next && `${next.publishedAt}.${next.id}`, fault: false };
    }

    async function found({ q, section }: Asked): Promise<Listed> {
      const parameters = readParameters((name) =>
        name === "q" ? q : name === "section" ? section : name === "after" ? given("after") : undefined,
      );
      const search = await readSearch(db, parameters, {
        zone: at.paper.zone,
        now: at.showing.now,
        limit: pageSize,
      });
      if (!search.ok) return { articles: [], next: null, fault: true };
      const { articles, next } = await searchArticles(db, search.search);
      return { articles, next: next && placeText(next), fault: false };
    }
  });
}

type Listed = { articles: readonly ArticleHead[]; next: string | null; fault: boolean };

/** Null where the address names a section or an importance that there is not. */
function filterOf({ section, source, importance, show }: Asked, sections: readonly Section[]) {
  const found = section === "" ? null : sections.find(({ slug }) => slug === section.normalize("NFC"));
  const weight = importance === "" ? null : ([1, 2, 3] as const).find((it) => String(it) === importance);
  if (found === undefined || weight === undefined) return null;
  const state = show === "embargoed" || show === "retracted" ? show : "published";
  return {
    state,
    section: found?.id ?? null,
    source: source === "" ? null : source,
    importance: weight,
  } satisfies DeskFilter;
}

/** Undefined for what is no place; null for the beginning. */
function placeIn(text: string): DeskPlace | null | undefined {
  if (text === "") return null;
  const [, publishedAt, id] = /^(-?\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  return publishedAt === undefined ? undefined : { publishedAt: Number(publishedAt), id: Number(id) };
}

async function chosenIn({ database: { db } }: NewsroomDeps): Promise<Chosen> {
  const hands = await Promise.all((await comingIssues(db)).map((it) => handOf(db, it)));
  return {
    pins: new Set(hands.flatMap(({ hand }) => hand.pins)),
    hides: new Set(hands.flatMap(({ hand }) => hand.hides)),
  };
}

type Props = Listed & {
  at: Desk;
  asked: Asked;
  after: string;
  sources: readonly string[];
  chosen: Chosen;
  tellers: ReadonlyMap<ArticleId, readonly ToldBy[]>;
  coverage: Awaited<ReturnType<typeof coverageOf>>;
};

function StoriesPage(props: Props) {
  const { at, asked, articles, next } = props;
  const t = words[at.language];
  const address = (after: string) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...asked, after }))
      if (value !== "" && value !== "published") query.set(name, value);
    const text = query.toString();
    return `/newsroom/stories${text && `?${text}`}`;
  };
  const isNarrow =
    asked.q !== "" && (asked.source !== "" || asked.importance !== "" || asked.show !== "published");
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead title={t.title} intro={t.intro} />
      <Filter {...props} />
      {props.fault && <Notice tone="error">{t.badSearch}</Notice>}
      {isNarrow && <Notice>{t.onlySection}</Notice>}
      {articles.length === 0 && next === null ? (
        <Nothing {...props} />
      ) : articles.length === 0 ? (
        <p>{t.short}</p>
      ) : (
        <Table
          caption={asked.q === "" ? t.caption : t.captionFound}
          columns={[
            { label: t.story },
            { label: t.section },
            { label: t.source },
            { label: t.time, short: true },
          ]}
          rows={rowsOf(props)}
        />
      )}
      <Pager
        language={at.language}
        newer={props.after === "" ? null : address("")}
        older={next && address(next)}
      />
    </NewsroomPage>
  );
}

/** Where nothing was asked for there is nothing to widen. */
function Nothing({ at, asked }: Props) {
  const t = words[at.language];
  const isAll = Object.values(asked).every((it) => it === "" || it === "published");
  if (!isAll) return <Empty title={t.nothing}>{t.nothingText}</Empty>;
  return (
    <Empty
      title={t.none}
      action={
        <Button kind="quiet" href={sourcesPath}>
          {t.toSources}
        </Button>
      }
    >
      {t.noneText}
    </Empty>
  );
}

function Filter({ at, asked, sources }: Props) {
  const { language, paper } = at;
  const t = words[language];
  const every = { value: "", label: t.every };
  return (
    <Form action="/newsroom/stories" method="get" layout="filter" label={t.filter}>
      <Field name="q" kind="search" label={t.q} value={asked.q} maxLength={300} />
      <Field
        name="section"
        kind="select"
        label={t.section}
        value={asked.section}
        options={[
          every,
          ...at.sections.map((it) => ({ value: it.slug, label: sectionTitle(it, at.language) })),
        ]}
      />
      <Field
        name="source"
        kind="select"
        label={t.source}
        value={asked.source}
        options={[every, ...sources.map((name) => ({ value: name, label: name }))]}
      />
      <Field
        name="importance"
        kind="select"
        label={t.importance}
        value={asked.importance}
        options={[
          every,
          ...[3, 2, 1].map((n) => ({ value: String(n), label: numberWord(n, language, paper) })),
        ]}
      />
      <Field
        name="show"
        kind="select"
        label={t.show}
        value={asked.show}
        options={shows.map((it) => ({ value: it, label: t.shows[it] }))}
      />
      <Actions>
        <Button>{t.go}</Button>
      </Actions>
    </Form>
  );
}

/** A row a story: at its first article on the page, with the others that tell it below. */
function rowsOf({ at, articles, tellers, coverage, chosen }: Props) {
  const { language, paper } = at;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const shown = new Set<ArticleId>();
  return articles.flatMap((article) => {
    if (shown.has(article.storyId)) return [];
    shown.add(article.storyId);
    const others = (tellers.get(article.storyId) ?? []).filter(({ id }) => id !== article.id);
    const all = coverage.get(article.storyId)?.articles ?? 1;
    const more = all - 1 - others.filter(({ state }) => state === "published").length;
    const names = article.sections
      .map((it) => sectionTitle(it, language))
      .join(language === "ar" ? "، " : ", ");
    return [
      [
        <>
          <a href={storyPath(article.id)}>
            <Auto>{directed(article.title)}</Auto>
          </a>{" "}
          {article.importance > 0 && <Badge tone="ok">{`${t.importance} ${n(article.importance)}`}</Badge>}{" "}
          {chosen.pins.has(article.id) && <Badge tone="ok">{t.pinned}</Badge>}{" "}
          {chosen.hides.has(article.id) && <Badge tone="warning">{t.hidden}</Badge>}{" "}
          {article.status.state !== "published" && (
            <Badge tone="warning">{t.shows[article.status.state]}</Badge>
          )}
          {others.length > 0 && (
            <ul class="tellers">
              {others.map((it) => (
                <li>
                  <a href={storyPath(it.id)}>
                    <Auto>{directed(it.title)}</Auto>
                  </a>{" "}
                  <span class="teller">
                    <Auto>{it.sourceName ?? t.own}</Auto>
                  </span>
                </li>
              ))}
              {more > 0 && <li>{t.more(n(more))}</li>}
            </ul>
          )}
        </>,
        <Auto>{names}</Auto>,
        <Auto>{article.sourceName ?? t.own}</Auto>,
        formatDateTime(article.publishedAt, paper, language),
      ],
    ];
  });
}
