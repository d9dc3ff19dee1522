// One source: how it fares, its last runs, where its categories lead, and what an administrator does with it.
import { type Context, Hono } from "hono";
import { requireEditor, requireFresh } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import { sectionTitle } from "../articles/index.ts";
import { withoutKeys } from "../platform/index.ts";
import {
  categoriesAfter,
  forgetSource,
  holdSource,
  type KnownCategory,
  type Leads,
  listRuns,
  mapCategory,
  runSoon,
  type Source,
  sourceBy,
  webhookPath,
} from "../sources/index.ts";
import {
  Actions,
  Auto,
  Block,
  Button,
  Choices,
  ErrorPage,
  Facts,
  Field,
  Form,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
  Pager,
  readForm,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn, textIn } from "./desk.ts";
import { Done, withDone } from "./settings.tsx";
import { noteReason, sourceWords as words } from "./source-words.ts";
import { broughtWords, Reason, runBehind, StateBadge, sourcePath } from "./sources.tsx";
import { numberWord } from "./words.ts";

const shownRuns = 20;
const shownNotes = 3;
const categoriesOfPage = 40;

/** `/newsroom/sources/:source` */
export function sourcePageRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  const { sourcing } = deps;
  const administrators = requireEditor(deps, "administrator");
  const fresh = requireFresh(deps, "administrator");
  const page = "/newsroom/sources/:source";
  const found = (c: Context<DeskEnv>) =>
    sourceBy(db, { slug: (c.req.param("source") ?? "").normalize("NFC") });
  const missing = async (c: Context<DeskEnv>, status: 400 | 404 = 404) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={status} />, status);
  const done = (c: Context<DeskEnv>, source: Source, key: string) =>
    c.redirect(withDone(sourcePath(source), key), 303);
  const hold = async (c: Context<DeskEnv>, paused: boolean) => {
    const source = await found(c);
    if (!source) return missing(c);
    await holdSource(sourcing, source, paused, c.var.editor.address);
    return done(c, source, paused ? "paused" : "resumed");
  };

  return (
    new Hono<DeskEnv>()
      .get(page, async (c) => {
        const source = await found(c);
        if (!source) return missing(c);
        const at = await deskOf(c, deps);
        const after = (c.req.query("after") ?? "").slice(0, 500);
        const [runs, categories] = await Promise.all([
          listRuns(db, source.id, shownRuns),
          categoriesAfter(db, source.id, after, categoriesOfPage + 1),
        ]);
        return c.html(
          <SourcePage c={c} at={at} source={source} runs={runs} categories={categories} after={after} />,
        );
      })
      .post(`${page}/run`, administrators, async (c) => {
        const source = await found(c);
        if (!source) return missing(c);
        const whole = textIn(await readForm(c.req.parseBody({ all: true })), "whole") !== "";
        await runSoon(sourcing, source, whole, c.var.editor.address);
        runBehind(deps, source);
        return done(c, source, "running");
      })
      .post(`${page}/pause`, administrators, (c) => hold(c, true))
      .post(`${page}/resume`, administrators, (c) => hold(c, false))
      .post(`${page}/map`, administrators, async (c) => {
        const source = await found(c);
        if (!source) return missing(c);
        const form = await readForm(c.req.parseBody({ all: true }));
        const leads = leadsIn(textIn(form, "leads", 20), await deskOf(c, deps));
        const key = textIn(form, "key", 500);
        if (leads === null || !(await mapCategory(sourcing, source, key, leads, c.var.editor.address)))
          return missing(c, 400);
        return done(c, source, "mapped");
      })
      .get(`${page}/remove`, administrators, async (c) => {
        const source = await found(c);
        return source ? c.html(<RemovePage at={await deskOf(c, deps)} source={source} />) : missing(c);
      })
      .post(`${page}/remove`, fresh, async (c) => {
        const source = await found(c);
        if (!source) return missing(c);
        await forgetSource(sourcing, source, c.var.editor.address);
        return c.redirect(withDone("/newsroom/sources", "removed"), 303);
      })
      // Whoever has the secret tells us what is new: it is shown to who has just proved who they are.
      .get(`${page}/webhook`, fresh, async (c) => {
        const source = await found(c);
        if (source?.kind !== "wordpress") return missing(c);
        const address = new URL(webhookPath(source.slug), deps.site).href;
        return c.html(<WebhookPage at={await deskOf(c, deps)} source={source} address={address} />);
      })
  );
}

/** `everywhere`, `nowhere`, or the id of an open section. */
function leadsIn(text: string, at: Desk): Leads | null {
  if (text === "everywhere" || text === "nowhere") return { leads: text };
  const section = at.sections.find(({ id }) => id === numberIn(text));
  return section ? { leads: "section", sectionId: section.id } : null;
}

type Runs = Awaited<ReturnType<typeof listRuns>>;

function SourcePage(props: {
  c: Context<DeskEnv>;
  at: Desk;
  source: Source;
  runs: Runs;
  categories: readonly KnownCategory[];
  after: string;
}) {
  const { c, at, source, runs, categories, after } = props;
  const { language, paper } = at;
  const t = words[language];
  const own = sourcePath(source);
  const time = (it: Temporal.Instant | null) => (it ? formatDateTime(it, paper, language) : "—");
  return (
    <NewsroomPage {...at.desk} title={source.title}>
      <PageHead title={<Auto>{source.title}</Auto>} intro={<Ltr>{withoutKeys(source.url.href)}</Ltr>} />
      <Done c={c} sentences={t.done} />
      {source.lastError && (
        <Notice tone="error" title={t.errorTitle}>
          <Reason at={at} why={source.lastError} />
        </Notice>
      )}
      <Facts
        facts={[
          { name: t.state, value: <StateBadge at={at} source={source} /> },
          { name: t.kind, value: t.kinds[source.kind] },
          { name: t.last, value: source.lastRunAt ? time(source.lastRunAt) : t.never },
          { name: t.lastGood, value: time(source.lastGoodAt) },
          { name: t.next, value: source.pausedAt ? "—" : time(source.nextRunAt) },
          ...(source.failures > 0
            ? [{ name: t.failures, value: numberWord(source.failures, language, paper) }]
            : []),
        ]}
      />
      {at.mayAdminister ? (
        <>
          {source.kind !== "file" && (
            <Form action={`${own}/run`} label={t.run}>
              <Choices name="whole" legend={t.run} options={[{ value: "1", label: t.runWhole }]} />
              <Actions>
                <Button>{t.run}</Button>
              </Actions>
            </Form>
          )}
          <Form action={`${own}/${source.pausedAt ? "resume" : "pause"}`}>
            <Actions>
              {source.kind !== "file" && <Button kind="quiet">{source.pausedAt ? t.resume : t.pause}</Button>}
              {source.kind === "wordpress" && (
                <Button kind="quiet" href={`${own}/webhook`}>
                  {t.webhookLink}
                </Button>
              )}
              <Button kind="danger" href={`${own}/remove`}>
                {t.remove}
              </Button>
            </Actions>
          </Form>
        </>
      ) : (
        <Notice>{t.onlyAdministrators}</Notice>
      )}
      <RunsOf at={at} runs={runs} />
      <Block id="categories" title={t.mapping}>
        {categories.length === 0 ? (
          <p>{t.noCategories}</p>
        ) : (
          <>
            <p>{t.mappingText}</p>
            <Table
              caption={t.mapping}
              isHeaded
              columns={[{ label: t.category }, { label: t.leads }]}
              rows={categories
                .slice(0, categoriesOfPage)
                .map((category, i) => [
                  <Auto>{category.label}</Auto>,
                  <MapForm at={at} source={source} category={category} number={i} />,
                ])}
            />
          </>
        )}
        <Pager
          language={language}
          newer={after === "" ? null : own}
          older={
            categories.length > categoriesOfPage
              ? `${own}?${new URLSearchParams({ after: categories[categoriesOfPage - 1]?.key ?? "" })}#categories`
              : null
          }
        />
      </Block>
    </NewsroomPage>
  );
}

function RunsOf({ at, runs }: { at: Desk; runs: Runs }) {
  const { language, paper } = at;
  const t = words[language];
  return (
    <Block id="runs" title={t.runs}>
      {runs.length === 0 ? (
        <p>{t.noRuns}</p>
      ) : (
        <Table
          caption={t.runs}
          isHeaded
          columns={[
            { label: t.when, short: true },
            { label: t.brought },
            { label: t.seconds, numeric: true },
            { label: t.why },
          ]}
          rows={runs.map((run) => [
            formatDateTime(run.startedAt, paper, language),
            broughtWords(run, at),
            numberWord(Math.round(run.endedAt.since(run.startedAt).total("seconds")), language, paper),
            run.error === null && run.notes.length === 0 ? (
              "—"
            ) : (
              <>
                {run.error && <Reason at={at} why={run.error} />}
                {run.notes.slice(0, shownNotes).map((note) => (
                  <Note at={at} {...note} />
                ))}
                {run.skipped > shownNotes &&
                  t.moreNotes(numberWord(run.skipped - shownNotes, language, paper))}
              </>
            ),
          ])}
        />
      )}
    </Block>
  );
}

/** What was not taken over, where it stands, and why: each on a line of its own, for each has its own direction. */
function Note({ at, what, why }: { at: Desk } & Runs[number]["notes"][number]) {
  const [, title, address] = /^(.*) \((https?:\S+)\)$/su.exec(readable(what)) ?? [null, readable(what), null];
  return (
    <p>
      <Auto>{title}</Auto>
      {address && (
        <>
          <br />
          <Ltr>{address}</Ltr>
        </>
      )}
      <br />
      {noteReason(why, at.language) ?? <Ltr>{readable(why)}</Ltr>}
    </p>
  );
}

function MapForm(props: { at: Desk; source: Source; category: KnownCategory; number: number }) {
  const { at, source, category, number } = props;
  const t = words[at.language];
  const chosen = category.leads === "section" ? String(category.sectionId) : category.leads;
  const options = [
    ...at.sections.map((it) => ({ value: String(it.id), label: sectionTitle(it, at.language) })),
    { value: "everywhere", label: t.everywhere },
    { value: "nowhere", label: t.nowhere },
  ];
  if (!at.mayAdminister)
    return <Auto>{options.find(({ value }) => value === chosen)?.label ?? t.nowhere}</Auto>;
  return (
    <Form
      action={`${sourcePath(source)}/map`}
      layout="line"
      label={`${t.leads} \u2068${category.label}\u2069`}
    >
      <input type="hidden" name="key" value={category.key} />
      <Field
        name="leads"
        id={`field-leads-${number}`}
        kind="select"
        label={t.leads}
        value={chosen}
        options={options}
      />
      <Button kind="quiet">{t.save}</Button>
    </Form>
  );
}

function RemovePage({ at, source }: { at: Desk; source: Source }) {
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.remove}>
      <PageHead title={t.removeAsk(source.title)} intro={t.removeText} />
      <Form action={`${sourcePath(source)}/remove`}>
        <Actions>
          <Button kind="danger">{t.removeButton}</Button>
          <Button kind="quiet" href={sourcePath(source)}>
            {t.keep}
          </Button>
        </Actions>
      </Form>
    </NewsroomPage>
  );
}

function WebhookPage({ at, source, address }: { at: Desk; source: Source; address: string }) {
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.webhook}>
      <PageHead title={t.webhook} intro={t.webhookText} />
      <Facts
        facts={[
          { name: t.webhookAddress, value: <Ltr code>{address}</Ltr> },
          { name: t.webhookSecret, value: <Ltr code>{source.secret}</Ltr> },
        ]}
      />
    </NewsroomPage>
  );
}

/** Addresses in it with their letters, as people know them; as it is where they are no UTF-8. */
const readable = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (coded) => {
    try {
      return decodeURIComponent(coded);
    } catch {
      return coded;
    }
  });
