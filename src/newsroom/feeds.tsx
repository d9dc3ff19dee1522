// The feeds: who reads each, how often, when it changed last, and who is pushed to.
import { Hono } from "hono";
import { formatDate, formatDateTime } from "../arabic/index.ts";
import type { FeedName } from "../feeds/index.ts";
import { startOf } from "../readership/index.ts";
import { Auto, Badge, ErrorPage, NewsroomPage, PageHead, Pager, Table, Tabs } from "../web/index.ts";
import { mostCounted } from "../websub/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { type FeedFacts, listFeeds } from "./feed-facts.ts";
import { feedWords as words } from "./feed-words.ts";
import { numberWord, shareWord } from "./words.ts";

const path = "/newsroom/feeds";

/** A feed's page behind the sign-in. */
export const feedPath = (name: FeedName): string =>
  name.kind === "all" || name.kind === "mix"
    ? `${path}/${name.kind}`
    : `${path}/${name.kind}/${encodeURIComponent(name.slug)}`;

/** `/newsroom/feeds`; `?kind=tag` and `?kind=author` for those that were asked for on that day. */
export function feedListRoutes(deps: NewsroomDeps) {
  return new Hono<DeskEnv>().get(path, async (c) => {
    const at = await deskOf(c, deps);
    const kind = c.req.query("kind") ?? "";
    if (!["", "tag", "author"].includes(kind)) return c.html(<ErrorPage {...at.shell} status={400} />, 400);
    const after = (c.req.query("after") ?? "").slice(0, 300);
    const listed = kind === "tag" || kind === "author" ? kind : null;
    const { day, feeds, next } = await listFeeds(deps, listed, after, at.language);
    return c.html(
      <FeedsPage
        at={at}
        kind={listed}
        day={formatDate(startOf(day), { ...at.paper, zone: "UTC" }, at.language)}
        rows={feeds}
        newer={after === "" || !listed ? null : `${path}?kind=${listed}`}
        older={next && listed ? `${path}?${new URLSearchParams({ kind: listed, after: next })}` : null}
      />,
    );
  });
}

function FeedsPage(props: {
  at: Desk;
  kind: "tag" | "author" | null;
  day: string;
  rows: readonly FeedFacts[];
  newer: string | null;
  older: string | null;
}) {
  const { at, kind, day, rows } = props;
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead title={t.title} intro={t.intro(day)} />
      <Tabs
        label={t.kinds}
        links={[
          { href: path, label: t.house, current: kind === null },
          { href: `${path}?kind=tag`, label: t.tags, current: kind === "tag" },
          { href: `${path}?kind=author`, label: t.authors, current: kind === "author" },
        ]}
      />
      {rows.length === 0 ? (
        <p>{t.none}</p>
      ) : (
        <Table
          caption={t.caption}
          columns={[
            { label: t.feed },
            { label: t.readers, numeric: true },
            { label: t.requests, numeric: true },
            { label: t.unchanged, numeric: true },
            { label: t.changed, short: true },
            { label: t.subscriptions },
          ]}
          rows={rows.map((row) => cells(row, at))}
        />
      )}
      <Pager language={at.language} newer={props.newer} older={props.older} />
    </NewsroomPage>
  );
}

function cells({ name, title, readers, changed, subscribers }: FeedFacts, at: Desk) {
  const { language, paper } = at;
  const number = (n: number) => numberWord(n, language, paper);
  return [
    name ? (
      <a href={feedPath(name)}>
        <Auto>{title}</Auto>
      </a>
    ) : (
      title
    ),
    number(readers?.readers ?? 0),
    number(readers?.requests ?? 0),
    readers && readers.requests > 0 ? shareWord(readers.unchanged / readers.requests, language, paper) : "—",
    changed ? formatDateTime(changed, paper, language) : "—",
    <Subscribers at={at} subscribers={subscribers} />,
  ];
}

/** How many are pushed to, and of how many that fails. */
export function Subscribers({ at, subscribers }: { at: Desk; subscribers: FeedFacts["subscribers"] }) {
  const { language, paper } = at;
  const t = words[language];
  if (!subscribers) return <>—</>;
  const { number, failing } = subscribers;
  const shown = numberWord(number, language, paper);
  return (
    <>
      {number >= mostCounted ? t.atLeast(shown) : shown}
      {failing > 0 && (
        <>
          {" "}
          <Badge tone="warning">{t.failing(numberWord(failing, language, paper))}</Badge>
        </>
      )}
    </>
  );
}
