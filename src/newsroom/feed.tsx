// One feed: its readers, who is pushed to, and on demand whether what is served now is valid.
import { type Context, Hono } from "hono";
import { formatDateTime } from "../arabic/index.ts";
import { type FeedFormat, type FeedName, faultsOf, feedUrl, whenChanged } from "../feeds/index.ts";
import { dayToShow, type FeedReaders, readersOf } from "../readership/index.ts";
import {
  Auto,
  Badge,
  Block,
  Button,
  ErrorPage,
  Facts,
  Form,
  Ltr,
  NewsroomPage,
  PageHead,
  Pager,
  Source,
  Table,
} from "../web/index.ts";
import { type ShownSubscription, subscribersOf, subscriptionsTo } from "../websub/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn } from "./desk.ts";
import { feedWords as words } from "./feed-words.ts";
import { feedPath, feedsNow, keysOf, Subscribers } from "./feeds.tsx";
import type { KnownFeed } from "./known-feeds.ts";
import { numberWord, shareWord } from "./words.ts";

const formats = ["rss", "atom", "json"] as const;
const pageSize = 50;
/** A document that breaks a rule breaks it in every entry. */
const shownFaults = 50;

type Named = KnownFeed & { name: FeedName };

/** What the check of one format found; null where it is not served. */
type Checked = { format: FeedFormat; faults: readonly string[] | null };

/** `/newsroom/feeds/all`, `/newsroom/feeds/section/:slug` and so on; `?check=1` looks at what is served. */
export function feedPageRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  const page = async (c: Context<DeskEnv>, asked: { kind: string; slug: string }) => {
    const at = await deskOf(c, deps);
    const known = await find(at, asked);
    const after = numberIn(c.req.query("after"));
    if (!known || after === null) return c.html(<ErrorPage {...at.shell} status={404} />, 404);
    const keys = keysOf([known]);
    const [key] = keys;
    const day = await dayToShow(db, deps.now());
    const [changed, counts, subscriptions, readers] = await Promise.all([
      whenChanged(db, keys),
      subscribersOf(db, keys),
      key === undefined ? [] : subscriptionsTo(db, key, after ?? 0, pageSize + 1),
      readersOf(db, day, { after: known.feed.slice(0, -1), before: `${known.feed}\u0000`, limit: 500 }),
    ]);
    const checked =
      c.req.query("check") === "1" ? await Promise.all(formats.map((it) => check(known.name, it))) : null;
    return c.html(
      <FeedPage
        at={at}
        known={known}
        site={deps.site}
        changed={key && changed.get(key)}
        subscribers={key && counts.get(key)}
        subscriptions={subscriptions}
        after={after ?? 0}
        readers={readers.find(({ feed }) => feed === known.feed)}
        checked={checked}
      />,
    );
  };

  /** Tags and authors are as many as articles have; whether there is one, its version says. */
  async function find(at: Desk, { kind, slug }: { kind: string; slug: string }): Promise<Named | null> {
    if (kind === "tag" || kind === "author") {
      const feed = `${kind}/${slug}` as const;
      if (slug.length > 200 || (await whenChanged(db, [feed])).size === 0) return null;
      return { feed, title: slug, name: { kind, slug } };
    }
    const found = (await feedsNow(deps, at)).find(
      ({ name }) => name?.kind === kind && ("slug" in name ? name.slug === slug : slug === ""),
    );
    return found?.name ? { ...found, name: found.name } : null;
  }

  async function check(name: FeedName, format: FeedFormat): Promise<Checked> {
    const found = await deps.feeds.find(feedUrl(deps.site, name, format).href);
    if (found.kind !== "document") return { format, faults: null };
    const text = new TextDecoder().decode(found.document.identity);
    return { format, faults: faultsOf(format, text, found.selfUrl) };
  }

  return new Hono<DeskEnv>()
    .get("/newsroom/feeds/all", (c) => page(c, { kind: "all", slug: "" }))
    .get("/newsroom/feeds/:kind/:slug", (c) =>
      page(c, { kind: c.req.param("kind"), slug: c.req.param("slug").normalize("NFC") }),
    );
}

function FeedPage(props: {
  at: Desk;
  known: Named;
  site: URL;
  changed: Temporal.Instant | undefined;
  subscribers: { number: number; failing: number } | undefined;
  subscriptions: readonly ShownSubscription[];
  after: number;
  readers: FeedReaders | undefined;
  checked: readonly Checked[] | null;
}) {
  const { at, known, readers, checked } = props;
  const { language, paper } = at;
  const t = words[language];
  const own = feedPath(known.name);
  const number = (n: number) => numberWord(n, language, paper);
  const share = readers && readers.requests > 0 ? readers.unchanged / readers.requests : null;
  const claims = (readers?.aggregators ?? []).slice(0, 20);
  return (
    <NewsroomPage {...at.desk} title={known.title}>
      <PageHead title={<Auto>{known.title}</Auto>} />
      <Facts
        facts={[
          {
            name: t.address,
            value: (
              <Ltr>
                <a href={feedUrl(props.site, known.name, "rss").pathname}>
                  {decodeURI(feedUrl(props.site, known.name, "rss").href)}
                </a>
              </Ltr>
            ),
          },
          { name: t.readers, value: number(readers?.readers ?? 0) },
          { name: t.clients, value: number(readers?.clients ?? 0) },
          { name: t.claimed, value: number(readers?.subscribers ?? 0) },
          ...(claims.length > 0
            ? [
                {
                  name: t.aggregators,
                  value: (
                    <Auto>
                      {claims
                        .map((it) => `${it.name} ${number(it.subscribers)}`)
                        .join(language === "ar" ? "، " : ", ")}
                    </Auto>
                  ),
                },
              ]
            : []),
          { name: t.requests, value: number(readers?.requests ?? 0) },
          { name: t.unchanged, value: share === null ? "—" : shareWord(share, language, paper) },
          { name: t.changed, value: props.changed ? formatDateTime(props.changed, paper, language) : "—" },
          { name: t.subscriptions, value: <Subscribers at={at} subscribers={props.subscribers} /> },
        ]}
      />
      <Block id="validity" title={t.validity}>
        <p>{t.validityText}</p>
        {checked && <Verdicts at={at} checked={checked} />}
        <Form action={own} method="get" label={t.check}>
          <input type="hidden" name="check" value="1" />
          <Button kind="quiet">{t.check}</Button>
        </Form>
      </Block>
      <Block id="subscriptions" title={t.subscribersTitle}>
        <Subscriptions at={at} subscriptions={props.subscriptions.slice(0, pageSize)} />
        <Pager
          language={language}
          newer={props.after === 0 ? null : own}
          older={
            props.subscriptions.length > pageSize
              ? `${own}?after=${props.subscriptions[pageSize - 1]?.id ?? 0}`
              : null
          }
        />
      </Block>
    </NewsroomPage>
  );
}

/** Isolated, as they are Latin in every language. */
const formatNames = {
  rss: "\u2068RSS 2.0\u2069",
  atom: "\u2068Atom\u2069",
  json: "\u2068JSON Feed\u2069",
} as const;

function Verdicts({ at, checked }: { at: Desk; checked: readonly Checked[] }) {
  const t = words[at.language];
  return (
    <>
      <Facts
        facts={checked.map(({ format, faults }) => ({
          name: formatNames[format],
          value: <Verdict at={at} faults={faults} />,
        }))}
      />
      {checked.map(
        ({ format, faults }) =>
          faults !== null &&
          faults.length > 0 && (
            <Source
              text={[...new Set(faults)].slice(0, shownFaults).join("\n")}
              label={`${t.rules} ${formatNames[format]}`}
            />
          ),
      )}
    </>
  );
}

function Verdict({ at, faults }: { at: Desk; faults: Checked["faults"] }) {
  const { language, paper } = at;
  const t = words[language];
  if (faults === null) return <Badge tone="warning">{t.notServed}</Badge>;
  if (faults.length === 0) return <Badge tone="ok">{t.valid}</Badge>;
  return <Badge tone="error">{t.faults(numberWord(faults.length, language, paper))}</Badge>;
}

function Subscriptions({ at, subscriptions }: { at: Desk; subscriptions: readonly ShownSubscription[] }) {
  const { language, paper } = at;
  const t = words[language];
  if (subscriptions.length === 0) return <p>{t.noSubscribers}</p>;
  const time = (it: Temporal.Instant | null) => (it ? formatDateTime(it, paper, language) : "—");
  return (
    <Table
      caption={t.subscribersTitle}
      isHeaded
      columns={[
        { label: t.host },
        { label: t.state },
        { label: t.since, short: true },
        { label: t.pushed, short: true },
        { label: t.until, short: true },
      ]}
      rows={subscriptions.map((it) => [
        <>
          <Ltr>{it.host}</Ltr> {it.signed && t.signed}
        </>,
        it.failing ? (
          <>
            <Badge tone="warning">{t.failingSince(time(it.failing.since))}</Badge>{" "}
            <Ltr>{it.failing.lastError}</Ltr>
          </>
        ) : (
          <Badge tone="ok">{t.well}</Badge>
        ),
        time(it.beganAt),
        time(it.pushedAt),
        time(it.leaseEndsAt),
      ])}
    />
  );
}
