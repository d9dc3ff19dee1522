// Sending one article at once: breaking news from the list of issues, a correction from the page of an issue. Each is two forms: the
// first chooses, the second shows to whom it would go and sends it. They work without scripts.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requireEditor, requireFresh } from "../accounts/index.ts";
import { type Article, type ArticleId, articleId, articlesById, newestArticles } from "../articles/index.ts";
import type { Asked, Opened, Refused } from "../delivery/index.ts";
import {
  digestBySlug,
  editionsOf,
  type Issue,
  issueByName,
  issueName,
  listDigests,
  storiesOf,
} from "../digests/index.ts";
import { ErrorPage } from "../web/index.ts";
import { type DeskEnv, deskOf, fieldsIn, type NewsroomDeps, numberIn } from "./desk.ts";
import { deskPath } from "./issue-title.ts";
import { AskedPage, BreakingForm, CorrectionForm, RefusedPage, type Typed } from "./special-pages.tsx";

/** More articles than anybody looks through on a phone; any other is named by its number. */
const mostListed = 15;
/** Words of a correction in both languages, and a few short fields. */
const largestForm = 20_000;

const breakingPath = "/newsroom/breaking";
/** Where a correction to those who got an issue is begun. */
export const correctionPath = (issue: Issue): string => `${deskPath(issue)}/correction`;

/** `/newsroom/breaking` and `/newsroom/issues/:digest/:name/correction`: for editors. */
export function specialRoutes(deps: NewsroomDeps) {
  const { special } = deps;
  const { db } = deps.database;
  const correction = "/newsroom/issues/:digest/:name/correction";
  const editorsOnly = requireEditor(deps, "editor");
  const bounded = bodyLimit({
    maxSize: largestForm,
    onError: async (c) => c.html(<ErrorPage {...(await deps.shell(c))} status={413} />, 413),
  });
  const app = new Hono<DeskEnv>();
  for (const path of [breakingPath, `${breakingPath}/send`, correction, `${correction}/send`])
    app.use(path, editorsOnly, bounded);
  // Asked before the confirmation is shown, and not only when it is pressed: that one is good for some minutes.
  for (const path of [breakingPath, `${breakingPath}/send`, correction, `${correction}/send`])
    app.post(path, requireFresh(deps, "editor"));

  async function breakingForm(c: Context<DeskEnv>, typed: Typed, refused?: Refused) {
    const at = await deskOf(c, deps);
    const digests = (await listDigests(db)).filter(({ on, breaking }) => on && breaking.aDay > 0);
    const articles = await newestArticles(db, { of: { kind: "all" }, limit: mostListed });
    const page = (
      <BreakingForm
        at={at}
        action={breakingPath}
        digests={digests}
        articles={articles}
        typed={typed}
        refused={refused}
      />
    );
    return c.html(page, refused ? 422 : 200);
  }

  async function correctionForm(c: Context<DeskEnv>, issue: Issue, typed: Typed, refused?: Refused) {
    const at = await deskOf(c, deps);
    const digest = (await digestBySlug(db, issue.digestSlug)) ?? undefined;
    const page = (
      <CorrectionForm
        at={at}
        action={correctionPath(issue)}
        issue={issue}
        digest={digest}
        articles={await carriedBy(issue)}
        typed={typed}
        refused={refused}
      />
    );
    return c.html(page, refused ? 422 : 200);
  }

  /** The articles of all editions of an issue, in the order of the first that carries them; withdrawn ones too. */
  async function carriedBy(issue: Issue): Promise<Article[]> {
    const ids = new Set<ArticleId>();
    for (const { id } of (await editionsOf(db, issue.id)).slice(0, 20))
      for (const { articleId } of await storiesOf(db, id)) ids.add(articleId);
    return articlesById(db, [...ids].slice(0, 50));
  }

  /** The second form, or what stands in its way. */
  async function shown(c: Context<DeskEnv>, asked: Asked, path: string, fields: Record<string, string>) {
    const at = await deskOf(c, deps);
    return c.html(<AskedPage at={at} asked={asked} action={`${path}/send`} back={path} fields={fields} />);
  }

  async function answered(c: Context<DeskEnv>, result: Opened | Refused, path: string) {
    if (result.kind === "opened") return c.redirect(deskPath(result.issue), 303);
    return c.html(<RefusedPage at={await deskOf(c, deps)} refused={result} back={path} />, 409);
  }

  const issueIn = (c: Context<DeskEnv>) => issueByName(db, `${c.req.param("digest")}/${c.req.param("name")}`);
  const missing = async (c: Context<DeskEnv>) =>
    c.html(<ErrorPage {...(await deskOf(c, deps)).shell} status={404} />, 404);

  return app
    .get(breakingPath, (c) => breakingForm(c, nothingTyped))
    .post(breakingPath, async (c) => {
      const typed = await typedIn(c);
      const result = await special.askBreaking(typed.digest, typed.article, { loud: typed.loud });
      const fields = { digest: typed.digest, article: String(typed.article) };
      return result.kind === "asked"
        ? shown(c, result, breakingPath, fields)
        : breakingForm(c, typed, result);
    })
    .post(`${breakingPath}/send`, async (c) => {
      const { token, digest, article } = await typedIn(c);
      const result = await special.confirmBreaking(token, digest, article, c.var.editor.address);
      return answered(c, result, breakingPath);
    })
    .get(correction, async (c) => {
      const issue = await issueIn(c);
      return issue ? correctionForm(c, issue, nothingTyped) : missing(c);
    })
    .post(correction, async (c) => {
      const issue = await issueIn(c);
      if (!issue) return missing(c);
      const typed = await typedIn(c);
      const said = { ar: typed.say, en: typed.sayEn, since: typed.since };
      const result = await special.askCorrection(issueName(issue), typed.article, said);
      return result.kind === "asked"
        ? shown(c, result, correctionPath(issue), { article: String(typed.article) })
        : correctionForm(c, issue, typed, result);
    })
    .post(`${correction}/send`, async (c) => {
      const issue = await issueIn(c);
      if (!issue) return missing(c);
      const { token, article } = await typedIn(c);
      const result = await special.confirmCorrection(token, issueName(issue), article, c.var.editor.address);
      return answered(c, result, correctionPath(issue));
    });
}

const nothingTyped: Typed = {
  digest: "",
  article: articleId(0),
  loud: false,
  say: "",
  sayEn: "",
  since: undefined,
  token: "",
};

/** A number that was typed counts more than the article that was ticked. */
async function typedIn(c: Context<DeskEnv>): Promise<Typed> {
  const one = await fieldsIn(c);
  return {
    digest: one("digest"),
    article: articleId(numberIn(one("number") || one("article")) ?? 0),
    loud: one("loud") === "yes",
    say: one("say"),
    sayEn: one("say_en"),
    since: one("since") === "" ? undefined : (numberIn(one("since")) ?? 0),
    token: one("token"),
  };
}
