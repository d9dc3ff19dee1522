// One article and the story that it tells with others: what may be done with it. story-rank.tsx says why it stands where it does.
import { type Context, Hono } from "hono";
import type { Child } from "hono/jsx";
import { formatDateTime } from "../arabic/index.ts";
import {
  type Article,
  articleById,
  articleId,
  deskArticles,
  directed,
  hrefOf,
  type Story,
  type StoryArticle,
  sectionTitle,
  storyWith,
} from "../articles/index.ts";
import { type Hand, handOf, issueName } from "../digests/index.ts";
import {
  Actions,
  Auto,
  Badge,
  Block,
  Button,
  bothLanguages,
  Choices,
  ErrorPage,
  Facts,
  Field,
  Form,
  NewsroomPage,
  PageHead,
  Table,
} from "../web/index.ts";
import { type Coming, comingIssues } from "./coming.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn } from "./desk.ts";
import { issueTitle } from "./issue-title.ts";
import { Done } from "./settings.tsx";
import { SlotName } from "./slot.tsx";
import { storyPath } from "./stories.tsx";
import { numberWord } from "./words.ts";

/** Newest articles of other stories that one may be put together with; any other is named by its number. */
const mostOffered = 8;
/** Of a story so many members stand on the page. */
const mostMembers = 100;

const words = bothLanguages({
  ar: {
    number: "رقمه",
    state: "حاله",
    states: { published: "منشور", embargoed: "مؤجل", retracted: "مسحوب" } satisfies Record<
      Article["status"]["state"],
      string
    >,
    section: "القسم",
    source: "المصدر",
    own: "الصحيفة",
    published: "نُشر",
    importance: "الأهمية",
    correction: "التصحيح",
    reason: "سبب السحب",
    read: "اقرأه كما يُقرأ",
    join: "، ",
    done: {
      importance: "تغيّرت أهميته.",
      pin: "ثُبّت في أول العدد.",
      unpin: "لم يعد مثبّتًا.",
      hide: "حُذف من العدد.",
      unhide: "عاد إلى ما يُختار منه العدد.",
      merged: "صارتا قصة واحدة.",
      split: "خرجت الأخبار إلى قصة لها وحدها.",
      corrected: "حُفظ التصحيح، ووصل إلى كل خلاصة وصفحة. ومن وصله الخبر بالبريد يُصحَّح له من صفحة العدد.",
      retracted: "سُحب الخبر من كل خلاصة وصفحة.",
    },
    weight: "الأهمية",
    weightLabel: "ما أهميته؟",
    weightHelp: "من 0 إلى 3: كلما زادت علا موضعه في الأعداد.",
    weights: ["عادي", "مهم", "مهم جدًا", "أهم ما في اليوم"],
    set: "احفظ الأهمية",
    coming: "في العدد القادم",
    noComing: "لا عدد قادم يُختار له.",
    pinned: "مثبّت",
    hidden: "محذوف",
    pin: "ثبّته في الأول",
    unpin: "ألغِ التثبيت",
    hide: "احذفه من العدد",
    unhide: "أعده",
    why: "لماذا هذا موضعه؟",
    story: "القصة",
    alone: "لا يروي هذه القصة خبر آخر.",
    caption: "من يروي هذه القصة، الأقدم أولًا",
    told: "الخبر",
    lead: "يمثّل القصة",
    byHand: "ضمّه محرر",
    split: "أخرج المختار إلى قصة أخرى",
    splitLegend: "ما يخرج من القصة",
    merge: "ضمّ قصة أخرى إليها",
    mergeLegend: "القصة الأخرى",
    mergeHelp: "تصير كل أخبارها من هذه القصة، فلا يحمل العدد منها إلا واحدًا.",
    orNumber: "أو رقم خبر منها",
    optional: "اختياري",
    doMerge: "اجعلهما قصة واحدة",
    correct: "تصحيح",
    title: "العنوان",
    summary: "الخلاصة",
    sentence: "ما صُحّح، في جملة للقراء",
    sentenceHelp: "تظهر مع الخبر في الموقع والخلاصات.",
    save: "احفظ التصحيح",
    retract: "سحب الخبر",
    retractText: "إن كان الخبر خطأ من أصله. لا رجعة فيه، ويُسأل عنه مرة أخرى.",
    toRetract: "اسحب الخبر…",
  },
  en: {
    number: "Number",
    state: "State",
    states: { published: "published", embargoed: "under embargo", retracted: "retracted" },
    section: "Section",
    source: "Source",
    own: "Our own",
    published: "Published",
    importance: "Importance",
    correction: "Correction",
    reason: "Why it was retracted",
    read: "Read it as readers do",
    join: ", ",
    done: {
      importance: "Its importance is changed.",
      pin: "It is pinned to the top of the issue.",
      unpin: "It is pinned no more.",
      hide: "It is left out of the issue.",
      unhide: "It may be chosen for the issue again.",
      merged: "They are one story now.",
      split: "The articles were taken out, for a story of their own.",
      corrected:
        "The correction is saved, and in every feed and page. Who got the story by mail is sent one from the issue’s page.",
      retracted: "The article is taken out of every feed and page.",
    },
    weight: "Importance",
    weightLabel: "How important it is",
    weightHelp: "From 0 to 3: the more, the higher it stands in issues.",
    weights: ["ordinary", "important", "very important", "the day’s top"],
    set: "Save the importance",
    coming: "In the next issue",
    noComing: "No issue is to come that it could be chosen for.",
    pinned: "pinned",
    hidden: "left out",
    pin: "Pin it to the top",
    unpin: "Unpin it",
    hide: "Leave it out",
    unhide: "Take it back in",
    why: "Why is it ranked so?",
    story: "The story",
    alone: "No other article tells this story.",
    caption: "Who tells this story, the earliest first",
    told: "Article",
    lead: "stands for the story",
    byHand: "put here by an editor",
    split: "Take what is chosen out, for another story",
    splitLegend: "What to take out",
    merge: "Put another story into it",
    mergeLegend: "The other story",
    mergeHelp: "All its articles belong to this story from then on, and an issue carries only one of them.",
    orNumber: "Or the number of one of its articles",
    optional: "optional",
    doMerge: "Make them one story",
    correct: "Correct",
    title: "Title",
    summary: "Summary",
    sentence: "What was put right, in a sentence to readers",
    sentenceHelp: "It stands with the article on the site and in feeds.",
    save: "Save the correction",
    retract: "Retract",
    retractText: "If the whole of it is wrong. It cannot be undone, and you are asked once more.",
    toRetract: "Retract the article…",
  },
});

/** `/newsroom/stories/:id` */
export function storyRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  return new Hono<DeskEnv>().get("/newsroom/stories/:id", async (c) => {
    const at = await deskOf(c, deps);
    const article = await articleIn(c, db);
    const story = article && (await storyWith(db, article.id));
    if (!article || !story) return c.html(<ErrorPage {...at.shell} status={404} />, 404);
    const coming = await Promise.all(
      (await comingIssues(db)).map(async (it) => ({ ...it, hand: (await handOf(db, it)).hand })),
    );
    const newest = { state: "published", section: null, source: null, importance: null } as const;
    const offered = at.mayEdit ? (await deskArticles(db, newest, null, mostOffered * 3)).articles : [];
    const others = offered
      .filter((it) => it.storyId !== story.id)
      .filter((it, i, all) => all.findIndex(({ storyId }) => storyId === it.storyId) === i)
      .slice(0, mostOffered);
    const done = <Done c={c} sentences={words[at.language].done} />;
    return c.html(<StoryPage {...{ at, article, story, coming, others, done }} />);
  });
}

/** The article that an address names; null if there is none. */
export async function articleIn(c: Context<DeskEnv>, db: NewsroomDeps["database"]["db"]) {
  const id = numberIn(c.req.param("id"));
  return id ? articleById(db, articleId(id)) : null;
}

type Props = {
  at: Desk;
  article: Article;
  story: Story;
  coming: readonly (Coming & { hand: Hand })[];
  others: readonly Pick<Article, "id" | "title" | "sourceName">[];
};

function StoryPage(props: Props & { done: Child }) {
  const { at, article } = props;
  const { language, paper, showing } = at;
  const t = words[language];
  const { status } = article;
  const standing = status.state !== "retracted";
  return (
    <NewsroomPage {...at.desk} title={article.title}>
      <PageHead
        title={<Auto>{directed(article.title)}</Auto>}
        actions={
          status.state === "published" && (
            <Button kind="quiet" href={hrefOf(article, showing.site)}>
              {t.read}
            </Button>
          )
        }
      />
      {props.done}
      <Facts
        facts={[
          { name: t.number, value: String(article.id) },
          {
            name: t.state,
            value: (
              <Badge tone={status.state === "published" ? "ok" : "warning"}>{t.states[status.state]}</Badge>
            ),
          },
          ...(status.state === "retracted" ? [{ name: t.reason, value: <Auto>{status.reason}</Auto> }] : []),
          {
            name: t.section,
            value: <Auto>{article.sections.map((it) => sectionTitle(it, language)).join(t.join)}</Auto>,
          },
          { name: t.source, value: <Auto>{article.sourceName ?? t.own}</Auto> },
          { name: t.published, value: formatDateTime(article.publishedAt, paper, language) },
          { name: t.importance, value: numberWord(article.importance, language, paper) },
          ...(article.correction ? [{ name: t.correction, value: <Auto>{article.correction}</Auto> }] : []),
        ]}
      />
      {standing && <InIssues {...props} />}
      {standing && at.mayEdit && <Weight {...props} />}
      <Tellers {...props} />
      {at.mayEdit && <Merging {...props} />}
      {standing && at.mayEdit && <Correcting {...props} />}
    </NewsroomPage>
  );
}

function Weight({ at, article }: Props) {
  const { language, paper } = at;
  const t = words[language];
  return (
    <Block id="weight" title={t.weight}>
      <Form action={`${storyPath(article.id)}/importance`} layout="line" label={t.weight}>
        <Field
          name="importance"
          kind="select"
          label={t.weightLabel}
          help={t.weightHelp}
          value={article.importance}
          options={t.weights.map((label, i) => ({
            value: String(i),
            label: `${numberWord(i, language, paper)}: ${label}`,
          }))}
        />
        <Button kind="quiet">{t.set}</Button>
      </Form>
    </Block>
  );
}

function InIssues({ at, article, coming }: Props) {
  const t = words[at.language];
  const act = (name: "pin" | "unpin" | "hide" | "unhide") => (
    <Button kind="quiet" name="act" value={name}>
      {t[name]}
    </Button>
  );
  return (
    <Block id="coming" title={t.coming}>
      {coming.length === 0 && <p>{t.noComing}</p>}
      <ul class="rows">
        {coming.slice(0, 6).map((it) => {
          const [pinned, hidden] = [it.hand.pins.includes(article.id), it.hand.hides.includes(article.id)];
          const name = issueName(it);
          return (
            <li>
              <p>
                <Auto>{issueTitle(it, it.digest, at)}</Auto>{" "}
                <span class="link-note">
                  <SlotName slot={it.slot} language={at.language} />
                </span>{" "}
                {pinned && <Badge tone="ok">{t.pinned}</Badge>}
                {hidden && <Badge tone="warning">{t.hidden}</Badge>}{" "}
                <a href={`${storyPath(article.id)}/rank?${new URLSearchParams({ issue: name })}`}>{t.why}</a>
              </p>
              {at.mayEdit && (
                <Form action={`${storyPath(article.id)}/hand`} label={issueTitle(it, it.digest, at)}>
                  <input type="hidden" name="issue" value={name} />
                  <Actions>
                    {act(pinned ? "unpin" : "pin")}
                    {act(hidden ? "unhide" : "hide")}
                  </Actions>
                </Form>
              )}
            </li>
          );
        })}
      </ul>
    </Block>
  );
}

function Tellers({ at, article, story }: Props) {
  const { language, paper } = at;
  const t = words[language];
  const all = [story.lead, ...story.members].slice(0, mostMembers);
  if (all.length === 1)
    return (
      <Block id="story" title={t.story}>
        <p>{t.alone}</p>
      </Block>
    );
  const name = (it: StoryArticle) => (
    <>
      {it.id === article.id ? (
        <strong>
          <Auto>{directed(it.title)}</Auto>
        </strong>
      ) : (
        <a href={storyPath(it.id)}>
          <Auto>{directed(it.title)}</Auto>
        </a>
      )}{" "}
      {it === story.lead && <Badge tone="ok">{t.lead}</Badge>} {it.byHand && <Badge>{t.byHand}</Badge>}{" "}
      {it.state !== "published" && <Badge tone="warning">{t.states[it.state]}</Badge>}
    </>
  );
  return (
    <Block id="story" title={t.story}>
      <Table
        caption={t.caption}
        columns={[{ label: t.told }, { label: t.source }, { label: t.published, short: true }]}
        rows={all.map((it) => [
          name(it),
          <Auto>{it.sourceName ?? t.own}</Auto>,
          formatDateTime(it.publishedAt, paper, language),
        ])}
      />
      {at.mayEdit && (
        <Form action={`${storyPath(article.id)}/split`} label={t.splitLegend}>
          <Choices
            name="article"
            legend={t.splitLegend}
            isLong
            options={all.map((it) => ({ value: String(it.id), label: directed(it.title) }))}
          />
          <Actions>
            <Button kind="quiet">{t.split}</Button>
          </Actions>
        </Form>
      )}
    </Block>
  );
}

function Merging({ at, article, others }: Props) {
  const t = words[at.language];
  return (
    <Block id="merge" title={t.merge}>
      <Form action={`${storyPath(article.id)}/merge`} label={t.merge}>
        {others.length > 0 && (
          <Choices
            name="with"
            kind="radio"
            isLong
            legend={t.mergeLegend}
            help={t.mergeHelp}
            options={others.map((it) => ({
              value: String(it.id),
              label: directed(it.title),
              help: it.sourceName ?? t.own,
            }))}
          />
        )}
        <Field name="number" kind="number" label={t.orNumber} optional={t.optional} min={1} />
        <Actions>
          <Button kind="quiet">{t.doMerge}</Button>
        </Actions>
      </Form>
    </Block>
  );
}

function Correcting({ at, article }: Props) {
  const t = words[at.language];
  return (
    <>
      <Block id="correct" title={t.correct}>
        <Form action={`${storyPath(article.id)}/correct`} label={t.correct}>
          <input type="hidden" name="revision" value={article.revision} />
          <Field name="title" label={t.title} value={article.title} maxLength={500} required />
          <Field
            name="summary"
            kind="textarea"
            rows={4}
            label={t.summary}
            value={article.summary}
            maxLength={2000}
          />
          <Field
            name="correction"
            kind="textarea"
            rows={2}
            label={t.sentence}
            help={t.sentenceHelp}
            value={article.correction}
            maxLength={1000}
            optional={t.optional}
          />
          <Actions>
            <Button kind="quiet">{t.save}</Button>
          </Actions>
        </Form>
      </Block>
      <Block id="retract" title={t.retract}>
        <p>{t.retractText}</p>
        <Actions>
          <Button kind="danger" href={`${storyPath(article.id)}/retract`}>
            {t.toRetract}
          </Button>
        </Actions>
      </Block>
    </>
  );
}
