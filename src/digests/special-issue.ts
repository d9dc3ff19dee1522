// The editions of a special issue: one for each language, which every reader shares.
import { type ArticleHead, candidatesById } from "../articles/index.ts";
import { readPublisher } from "../settings/index.ts";
import { countedLinks, type DigestDeps } from "./draw.ts";
import { addEdition, newestEdition } from "./editions.ts";
import { moveIssue } from "./issue-steps.ts";
import { issueById, issueName } from "./issue-store.ts";
import { saidIn, versionOf } from "./special.ts";
import { breakingMail, correctionMail } from "./special-mail.ts";
import { type Special, specialOf } from "./special-store.ts";
import type { Digest, Edition, Issue, IssueId, Placed } from "./tables.ts";

type Language = "ar" | "en";

/** The mail of a special issue in one language, and what a mailbox shows of it. @param issue null before there is one */
export async function renderSpecial(
  deps: Pick<DigestDeps, "database" | "mail" | "site" | "clickLinks">,
  digest: Digest,
  issue: IssueId | null,
  special: Special,
  article: ArticleHead,
  language: Language,
  at: Temporal.Instant,
) {
  const publisher = await readPublisher(deps.database.db);
  const counted = await countedLinks(deps, publisher, issue, [article]);
  const facts = { digest, publisher, site: deps.site, language, at, links: counted.links };
  const { kind, words, corrects } = special;
  const said = saidIn(words, language);
  const sentIn = corrects === null ? null : await issueById(deps.database.db, corrects);
  const data =
    kind === "breaking" || sentIn === null
      ? breakingMail(facts, article)
      : correctionMail(facts, article, said, sentIn);
  const { html, text } = counted.finish(await deps.mail.render(kind, data));
  return { subject: data.subject, preheader: data.preheader, html, text };
}

/** Builds both editions of a special issue that was opened, and lets its audience be written. Harmless when repeated. */
export async function buildSpecial(deps: DigestDeps, digest: Digest, issue: Issue): Promise<void> {
  const { db } = deps.database;
  for (const language of ["ar", "en"] as const) {
    if ((await specialToSend(deps, digest, issue, language)) !== null) continue;
    const reason = "the article is not published any more";
    if (await moveIssue(db, issue.id, "opened", { state: "skipped", reason }, deps.now()))
      deps.log.warn({ issue: issueName(issue), reason }, "issue skipped");
    return;
  }
  await moveIssue(db, issue.id, "opened", { state: "built" }, deps.now());
}

/**
 * The edition of a special issue to send now: of the article as it is, so that what changed since makes the next revision. Null
 * where there is nothing to send: breaking news that was retracted, or what waits for its hour now.
 */
export async function specialToSend(
  deps: DigestDeps,
  digest: Digest,
  issue: Issue,
  language: Language,
): Promise<Edition | null> {
  const { db, batch } = deps.database;
  const readAt = deps.now(); // before the article is: what is corrected while it is rendered comes after it
  const newest = await newestEdition(db, issue.id, "", language);
  const special = await specialOf(db, issue.id);
  const [article] = special ? await candidatesById(db, [special.articleId]) : [];
  if (!special || !article) return newest; // of the sample newsroom, which was removed
  const { state } = article.status;
  if (state === "embargoed" || (special.kind === "breaking" && state === "retracted")) return null;
  const revision = 1 + versionOf(article) - special.articleVersion;
  if (newest && newest.revision >= revision) return newest;
  const { subject, html, text } = await renderSpecial(
    deps,
    digest,
    issue.id,
    special,
    article,
    language,
    issue.plannedAt,
  );
  const edition = { issueId: issue.id, sections: "", language, revision, subject, html, text, shortened: 0 };
  await batch(addEdition(db, edition, [byHand(article)], [], readAt));
  return newestEdition(db, issue.id, "", language);
}

/** The one story of a special issue: an editor chose it, and no formula. */
const byHand = (article: ArticleHead): Placed & { revision: number } => ({
  articleId: article.id,
  revision: article.revision,
  storyId: article.storyId,
  score: 1,
  parts: {
    editor: (1 + article.importance) / 4,
    coverage: 0,
    heat: 0,
    clicks: null,
    freshness: 1,
    ageHours: 0,
    carriedBy: { articles: 1, sources: article.sourceName === null ? 0 : 1 },
    hand: "pinned",
  },
});
