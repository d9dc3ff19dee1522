// Lists of people who agreed elsewhere: chosen, looked at as they would be understood (import-preview.tsx), taken over, and what came of
// it (subscriber-import.tsx).
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requireEditor, requireFresh } from "../accounts/index.ts";
import { formatDateTime } from "../arabic/index.ts";
import { type Digest, digestName } from "../digests/index.ts";
import {
  type Column,
  fileOf,
  importById,
  importList,
  isColumn,
  keepReport,
  keptReport,
  type ListedImport,
  type ListFile,
  listImports,
  previewImport,
  UnreadableList,
} from "../subscribers/index.ts";
import {
  Actions,
  Badge,
  Block,
  Button,
  Choices,
  Empty,
  ErrorPage,
  Field,
  Form,
  type Language,
  readForm,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn, type Sent, textIn } from "./desk.ts";
import { type Asked, type Columns, mostColumns, PreviewPage } from "./import-preview.tsx";
import { importsPath, importWords as words } from "./import-words.ts";
import { listDeps, PeoplePage } from "./people.tsx";
import { FileName, ImportPage } from "./subscriber-import.tsx";
import { numberWord } from "./words.ts";

/** As much as the API takes; larger lists are for the command, which reads files piece by piece. */
const mostOctets = 2_000_000;
/** The same list as text in UTF-8, and the form around it. */
const mostForm = 5_000_000;
const longestConsent = 500;
const mostListed = 20;

const nothingAsked: Asked = { consent: "", consentedAt: "", digest: null, language: "ar" };
type Problem = { field: "file" | "consent"; why: string };

/** `/newsroom/subscribers/imports`, for administrators. */
export function importRoutes(deps: NewsroomDeps) {
  const { database, now } = deps;
  const { db } = database;
  const administrators = requireEditor(deps, "administrator");
  const fresh = requireFresh(deps, "administrator");
  const tooLarge = async (c: Context) => c.html(<ErrorPage {...(await deps.shell(c))} status={413} />, 413);
  const form = async (c: Context<DeskEnv>, asked: Asked, problem: Problem | null = null) => {
    const at = await deskOf(c, deps);
    const { digests } = await listDeps(deps);
    const imports = await listImports(db, mostListed);
    return c.html(<ImportsPage {...{ at, digests, imports, asked, problem }} />, problem ? 422 : 200);
  };

  /** What an import takes, out of a form that was checked. */
  const requestOf = async (asked: Asked, encoding: string | null, columns: Columns | null) => {
    const { names, digests, today } = await listDeps(deps);
    const digest = digests.find(({ id }) => id === asked.digest) ?? digests[0];
    if (!digest) return null;
    const day = asked.consentedAt === "" ? null : Temporal.PlainDate.from(asked.consentedAt);
    const consentedAt = day === null ? null : day.toZonedDateTime(today.zone).toInstant();
    const { consent, language } = asked;
    const request = {
      consent,
      consentedAt,
      digest: digest.id,
      sections: [],
      language,
      zone: today.zone,
      encoding,
      ...(columns && { columns }),
    };
    return { names, digest, request };
  };
  type Wanted = NonNullable<Awaited<ReturnType<typeof requestOf>>>;

  /** The list as it is understood, or the form with what is wrong with the file. */
  const looked = async (
    c: Context<DeskEnv>,
    list: { name: string; bytes: Uint8Array<ArrayBuffer> },
    asked: Asked,
    wanted: Wanted,
    wrong: { columns: Columns; why: string } | null = null,
  ) => {
    const at = await deskOf(c, deps);
    const { name, bytes } = list;
    const doing = { database, names: wanted.names, actor: c.var.editor.address, now: now() };
    try {
      const preview = await previewImport(doing, await fileOf(name, bytes), wanted.request);
      const text = new TextDecoder(preview.layout.encoding).decode(bytes);
      const page = <PreviewPage {...{ at, name, text, asked, preview, wrong, ...wanted }} />;
      return c.html(page, wrong ? 422 : 200);
    } catch (error) {
      if (!(error instanceof UnreadableList)) throw error;
      const why = `${words[at.language].unreadable}: \u2068${error.message}\u2069`;
      return form(c, asked, { field: "file", why });
    }
  };

  return (
    new Hono<DeskEnv>()
      // Asked before a file is chosen: the page that asks keeps no files.
      .get(importsPath, fresh, (c) => form(c, nothingAsked))
      .post(importsPath, fresh, bodyLimit({ maxSize: mostOctets + 20_000, onError: tooLarge }), async (c) => {
        const { language } = await deskOf(c, deps);
        const t = words[language];
        const body = await readForm(c.req.parseBody());
        const asked = askedIn(body);
        const given = body["file"];
        if (!(given instanceof File) || given.size === 0)
          return form(c, asked, { field: "file", why: t.noFile });
        if (asked.consent === "") return form(c, asked, { field: "consent", why: t.noConsent });
        const wanted = await requestOf(asked, null, null);
        if (!wanted) return form(c, asked, { field: "file", why: t.noDigest });
        const bytes = new Uint8Array(await given.arrayBuffer());
        const name = given.name.slice(0, 200) || "list";
        return looked(c, { name, bytes }, asked, wanted);
      })
      .post(`${importsPath}/run`, fresh, bodyLimit({ maxSize: mostForm, onError: tooLarge }), async (c) => {
        const { language } = await deskOf(c, deps);
        const t = words[language];
        const body = await readForm(c.req.parseBody());
        const asked = askedIn(body);
        const text = body["list"];
        const name = textIn(body, "name", 200);
        const rows = numberIn(textIn(body, "rows", 15)) ?? 0;
        const columns = columnsIn(body);
        const why = columns && columnsFault(columns, language);
        const wanted = await requestOf(asked, "utf-8", why === null ? columns : null);
        if (typeof text !== "string" || text === "" || asked.consent === "" || !wanted)
          return form(c, asked, { field: "file", why: t.noFile });
        const bytes = new TextEncoder().encode(text);
        if (columns && why !== null) return looked(c, { name, bytes }, asked, wanted, { columns, why });
        // Columns that were chosen anew are looked at before they are taken over.
        const isAnew = columns !== null && columns.join() !== body["columns"];
        if (body["act"] === "look" || isAnew) return looked(c, { name, bytes }, asked, wanted);
        const doing = { database, names: wanted.names, actor: c.var.editor.address, now: now() };
        const file = await fileOf(name || "list", bytes);
        const id = await started(doing, file, wanted.request);
        if (typeof id === "string") return form(c, asked, { field: "file", why: id });
        return c.redirect(`${importsPath}/${id}?of=${rows}`, 303);
      })
      .get(`${importsPath}/:id`, administrators, async (c) => {
        const id = numberIn(c.req.param("id"));
        const it = id ? await importById(db, id) : null;
        const at = await deskOf(c, deps);
        if (!it) return c.html(<ErrorPage {...at.shell} status={404} />, 404);
        const of = numberIn(c.req.query("of")) ?? null;
        const isStalled = now().since(it.startedAt).total("minutes") > stalledMinutes;
        // By a header: without script, and nothing moves under who reads what came of it.
        if (it.state === "running" && !isStalled) c.header("Refresh", "2");
        const report = it.state === "done" ? await keptReport(db, it.id, now()) : null;
        return c.html(<ImportPage {...{ at, it, of, isStalled, report }} />);
      })
      .post(`${importsPath}/:id/report`, fresh, async (c) => {
        const id = numberIn(c.req.param("id"));
        const report = id ? await keptReport(db, id, now()) : null;
        if (!report) return c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);
        c.header("Content-Type", "text/csv; charset=utf-8");
        c.header("Content-Disposition", `attachment; filename="import-${id}.csv"`);
        return c.body(report.csv);
      })
  );

  /** Begins an import, which goes on behind the reply. @returns its id, or why there is none */
  function started(
    doing: Parameters<typeof importList>[0],
    file: ListFile,
    request: Parameters<typeof importList>[2],
  ): Promise<number | string> {
    return new Promise((resolve) => {
      const keep: Parameters<typeof importList>[3] = (rows, id) => keepReport(db, id, rows, now());
      deps.later(async () => {
        try {
          await importList(doing, file, request, keep, { onStart: resolve });
        } catch (error) {
          if (!(error instanceof UnreadableList)) {
            deps.log.error({ error: String(error) }, "import broken off");
            resolve("500");
            return;
          }
          resolve(error.message);
        }
      });
    });
  }
}

/** An import of two megabytes takes seconds. */
const stalledMinutes = 10;

function askedIn(body: Sent): Asked {
  const day = textIn(body, "consentedAt", 10);
  return {
    consent: textIn(body, "consent", longestConsent),
    consentedAt: isDay(day) ? day : "",
    digest: numberIn(textIn(body, "digest", 15)) ?? null,
    language: textIn(body, "language", 2) === "en" ? "en" : "ar",
  };
}

/** What was chosen for each column; null where nothing was chosen. */
function columnsIn(body: Sent): Columns | null {
  const chosen: (Column | null)[] = [];
  for (let place = 0; place < mostColumns; place++) {
    const value = body[`column-${place}`];
    if (typeof value !== "string") break;
    chosen.push(isColumn(value) ? value : null);
  }
  return chosen.length === 0 ? null : chosen;
}

function columnsFault(columns: Columns, language: Language): string | null {
  const t = words[language];
  const twice = columns.find((it, place) => it !== null && columns.indexOf(it) !== place);
  if (twice) return t.twice(t.meanings[twice]);
  return columns.includes("address") ? null : t.noAddress;
}

function isDay(text: string): boolean {
  try {
    return /^\d{4}-\d\d-\d\d$/.test(text) && Temporal.PlainDate.from(text) !== null;
  } catch {
    return false;
  }
}

function ImportsPage(props: {
  at: Desk;
  digests: readonly Digest[];
  imports: readonly ListedImport[];
  asked: Asked;
  problem: Problem | null;
}) {
  const { at, digests, imports, asked, problem } = props;
  const { language, paper } = at;
  const t = words[language];
  const wrong = (field: Problem["field"]) => (problem?.field === field ? problem.why : null);
  return (
    <PeoplePage at={at} title={t.title} intro={t.intro}>
      <Form action={importsPath} label={t.title} multipart>
        <Field name="file" kind="file" label={t.file} help={t.fileHelp} error={wrong("file")} required />
        <Field
          name="consent"
          label={t.consent}
          help={t.consentHelp}
          error={wrong("consent")}
          value={asked.consent}
          maxLength={longestConsent}
          autocomplete="off"
          required
        />
        <Field
          name="consentedAt"
          kind="date"
          label={t.consentedAt}
          help={t.consentedAtHelp}
          optional={t.optional}
          value={asked.consentedAt}
        />
        <Field
          name="digest"
          kind="select"
          label={t.digest}
          help={t.digestHelp}
          value={asked.digest}
          options={digests.map((digest) => ({
            value: String(digest.id),
            label: digestName(digest, language),
          }))}
        />
        <Choices
          name="language"
          kind="radio"
          legend={t.language}
          help={t.languageHelp}
          options={(["ar", "en"] as const).map((it) => ({
            value: it,
            label: t.languages[it],
            checked: it === asked.language,
          }))}
        />
        <Actions>
          <Button>{t.preview}</Button>
        </Actions>
      </Form>
      <Block id="past" title={t.past}>
        {imports.length === 0 ? (
          <Empty title={t.none} />
        ) : (
          <Table
            caption={t.caption}
            columns={[
              { label: t.name },
              { label: t.state },
              { label: t.rows, numeric: true },
              { label: t.added, numeric: true },
              { label: t.when, short: true },
            ]}
            rows={imports.map((it) => [
              <a href={`${importsPath}/${it.id}`}>
                <FileName name={it.name} />
              </a>,
              <Badge tone={it.state === "done" ? "ok" : "warning"}>{t.states[it.state]}</Badge>,
              numberWord(it.rows, language, paper),
              numberWord(it.added, language, paper),
              formatDateTime(it.startedAt, paper, language),
            ])}
          />
        )}
      </Block>
    </PeoplePage>
  );
}
