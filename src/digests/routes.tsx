// An issue on the web, for whoever follows "view in a browser" or the archive's link: the same for all, nobody's own.
import { Hono } from "hono";
import type { Kysely } from "kysely";
import { formatDay } from "../arabic/index.ts";
import {
  type Article,
  type ArticleTables,
  articlesById,
  type Showing,
  shownStory,
  type Visit,
  visitOf,
} from "../articles/index.ts";
import { feedLinks } from "../feeds/index.ts";
import type { Clock } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import {
  type AssetPaths,
  Auto,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  Notice,
  Page,
  PageHead,
  Stories,
  Story,
} from "../web/index.ts";
import { digestName } from "./edition.ts";
import { editionsOf, newestEdition, storiesOf } from "./editions.ts";
import { issueByName } from "./issue-store.ts";
import { saidIn } from "./special.ts";
import { type Special, specialOf } from "./special-store.ts";
import { digestBySlug } from "./store.ts";
import type { Digest, DigestTables, Issue } from "./tables.ts";
import { archivePath, issuePath } from "./tables.ts";

type Db = Kysely<DigestTables & ArticleTables & SettingsTables>;

type IssuePageDeps = { database: { db: Db }; site: URL; now: Clock; assets: AssetPaths };

const words = bothLanguages({
  ar: {
    issueOf: (day: string) => `عدد ${day}`,
    intros: {
      digest: "أخبار هذا العدد كما اختيرت له. ما سُحب بعد صدوره لا يظهر هنا.",
      breaking: "خبر عاجل أُرسل خارج مواعيد النشرة.",
      correction: "تصحيح أُرسل إلى من وصلهم الخبر كما كان.",
    },
    archive: "كل الأعداد",
    subscribe: "اشترك في النشرة",
    calledOff: "أُلغي إرسال هذا العدد بعد أن خرج بعضه. هذه أخباره كما هي اليوم.",
    nothing: "لم يبقَ من أخبار هذا العدد شيء",
    nothingText: "سُحبت كلها بعد صدوره.",
  },
  en: {
    issueOf: (day: string) => `Issue of ${day}`,
    intros: {
      digest: "The stories of this issue as they were chosen. What was withdrawn since is not shown.",
      breaking: "Breaking news, sent outside the newsletter’s hours.",
      correction: "A correction, sent to those who got the story as it was.",
    },
    archive: "All issues",
    subscribe: "Subscribe to the newsletter",
    calledOff:
      "This issue was called off after some of it had left. These are its stories as they are today.",
    nothing: "Nothing is left of this issue",
    nothingText: "All of its stories have been withdrawn since.",
  },
});

/**
 * `/issues/:digest/:name`: an issue of which letters leave or left, also where it was called off then: its readers' mails lead here. Any
 * other is 404, as nobody outside should know of it.
 */
export function digestRoutes({ database: { db }, site, now, assets }: IssuePageDeps) {
  return new Hono().get("/issues/:digest/:name", async (c) => {
    c.header("Cache-Control", "no-cache"); // a retraction is gone at once
    const visit = await visitOf(c, { db, assets });
    const slug = c.req.param("digest");
    const issue = await issueByName(db, `${slug}/${c.req.param("name")}`);
    const digest = await digestBySlug(db, slug);
    if (digest === null || issue === null || !(isOut(issue) || wasCalledOff(issue)))
      return c.html(<ErrorPage {...visit.shell} status={404} />, 404);
    const articles = await articlesOf(db, issue, visit.language);
    const special = issue.kind === "digest" ? null : await specialOf(db, issue.id);
    const showing = { language: visit.language, paper: visit.paper, site, now: now() };
    return c.html(
      <IssuePage
        visit={visit}
        showing={showing}
        digest={digest}
        issue={issue}
        articles={articles}
        special={special}
      />,
    );
  });
}

const isOut = ({ state }: Issue) => state === "sending" || state === "sent";

/** Once its whole audience stood, so that readers may have it. */
const wasCalledOff = ({ state, candidates }: Issue) =>
  (state === "cancelling" || state === "cancelled") && candidates !== null;

/** What the edition of all sections carries, in the visitor's language if there is one, else the first edition's stories. */
async function articlesOf(db: Db, issue: Issue, language: "ar" | "en"): Promise<Article[]> {
  const other = language === "ar" ? "en" : "ar";
  const edition =
    (await newestEdition(db, issue.id, "", language)) ??
    (await newestEdition(db, issue.id, "", other)) ??
    (await editionsOf(db, issue.id))[0];
  if (edition === undefined) return [];
  const stories = await storiesOf(db, edition.id);
  const articles = await articlesById(
    db,
    stories.map(({ articleId }) => articleId),
  );
  return articles.filter(({ status }) => status.state === "published");
}

function IssuePage(props: {
  visit: Visit;
  showing: Showing;
  digest: Digest;
  issue: Issue;
  articles: readonly Article[];
  /** What an issue of one article says of it. */
  special: Special | null;
}) {
  const { visit, showing, digest, issue, articles, special } = props;
  const { language, paper, shell } = visit;
  const t = words[language];
  const name = digestName(digest, language);
  const feed = { feed: { kind: "digest" as const, slug: digest.slug }, title: name };
  const day = t.issueOf(formatDay(Temporal.PlainDate.from(issue.date), paper, language));
  const [lead] = articles;
  return (
    <Page
      {...shell}
      title={`${name}: ${day}`}
      description={lead?.title}
      canonical={new URL(issuePath(issue), showing.site).href}
      robots={wasCalledOff(issue) ? "noindex, follow" : undefined}
      feeds={feedLinks(showing.site, shell.publisher.name, feed)}
    >
      <PageHead
        title={`${name}: ${day}`}
        intro={t.intros[issue.kind]}
        actions={
          <>
            <Button kind="quiet" href={archivePath(digest)}>
              {t.archive}
            </Button>
            <Button kind="quiet" href="/subscribe">
              {t.subscribe}
            </Button>
          </>
        }
      />
      {wasCalledOff(issue) && <Notice tone="warning">{t.calledOff}</Notice>}
      {special?.kind === "correction" && (
        <Notice tone="warning">
          <Auto>{saidIn(special.words, language)}</Auto>
        </Notice>
      )}
      {special?.kind === "correction" && lead === undefined ? null : lead === undefined ? (
        <Empty title={t.nothing}>{t.nothingText}</Empty>
      ) : (
        <Stories layout="rows">
          {articles.map((article) => (
            <Story {...shownStory(article, showing)} level={2} />
          ))}
        </Stories>
      )}
    </Page>
  );
}
