// The feeds: who reads each, how often, when it changed last, and who is pushed to.
import { Hono } from "hono";
import { formatDate, formatDateTime } from "../arabic/index.ts";
import { type FeedKey, type FeedName, whenChanged } from "../feeds/index.ts";
import { dayToShow, type FeedReaders, readersOf, startOf } from "../readership/index.ts";
import { Auto, Badge, ErrorPage, NewsroomPage, PageHead, Pager, Table, Tabs } from "../web/index.ts";
import { mostCounted, subscribersOf } from "../websub/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { feedWords as words } from "./feed-words.ts";
import { type KnownFeed, knownFeeds } from "./known-feeds.ts";
import { numberWord, shareWord } from "./words.ts";

const path = "/newsroom/feeds";
const pageSize = 50;

/** A feed's page behind the sign-in. */
export const feedPath = (name: FeedName): string =>
  name.kind === "all" || name.kind === "mix"
    ? `${path}/${name.kind}`
    : `${path}/${name.kind}/${encodeURIComponent(name.slug)}`;

/** Of what the paper offers now: sections that were closed have no page here. */
export const feedsNow = async (
  { database: { db } }: NewsroomDeps,
  { language }: Desk,
): Promise<KnownFeed[]> =>
  (await knownFeeds(db, { ...words[language], language })).filter(
    ({ feed, name }) => name !== null || feed === "mix",
  );

/** The keys of versions among these; mixes have none of their own. */
export const keysOf = (feeds: readonly KnownFeed[]): FeedKey[] =>
  feeds.flatMap(({ feed }) => (feed === "mix" ? [] : [feed]));

/** `/newsroom/feeds`; `?kind=tag` and `?kind=author` for those that were asked for on that day. */
export function feedListRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  return new Hono<DeskEnv>().get(path, async (c) => {
    const at = await deskOf(c, deps);
    const kind = c.req.query("kind") ?? "";
    if (!["", "tag", "author"].includes(kind)) return c.html(<ErrorPage {...at.shell} status={400} />, 400);
    const after = (c.req.query("after") ?? "").slice(0, 300);
    const day = await dayToShow(db, deps.now());
    const listed = kind === "tag" || kind === "author" ? kind : null;
    const { feeds, readers, hasMore } = listed
      ? await readFeeds(listed, after, day)
      : await houseFeeds(at, day);
    const keys = keysOf(feeds);
    const [changed, subscribers] = await Promise.all([whenChanged(db, keys), subscribersOf(db, keys)]);
    const older = hasMore && listed && feeds.at(-1)?.feed.slice(listed.length + 1);
    return c.html(
      <FeedsPage
        at={at}
        kind={listed}
        day={formatDate(startOf(day), { ...at.paper, zone: "UTC" }, at.language)}
        rows={feeds.map((it) => ({
          ...it,
          readers: readers.get(it.feed),
          changed: it.feed === "mix" ? undefined : changed.get(it.feed),
          subscribers: it.feed === "mix" ? undefined : subscribers.get(it.feed),
        }))}
        newer={after === "" || !listed ? null : `${path}?kind=${listed}`}
        older={older && listed ? `${path}?${new URLSearchParams({ kind: listed, after: older })}` : null}
      />,
    );
  });

  async function houseFeeds(at: Desk, day: number) {
    const feeds = await feedsNow(deps, at);
    // In the order of the keys: all, author/…, digest/…, mix, section/…, tag/…; a paper has few but for authors and tags.
    const counted = await Promise.all([
      readersOf(db, day, { before: "author/", limit: 10 }),
      readersOf(db, day, { after: "digest/", before: "tag/", limit: 500 }),
    ]);
    return { feeds, readers: new Map(counted.flat().map((it) => [it.feed, it])), hasMore: false };
  }

  async function readFeeds(kind: "tag" | "author", after: string, day: number) {
    const found = await readersOf(db, day, {
      after: `${kind}/${after}`,
      before: `${kind}0`, // what comes behind a slash
      limit: pageSize + 1,
    });
    const feeds = found.slice(0, pageSize).map(({ feed }): KnownFeed => {
      const slug = feed.slice(kind.length + 1);
      return { feed, title: slug, name: { kind, slug } };
    });
    return { feeds, readers: new Map(found.map((it) => [it.feed, it])), hasMore: found.length > pageSize };
  }
}

type Row = KnownFeed & {
  readers: FeedReaders | undefined;
  changed: Temporal.Instant | undefined;
  subscribers: { number: number; failing: number } | undefined;
};

function FeedsPage(props: {
  at: Desk;
  kind: "tag" | "author" | null;
  day: string;
  rows: readonly Row[];
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

function cells({ name, title, readers, changed, subscribers }: Row, at: Desk) {
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
export function Subscribers({ at, subscribers }: { at: Desk; subscribers: Row["subscribers"] }) {
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
