// Another source: what was typed is asked for first, and what it has is shown before it is added. For administrators.
import { type Context, Hono } from "hono";
import { requireEditor, requireFresh } from "../accounts/index.ts";
import { slugify } from "../arabic/index.ts";
import { withoutKeys } from "../platform/index.ts";
import { addSource, type Introduction, previewSource, sourceAddress } from "../sources/index.ts";
import {
  Actions,
  Auto,
  Button,
  Choices,
  Facts,
  Field,
  Form,
  Ltr,
  NewsroomPage,
  Notice,
  PageHead,
  readForm,
  Table,
} from "../web/index.ts";
import { type Desk, type DeskEnv, deskOf, type NewsroomDeps, numberIn, textIn } from "./desk.ts";
import { withDone } from "./settings.tsx";
import { sourceWords as words } from "./source-words.ts";
import { Reason, runBehind, sourcePath, sourcesPath } from "./sources.tsx";

const kinds = ["wordpress", "feed", "page"] as const;
type Typed = { kind: string; address: string; name: string; section: string };
type Faults = { kind?: "noKind"; address?: "noWeb" | "keys"; name?: "badName" };

const typedIn = (form: Readonly<Record<string, unknown>>): Typed => ({
  kind: textIn(form, "kind", 20),
  address: textIn(form, "address", 2000),
  name: textIn(form, "name", 80),
  section: textIn(form, "section", 20),
});

/** What was typed as a source to be asked, or what is wrong with it. */
function readTyped(
  typed: Typed,
  at: Desk,
): { ok: true; given: Introduction } | { ok: false; faults: Faults } {
  const kind = kinds.find((it) => it === typed.kind);
  const address = sourceAddress(typed.address);
  const name = typed.name === "" ? null : slugify(typed.name);
  const section = at.sections.find(({ id }) => id === numberIn(typed.section));
  const faults: Faults = {
    ...(kind === undefined && { kind: "noKind" }),
    ...(!address.ok && { address: address.why === "keys" ? "keys" : "noWeb" }),
    ...(typed.name !== "" && name === null && { name: "badName" }),
  };
  if (kind === undefined || !address.ok || Object.keys(faults).length > 0) return { ok: false, faults };
  return { ok: true, given: { kind, url: address.url, name, sectionId: section?.id ?? null } };
}

/** `/newsroom/sources/new`, and what its form sends to. */
export function sourceAddRoutes(deps: NewsroomDeps) {
  const administrators = requireEditor(deps, "administrator");
  type Tried = { typed: Typed; faults?: Faults; why?: string };
  const form = async (c: Context<DeskEnv>, { typed, faults = {}, why }: Tried, status: 200 | 422) => {
    const at = await deskOf(c, deps);
    return c.html(<AddPage at={at} typed={typed} faults={faults} why={why} />, status);
  };
  return (
    new Hono<DeskEnv>()
      .get(`${sourcesPath}/new`, administrators, (c) => {
        const typed = typedIn(c.req.query());
        return form(c, { typed: { ...typed, kind: typed.kind || "wordpress" } }, 200);
      })
      // It asks a stranger's server, so it is no GET, though it stores nothing.
      .post(`${sourcesPath}/new`, administrators, async (c) => {
        const typed = typedIn(await readForm(c.req.parseBody({ all: true })));
        const at = await deskOf(c, deps);
        const read = readTyped(typed, at);
        if (!read.ok) return form(c, { typed, faults: read.faults }, 422);
        const found = await previewSource(deps.sourcing, read.given);
        if (!found.ok) return form(c, { typed, why: found.why }, 422);
        return c.html(<FoundPage at={at} typed={typed} kind={read.given.kind} found={found} />);
      })
      .post(sourcesPath, requireFresh(deps, "administrator"), async (c) => {
        const typed = typedIn(await readForm(c.req.parseBody({ all: true })));
        const read = readTyped(typed, await deskOf(c, deps));
        if (!read.ok) return form(c, { typed, faults: read.faults }, 422);
        const added = await addSource(deps.sourcing, read.given, c.var.editor.address);
        if (!added.ok) return form(c, { typed, why: added.why }, 422);
        runBehind(deps, added.source);
        return c.redirect(withDone(sourcePath(added.source), "added"), 303);
      })
  );
}

function AddPage(props: { at: Desk; typed: Typed; faults: Faults; why: string | undefined }) {
  const { at, typed, faults, why } = props;
  const t = words[at.language];
  return (
    <NewsroomPage {...at.desk} title={t.add}>
      <PageHead title={t.add} intro={t.addText} />
      {why !== undefined && (
        <Notice tone="error" title={t.unread}>
          <Reason at={at} why={withoutKeys(why)} />
        </Notice>
      )}
      <Form action={`${sourcesPath}/new`} label={t.add}>
        <Choices
          name="kind"
          kind="radio"
          legend={t.kind}
          options={kinds.map((kind) => ({
            value: kind,
            label: t.kinds[kind],
            checked: typed.kind === kind,
          }))}
          error={faults.kind && t[faults.kind]}
        />
        <Field
          name="address"
          kind="text"
          label={t.address}
          help={t.addressHelp}
          value={typed.address}
          error={faults.address && t[faults.address]}
          autocomplete="off"
          placeholder="https://example.org"
          maxLength={2000}
          required
        />
        <Field
          name="name"
          label={t.name}
          help={t.nameHelp}
          optional={t.optional}
          value={typed.name}
          error={faults.name && t[faults.name]}
          autocomplete="off"
          maxLength={80}
        />
        <Field
          name="section"
          kind="select"
          label={t.section}
          value={typed.section}
          options={[
            { value: "", label: t.ownSection },
            ...at.sections.map(({ id, title }) => ({ value: String(id), label: title })),
          ]}
        />
        <Actions>
          <Button>{t.look}</Button>
        </Actions>
      </Form>
    </NewsroomPage>
  );
}

/** As many titles as show what kind of news it is. */
const shownRows = 20;
const shownCategories = 60;

function FoundPage(props: {
  at: Desk;
  typed: Typed;
  kind: Introduction["kind"];
  found: Extract<Awaited<ReturnType<typeof previewSource>>, { ok: true }>;
}) {
  const { at, typed, kind, found } = props;
  const t = words[at.language];
  const { rows, more } = found.preview;
  const listed = found.categories.slice(0, shownCategories);
  return (
    <NewsroomPage {...at.desk} title={t.found}>
      <PageHead title={t.found} intro={<Auto>{found.title}</Auto>} />
      <Facts
        facts={[
          { name: t.site, value: <Ltr>{withoutKeys(found.url.href)}</Ltr> },
          { name: t.kind, value: t.kinds[kind] },
          ...(listed.length === 0
            ? []
            : [
                {
                  name: t.categories,
                  value: (
                    <>
                      {listed.map((it, i) => (
                        <>
                          {i > 0 && (at.language === "ar" ? "، " : ", ")}
                          <Auto>{it}</Auto>
                        </>
                      ))}
                      <br />
                      {t.categoriesText[kind]}
                    </>
                  ),
                },
              ]),
        ]}
      />
      {rows.length === 0 ? (
        <p>{t.nothing}</p>
      ) : (
        <Table
          caption={t.would}
          columns={[{ label: t.article }, { label: t.becomes }]}
          rows={rows.slice(0, shownRows).map(({ title, would, why }) => [
            <Auto>{title}</Auto>,
            <>
              {t.becoming[would]} {why && <Ltr>{why}</Ltr>}
            </>,
          ])}
        />
      )}
      {(more || rows.length > shownRows) && <p>{t.more}</p>}
      <Form action={sourcesPath} label={t.addNow}>
        {Object.entries(typed).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <Actions>
          <Button>{t.addNow}</Button>
          <Button kind="quiet" href={`${sourcesPath}/new?${new URLSearchParams(typed)}`}>
            {t.change}
          </Button>
        </Actions>
      </Form>
    </NewsroomPage>
  );
}
