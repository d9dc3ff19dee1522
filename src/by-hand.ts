// What people decide, on a page or by the API, each with its entry in the audit log: put together from what the parts offer.
import { auditIfChanged, audit as writeAudit } from "./accounts/index.ts";
import { type HandDeps, listSections, mergeStories, splitStory } from "./articles/index.ts";
import {
  beginHealthAnew,
  type DoubtActs,
  decideDoubts,
  type previewApi,
  previewIssue,
  releaseClaimed,
  sendTest,
  specialSender,
  withdrawClaimed,
} from "./delivery/index.ts";
import {
  approveIssue,
  type ChangeDeps,
  cancelIssue,
  changeHand,
  type IssueActs,
  openDueIssues,
  pauseByHand,
  rebuildIssue,
  resumeByHand,
  sendNow,
} from "./digests/index.ts";
import { keyOf, touchFeeds } from "./feeds/index.ts";
import type { NewsroomDeps, StoryActs } from "./newsroom/index.ts";
import type { Clock, Database } from "./platform/index.ts";
import { type PublishDeps, publishArticle, retract } from "./publish.ts";
import { savePublisher as keepPublisher } from "./settings/index.ts";
import { keepRetracted, type SourceActDeps, type SourceService } from "./sources/index.ts";
import type { AllTables } from "./tables.ts";
import type { TickDeps } from "./tick.ts";

export type ByHandDeps = {
  database: Database<AllTables>;
  now: Clock;
  sources: SourceService;
  publishing: PublishDeps;
  ticking: TickDeps;
  /** Has what is due done behind the reply. */
  tickSoon: () => void;
};

/** All that pages and programs may have done, so that it is the same by either way. */
export function actsByHand({ database, now, sources, publishing, ticking, tickSoon }: ByHandDeps) {
  const { db } = database;
  const audit: HandDeps["audit"] = (entry, at) => auditIfChanged(db, entry, at);
  const byHand = { database, now, audit };
  const sourcing: SourceActDeps = {
    ...sources,
    record: (entry) => database.batch([writeAudit(db, entry, now())]),
  };
  const changing: ChangeDeps = {
    ...byHand,
    database,
    openDue: () => openDueIssues(ticking),
    changed: () => publishing.changed(),
  };
  const acts: IssueActs = {
    approve: (name, revision, actor) => approveIssue(byHand, name, revision, actor),
    sendNow: (name, revision, actor) => sendNow(byHand, name, revision, actor),
    cancel: (name, reason, actor) =>
      cancelIssue(
        { ...byHand, withdrawClaimed: ({ id }, at) => withdrawClaimed(db, id, at) },
        name,
        reason,
        actor,
      ),
    rebuild: (name, actor) => rebuildIssue(byHand, name, actor),
    pause: (name, words, actor) =>
      pauseByHand(
        { ...byHand, releaseClaimed: ({ id }, at) => releaseClaimed(db, id, at) },
        name,
        words,
        actor,
      ),
    resume: (name, minutes, actor) =>
      resumeByHand({ ...byHand, forgetHealth: ({ id }) => beginHealthAnew(db, id) }, name, minutes, actor),
  };
  const doubts: DoubtActs = { decide: (...asked) => decideDoubts(byHand, ...asked) };
  const special = specialSender({ ...ticking, database, audit: byHand.audit }, tickSoon);
  const logAct = (actor: string, act: string, article: number) =>
    database.batch([writeAudit(db, { actor, act, subject: `article ${article}` }, now())]);
  const stories: StoryActs = {
    async publish(origin, input, expected, actor) {
      const done = await publishArticle(publishing, origin, input, expected);
      if (done.kind === "created" || done.kind === "revised")
        await logAct(actor, done.kind === "created" ? "article-add" : "article-change", done.article.id);
      return done;
    },
    // An editor's word stands, also where a source had taken the article back before.
    retract: (id, reason, actor) =>
      retract(publishing, id, reason, (stood) => [
        keepRetracted(db, id),
        ...(stood
          ? [writeAudit(db, { actor, act: "article-retract", subject: `article ${id}` }, now())]
          : []),
      ]),
    mergeStories: (into, from, actor) => mergeStories(byHand, into, from, actor),
    splitStory: (id, articles, actor) => splitStory(byHand, id, articles, actor),
    changeHand: (issue, change, actor, seen) => changeHand(byHand, issue, change, actor, seen),
  };
  const testing: Parameters<typeof previewApi>[0] = {
    preview: (name, whose) => previewIssue(ticking, name, whose),
    sendTest: (name, whose, to, actor) =>
      sendTest({ ...ticking, audit: (entry, at) => writeAudit(db, entry, at) }, name, whose, to, actor),
  };
  const savePublisher: NewsroomDeps["savePublisher"] = async (publisher, names, actor) => {
    // What feeds say of the paper changes with it.
    const feeds = [
      "all" as const,
      ...(await listSections(db)).map(({ id }) => keyOf({ kind: "section", id })),
    ];
    await database.batch([
      keepPublisher(db, publisher, now()),
      ...touchFeeds(db, feeds, now()),
      writeAudit(db, { actor, act: "publisher-set", subject: names.join(" ") }, now()),
    ]);
    publishing.changed();
  };
  return {
    byHand,
    sourcing,
    changing,
    acts: { ...acts, ...doubts },
    special,
    stories,
    testing,
    savePublisher,
  };
}
