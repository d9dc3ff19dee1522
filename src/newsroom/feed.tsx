// One feed: its readers, who is pushed to, and on demand whether what is served now is valid.
import { type Context, Hono } from "hono";
import { formatDateTime } from "../arabic/index.ts";
import { feedUrl } from "../feeds/index.ts";
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
import type { ShownSubscription } from "../websub/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn } from "./desk.ts";
import { type CheckedFeed, checkFeed, findFeed, type NamedFeed, readFeed } from "./feed-facts.ts";
import { feedWords as words } from "./feed-words.ts";
import { feedPath, Subscribers } from "./feeds.tsx";
import { numberWord, shareWord } from "./words.ts";

/** A document that breaks a rule breaks it in every entry. */
const shownFaults = 50;

/** `/newsroom/feeds/all`, `/newsroom/feeds/section/:slug` and so on; `?check=1` looks at what is served. */
export function feedPageRoutes(deps: NewsroomDeps) {
  const page = async (c: Context<DeskEnv>, asked: { kind: string; slug: string }) => {
    const at = await deskOf(c, deps);
    const known = await findFeed(deps, asked, at.language);
    const after = numberIn(c.req.query("after"));
    if (!known || after === null) return c.html(<ErrorPage {...at.shell} status={404} />, 404);
    const feed = await readFeed(deps, known, after ?? 0);
    const checked = c.req.query("check") === "1" ? await checkFeed(deps, known.name) : null;
    return c.html(<FeedPage at={at} feed={feed} site={deps.site} after={after ?? 0} checked={checked} />);
  };

  return new Hono<DeskEnv>()
    .get("/newsroom/feeds/all", (c) => page(c, { kind: "all", slug: "" }))
    .get("/newsroom/feeds/:kind/:slug", (c) =>
      page(c, { kind: c.req.param("kind"), slug: c.req.param("slug").normalize("NFC") }),
    );
}

function FeedPage(props: {
  at: Desk;
  feed: NamedFeed & Awaited<ReturnType<typeof readFeed>>;
  site: URL;
  after: number;
  checked: readonly CheckedFeed[] | null;
}) {
  const { at, feed, checked } = props;
  const { readers } = feed;
  const { language, paper } = at;
  const t = words[language];
  const own = feedPath(feed.name);
  const number = (n: number) => numberWord(n, language, paper);
  const share = readers && readers.requests > 0 ? readers.unchanged / readers.requests : null;
  const claims = (readers?.aggregators ?? []).slice(0, 20);
  return (
    <NewsroomPage {...at.desk} title={feed.title}>
      <PageHead title={<Auto>{feed.title}</Auto>} />
      <Facts
        facts={[
          {
            name: t.address,
            value: (
              <Ltr>
                <a href={feedUrl(props.site, feed.name, "rss").pathname}>
                  {decodeURI(feedUrl(props.site, feed.name, "rss").href)}
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
          { name: t.changed, value: feed.changed ? formatDateTime(feed.changed, paper, language) : "—" },
          { name: t.subscriptions, value: <Subscribers at={at} subscribers={feed.subscribers} /> },
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
        <Subscriptions at={at} subscriptions={feed.subscriptions} />
        <Pager
          language={language}
          newer={props.after === 0 ? null : own}
          older={feed.next === null ? null : `${own}?after=${feed.next}`}
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

function Verdicts({ at, checked }: { at: Desk; checked: readonly CheckedFeed[] }) {
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

function Verdict({ at, faults }: { at: Desk; faults: CheckedFeed["faults"] }) {
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
