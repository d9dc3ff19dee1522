// The newsroom over HTTP: behind one guard every page, each in a file of its own.
import { Hono } from "hono";
import { requireEditor } from "../accounts/index.ts";
import { ownAccountRoutes } from "./account.tsx";
import { auditRoutes } from "./audit.tsx";
import type { NewsroomDeps } from "./desk.ts";
import { digestPageRoutes } from "./digest.tsx";
import { digestActRoutes } from "./digest-acts.tsx";
import { digestListRoutes } from "./digests.tsx";
import { feedPageRoutes } from "./feed.tsx";
import { feedListRoutes } from "./feeds.tsx";
import { issueRoutes } from "./issue.tsx";
import { actRoutes } from "./issue-acts.tsx";
import { doubtRoutes } from "./issue-doubts.tsx";
import { handRoutes } from "./issue-hand-acts.tsx";
import { issueListRoutes } from "./issues.tsx";
import { letterRoutes } from "./letter.tsx";
import { outboxRoutes } from "./outbox.tsx";
import { previewRoutes } from "./preview.tsx";
import { restoredRoutes } from "./restored.tsx";
import { settingsRootRoutes } from "./settings.tsx";
import { doctorRoutes } from "./settings-doctor.tsx";
import { environmentRoutes } from "./settings-environment.tsx";
import { webhookPageRoutes } from "./settings-hooks.tsx";
import { mailSettingsRoutes } from "./settings-mail.tsx";
import { publisherRoutes } from "./settings-publisher.tsx";
import { templateRoutes } from "./settings-templates.tsx";
import { sourcePageRoutes } from "./source.tsx";
import { sourceAddRoutes } from "./source-add.tsx";
import { sourceListRoutes } from "./sources.tsx";
import { specialRoutes } from "./special.tsx";
import { storyListRoutes } from "./stories.tsx";
import { storyRoutes } from "./story.tsx";
import { storyActRoutes } from "./story-acts.tsx";
import { storyRankRoutes } from "./story-rank.tsx";
import { subscriberPageRoutes } from "./subscriber.tsx";
import { subscriberAddRoutes } from "./subscriber-add.tsx";
import { importRoutes } from "./subscriber-imports.tsx";
import { segmentRoutes } from "./subscriber-segments.tsx";
import { subscriberListRoutes } from "./subscribers.tsx";
import { suppressionRoutes } from "./suppressions.tsx";
import { oneTemplateRoutes } from "./template.tsx";
import { todayRoutes } from "./today.tsx";
import { tokenRoutes } from "./tokens.tsx";
import { userRoutes } from "./users.tsx";
import { whyRoutes } from "./why-page.tsx";

/**
 * All of `/newsroom` but the sign-in, which accounts have: mounted before this, it answers before the guard is asked. What
 * is mounted below the guard is seen by nobody who is not signed in, and so is whatever has no page here.
 */
export function newsroomRoutes(deps: NewsroomDeps) {
  return (
    new Hono()
      .use("/newsroom/*", requireEditor(deps, "viewer"))
      .route("/", todayRoutes(deps))
      .route("/", storyListRoutes(deps))
      .route("/", storyRoutes(deps))
      .route("/", storyRankRoutes(deps))
      .route("/", storyActRoutes(deps))
      .route("/", issueListRoutes(deps))
      .route("/", issueRoutes(deps))
      .route("/", actRoutes(deps))
      .route("/", handRoutes(deps))
      .route("/", doubtRoutes(deps))
      .route("/", previewRoutes(deps))
      .route("/", specialRoutes(deps))
      .route("/", digestListRoutes(deps))
      .route("/", digestPageRoutes(deps))
      .route("/", digestActRoutes(deps))
      .route("/", feedListRoutes(deps))
      .route("/", feedPageRoutes(deps))
      .route("/", sourceListRoutes(deps))
      .route("/", sourceAddRoutes(deps)) // before the page of one, which any word may name
      .route("/", sourcePageRoutes(deps))
      .route("/", ownAccountRoutes(deps))
      .route("/", settingsRootRoutes(deps))
      .route("/", publisherRoutes(deps))
      .route("/", mailSettingsRoutes(deps))
      .route("/", doctorRoutes(deps))
      .route("/", templateRoutes(deps))
      .route("/", oneTemplateRoutes(deps))
      .route("/", webhookPageRoutes(deps))
      .route("/", environmentRoutes(deps))
      .route("/", restoredRoutes(deps))
      .route("/", userRoutes(deps))
      .route("/", tokenRoutes(deps))
      .route("/", auditRoutes(deps))
      // Mails hold links by which anybody acts for their readers, and signs in as an administrator.
      .use("/newsroom/outbox/*", requireEditor(deps, "administrator"))
      .route("/", outboxRoutes(deps))
      .route("/", letterRoutes(deps))
      .route("/", whyRoutes(deps))
      .route("/", subscriberListRoutes(deps))
      .route("/", subscriberAddRoutes(deps))
      .route("/", segmentRoutes(deps))
      .route("/", suppressionRoutes(deps))
      .route("/", importRoutes(deps))
      .route("/", subscriberPageRoutes(deps)) // last of these: any word may stand where its number does
  );
}
