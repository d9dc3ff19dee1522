// All issues of a digest that are out, newest first, for whoever wants to know what they would be sent before they subscribe.
import { Hono } from "hono";
import type { Kysely } from "kysely";
import { formatDateTime, isolatePlain } from "../arabic/index.ts";
import { type ArticleTables, type Visit, visitOf } from "../articles/index.ts";
import { type FeedIssue, feedLinks } from "../feeds/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import {
  type AssetPaths,
  Auto,
  Button,
  bothLanguages,
  Empty,
  ErrorPage,
  type Language,
  Page,
  PageHead,
  Pager,
  Stories,
  Story,
} from "../web/index.ts";
import { digestName } from "./edition.ts";
import { type ArchivePlace, archivePage } from "./past.ts";
import { digestBySlug } from "./store.ts";
import { archivePath, type Digest, type DigestTables } from "./tables.ts";

type ArchiveDeps = {
  database: { db: Kysely<DigestTables & ArticleTables & SettingsTables> };
  site: URL;
  assets: AssetPaths;
};

const pageSize = 20;

const words = bothLanguages({
  ar: {
    title: (digest: string) => `أعداد «${digest}»`,
    intro: "كل ما صدر منها، الأحدث أولًا.",
    subscribe: "اشترك في النشرة",
    none: "لم يصدر منها عدد بعد",
    noneText: "يظهر هنا كل عدد حين يُرسل.",
    noMore: "لا أعداد أقدم من هذه",
    past: "أعداد سابقة:",
    join: "، ",
  },
  en: {
    title: (digest: string) => `Issues of “${digest}”`,
    intro: "All that went out, newest first.",
    subscribe: "Subscribe to the newsletter",
    none: "No issue went out yet",
    noneText: "Each stands here once it is sent.",
    noMore: "There are no older issues",
    past: "Past issues:",
    join: ", ",
  },
});

/** `/issues/:digest`, with `?before=` a place in it. */
export function archiveRoutes({ database: { db }, site, assets }: ArchiveDeps) {
  return new Hono().get("/issues/:digest", async (c) => {
    c.header("Cache-Control", "no-cache"); // a retraction is gone at once
    const visit = await visitOf(c, { db, assets });
    const digest = await digestBySlug(db, c.req.param("digest"));
    if (digest === null) return c.html(<ErrorPage {...visit.shell} status={404} />, 404);
    const before = c.req.query("before");
    const after = before === undefined ? null : placeIn(before);
    if (after === undefined) return c.html(<ErrorPage {...visit.shell} status={400} />, 400);
    const page = await archivePage(db, site, digest.id, after, pageSize);
    return c.html(<ArchivePage visit={visit} site={site} digest={digest} first={after === null} {...page} />);
  });
}

/** A place as an address has it: milliseconds and id. Undefined if it is none of ours. */
function placeIn(text: string): ArchivePlace | undefined {
  const [, plannedAt, id] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return plannedAt === undefined || id === undefined
    ? undefined
    : { plannedAt: Number(plannedAt), id: Number(id) };
}

type ArchiveProps = {
  visit: Visit;
  site: URL;
  digest: Digest;
  first: boolean;
  issues: readonly FeedIssue[];
  next: ArchivePlace | null;
};

function ArchivePage({ visit, site, digest, first, issues, next }: ArchiveProps) {
  const { language, paper, shell } = visit;
  const t = words[language];
  const name = digestName(digest, language);
  const path = archivePath(digest);
  const feed = { feed: { kind: "digest" as const, slug: digest.slug }, title: name };
  const clock = { ...paper, zone: digest.schedule.zone };
  return (
    <Page
      {...shell}
      title={t.title(name)}
      canonical={first ? new URL(path, site).href : null}
      feeds={feedLinks(site, shell.publisher.name, feed)}
      robots={first ? undefined : "noindex, follow"}
    >
      <PageHead
        title={t.title(name)}
        intro={t.intro}
        actions={
          <Button kind="quiet" href="/subscribe">
            {t.subscribe}
          </Button>
        }
      />
      {issues.length === 0 ? (
        <Empty title={first ? t.none : t.noMore}>{first && t.noneText}</Empty>
      ) : (
        <Stories layout="rows">
          {issues.map((issue) => (
            <Story
              href={issue.url.pathname}
              title={isolatePlain(issue.title)}
              summary={isolatePlain(issue.summary)}
              // With the hour: a day may have several.
              time={{
                iso: issue.publishedAt.toString(),
                text: formatDateTime(issue.publishedAt, clock, language),
              }}
              level={2}
            />
          ))}
        </Stories>
      )}
      <Pager
        language={language}
        newer={first ? null : path}
        older={next && `${path}?before=${next.plannedAt}-${next.id}`}
      />
    </Page>
  );
}

/** Where past issues of each digest stand, for below the form that offers them. */
export function ArchiveLinks(props: {
  language: Language;
  digests: readonly Pick<Digest, "slug" | "name" | "nameEn">[];
}) {
  const t = words[props.language];
  if (props.digests.length === 0) return null;
  return (
    <p class="aside">
      {t.past}{" "}
      {props.digests.map((digest, i) => (
        <>
          {i > 0 && t.join}
          <a href={archivePath(digest)}>
            <Auto>{digestName(digest, props.language)}</Auto>
          </a>
        </>
      ))}
    </p>
  );
}
