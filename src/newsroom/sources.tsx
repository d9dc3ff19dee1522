// The sources: how each fares; source.tsx has one of them, source-add.tsx adds another.
import { type Context, Hono } from "hono";
import { formatDateTime } from "../arabic/index.ts";
import { lastRuns, listSources, runSource, type Source } from "../sources/index.ts";
import { Auto, Badge, Button, Empty, Ltr, NewsroomPage, PageHead, Table } from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps } from "./desk.ts";
import { Done } from "./settings.tsx";
import { sourceReason, sourceTones, stateOfSource, sourceWords as words } from "./source-words.ts";
import { numberWord } from "./words.ts";

export const sourcesPath = "/newsroom/sources";

/** A source's page behind the sign-in. */
export const sourcePath = ({ slug }: Pick<Source, "slug">): string =>
  `${sourcesPath}/${encodeURIComponent(slug)}`;

/** So long a run that was asked for on a page goes on behind the reply; the clock takes up the rest. */
const runSeconds = 25;

/** Runs a source behind the reply. */
export const runBehind = ({ later, sourcing }: NewsroomDeps, { id }: Pick<Source, "id">): void =>
  later(() => runSource(sourcing, id, { until: sourcing.now().add({ seconds: runSeconds }) }));

/** `/newsroom/sources` */
export function sourceListRoutes(deps: NewsroomDeps) {
  const { db } = deps.database;
  return new Hono<DeskEnv>().get(sourcesPath, async (c) => {
    const at = await deskOf(c, deps);
    const [sources, brought] = await Promise.all([listSources(db), lastRuns(db)]);
    return c.html(<SourcesPage c={c} at={at} sources={sources} brought={brought} />);
  });
}

type Brought = Awaited<ReturnType<typeof lastRuns>>;
type Counts = Brought extends Map<unknown, infer It> ? It : never;

/** "3 new, 1 changed": what a run brought, without what was as before unless there is nothing else. */
export function broughtWords(counts: Counts, { language, paper }: Desk): string {
  const t = words[language];
  const said = (["created", "revised", "retracted", "skipped"] as const)
    .filter((what) => counts[what] > 0)
    .map((what) => `${numberWord(counts[what], language, paper)} ${t[what]}`);
  if (said.length === 0 && counts.unchanged === 0) return t.nothingCame;
  if (said.length === 0) return `${numberWord(counts.unchanged, language, paper)} ${t.unchanged}`;
  return said.join(language === "ar" ? "، " : ", ");
}

/** Why it was not read: in the page's language, and as it was written down. */
export function Reason({ at, why }: { at: Desk; why: string }) {
  const reason = sourceReason(why, at.language);
  return (
    <>
      {reason !== "" && <>{reason} </>}
      <Ltr>{why}</Ltr>
    </>
  );
}

export function StateBadge({ at, source }: { at: Desk; source: Source }) {
  const state = stateOfSource(source);
  return <Badge tone={sourceTones[state]}>{words[at.language].states[state]}</Badge>;
}

function SourcesPage(props: { c: Context<DeskEnv>; at: Desk; sources: readonly Source[]; brought: Brought }) {
  const { c, at, sources, brought } = props;
  const { language, paper } = at;
  const t = words[language];
  const time = (it: Temporal.Instant | null) => (it ? formatDateTime(it, paper, language) : "—");
  const add = (
    <Button kind={sources.length === 0 ? "main" : "quiet"} href={`${sourcesPath}/new`}>
      {t.add}
    </Button>
  );
  return (
    <NewsroomPage {...at.desk} title={t.title}>
      <PageHead title={t.title} intro={t.intro} actions={at.mayAdminister && sources.length > 0 && add} />
      <Done c={c} sentences={t.done} />
      {sources.length === 0 ? (
        <Empty title={t.none} action={at.mayAdminister && add}>
          {t.noneText}
        </Empty>
      ) : (
        <Table
          caption={t.caption}
          columns={[
            { label: t.source },
            { label: t.kind },
            { label: t.state },
            { label: t.last, short: true },
            { label: t.brought },
            { label: t.next, short: true },
          ]}
          rows={sources.map((source) => {
            const counts = brought.get(source.id);
            return [
              <>
                <a href={sourcePath(source)}>
                  <Auto>{source.title}</Auto>
                </a>
                <br />
                <Ltr>{source.url.host}</Ltr>
              </>,
              t.kinds[source.kind],
              <>
                <StateBadge at={at} source={source} />
                {source.lastError && (
                  <>
                    {" "}
                    <Reason at={at} why={source.lastError} />
                  </>
                )}
              </>,
              source.lastRunAt ? time(source.lastRunAt) : t.never,
              counts ? broughtWords(counts, at) : "—",
              source.pausedAt ? "—" : time(source.nextRunAt),
            ];
          })}
        />
      )}
    </NewsroomPage>
  );
}
