// What an issue carries: its editions side by side, and why each story stands where it does.
import { type ArticleId, articlesById, directed, hrefOf } from "../articles/index.ts";
import { type Edition, editionById, octetsTooMany, sectionIdsOf } from "../digests/index.ts";
import { Auto, Badge, Block, bothLanguages, Empty, Notice, Table, Tabs } from "../web/index.ts";
import type { Desk, NewsroomDeps } from "./desk.ts";
import type { Choice, Listed, Run, Shown, ShownStory } from "./issue-run.ts";
import { pointsOf, whyWords } from "./why.ts";
import { digitsOf, numberWord, shareWord, sizeWord } from "./words.ts";

/** More editions than an eye can choose from are not listed; their number is. */
const mostTabs = 12;
/** So many stand side by side. */
const mostBeside = 4;
/** What Gmail shows of a mail, in octets. */
export const clippedAt = 102_000;

const words = bothLanguages({
  ar: {
    shortened: (editions: string) =>
      `العدد أكبر مما تعرضه برامج البريد كاملًا (90 ك.ب)، فاختُصرت أطول خلاصاته. الطبعات المختصرة: ${editions}.`,
    stories: "لماذا هذه الأخبار؟",
    beside: "النسخ جنبًا إلى جنب",
    languages: { ar: "بالعربية", en: "بالإنكليزية" },
    weight: (size: string, most: string) => `الحجم ${size}، ويقصّ بريد غوغل ما يزيد على ${most}.`,
    tooLarge: (size: string, most: string) =>
      `الحجم ${size}، وهو أكبر مما يعرضه بريد غوغل كاملًا (${most}): يُقصّ آخره ومعه رابط الإلغاء. قلّل الأخبار.`,
    choose: "اعرضها",
    order:
      "الترتيب بالدرجة، ثم يُباعد بين المتشابه فلا يتجاور، ولا يزيد ما في الخمسة الأولى على خبرين من قسم واحد: لذلك قد يسبق خبر خبرًا درجته أعلى.",
    editions: "النسخ",
    allSections: "كل الأقسام",
    moreEditions: (n: string) => `وللعدد نسخ أخرى عددها ${n}.`,
    noStories: "لم تُرتّب لهذا العدد أخبار",
    story: "الخبر",
    section: "القسم",
    clicks: "النقرات",
    clicksOf: (n: string, share: string | null, robots: string | null) =>
      [share === null ? n : `${n} (${share})`, robots && `والبرامج ${robots}`].filter(Boolean).join("، "),
    clicksNote:
      "النقرات نقرات القرّاء على روابط الرسالة، ونسبتها إلى الرسائل التي قبلتها الخوادم. وما تفتحه برامج الفحص يُعدّ وحده.",
    points: "الدرجة من 100",
    why: "السبب",
    withdrawn: "سُحب بعدها",
    gone: "لم يعد في الأرشيف",
    none: "—",
    join: "، ",
  },
  en: {
    shortened: (editions: string) =>
      `The issue is larger than mail programs show whole (90 kB): its longest summaries were shortened. Editions shortened: ${editions}.`,
    stories: "Why are these stories here?",
    beside: "Editions side by side",
    languages: { ar: "Arabic", en: "English" },
    weight: (size: string, most: string) => `${size}; Gmail clips what is larger than ${most}.`,
    tooLarge: (size: string, most: string) =>
      `${size}, which is more than Gmail shows whole (${most}): its end is clipped, and the link to unsubscribe with it. Take fewer stories.`,
    choose: "Show it",
    order:
      "They stand by their points; then those alike are kept apart, with at most two of one section in the first five. So one may stand before another that has more points.",
    editions: "Editions",
    allSections: "All sections",
    moreEditions: (n: string) => `The issue has ${n} more editions.`,
    noStories: "No stories were ranked for this issue",
    story: "Story",
    section: "Section",
    clicks: "Clicks",
    clicksOf: (n: string, share: string | null, robots: string | null) =>
      [share === null ? n : `${n} (${share})`, robots && `programs ${robots}`].filter(Boolean).join(", "),
    clicksNote:
      "Clicks are readers’, on the links of the mail; their share is of the letters that servers accepted. What scanners open is counted apart.",
    points: "Points of 100",
    why: "Why",
    withdrawn: "withdrawn since",
    gone: "no longer in the archive",
    none: "—",
    join: ", ",
  },
});

export type Clicks = { people: number; robots: number };
type Clicked = ShownStory & { clicks: Clicks };

/** Where the page shows an edition. */
const choicePath = (run: Run, { sections, language }: Choice) =>
  `${run.path}?${new URLSearchParams({ sections, language })}`;

/** "كل الأقسام (بالعربية)" */
function choiceWords({ sections, language: of }: Choice, { language, sections: all }: Desk): string {
  const t = words[language];
  const chosen = sectionIdsOf(sections);
  const names = all
    .filter(({ id }) => chosen.includes(id))
    .map(({ title, titleEn }) => (language === "en" ? (titleEn ?? title) : title));
  return `${sections === "" ? t.allSections : names.join(t.join)} (${t.languages[of]})`;
}

/** The editions to choose from, where there are several. */
export function EditionTabs(props: { at: Desk; run: Run; editions: readonly Listed[]; choice: Choice }) {
  const { at, run, editions, choice } = props;
  const t = words[at.language];
  const n = (value: number) => numberWord(value, at.language, at.paper);
  const shortened = editions.filter((it) => it.shortened > 0).length;
  return (
    <>
      {shortened > 0 && <Notice tone="warning">{t.shortened(n(shortened))}</Notice>}
      {editions.length > 1 && (
        <Tabs
          label={t.editions}
          links={editions.slice(0, mostTabs).map((it) => ({
            href: `${choicePath(run, it)}#${run.isOpen ? "order" : "stories"}`,
            label: choiceWords(it, at),
            current: it.sections === choice.sections && it.language === choice.language,
          }))}
        />
      )}
      {editions.length > mostTabs && <p>{t.moreEditions(n(editions.length - mostTabs))}</p>}
    </>
  );
}

export type Beside = { edition: Edition; titles: (string | null)[] };

/** The first editions of an issue, each with its titles: those of all sections before others. */
export async function besideOf(
  { database: { db } }: Pick<NewsroomDeps, "database">,
  editions: readonly Listed[],
): Promise<Beside[]> {
  const first = editions.toSorted((a, b) => a.sections.length - b.sections.length).slice(0, mostBeside);
  const found = (await Promise.all(first.map(({ id }) => editionById(db, id)))).filter((it) => it !== null);
  const ids = [...new Set(found.flatMap(({ articles }) => articles))];
  const titles = new Map<ArticleId, string>(
    (await articlesById(db, ids)).map(({ id, title }) => [id, title]),
  );
  return found.map((edition) => ({
    edition,
    titles: edition.articles.map((id) => titles.get(id) ?? null),
  }));
}

/** Several editions next to each other; of one alone its weight. */
export function SideBySide({ at, run, beside }: { at: Desk; run: Run; beside: readonly Beside[] }) {
  const t = words[at.language];
  if (beside.length === 0) return null;
  return (
    <Block id="editions" title={t.beside}>
      <div class="beside">
        {beside.map(({ edition, titles }) => (
          <div>
            <h3>
              <a href={`${choicePath(run, edition)}#${run.isOpen ? "order" : "stories"}`}>
                {choiceWords(edition, at)}
              </a>
            </h3>
            <p>
              <Auto>{directed(edition.subject)}</Auto>
            </p>
            <ol class="order-list" data-digits={digitsOf(at)}>
              {titles.map((title) => (
                <li>
                  <Auto>{title === null ? t.gone : directed(title)}</Auto>
                </li>
              ))}
            </ol>
            <Weight at={at} html={edition.html} />
          </div>
        ))}
      </div>
    </Block>
  );
}

/** How large a mail is, and whether programs show it whole. */
export function Weight({ at: { language, paper }, html }: { at: Desk; html: string }) {
  const t = words[language];
  const octets = new TextEncoder().encode(html).length;
  const [size, most] = [sizeWord(octets, language, paper), sizeWord(clippedAt, language, paper)];
  return octetsTooMany(html) > 0 ? (
    <p class="field-error">{t.tooLarge(size, most)}</p>
  ) : (
    <p class="field-help">{t.weight(size, most)}</p>
  );
}

/**
 * The stories of an edition with their reasons and, of an issue that is out, their clicks.
 *
 * @param accepted letters that a server took; null where the issue is not out
 */
export function Stories(props: {
  at: Desk;
  shown: Shown;
  clicks: ReadonlyMap<ArticleId, Clicks>;
  accepted: number | null;
}) {
  const { at, shown, clicks, accepted } = props;
  const t = words[at.language];
  const stories = shown.stories.map((story) => ({
    ...story,
    clicks: clicks.get(story.articleId) ?? { people: 0, robots: 0 },
  }));
  const hasClicks =
    stories.some((story) => story.clicks.people + story.clicks.robots > 0) ||
    (accepted !== null && at.paper.clicks !== "off");
  return (
    <Block id="stories" title={t.stories}>
      {stories.length === 0 ? (
        <Empty title={t.noStories} />
      ) : (
        <Table
          caption={hasClicks ? `${t.order} ${t.clicksNote}` : t.order}
          columns={[
            { label: t.story },
            { label: t.section },
            ...(hasClicks ? [{ label: t.clicks, numeric: true }] : []),
            { label: t.points, numeric: true },
            { label: t.why },
          ]}
          rows={stories.map((story) => storyRow(story, at, hasClicks ? (accepted ?? 0) : null))}
        />
      )}
    </Block>
  );
}

/** @param accepted letters that a server took; null where no clicks are shown */
function storyRow(
  { article, score, parts, clicks }: Clicked,
  { language, paper, showing }: Desk,
  accepted: number | null,
) {
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  const [section] = article?.sections ?? [];
  return [
    article === undefined ? (
      t.gone
    ) : (
      <>
        <a href={hrefOf(article, showing.site)}>
          <Auto>{directed(article.title)}</Auto>
        </a>{" "}
        {article.status.state === "retracted" && <Badge tone="error">{t.withdrawn}</Badge>}
      </>
    ),
    <Auto>{(language === "en" ? section?.titleEn : null) ?? section?.title ?? t.none}</Auto>,
    ...(accepted === null
      ? []
      : [
          t.clicksOf(
            n(clicks.people),
            accepted > 0 && clicks.people > 0 ? shareWord(clicks.people / accepted, language, paper) : null,
            clicks.robots > 0 ? n(clicks.robots) : null,
          ),
        ]),
    pointsOf(score, language, paper.digits),
    <ul>
      {whyWords(parts, language, paper.digits).map((reason) => (
        <li>{reason}</li>
      ))}
    </ul>,
  ];
}
